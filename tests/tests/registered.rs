//! Registered struct_ops maps: what the kernel has of them, and links that somebody else holds, too.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use libbpf_safe::ErrorKind;
use libbpf_safe::struct_ops::by_name::{Callback, Value};
use libbpf_safe::struct_ops::{RegistrationState, SharedStructOpsLink, StructOpsMap};
use libbpf_tests::bpf_file_system::BpfFileSystem;
use libbpf_tests::features::{ASSOCIATIONS, STRUCT_OPS_LINKS};
use libbpf_tests::kernel::has_congestion_control;
use libbpf_tests::kernel_tests;
use libbpf_tests::kernel_value::KernelValue;
use libbpf_tests::skeletons::tcp_shadow::init::{ListHeadInit, Program, TcpCongestionOpsInit};
use libbpf_tests::skeletons::tcp_shadow::{Skeleton, SkeletonInit};
use libbpf_tests::tcp::transfer;
use std::sync::Barrier;
use std::{fs, thread};

kernel_tests![
    all need STRUCT_OPS_LINKS;
    the_kernels_value_is_read_by_name,
    the_kernels_value_is_read_as_an_init,
    states_are_told_apart,
    a_pinned_link_outlives_its_holder,
    a_link_that_is_detached_is_unpinned,
    a_link_opened_by_its_id_takes_another_map,
    threads_that_put_one_map_in_force_take_turns,
    a_shared_link_is_detached_for_everybody,
    what_is_no_struct_ops_link_is_told,
    pins_that_cannot_be_made_say_why,
    an_association_says_why_not,
    a_program_is_associated_once needs ASSOCIATIONS,
];

const TYPE: &str = "tcp_congestion_ops";

fn named(name: &str) -> SkeletonInit {
    SkeletonInit {
        shadowed: TcpCongestionOpsInit {
            name: Some(name.parse().unwrap()),
            flags: Some(3),
            cong_avoid: Some(Some(Program::replacement)),
            set_state: Some(None),
            ..Default::default()
        },
        second: TcpCongestionOpsInit {
            name: Some(name.parse().unwrap()),
            ..Default::default()
        },
        ..Default::default()
    }
}

fn load(name: &str) -> Skeleton {
    named(name).load().unwrap()
}

fn id(map: &StructOpsMap) -> Option<u32> {
    Some(map.to_map().unwrap().info().id)
}

fn the_kernels_value_is_read_by_name() {
    let skeleton = load("t_value");
    let map = &skeleton.struct_ops.shadowed;
    let _link = map.attach().unwrap();
    let value = map.value().unwrap();
    for (path, expected) in [
        ("flags", Value::from(3)),
        ("name", "t_value".into()),
        ("cong_avoid", Callback("replacement").into()),
        ("ssthresh", Callback("ssthresh").into()),
        ("set_state", Value::None),
        ("list.next", Value::None),
    ] {
        assert_eq!(value.get(path).unwrap(), expected, "{path}");
    }
    let members = value.members().unwrap();
    assert!(members.contains(&("flags".into(), 3.into())));
    assert!(format!("{value:?}").contains("replacement"));
    let error = value.get("flagz").unwrap_err();
    assert_eq!(error.hint(), Some("did you mean `flags`?"));
    assert!(error.to_string().contains("`shadowed`"), "{error}");
    // Held against another reader of the same bytes.
    let kernel = KernelValue::read(map, TYPE);
    assert_eq!(
        (kernel.number("flags"), kernel.text("name")),
        (3, "t_value".into())
    );
}

fn the_kernels_value_is_read_as_an_init() {
    let init = named("t_as_init");
    let skeleton = init.load().unwrap();
    let map = &skeleton.struct_ops.shadowed;
    let _link = map.attach().unwrap();
    let found: TcpCongestionOpsInit = map.value().unwrap().to_init();
    assert_eq!(found.name, init.shadowed.name);
    assert_eq!(found.flags, init.shadowed.flags);
    assert_eq!(found.cong_avoid, init.shadowed.cong_avoid);
    assert_eq!(found.set_state, Some(None));
    assert_eq!(found.ssthresh, Some(Some(Program::ssthresh)));
    assert_eq!(found.key, Some(0));
    let null = Some(libbpf_safe::data::Pointer::NULL);
    let list = ListHeadInit {
        next: null,
        prev: null,
    };
    assert_eq!(found.list, Some(list));
    drop(_link);

    // What was found can be set again.
    let again = SkeletonInit {
        shadowed: found.clone(),
        ..Default::default()
    };
    let skeleton = again.load().unwrap();
    let map = &skeleton.struct_ops.shadowed;
    let _link = map.attach().unwrap();
    assert_eq!(
        map.value().unwrap().to_init::<TcpCongestionOpsInit>(),
        found
    );
}

fn states_are_told_apart() {
    let skeleton = load("t_states");
    let plain = &skeleton.struct_ops.plain;
    assert_eq!(plain.value().unwrap().state(), RegistrationState::Initial);
    let link = plain.attach().unwrap();
    assert_eq!(plain.value().unwrap().state(), RegistrationState::InUse);
    link.detach().unwrap();
    assert_ne!(plain.value().unwrap().state(), RegistrationState::InUse);

    let map = &skeleton.struct_ops.shadowed;
    let link = map.attach().unwrap();
    assert_eq!(map.value().unwrap().state(), RegistrationState::Ready);
    link.detach().unwrap();
}

fn a_pinned_link_outlives_its_holder() {
    let files = BpfFileSystem::mount();
    let path = files.join("cc");
    let skeleton = load("t_pinned");
    let mut link = skeleton.struct_ops.shadowed.attach().unwrap();
    link.pin(&path).unwrap();
    assert_eq!(link.pin_path(), Some(path.as_path()));
    assert!(path.exists());
    let error = link.pin(files.join("again")).unwrap_err();
    assert!(error.to_string().contains("pinned at"), "{error}");
    let map_id = id(&skeleton.struct_ops.shadowed);
    drop((link, skeleton));
    assert!(has_congestion_control("t_pinned"));
    transfer("t_pinned", 1 << 16).unwrap();

    let mut shared = SharedStructOpsLink::open_pinned(&path).unwrap();
    assert_eq!(shared.info().unwrap().struct_ops_map_id(), map_id);
    shared.unpin().unwrap();
    assert!(!path.exists());
    assert!(has_congestion_control("t_pinned"), "held here");
    shared.unpin().unwrap_err();
    drop(shared);
    assert!(!has_congestion_control("t_pinned"));
}

fn a_link_that_is_detached_is_unpinned() {
    let files = BpfFileSystem::mount();
    let path = files.join("cc");
    let skeleton = load("t_unpinned");
    let mut link = skeleton.struct_ops.shadowed.attach().unwrap();
    link.unpin().unwrap_err();
    link.pin(&path).unwrap();
    link.detach().unwrap();
    assert!(!path.exists());
    assert!(!has_congestion_control("t_unpinned"));

    let mut link = skeleton.struct_ops.shadowed.attach().unwrap();
    link.pin(&path).unwrap();
    link.unpin().unwrap();
    link.pin(&path).unwrap();
    fs::remove_file(&path).unwrap();
    let error = link.unpin().unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::NotFound);
}

fn a_link_opened_by_its_id_takes_another_map() {
    let skeleton = load("t_by_id");
    let (first, second) = (&skeleton.struct_ops.shadowed, &skeleton.struct_ops.second);
    let link = first.attach().unwrap();
    let shared = SharedStructOpsLink::from_id(link.info().unwrap().id).unwrap();
    assert_eq!(shared.info().unwrap(), link.info().unwrap());
    // The map in force already: the kernel must not be asked.
    shared.update(first).unwrap();
    assert_eq!(link.info().unwrap().struct_ops_map_id(), id(first));
    // One that was never attached has no value in the kernel yet.
    let error = shared.update(second).unwrap_err();
    assert!(error.to_string().contains("attach it once"), "{error}");
    second.attach().unwrap_err();
    shared.update(second).unwrap();
    assert_eq!(link.info().unwrap().struct_ops_map_id(), id(second));
    shared.update(second).unwrap();
    shared.update(first).unwrap();
    assert_eq!(link.info().unwrap().struct_ops_map_id(), id(first));
    transfer("t_by_id", 1 << 16).unwrap();
    let error = shared.update(&skeleton.struct_ops.plain).unwrap_err();
    assert!(error.to_string().contains("`plain`"), "{error}");
    drop(link);
    assert!(has_congestion_control("t_by_id"), "held by the other");
    drop(shared);
    assert!(!has_congestion_control("t_by_id"));
}

/// Both find that it is not in force; the kernel must not be given the map that it has.
fn threads_that_put_one_map_in_force_take_turns() {
    let rounds = 20;
    let skeleton = load("t_turns");
    let (first, second) = (&skeleton.struct_ops.shadowed, &skeleton.struct_ops.second);
    let mut link = first.attach().unwrap();
    let error = second.attach().unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::AlreadyExists, "it has its value");
    let shared = SharedStructOpsLink::from_id(link.info().unwrap().id).unwrap();
    let barrier = Barrier::new(2);
    // A panic in between would have the other one wait for ever.
    let mut errors = Vec::new();
    thread::scope(|scope| {
        let other = scope.spawn(|| {
            let mut errors = Vec::new();
            for _ in 0..rounds {
                barrier.wait();
                errors.extend(shared.update(second).err());
                barrier.wait();
            }
            errors
        });
        for _ in 0..rounds {
            barrier.wait();
            errors.extend(link.update(second).err());
            barrier.wait();
            errors.extend(link.update(first).err());
        }
        errors.extend(other.join().unwrap());
    });
    assert!(errors.is_empty(), "{errors:?}");
    assert_eq!(link.info().unwrap().struct_ops_map_id(), id(first));
}

fn a_shared_link_is_detached_for_everybody() {
    let skeleton = load("t_for_all");
    let link = skeleton.struct_ops.shadowed.attach().unwrap();
    let shared = SharedStructOpsLink::from_id(link.info().unwrap().id).unwrap();
    match shared.detach() {
        Ok(()) => assert!(!has_congestion_control("t_for_all")),
        // Kernels before 6.11.
        Err(error) => assert!(error.hint().unwrap().contains("6.11"), "{error}"),
    }
    drop(link);
    assert!(!has_congestion_control("t_for_all"));
}

fn what_is_no_struct_ops_link_is_told() {
    let skeleton = load("t_no_link");
    let tracepoint = skeleton.programs.on_sys_enter.attach().unwrap();
    let id = tracepoint.info().unwrap().id;
    let error = SharedStructOpsLink::from_id(id).unwrap_err();
    assert!(error.to_string().contains("raw_tracepoint"), "{error}");
    SharedStructOpsLink::from_id(u32::MAX).unwrap_err();
    let error = SharedStructOpsLink::open_pinned("/nonexistent").unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::NotFound);
}

fn pins_that_cannot_be_made_say_why() {
    let files = BpfFileSystem::mount();
    let skeleton = load("t_no_pin");
    let mut link = skeleton.struct_ops.shadowed.attach().unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    let error = link.pin(elsewhere.path().join("cc")).unwrap_err();
    assert!(error.to_string().contains("BPF file system"), "{error}");
    let error = link.pin(files.join("no/such/folder")).unwrap_err();
    assert!(error.to_string().contains("does not exist"), "{error}");
    link.pin(files.join("cc")).unwrap();
    let mut other = skeleton.struct_ops.plain.attach().unwrap();
    let error = other.pin(files.join("other")).unwrap_err();
    assert!(error.to_string().contains(".struct_ops.link"), "{error}");
    link.unpin().unwrap();
}

fn an_association_says_why_not() {
    let skeleton = load("t_assoc");
    let (map, programs) = (&skeleton.struct_ops.shadowed, &skeleton.programs);
    let error = programs.replacement.associate(map).unwrap_err();
    assert!(error.to_string().contains("`replacement`"), "{error}");
    if !ASSOCIATIONS.is_there() {
        let error = programs.on_sys_enter.associate(map).unwrap_err();
        assert!(error.hint().unwrap().contains("Linux 7.0"), "{error}");
    }
}

/// Once is for ever: the same map is fine, another is not.
fn a_program_is_associated_once() {
    let skeleton = load("t_assoc_once");
    let map = &skeleton.struct_ops.shadowed;
    let program = &skeleton.programs.on_sys_enter;
    program.associate(map).unwrap();
    program.associate(map).unwrap();
    let error = program.associate(&skeleton.struct_ops.second).unwrap_err();
    assert!(error.hint().unwrap().contains("once"), "{error}");
}
