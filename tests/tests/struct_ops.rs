//! The main job, held against the kernel's own copy of what was set.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use libbpf_safe::program::ProgramType;
use libbpf_safe::{ErrorKind, enable_run_statistics};
use libbpf_tests::features::STRUCT_OPS_LINKS;
use libbpf_tests::kernel::{has_congestion_control, in_guest, open_descriptors};
use libbpf_tests::kernel_tests;
use libbpf_tests::kernel_value::KernelValue;
use libbpf_tests::skeletons::tcp_shadow::{OpenSkeleton, Skeleton};
use libbpf_tests::tcp::{KeptConnection, transfer};

kernel_tests![
    all need STRUCT_OPS_LINKS;
    what_was_set_is_in_the_kernel,
    what_was_not_set_is_as_in_the_object,
    replaced_callback_runs_and_the_original_does_not,
    an_emptied_callback_is_not_called,
    settings_reach_the_program,
    programs_load_as_the_maps_refer_to_them,
    autoload_that_was_set_is_kept,
    a_map_without_a_link_registers_and_unregisters,
    a_live_link_takes_another_map,
    a_map_can_be_attached_again,
    a_map_that_is_not_created_loads_none_of_its_programs,
    nothing_is_left_behind,
];

const MEGABYTE: usize = 1 << 20;
const TYPE: &str = "tcp_congestion_ops";
/// `BPF_STRUCT_OPS_STATE_INUSE` and `BPF_STRUCT_OPS_STATE_READY`
const IN_USE: u32 = 1;
const READY: u32 = 3;

fn what_was_set_is_in_the_kernel() {
    let mut open = OpenSkeleton::open().unwrap();
    let parts = open.parts();
    let ops = parts.struct_ops.shadowed;
    ops.flags = 3;
    ops.name.set("t_set").unwrap();
    ops.cong_avoid = Some(parts.programs.replacement.callback());
    ops.cwnd_event = None;
    ops.set_state = Some(parts.programs.spare.callback());
    let skeleton = open.load().unwrap();
    let _link = skeleton.struct_ops.shadowed.attach().unwrap();

    let kernel = KernelValue::read(&skeleton.struct_ops.shadowed, TYPE);
    assert_eq!(kernel.state, READY);
    assert_eq!(kernel.number("flags"), 3);
    assert_eq!(kernel.text("name"), "t_set");
    let programs = &skeleton.programs;
    for (member, program) in [
        ("cong_avoid", &programs.replacement),
        ("set_state", &programs.spare),
        ("ssthresh", &programs.ssthresh),
        ("undo_cwnd", &programs.undo_cwnd),
    ] {
        let id = program.info().unwrap().id;
        assert_eq!(kernel.number(member), u64::from(id), "{member}");
    }
    assert_eq!(kernel.number("cwnd_event"), 0);
}

fn what_was_not_set_is_as_in_the_object() {
    let skeleton = OpenSkeleton::open().unwrap().load().unwrap();
    let second = &skeleton.struct_ops.second;
    let _link = second.attach().unwrap();

    let kernel = KernelValue::read(second, TYPE);
    assert_eq!(kernel.number("flags"), 0);
    assert_eq!(kernel.text("name"), "t_second");
    let original = skeleton.programs.original.info().unwrap().id;
    assert_eq!(kernel.number("cong_avoid"), u64::from(original));
    assert_eq!(kernel.number("set_state"), 0);
    assert!(kernel.bytes("list").iter().all(|&byte| byte == 0));
}

fn replaced_callback_runs_and_the_original_does_not() {
    let mut open = OpenSkeleton::open().unwrap();
    let parts = open.parts();
    let ops = parts.struct_ops.shadowed;
    ops.name.set("t_replaced").unwrap();
    ops.cong_avoid = Some(parts.programs.replacement.callback());
    let skeleton: Skeleton = open.load().unwrap();
    let _statistics = enable_run_statistics().unwrap();
    let _link = skeleton.struct_ops.shadowed.attach().unwrap();

    let sent = transfer("t_replaced", 4 * MEGABYTE).unwrap();
    assert_eq!(sent, 4 * MEGABYTE);

    let runs = |program: &libbpf_safe::Program| program.info().unwrap().run_count;
    assert!(runs(&skeleton.programs.replacement) > 0);
    // `second` and `plain` refer to the original, so it is loaded; nobody has selected them.
    assert_eq!(runs(&skeleton.programs.original), 0);
    let counts = &skeleton.maps.counts;
    assert!(counts.lookup(&1).unwrap().unwrap().calls > 0);
    assert_eq!(counts.lookup(&0).unwrap(), None);
}

fn an_emptied_callback_is_not_called() {
    let mut open = OpenSkeleton::open().unwrap();
    let parts = open.parts();
    let ops = parts.struct_ops.shadowed;
    ops.name.set("t_emptied").unwrap();
    ops.set_state = None;
    let skeleton = open.load().unwrap();
    let _link = skeleton.struct_ops.shadowed.attach().unwrap();
    transfer("t_emptied", MEGABYTE).unwrap();

    let kernel = KernelValue::read(&skeleton.struct_ops.shadowed, TYPE);
    assert_eq!(kernel.number("set_state"), 0);
    // Nobody else refers to it, so it is not even loaded.
    assert!(!skeleton.programs.set_state.is_loaded());
}

fn settings_reach_the_program() {
    let mut open = OpenSkeleton::open().unwrap();
    let parts = open.parts();
    assert_eq!(parts.rodata.step, 1);
    assert!(parts.rodata.enabled.get());
    assert_eq!(parts.rodata.label, "none");
    assert_eq!(parts.data.written, 7);
    parts.rodata.step = 5;
    parts.rodata.label.set("set").unwrap();
    parts.struct_ops.shadowed.name.set("t_settings").unwrap();
    let skeleton = open.load().unwrap();
    let link = skeleton.struct_ops.shadowed.attach().unwrap();
    transfer("t_settings", MEGABYTE).unwrap();
    link.detach().unwrap();

    let count = skeleton.maps.counts.lookup(&0).unwrap().unwrap();
    assert!(count.calls >= 5 && count.calls % 5 == 0, "{count:?}");
    assert!(count.last_window > 0);
    // The section itself, as the kernel has it.
    let section = skeleton.object.map("tcp_shad.rodata").unwrap();
    let bytes = section.lookup_bytes(&0u32.to_ne_bytes()).unwrap().unwrap();
    assert_eq!(bytes.get(..4).unwrap(), 5u32.to_ne_bytes());
    assert!(bytes.windows(4).any(|window| window == b"set\0"));
}

fn programs_load_as_the_maps_refer_to_them() {
    let mut open = OpenSkeleton::open().unwrap();
    let parts = open.parts();
    for ops in [
        parts.struct_ops.shadowed,
        parts.struct_ops.second,
        parts.struct_ops.plain,
    ] {
        ops.cong_avoid = Some(parts.programs.replacement.callback());
    }
    let skeleton = open.load().unwrap();
    let programs = &skeleton.programs;
    assert!(!programs.original.is_loaded(), "swapped out everywhere");
    assert!(programs.replacement.is_loaded(), "swapped in");
    assert!(!programs.spare.is_loaded(), "nobody refers to it");
    assert!(
        programs.on_sys_enter.is_loaded(),
        "not a struct_ops program"
    );

    let error = programs.original.info().unwrap_err();
    assert!(error.to_string().contains("`original`"), "{error}");
    let info = programs.replacement.info().unwrap();
    assert_eq!(info.program_type, ProgramType::STRUCT_OPS);
    assert_eq!(info.name, "replacement");
}

fn autoload_that_was_set_is_kept() {
    let mut open = OpenSkeleton::open().unwrap();
    open.parts().programs.on_sys_enter.set_autoload(false);
    let skeleton = open.load().unwrap();
    assert!(!skeleton.programs.on_sys_enter.is_loaded());

    // A struct_ops program that nothing refers to, and that is to be loaded all the same, is libbpf's to
    // refuse: the kernel has to know which callback it is for.
    let mut open = OpenSkeleton::open().unwrap();
    open.parts().programs.spare.set_autoload(true);
    let error = open.load().unwrap_err();
    assert!(format!("{error:?}").contains("spare"), "{error:?}");
}

fn a_map_without_a_link_registers_and_unregisters() {
    let skeleton = OpenSkeleton::open().unwrap().load().unwrap();
    let plain = skeleton.struct_ops.plain.clone();
    assert!(!plain.has_link());
    let link = plain.attach().unwrap();
    assert!(has_congestion_control("t_plain"));
    assert_eq!(KernelValue::read(&plain, TYPE).state, IN_USE);
    assert_eq!(transfer("t_plain", MEGABYTE).unwrap(), MEGABYTE);
    let error = link.info().unwrap_err();
    assert!(
        matches!(error.kind(), ErrorKind::InvalidInput { .. }),
        "{error}"
    );
    // The link keeps what it needs to unregister.
    drop((skeleton, plain));
    link.detach().unwrap();
    assert!(!has_congestion_control("t_plain"));
}

fn a_live_link_takes_another_map() {
    let mut open = OpenSkeleton::open().unwrap();
    let parts = open.parts();
    parts.struct_ops.shadowed.name.set("t_live").unwrap();
    parts.struct_ops.second.name.set("t_live").unwrap();
    parts.struct_ops.second.cong_avoid = Some(parts.programs.replacement.callback());
    let skeleton = open.load().unwrap();
    let (shadowed, second) = (&skeleton.struct_ops.shadowed, &skeleton.struct_ops.second);
    let id = |map: &libbpf_safe::struct_ops::StructOpsMap| map.to_map().unwrap().info().id;

    let mut link = shadowed.attach().unwrap();
    assert_eq!(link.info().unwrap().struct_ops_map_id(), Some(id(shadowed)));
    let mut before = KeptConnection::open("t_live").unwrap();
    before.send(MEGABYTE).unwrap();
    let counts = &skeleton.maps.counts;
    assert!(counts.lookup(&0).unwrap().is_some());
    assert_eq!(counts.lookup(&1).unwrap(), None);

    link.update(second).unwrap();
    assert_eq!(link.info().unwrap().struct_ops_map_id(), Some(id(second)));
    transfer("t_live", MEGABYTE).unwrap();
    assert!(
        counts.lookup(&1).unwrap().is_some(),
        "a new connection runs the new map"
    );
    before.send(MEGABYTE).unwrap();
    assert_eq!(before.finish().unwrap(), 2 * MEGABYTE);

    // A map of another name cannot take its place; the one in force stays.
    let other = OpenSkeleton::open().unwrap().load().unwrap();
    link.update(&other.struct_ops.second).unwrap_err();
    assert_eq!(link.info().unwrap().struct_ops_map_id(), Some(id(second)));
    assert!(has_congestion_control("t_live"));
    drop(link);
    assert!(!has_congestion_control("t_live"));
}

fn a_map_can_be_attached_again() {
    let mut open = OpenSkeleton::open().unwrap();
    open.parts()
        .struct_ops
        .shadowed
        .name
        .set("t_again")
        .unwrap();
    let skeleton = open.load().unwrap();
    for _ in 0..3 {
        let link = skeleton.struct_ops.shadowed.attach().unwrap();
        assert!(has_congestion_control("t_again"));
        let error = skeleton.struct_ops.shadowed.attach().unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::AlreadyExists, "{error}");
        link.detach().unwrap();
        assert!(!has_congestion_control("t_again"));
    }
}

fn a_map_that_is_not_created_loads_none_of_its_programs() {
    let mut open = libbpf_safe::OpenObject::from_bytes(
        "tcp_shadow",
        &libbpf_tests::skeletons::tcp_shadow::OBJECT.0,
    )
    .unwrap();
    open.map_mut("shadowed")
        .unwrap()
        .set_autocreate(false)
        .unwrap();
    let object = open.load().unwrap();
    let shadowed = object.struct_ops("shadowed").unwrap();
    assert!(!shadowed.is_created());
    assert!(
        !object.program("set_state").unwrap().is_loaded(),
        "only `shadowed` has it"
    );
    assert!(
        object.program("original").unwrap().is_loaded(),
        "`second` has it"
    );
    let error = shadowed.attach().unwrap_err();
    assert!(error.to_string().contains("`shadowed`"), "{error}");
}

fn nothing_is_left_behind() {
    let cycle = |name: &str| {
        let mut open = OpenSkeleton::open().unwrap();
        open.parts().struct_ops.shadowed.name.set(name).unwrap();
        let skeleton = open.load().unwrap();
        let link = skeleton.struct_ops.shadowed.attach().unwrap();
        let raw_tracepoint = skeleton.programs.on_sys_enter.attach().unwrap();
        drop((skeleton, raw_tracepoint, link));
        assert!(!has_congestion_control(name));
    };
    // In a process of its own the count would be exact; here other tests open and close meanwhile, so
    // what grows with the number of cycles is looked for.
    let rounds = if in_guest() { 10 } else { 50 };
    let before = open_descriptors();
    for round in 0..rounds {
        cycle(&format!("t_round{round}"));
    }
    assert!(open_descriptors() < before + rounds);
}
