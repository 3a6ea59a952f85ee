//! Views of objects that somebody else has opened, generated from a part of them.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, clippy::expect_used)]

use libbpf_safe::map::MapType;
use libbpf_safe::program::TestRun;
use libbpf_safe::{ErrorKind, Object, OpenObject};
use libbpf_tests::kernel_tests;
use libbpf_tests::skeletons::sub_library::{
    NAME, OpenSubskeleton, Subskeleton, USED, types::library_sample,
};
use libbpf_tests::skeletons::{SUB_OTHER, sub_host};

kernel_tests![
    what_a_view_sets_before_load_the_kernel_has,
    a_view_and_the_host_see_one_map_and_one_variable,
    a_view_of_an_object_without_what_it_uses_is_refused,
    a_view_knows_its_members_to_the_last_bit,
];

fn open() -> OpenObject {
    OpenObject::from_bytes("host", &sub_host::OBJECT.0).unwrap()
}

fn load() -> Object {
    let mut object = open();
    let mut view = OpenSubskeleton::new(&mut object).unwrap();
    assert_eq!(view.variable_library_step().unwrap(), 1);
    view.set_variable_library_step(&6).unwrap();
    view.map_library_samples()
        .unwrap()
        .set_max_entries(3)
        .unwrap();
    let shapes = view.variable_library_shapes().unwrap();
    assert_eq!((shapes.high(), shapes.word()), (3, &7));
    let program = view.program_library_count().unwrap();
    assert_eq!(program.section_name(), "socket");
    object.load().unwrap()
}

fn run(program: &libbpf_safe::Program) {
    program.test_run(TestRun::new().data(&[0; 64])).unwrap();
}

fn what_a_view_sets_before_load_the_kernel_has() {
    let object = load();
    let view = Subskeleton::new(&object).unwrap();
    let info = view.maps.library_samples.as_map().info().max_entries;
    assert_eq!(info, 3);
    run(&view.programs.library_count);
    // Not by bytes: the program leaves its padding as it is.
    let sample: Option<library_sample> = view.maps.library_samples.lookup(&0).unwrap();
    let sample = sample.unwrap();
    assert_eq!((sample.kind, sample.bytes), (0, 6));
    assert_eq!(sample.label.to_str().unwrap(), "library");
}

fn a_view_and_the_host_see_one_map_and_one_variable() {
    let object = load();
    let host = sub_host::Skeleton::from_object(object.clone()).unwrap();
    let view = Subskeleton::new(&object).unwrap();
    // It is elsewhere than in the library alone.
    let step = object.variables().unwrap();
    let step = step.iter().find(|one| one.name == "library_step").unwrap();
    assert!(step.offset >= 24, "after `host_limits`");
    assert_eq!(view.rodata.library_step.get(), 6);
    assert_eq!(host.rodata.library_step.get(), 6);

    run(&view.programs.library_count);
    run(&host.programs.host_count);
    assert_eq!(view.bss.library_calls.get(), 2);
    view.bss.library_calls.set(40);
    assert_eq!(host.bss.library_calls.get(), 40);
    assert_eq!(host.bss.host_calls.get(), [2, 0, 0, 0, 0]);
    assert_eq!(view.bss.library_last.get().bytes, 6);
    assert_eq!(
        view.maps.library_samples.as_map().info().id,
        host.maps.library_samples.as_map().info().id
    );

    // It keeps what it needs.
    drop((host, object));
    let calls = view.bss.library_calls.clone();
    let Subskeleton { programs, .. } = view;
    run(&programs.library_count);
    assert_eq!(calls.get(), 41);
}

fn a_view_of_an_object_without_what_it_uses_is_refused() {
    let mut open = OpenObject::from_bytes("other", SUB_OTHER).unwrap();
    let of_open = OpenSubskeleton::new(&mut open).unwrap_err();
    let object = open.load().unwrap();
    let of_loaded = Subskeleton::new(&object).unwrap_err();
    for error in [of_open, of_loaded] {
        let text = error.to_string();
        assert!(matches!(error.kind(), ErrorKind::Mismatch { .. }), "{text}");
        for part in [
            "cannot use map `library_samples` of object `other` as subskeleton `sub_library` does: value of the map: \
             expected `bytes` at byte 8: unsigned integer of 8 bytes, found `label` at byte 4: array of 8",
            "program `library_count`",
            "variable `library_step` of object `other` as subskeleton `sub_library` does: section of the variable: \
             expected .rodata, found .data",
            "type of the variable: expected unsigned integer of 8 bytes, found signed integer of 8 bytes",
            "variable `library_last`",
            "variable `library_shapes`",
        ] {
            assert!(text.contains(part), "{part} in {text}");
        }
    }
}

fn a_view_knows_its_members_to_the_last_bit() {
    assert_eq!((NAME, USED.name), ("sub_library", "sub_library"));
    assert_eq!(USED.programs, ["library_count"]);
    let map = USED.maps.first().unwrap();
    assert_eq!((map.name, map.map_type), ("library_samples", MapType::HASH));
    assert_eq!(map.key, ["unsigned integer of 4 bytes"]);
    let names: Vec<_> = USED.variables.iter().map(|one| one.name).collect();
    assert!(!names.contains(&"hidden"), "{names:?}");
    let shapes = USED.variables.iter();
    let shapes = shapes.into_iter().find(|one| one.name == "library_shapes");
    assert_eq!(
        shapes.unwrap().layout,
        [
            "struct of 32 bytes",
            "`low`, 3 bits from bit 0 on: unsigned integer of 1 byte",
            "`high`, 5 bits from bit 3 on: unsigned integer of 1 byte",
            "`is_set` at byte 1: bool",
            "`mood` at byte 4: enum of 4 bytes",
            "union of 8 bytes",
            "`word` at byte 8: unsigned integer of 8 bytes",
            "`half` at byte 8: signed integer of 2 bytes",
            "`points` at byte 16: array of 2",
            "`points[0]` at byte 16: struct of 4 bytes",
            "`points[0].x` at byte 16: unsigned integer of 2 bytes",
            "`points[0].y` at byte 18: unsigned integer of 2 bytes",
            "`address` at byte 24: pointer",
        ]
    );
}
