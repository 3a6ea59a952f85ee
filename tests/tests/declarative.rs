//! The three ways to set a struct_ops map, each held against the kernel's own copy.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use libbpf_safe::OpenObject;
use libbpf_safe::struct_ops::by_name::{Callback, Value};
use libbpf_safe::struct_ops::{Shadow, StructOpsLink, StructOpsMap};
use libbpf_tests::features::STRUCT_OPS_LINKS;
use libbpf_tests::kernel::has_congestion_control;
use libbpf_tests::kernel_tests;
use libbpf_tests::kernel_value::KernelValue;
use libbpf_tests::skeletons::tcp_shadow::init::{Program, RodataInit, TcpCongestionOpsInit};
use libbpf_tests::skeletons::tcp_shadow::{self, OpenSkeleton, SkeletonInit};
use libbpf_tests::tcp::transfer;

kernel_tests![
    all need STRUCT_OPS_LINKS;
    each_way_leaves_the_same_in_the_kernel,
    zero_is_set_over_a_default_that_is_not,
    what_an_init_leaves_out_is_as_in_the_object,
    one_init_is_applied_many_times,
    a_callback_set_by_an_init_runs,
    defaults_that_were_restored_are_in_the_kernel,
    members_reset_by_name_are_as_in_the_object,
    an_init_from_toml_reaches_the_kernel,
    half_attached_maps_are_detached_again,
];

const TYPE: &str = "tcp_congestion_ops";

/// What of the kernel's value the tests set, with names in the place of program ids.
#[derive(Debug, PartialEq)]
struct Seen {
    flags: u64,
    name: String,
    callbacks: Vec<(&'static str, Option<String>)>,
}

/// Attaches the map, and reads what the kernel has.
fn attached(object: &libbpf_safe::Object) -> (Seen, StructOpsLink) {
    let map = object.struct_ops("shadowed").unwrap();
    let link = map.attach().unwrap();
    (seen(object, &map), link)
}

fn seen(object: &libbpf_safe::Object, map: &StructOpsMap) -> Seen {
    let kernel = KernelValue::read(map, TYPE);
    let names = [
        "original",
        "replacement",
        "ssthresh",
        "undo_cwnd",
        "set_state",
        "spare",
    ];
    let program = |id| {
        names.into_iter().find(|name| {
            let program = object.program(name).unwrap();
            program.is_loaded() && u64::from(program.info().unwrap().id) == id
        })
    };
    let callbacks = [
        "cong_avoid",
        "set_state",
        "ssthresh",
        "undo_cwnd",
        "cwnd_event",
    ];
    let callback = |member| match kernel.number(member) {
        0 => (member, None),
        id => (member, Some(program(id).unwrap().to_owned())),
    };
    Seen {
        flags: kernel.number("flags"),
        name: kernel.text("name"),
        callbacks: callbacks.into_iter().map(callback).collect(),
    }
}

fn expected(name: &str) -> Seen {
    Seen {
        flags: 3,
        name: name.to_owned(),
        callbacks: vec![
            ("cong_avoid", Some("replacement".into())),
            ("set_state", None),
            ("ssthresh", Some("ssthresh".into())),
            ("undo_cwnd", Some("undo_cwnd".into())),
            ("cwnd_event", None),
        ],
    }
}

fn init(name: &str) -> SkeletonInit {
    SkeletonInit {
        shadowed: TcpCongestionOpsInit {
            flags: Some(3),
            name: Some(name.parse().unwrap()),
            cong_avoid: Some(Some(Program::replacement)),
            set_state: Some(None),
            ..Default::default()
        },
        ..Default::default()
    }
}

fn each_way_leaves_the_same_in_the_kernel() {
    let mut open = OpenSkeleton::open().unwrap();
    let parts = open.parts();
    let ops = parts.struct_ops.shadowed;
    ops.flags = 3;
    ops.name.set("t_way_borrowed").unwrap();
    ops.cong_avoid = Some(parts.programs.replacement.callback());
    ops.set_state = None;
    let (seen, _link) = attached(&open.load().unwrap().object);
    assert_eq!(seen, expected("t_way_borrowed"));

    let (seen, _link) = attached(&init("t_way_init").load().unwrap().object);
    assert_eq!(seen, expected("t_way_init"));

    let mut open = OpenObject::from_bytes("tcp_shadow", &tcp_shadow::OBJECT.0).unwrap();
    let mut ops = open.struct_ops("shadowed").unwrap();
    ops.set("flags", 3).unwrap();
    ops.set("name", "t_way_by_name").unwrap();
    ops.set("cong_avoid", Callback("replacement")).unwrap();
    ops.set("set_state", Value::None).unwrap();
    let (seen, _link) = attached(&open.load().unwrap());
    assert_eq!(seen, expected("t_way_by_name"));
}

fn zero_is_set_over_a_default_that_is_not() {
    let mut open = OpenSkeleton::open().unwrap();
    assert_eq!(open.defaults().shadowed.flags, 1);
    let mut zero = init("t_zero_init");
    zero.shadowed.flags = Some(0);
    open.apply(&zero).unwrap();
    let (seen, _link) = attached(&open.load().unwrap().object);
    assert_eq!(seen.flags, 0);

    let mut open = OpenObject::from_bytes("tcp_shadow", &tcp_shadow::OBJECT.0).unwrap();
    let mut ops = open.struct_ops("shadowed").unwrap();
    assert_eq!(ops.default_value("flags").unwrap(), 1.into());
    ops.set_all([("flags", Value::from(0)), ("name", "t_zero_by_name".into())])
        .unwrap();
    let (seen, _link) = attached(&open.load().unwrap());
    assert_eq!(seen.flags, 0);
}

fn what_an_init_leaves_out_is_as_in_the_object() {
    let mut only_the_name = SkeletonInit::default();
    only_the_name.shadowed.name = Some("t_left_out".parse().unwrap());
    let skeleton = only_the_name.load().unwrap();
    let (seen, _link) = attached(&skeleton.object);
    assert_eq!((seen.flags, seen.name.as_str()), (1, "t_left_out"));
    let callback = |name| seen.callbacks.iter().find(|(member, _)| *member == name);
    assert_eq!(
        callback("cong_avoid").unwrap().1.as_deref(),
        Some("original")
    );
    assert_eq!(
        callback("set_state").unwrap().1.as_deref(),
        Some("set_state")
    );
}

fn one_init_is_applied_many_times() {
    let init = init("t_many");
    let before = init.clone();
    for _ in 0..3 {
        let (seen, link) = attached(&init.load().unwrap().object);
        assert_eq!(seen, expected("t_many"));
        link.detach().unwrap();
        assert_eq!(init, before);
    }
}

fn a_callback_set_by_an_init_runs() {
    let init = SkeletonInit {
        shadowed: TcpCongestionOpsInit {
            name: Some("t_init_runs".parse().unwrap()),
            cong_avoid: Some(Some(Program::replacement)),
            ..Default::default()
        },
        second: TcpCongestionOpsInit {
            name: Some("t_init_other".parse().unwrap()),
            ..Default::default()
        },
        plain: TcpCongestionOpsInit {
            name: Some("t_init_plain".parse().unwrap()),
            ..Default::default()
        },
        rodata: RodataInit {
            step: Some(5),
            ..Default::default()
        },
        ..Default::default()
    };
    let mut skeleton = init.load_and_attach().unwrap();
    let names = ["t_init_runs", "t_init_other", "t_init_plain"];
    assert!(names.into_iter().all(has_congestion_control));
    transfer("t_init_runs", 1 << 20).unwrap();
    // The setting reached the program, too.
    let counts = &skeleton.maps.counts;
    let calls = counts.lookup(&1).unwrap().unwrap().calls;
    assert!(calls > 0 && calls % 5 == 0, "{calls}");
    assert_eq!(counts.lookup(&0).unwrap(), None);
    skeleton.detach();
    assert!(!names.into_iter().any(has_congestion_control));
}

fn defaults_that_were_restored_are_in_the_kernel() {
    let mut open = OpenSkeleton::open().unwrap();
    open.apply(&init("t_restored")).unwrap();
    let parts = open.parts();
    let (ops, default) = (parts.struct_ops.shadowed, parts.defaults.shadowed);
    assert!(ops != default);
    ops.flags = default.flags;
    ops.cong_avoid = default.cong_avoid;
    assert_eq!((ops.flags, ops.name.to_str().unwrap()), (1, "t_restored"));
    ops.copy_from(default);
    assert!(ops == default);
    ops.name.set("t_restored_2").unwrap();
    let (seen, _link) = attached(&open.load().unwrap().object);
    assert_eq!((seen.flags, seen.name.as_str()), (1, "t_restored_2"));
    let original = ("cong_avoid", Some("original".to_owned()));
    assert!(seen.callbacks.contains(&original), "{seen:?}");

    let mut open = OpenSkeleton::open().unwrap();
    open.apply(&init("t_restored_3")).unwrap();
    open.reset_struct_ops();
    assert_eq!(open.parts().struct_ops.shadowed.name, "t_default");
    assert!(open.parts().struct_ops.shadowed.set_state.is_some());
}

fn members_reset_by_name_are_as_in_the_object() {
    let mut open = OpenObject::from_bytes("tcp_shadow", &tcp_shadow::OBJECT.0).unwrap();
    let mut ops = open.struct_ops("shadowed").unwrap();
    ops.set("flags", 2).unwrap();
    ops.set("cong_avoid", "replacement").unwrap();
    ops.set("set_state", Value::None).unwrap();
    ops.reset_all();
    ops.set("name", "t_reset").unwrap();
    ops.set("set_state", "spare").unwrap();
    ops.set("flags", 3).unwrap();
    ops.reset("flags").unwrap();
    let (seen, _link) = attached(&open.load().unwrap());
    assert_eq!((seen.flags, seen.name.as_str()), (1, "t_reset"));
    let callback = |name: &'static str, program: &str| (name, Some(program.to_owned()));
    assert!(seen.callbacks.contains(&callback("cong_avoid", "original")));
    assert!(seen.callbacks.contains(&callback("set_state", "spare")));
}

fn an_init_from_toml_reaches_the_kernel() {
    let text = r#"
        [shadowed]
        flags = 3
        name = "t_toml"
        cong_avoid = "replacement"
        set_state = ""
    "#;
    let init: SkeletonInit = toml::from_str(text).unwrap();
    let (seen, _link) = attached(&init.load().unwrap().object);
    assert_eq!(seen, expected("t_toml"));
}

fn half_attached_maps_are_detached_again() {
    let name = |name: &str| TcpCongestionOpsInit {
        name: Some(name.parse().unwrap()),
        ..Default::default()
    };
    // The second takes the first one's name.
    let init = SkeletonInit {
        shadowed: name("t_half"),
        second: name("t_half"),
        plain: name("t_half_plain"),
        ..Default::default()
    };
    let error = init.load_and_attach().unwrap_err();
    assert!(error.to_string().contains("`second`"), "{error}");
    assert!(!has_congestion_control("t_half"));
    assert!(!has_congestion_control("t_half_plain"));
}
