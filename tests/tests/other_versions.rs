//! A skeleton that was generated from one version of a source opens objects of others.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use libbpf_safe::{Error, ErrorKind, OpenOptions, StructOpsProblemKind as Kind};
use libbpf_tests::features::STRUCT_OPS_LINKS;
use libbpf_tests::kernel::has_congestion_control;
use libbpf_tests::kernel_tests;
use libbpf_tests::kernel_value::KernelValue;
use libbpf_tests::skeletons::older_version::{OpenSkeleton, types};
use libbpf_tests::skeletons::{moved_variable, newer_version, other_version, tcp_shadow};
use libbpf_tests::tcp::transfer;

kernel_tests![
    members_are_found_where_the_other_version_has_them,
    what_is_set_arrives_in_the_kernel needs STRUCT_OPS_LINKS,
    a_file_opens_as_bytes_do,
    all_misfits_are_named_with_both_types,
    an_object_that_lacks_a_map_is_refused,
    a_variable_that_has_moved_is_named,
    pointers_in_nested_structs_are_refused_by_their_path needs STRUCT_OPS_LINKS,
];

fn open_newer() -> OpenSkeleton {
    OpenSkeleton::open_bytes(&newer_version::OBJECT.0, &OpenOptions::new()).unwrap()
}

fn members_are_found_where_the_other_version_has_them() {
    let mut open = open_newer();
    let parts = open.parts();
    let tcp = parts.struct_ops.versioned;
    assert_eq!(tcp.name, "t_newer");
    assert_eq!(tcp.flags, 1);
    assert_eq!(tcp.cong_avoid, Some(parts.programs.cong_avoid.callback()));
    assert_eq!(tcp.undo_cwnd, Some(parts.programs.undo_cwnd.callback()));

    let nested = parts.struct_ops.nested;
    let pair = |x, y| {
        let mut pair = types::version_pair::default();
        (pair.x, pair.y) = (x, y);
        pair
    };
    assert_eq!(nested.pairs, [pair(3, 2), pair(6, 5)]);
    assert_eq!(nested.nested.pair, pair(11, 10));
    assert_eq!(nested.nested.low, 12);
    assert_eq!(nested.nested.flag(), 1);
    assert_eq!((nested.inner, nested.innermost), (7, 8));
    assert_eq!(nested.label, "newer");
    assert_eq!(nested.mode, types::version_mode::VERSION_FAST);
    assert!(nested.enabled.get());
    assert_eq!(nested.run, Some(parts.programs.ssthresh.callback()));
}

fn what_is_set_arrives_in_the_kernel() {
    let mut open = open_newer();
    let parts = open.parts();
    let tcp = parts.struct_ops.versioned;
    tcp.name.set("t_versioned").unwrap();
    tcp.cong_avoid = Some(parts.programs.other_cong_avoid.callback());
    let skeleton = open.load().unwrap();
    let link = skeleton.struct_ops.versioned.attach().unwrap();
    let kernel = KernelValue::read(&skeleton.struct_ops.versioned, "tcp_congestion_ops");
    assert_eq!(kernel.text("name"), "t_versioned");
    let programs = &skeleton.programs;
    let id = |program: &libbpf_safe::Program| u64::from(program.info().unwrap().id);
    assert_eq!(kernel.number("cong_avoid"), id(&programs.other_cong_avoid));
    assert_eq!(kernel.number("ssthresh"), id(&programs.ssthresh));
    assert!(!programs.cong_avoid.is_loaded());
    // What the skeleton does not know of is as the newer source has it.
    let set_state = skeleton.object.program("set_state").unwrap();
    assert_eq!(kernel.number("set_state"), id(&set_state));
    assert_eq!(kernel.number("flags"), 1);
    assert_eq!(transfer("t_versioned", 1 << 20).unwrap(), 1 << 20);
    drop(link);
    assert!(!has_congestion_control("t_versioned"));
}

fn a_file_opens_as_bytes_do() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("some name.bpf.o");
    std::fs::write(&path, &newer_version::OBJECT.0).unwrap();
    let mut open = OpenSkeleton::open_file(&path, &OpenOptions::new()).unwrap();
    assert_eq!(open.parts().struct_ops.versioned.flags, 1);
    let error = OpenSkeleton::open_file(folder.path().join("none"), &OpenOptions::new());
    assert_eq!(error.unwrap_err().kind(), &ErrorKind::NotFound);
}

fn problems(error: &Error) -> Vec<(Kind, String, String)> {
    let ErrorKind::StructOps(first) = error.kind() else {
        panic!("{error:?}");
    };
    std::iter::once(first)
        .chain(error.further_problems())
        .map(|problem| (problem.kind, problem.member.clone(), problem.to_string()))
        .collect()
}

fn all_misfits_are_named_with_both_types() {
    let error =
        OpenSkeleton::open_bytes(&other_version::OBJECT.0, &OpenOptions::new()).unwrap_err();
    let found = problems(&error);
    let expected = [
        (
            Kind::MemberSize,
            "flags",
            "'__u64' (8 bytes) in the object, '__u32' (4 bytes) in this program",
        ),
        (
            Kind::NoMember,
            "ssthresh",
            "has no member 'ssthresh', which this program was built with",
        ),
        (
            Kind::MemberKind,
            "nested.low",
            "'float' in the object, '__u32' in this program",
        ),
        (
            Kind::NoMember,
            "nested.pair.y",
            "has no member 'nested.pair.y', which this program was built with",
        ),
        (
            Kind::MemberSize,
            "nested.flag",
            "'__u32 : 2' in the object, '__u32 : 1' in this program",
        ),
        (
            Kind::MemberSize,
            "pairs",
            "'struct version_pair[3]' (12 bytes) in the object, 'struct version_pair[2]' (16 bytes) in this \
             program",
        ),
        (
            Kind::MemberKind,
            "mode",
            "'__u32' in the object, 'enum version_mode' in this program",
        ),
        (
            Kind::MemberKind,
            "enabled",
            "'bool[1]' in the object, 'bool' in this program",
        ),
        (
            Kind::MemberSize,
            "label",
            "'char[9]' (9 bytes) in the object, 'char[8]' (8 bytes) in this program",
        ),
        (
            Kind::MemberKind,
            "table.callback",
            "'void *' in the object, '__u32 (*)(struct sock *)' in this program",
        ),
        (
            Kind::MemberKind,
            "list",
            "'struct list_head *' in the object, 'struct list_head' in this program",
        ),
    ];
    for (kind, member, text) in expected {
        assert!(
            found
                .iter()
                .any(|(a, b, c)| *a == kind && b == member && c.ends_with(text)),
            "{member}: {error:?}"
        );
    }
    assert_eq!(found.len(), expected.len(), "{error:?}");
}

fn an_object_that_lacks_a_map_is_refused() {
    let bytes = &libbpf_tests::skeletons::tcp_shadow::OBJECT.0;
    let error = OpenSkeleton::open_bytes(bytes, &OpenOptions::new()).unwrap_err();
    let found = problems(&error);
    for map in ["versioned", "nested"] {
        assert!(
            found
                .iter()
                .any(|(kind, _, text)| *kind == Kind::NoMap && text.contains(map)),
            "{error:?}"
        );
    }
}

fn a_variable_that_has_moved_is_named() {
    let mut open = open_newer();
    assert_eq!(open.parts().rodata.shared_setting, 5);
    let bytes = &moved_variable::OBJECT.0;
    let error = OpenSkeleton::open_bytes(bytes, &OpenOptions::new()).unwrap_err();
    let text = error.to_string();
    assert!(
        text.contains("`.rodata`")
            && text.contains(
                "variable `shared_setting`: expected 4 bytes at byte 0, found 4 bytes at byte 8"
            ),
        "{text}"
    );
}

fn pointers_in_nested_structs_are_refused_by_their_path() {
    let pointer = libbpf_safe::data::Pointer::from_address(8);
    let mut open = open_newer();
    // Nobody looks at a map that is not created.
    open.parts().struct_ops.nested.list.prev = pointer;
    open.parts()
        .struct_ops
        .versioned
        .name
        .set("t_pointers")
        .unwrap();
    drop(open.load().unwrap());

    let mut open = tcp_shadow::OpenSkeleton::open().unwrap();
    open.parts().struct_ops.shadowed.list.prev = pointer;
    open.parts().struct_ops.second.owner = pointer;
    let found = problems(&open.load().unwrap_err());
    let named: Vec<_> = found
        .iter()
        .map(|(kind, member, _)| (*kind, member.as_str()))
        .collect();
    assert_eq!(
        named,
        [
            (Kind::DataPointer, "list.prev"),
            (Kind::DataPointer, "owner")
        ]
    );
}
