//! Sections, flavours and bitfields of struct_ops maps, in objects that no skeleton was generated for, and
//! what libbpf alone makes of them.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use libbpf_safe::struct_ops::Presence;
use libbpf_safe::{Error, ErrorKind, OpenObject, OpenOptions, StructOpsProblemKind as Kind};
use libbpf_tests::kernel::has_congestion_control;
use libbpf_tests::kernel_tests;
use libbpf_tests::skeletons::{misfits, tcp_shadow};

kernel_tests![
    every_map_of_an_optional_section_is_optional,
    one_of_several_optional_maps_can_be_created,
    a_bitfield_is_refused_also_where_it_is_zero,
    a_bitfield_is_refused_whatever_presence_says,
    a_static_variable_is_a_map_like_others,
    a_flavour_is_the_kernels_type,
    all_problems_are_told_at_once,
    a_program_without_a_map_is_no_obstacle,
];

fn open(name: &str) -> OpenObject {
    let path = format!("{}/{name}.bpf.o", env!("OUT_DIR"));
    OpenObject::from_file(path).unwrap()
}

fn kinds(error: &Error) -> Vec<(Kind, String, String)> {
    let ErrorKind::StructOps(first) = error.kind() else {
        panic!("{error:?}");
    };
    std::iter::once(first)
        .chain(error.further_problems())
        .map(|problem| (problem.kind, problem.map.clone(), problem.member.clone()))
        .collect()
}

fn every_map_of_an_optional_section_is_optional() {
    // libbpf leaves out the first only.
    let mut object = open("c_optional");
    let plan = object.plan().unwrap();
    assert!(plan.maps.iter().all(|map| !map.created), "{plan}");
    assert!(
        plan.programs.iter().all(|program| !program.loaded),
        "{plan}"
    );
    let object = object.load().unwrap();
    for name in ["first", "second"] {
        assert!(!object.struct_ops(name).unwrap().is_created());
    }
    assert!(!object.program("ssthresh").unwrap().is_loaded());
}

fn one_of_several_optional_maps_can_be_created() {
    let options = OpenOptions::new().presence(Presence::Drop);
    let path = format!("{}/c_optional.bpf.o", env!("OUT_DIR"));
    let mut object = options.open_file(path).unwrap();
    object
        .map_mut("second")
        .unwrap()
        .set_autocreate(true)
        .unwrap();
    let object = object.load().unwrap();
    assert!(!object.struct_ops("first").unwrap().is_created());
    assert!(!object.program("first_cong_avoid").unwrap().is_loaded());
    let link = object.struct_ops("second").unwrap().attach().unwrap();
    assert!(has_congestion_control("c_on_demand"));
    drop(link);
    assert!(!has_congestion_control("c_on_demand"));
}

fn a_bitfield_is_refused_also_where_it_is_zero() {
    // `narrow` is set, `wide` is zero; libbpf reads out of bounds for both.
    let error = open("c_bitfield").load().unwrap_err();
    let found = kinds(&error);
    for member in ["narrow", "wide"] {
        let expected = (Kind::Bitfield, "bits".to_owned(), member.to_owned());
        assert!(found.contains(&expected), "{error:?}");
    }
    assert!(error.hint().is_some());
}

fn a_bitfield_is_refused_whatever_presence_says() {
    let mut object = open("c_bitfield");
    object.set_presence("bits", Presence::Drop).unwrap();
    object
        .set_member_presence("bits", "narrow", Presence::Drop)
        .unwrap();
    let found = kinds(&object.load().unwrap_err());
    assert!(
        found.iter().all(|(kind, ..)| *kind == Kind::Bitfield),
        "{found:?}"
    );
    assert_eq!(found.len(), 2);
}

fn a_static_variable_is_a_map_like_others() {
    let mut object = open("c_versions_plain");
    let plan = object.plan().unwrap();
    let created: Vec<_> = plan
        .maps
        .iter()
        .map(|map| (map.name.as_str(), map.created))
        .collect();
    assert!(created.contains(&("versioned", true)), "{plan}");
    assert!(created.contains(&("second", false)), "{plan}");
    object
        .map_mut("second")
        .unwrap()
        .set_autocreate(true)
        .unwrap();
    let found = kinds(&object.load().unwrap_err());
    assert!(
        found
            .iter()
            .any(|(kind, map, _)| *kind == Kind::KernelNoType && map == "second")
    );
}

fn a_flavour_is_the_kernels_type() {
    let open = || {
        let mut object = OpenObject::from_bytes("misfits", &misfits::OBJECT.0).unwrap();
        object
            .map_mut("lacks")
            .unwrap()
            .set_autocreate(true)
            .unwrap();
        object
    };
    // `struct tcp_congestion_ops___lacks` is held against `struct tcp_congestion_ops`.
    let found = kinds(&open().load().unwrap_err());
    for member in ["no_such_callback", "no_such_setting"] {
        let lacking = (Kind::KernelNoMember, "lacks".to_owned(), member.to_owned());
        assert!(found.contains(&lacking), "{found:?}");
    }
    let mut object = open();
    object.set_presence("lacks", Presence::Drop).unwrap();
    let object = object.load().unwrap();
    assert!(object.struct_ops("lacks").unwrap().is_created());
    assert!(!object.dropped().is_empty());
}

fn all_problems_are_told_at_once() {
    let mut object = OpenObject::from_bytes("misfits", &misfits::OBJECT.0).unwrap();
    for map in ["lacks", "wrong_size", "wrong_kind", "unknown"] {
        object.map_mut(map).unwrap().set_autocreate(true).unwrap();
    }
    let error = object.load().unwrap_err();
    let found = kinds(&error);
    for map in ["lacks", "wrong_size", "wrong_kind", "unknown"] {
        assert!(found.iter().any(|(_, of, _)| of == map), "{map}: {error:?}");
    }
}

fn a_program_without_a_map_is_no_obstacle() {
    // libbpf refuses the whole object for `spare`.
    let options = OpenOptions::new()
        .name("tcp_shadow")
        .presence(Presence::Drop);
    let object = options
        .open_bytes(&tcp_shadow::OBJECT.0)
        .unwrap()
        .load()
        .unwrap();
    assert!(!object.program("spare").unwrap().is_loaded());
    assert!(object.program("original").unwrap().is_loaded());
}
