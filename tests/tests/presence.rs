//! What the kernel lacks: refused, or left out and reported, as it was said.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use libbpf_safe::struct_ops::{Dropped, DroppedKind, Presence};
use libbpf_safe::{Error, ErrorKind, OpenObject, OpenOptions, StructOpsProblemKind};
use libbpf_tests::kernel::has_congestion_control;
use libbpf_tests::kernel_tests;
use libbpf_tests::kernel_value::KernelValue;
use libbpf_tests::skeletons::newer::{OBJECT, OpenSkeleton, Skeleton};
use libbpf_tests::skeletons::tcp_shadow;
use libbpf_tests::tcp::transfer;

kernel_tests![
    what_is_required_is_named_all_of_it,
    what_is_dropped_is_cleared_and_reported,
    programs_of_what_was_dropped_are_not_loaded,
    a_program_with_another_callback_is_loaded_all_the_same,
    a_program_switched_on_by_hand_is_dropped_with_its_callback,
    what_is_dropped_still_carries_traffic,
    warnings_are_among_the_messages,
    the_narrower_word_counts,
    one_required_member_is_enough_to_refuse,
    a_map_of_an_unknown_type_says_so_when_attached,
    what_the_kernel_has_is_not_dropped,
    another_size_is_no_lack,
    names_that_are_not_there_are_errors,
    links_are_kept_where_the_kernel_has_them,
];

fn dropping() -> OpenSkeleton {
    OpenSkeleton::open_with(&OpenOptions::new().presence(Presence::Drop)).unwrap()
}

/// Loads under a name of its own.
fn load(mut open: OpenSkeleton, name: &str) -> Skeleton {
    open.parts().struct_ops.carried.name.set(name).unwrap();
    open.load().unwrap()
}

fn find<'a>(dropped: &'a [Dropped], map: &str, member: &str) -> &'a Dropped {
    let mut found = dropped
        .iter()
        .filter(|dropped| dropped.map == map && dropped.member == member);
    let one = found.next().expect(member);
    assert!(found.next().is_none(), "reported twice: {one}");
    one
}

fn lacking(error: &Error) -> Vec<(String, String)> {
    let ErrorKind::StructOps(first) = error.kind() else {
        panic!("{error:?}");
    };
    std::iter::once(first)
        .chain(error.further_problems())
        .map(|problem| (problem.map.clone(), problem.member.clone()))
        .collect()
}

fn what_is_required_is_named_all_of_it() {
    let error = OpenSkeleton::open().unwrap().load().unwrap_err();
    let named = lacking(&error);
    for (map, member) in [
        ("carried", "newer_callback"),
        ("carried", "newer_setting"),
        ("carried", "newer_text"),
        ("unknown", ""),
        ("also_unknown", ""),
    ] {
        assert!(
            named.contains(&(map.to_owned(), member.to_owned())),
            "{map}.{member}: {error:?}"
        );
    }
    // Zero: nobody misses it.
    assert!(!named.iter().any(|(_, member)| member == "newer_answer"));
    assert!(error.hint().unwrap().contains("Presence::Drop"), "{error}");
}

fn what_is_dropped_is_cleared_and_reported() {
    let skeleton = load(dropping(), "t_newer_clear");
    let dropped = skeleton.object.dropped();

    let callback = find(dropped, "carried", "newer_callback");
    assert_eq!(callback.kind, DroppedKind::Member);
    assert_eq!(callback.type_name, "tcp_congestion_ops");
    assert_eq!(callback.program, "only_newer");
    assert_eq!(
        callback.to_string(),
        "map 'carried': this kernel's 'struct tcp_congestion_ops' has no member 'newer_callback'; callback \
         'only_newer' was left out"
    );
    let setting = find(dropped, "carried", "newer_setting");
    assert_eq!(setting.value, 7u32.to_ne_bytes());
    assert!(
        setting.to_string().ends_with("its value 7 was left out"),
        "{setting}"
    );
    let text = find(dropped, "carried", "newer_text");
    assert!(text.value.starts_with(b"for later kernels\0"));
    assert!(
        text.to_string().ends_with("its value was left out"),
        "{text}"
    );
    for map in ["unknown", "also_unknown"] {
        let map = find(dropped, map, "");
        assert_eq!(map.kind, DroppedKind::Type);
        assert!(map.to_string().ends_with("; the map was left out"), "{map}");
    }
    let members: Vec<_> = dropped.iter().filter(|one| one.map == "carried").collect();
    let without_link = usize::from(!skeleton.struct_ops.carried.has_link());
    assert_eq!(members.len(), 3 + without_link, "{dropped:?}");

    // The rest is in the kernel as it was set.
    let _link = skeleton.struct_ops.carried.attach().unwrap();
    let kernel = KernelValue::read(&skeleton.struct_ops.carried, "tcp_congestion_ops");
    assert_eq!(kernel.number("flags"), 1);
    assert_eq!(kernel.text("name"), "t_newer_clear");
    let ssthresh = skeleton.programs.ssthresh.info().unwrap().id;
    assert_eq!(kernel.number("ssthresh"), u64::from(ssthresh));
}

fn programs_of_what_was_dropped_are_not_loaded() {
    let skeleton = load(dropping(), "t_newer_progs");
    assert!(skeleton.programs.ssthresh.is_loaded());
    assert!(!skeleton.programs.only_newer.is_loaded());
    assert!(!skeleton.programs.only_unknown.is_loaded());
    assert!(skeleton.struct_ops.carried.is_created());
    assert!(!skeleton.struct_ops.unknown.is_created());
    assert!(!skeleton.struct_ops.also_unknown.is_created());
}

fn a_program_with_another_callback_is_loaded_all_the_same() {
    let mut open = dropping();
    let parts = open.parts();
    parts.struct_ops.carried.newer_answer = Some(parts.programs.ssthresh.callback());
    parts.struct_ops.unknown.shared = Some(parts.programs.ssthresh.callback());
    let skeleton = load(open, "t_newer_shared");
    assert!(skeleton.programs.ssthresh.is_loaded());
    let answer = find(skeleton.object.dropped(), "carried", "newer_answer");
    assert_eq!(answer.program, "ssthresh");
}

fn a_program_switched_on_by_hand_is_dropped_with_its_callback() {
    let mut open = dropping();
    let mut parts = open.parts();
    parts.programs.only_newer.set_autoload(true);
    parts.programs.only_unknown.set_autoload(true);
    let skeleton = load(open, "t_newer_hand");
    assert!(!skeleton.programs.only_newer.is_loaded());
    assert!(!skeleton.programs.only_unknown.is_loaded());
}

fn what_is_dropped_still_carries_traffic() {
    let skeleton = load(dropping(), "t_newer_runs");
    let link = skeleton.struct_ops.carried.attach().unwrap();
    assert_eq!(transfer("t_newer_runs", 1 << 20).unwrap(), 1 << 20);
    link.detach().unwrap();
    assert!(!has_congestion_control("t_newer_runs"));
}

fn warnings_are_among_the_messages() {
    let mut open = OpenSkeleton::open_with(&OpenOptions::new().presence(Presence::Warn)).unwrap();
    open.set_member_presence("carried", "newer_text", Presence::Drop)
        .unwrap();
    let skeleton = load(open, "t_newer_warn");
    let object = &skeleton.object;
    let is_told = |dropped: &Dropped| object.messages().contains(&dropped.to_string());
    assert!(is_told(find(object.dropped(), "carried", "newer_setting")));
    assert!(is_told(find(object.dropped(), "unknown", "")));
    assert!(!is_told(find(object.dropped(), "carried", "newer_text")));
}

fn the_narrower_word_counts() {
    // The object refuses, the map drops, one of its members refuses again.
    let mut open = OpenSkeleton::open().unwrap();
    open.set_member_presence("carried", "newer_setting", Presence::Require)
        .unwrap();
    open.set_presence("carried", Presence::Drop).unwrap();
    let named = lacking(&open.load().unwrap_err());
    let expected = [
        ("carried", "newer_setting"),
        ("unknown", ""),
        ("also_unknown", ""),
    ];
    assert_eq!(named.len(), expected.len(), "{named:?}");
    for (map, member) in expected {
        assert!(
            named.contains(&(map.to_owned(), member.to_owned())),
            "{named:?}"
        );
    }

    let mut open = OpenSkeleton::open().unwrap();
    for map in ["unknown", "also_unknown"] {
        open.set_presence(map, Presence::Drop).unwrap();
    }
    for member in ["newer_callback", "newer_setting", "newer_text"] {
        open.set_member_presence("carried", member, Presence::Drop)
            .unwrap();
    }
    let skeleton = load_where_links_are(open, "t_newer_narrow");
    if let Some(skeleton) = skeleton {
        assert_eq!(skeleton.object.dropped().len(), 5);
    }
}

/// Where the kernel has no links and the map requires one, load says so, and there is no skeleton.
fn load_where_links_are(mut open: OpenSkeleton, name: &str) -> Option<Skeleton> {
    open.parts().struct_ops.carried.name.set(name).unwrap();
    match open.load() {
        Ok(skeleton) => Some(skeleton),
        Err(error) => {
            let ErrorKind::StructOps(problem) = error.kind() else {
                panic!("{error:?}");
            };
            assert_eq!(
                problem.kind,
                StructOpsProblemKind::KernelNoLink,
                "{error:?}"
            );
            None
        }
    }
}

fn one_required_member_is_enough_to_refuse() {
    let mut open = dropping();
    open.set_member_presence("carried", "newer_callback", Presence::Require)
        .unwrap();
    let error = open.load().unwrap_err();
    assert_eq!(
        lacking(&error),
        [("carried".to_owned(), "newer_callback".to_owned())],
        "{error:?}"
    );
}

fn a_map_of_an_unknown_type_says_so_when_attached() {
    let skeleton = load(dropping(), "t_newer_attach");
    let error = skeleton.struct_ops.unknown.attach().unwrap_err();
    assert!(
        error.to_string().contains("`unknown`") && error.to_string().contains("`newer_ops`"),
        "{error}"
    );
}

fn what_the_kernel_has_is_not_dropped() {
    let options = OpenOptions::new().presence(Presence::Drop);
    let mut open = tcp_shadow::OpenSkeleton::open_with(&options).unwrap();
    open.parts()
        .struct_ops
        .shadowed
        .name
        .set("t_newer_all")
        .unwrap();
    let skeleton = open.load().unwrap();
    let lacking = skeleton
        .object
        .dropped()
        .iter()
        .filter(|dropped| dropped.kind != DroppedKind::Link);
    assert_eq!(lacking.count(), 0);
    let _link = skeleton.struct_ops.shadowed.attach().unwrap();
    let kernel = KernelValue::read(&skeleton.struct_ops.shadowed, "tcp_congestion_ops");
    assert_ne!(kernel.number("set_state"), 0);
}

fn another_size_is_no_lack() {
    for (map, kind) in [
        ("wrong_size", StructOpsProblemKind::KernelMemberSize),
        ("wrong_kind", StructOpsProblemKind::KernelMemberKind),
    ] {
        let mut open = OpenOptions::new()
            .name("misfits")
            .presence(Presence::Drop)
            .open_bytes(&libbpf_tests::skeletons::misfits::OBJECT.0)
            .unwrap();
        open.map_mut(map).unwrap().set_autocreate(true).unwrap();
        let error = open.load().unwrap_err();
        let ErrorKind::StructOps(problem) = error.kind() else {
            panic!("{error:?}");
        };
        assert_eq!((problem.kind, problem.member.as_str()), (kind, "flags"));
    }
}

fn names_that_are_not_there_are_errors() {
    let mut open = OpenObject::from_bytes("newer", &OBJECT.0).unwrap();
    let error = open
        .set_presence("no_such_map", Presence::Drop)
        .unwrap_err();
    assert!(error.to_string().contains("`no_such_map`"), "{error}");
    for member in ["no_such_member", "", "a\0b"] {
        let error = open
            .set_member_presence("carried", member, Presence::Drop)
            .unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::NotFound, "{error}");
        assert!(error.to_string().contains("`carried`"), "{error}");
    }
    let mut open = OpenObject::from_bytes("t", &tcp_shadow::OBJECT.0).unwrap();
    let error = open.set_presence("counts", Presence::Drop).unwrap_err();
    assert!(error.to_string().contains("no struct_ops map"), "{error}");
}

fn links_are_kept_where_the_kernel_has_them() {
    let skeleton = load(dropping(), "t_newer_link");
    let map = &skeleton.struct_ops.carried;
    let has_links = kernel_version() >= (6, 4);
    assert_eq!(map.has_link(), has_links);
    let reported = skeleton
        .object
        .dropped()
        .iter()
        .any(|dropped| dropped.kind == DroppedKind::Link && dropped.map == "carried");
    assert_eq!(reported, !has_links);
    // With a link or without, it is registered, and unregistered.
    let link = map.attach().unwrap();
    assert_eq!(link.info().is_ok(), has_links);
    assert!(has_congestion_control("t_newer_link"));
    drop(link);
    assert!(!has_congestion_control("t_newer_link"));
}

fn kernel_version() -> (u32, u32) {
    let release = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap();
    let mut numbers = release.split(|c: char| !c.is_ascii_digit());
    let mut next = || numbers.next().unwrap().parse().unwrap();
    (next(), next())
}
