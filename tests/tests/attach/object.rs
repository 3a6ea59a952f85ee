//! A whole object that no skeleton was generated for.

use crate::system_call;
use libbpf_safe::data::{LiveCell, LiveVariable};
use libbpf_safe::{ErrorKind, Object, OpenObject};
use libbpf_tests::kernel::has_congestion_control;
use libbpf_tests::skeletons::attach;
use std::thread;

type Hits = LiveVariable<LiveCell<u64>>;

fn open(name: &str) -> OpenObject {
    let mut open = OpenObject::from_bytes("attach", &attach::OBJECT.0).unwrap();
    open.set_variable("process", &std::process::id()).unwrap();
    let mut control = open.struct_ops("control").unwrap();
    control.set("name", name).unwrap();
    open
}

fn load(name: &str) -> (Object, Hits) {
    let object = open(name).load().unwrap();
    let hits = object.variable("raw_hits").unwrap();
    (object, hits)
}

fn runs(hits: &Hits) -> bool {
    let before = hits.get();
    system_call();
    hits.get() > before
}

pub(crate) fn an_object_is_attached_without_a_skeleton() {
    let (object, hits) = load("t_object");
    let links = object.attach().unwrap();
    assert!(runs(&hits));
    assert!(has_congestion_control("t_object"));
    let programs = links.programs();
    assert!(programs.contains(&"raw".to_owned()), "{programs:?}");
    assert!(programs.contains(&"typed".to_owned()), "{programs:?}");
    assert!(
        !programs.contains(&"on_device".to_owned()),
        "its section names no place"
    );
    assert_eq!(links.struct_ops(), ["control"]);
    // What is taken out has an end of its own.
    let control = links.take_struct_ops("control").unwrap();
    assert!(links.take_struct_ops("control").is_none());
    assert!(links.take_program("on_device").is_none());
    drop(object);
    assert!(runs(&hits), "links keep what they need");
    drop(links);
    assert!(!runs(&hits));
    assert!(has_congestion_control("t_object"));
    drop(control);
    assert!(!has_congestion_control("t_object"));
}

pub(crate) fn attaching_an_object_twice_is_harmless() {
    let (object, hits) = load("t_object2");
    let first = object.attach().unwrap();
    let once = |hits: &Hits| {
        let before = hits.get();
        system_call();
        hits.get() - before
    };
    let calls = once(&hits);
    assert!(calls > 0);
    let second = object.clone().attach().unwrap();
    assert_eq!(first.programs(), second.programs());
    assert_eq!(once(&hits), calls, "a program that was attached twice");
    // What was taken out is attached again; its old link is its holder's.
    let raw = first.take_program("raw").unwrap();
    assert!(!first.programs().contains(&"raw".to_owned()));
    drop(raw);
    assert!(!runs(&hits));
    let third = object.attach().unwrap();
    assert!(runs(&hits));
    assert!(first.programs().contains(&"raw".to_owned()));
    // The last one holds.
    drop((first, third));
    assert!(runs(&hits) && has_congestion_control("t_object2"));
    second.detach();
    assert!(!runs(&hits) && !has_congestion_control("t_object2"));
    let again = object.attach().unwrap();
    assert!(runs(&hits) && has_congestion_control("t_object2"));
    drop(again);
}

pub(crate) fn an_object_that_attaches_half_way_leaves_nothing() {
    let (first, _) = load("t_object3");
    let _first = first.attach().unwrap();
    let (second, hits) = load("t_object3");
    let error = second.attach().unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::AlreadyExists);
    assert!(error.to_string().contains("`control`"), "{error}");
    assert!(!runs(&hits), "what came first is detached again");
}

pub(crate) fn an_object_leaves_alone_what_is_off() {
    let mut open = open("t_object4");
    open.program_mut("raw").unwrap().set_autoattach(false);
    open.program_mut("typed").unwrap().set_autoload(false);
    let mut control = open.map_mut("control").unwrap();
    control.set_autoattach(false).unwrap();
    let object = open.load().unwrap();
    let links = object.attach().unwrap();
    let programs = links.programs();
    assert!(!programs.contains(&"raw".to_owned()), "{programs:?}");
    assert!(!programs.contains(&"typed".to_owned()), "{programs:?}");
    assert_eq!(links.struct_ops(), [""; 0]);
    assert!(!has_congestion_control("t_object4"));
}

pub(crate) fn threads_that_attach_an_object_share_its_links() {
    let (object, hits) = load("t_object5");
    let links: Vec<_> = thread::scope(|scope| {
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(|| object.attach())).collect();
        let results = threads.into_iter().map(|thread| thread.join().unwrap());
        results.collect::<Result<_, _>>().unwrap()
    });
    assert!(links.iter().all(|one| one.struct_ops() == ["control"]));
    assert!(runs(&hits));
    drop(links);
    assert!(!runs(&hits) && !has_congestion_control("t_object5"));
}
