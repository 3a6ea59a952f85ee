//! What the kernel can do, held against what it does.

#![forbid(unsafe_code)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use libbpf_safe::ErrorKind;
use libbpf_safe::btf::KernelBtf;
use libbpf_safe::map::{CreateOptions, MapType};
use libbpf_safe::probe::{self, Helper};
use libbpf_safe::program::ProgramType;
use libbpf_tests::features::{Feature, running_release};
use libbpf_tests::kernel_tests;
use rustix::thread::{CapabilitySet, CapabilitySets, set_capabilities};
use std::thread;

kernel_tests![
    types_of_programs_are_tried,
    types_of_maps_are_tried,
    helpers_are_tried_for_each_type_of_program,
    what_cannot_be_tried_is_an_error,
    without_permission_there_is_no_answer,
    the_kernels_btf_tells_the_rest,
    constants_tell_releases_apart needs Feature::Linux(6, 4),
    arenas_are_there_since_they_are needs Feature::Linux(6, 9),
];

fn types_of_programs_are_tried() {
    assert!(probe::program_type(ProgramType::XDP).unwrap());
    assert!(probe::program_type(ProgramType::SYSCALL).unwrap());
    let error = probe::program_type(ProgramType(999)).unwrap_err();
    assert_eq!(error.raw_os_error(), Some(95), "{error}");
    assert!(error.to_string().contains("program type 999"), "{error}");
}

fn types_of_maps_are_tried() {
    assert!(probe::map_type(MapType::HASH).unwrap());
    assert!(probe::map_type(MapType::RINGBUF).unwrap());
    // What libbpf says of arenas is what the kernel does.
    let arena = CreateOptions::new(MapType::ARENA, 0, 0, 1)
        .flags(libbpf_safe::map::CreateFlags::MMAPABLE)
        .create();
    let arenas = probe::map_type(MapType::ARENA).unwrap();
    assert_eq!(arenas, arena.is_ok());
    assert_eq!(arenas, running_release() >= (6, 9));
    assert!(probe::map_type(MapType(999)).is_err());
}

fn arenas_are_there_since_they_are() {
    assert!(probe::map_type(MapType::ARENA).unwrap());
}

fn helpers_are_tried_for_each_type_of_program() {
    let may = |program_type, helper| probe::helper(program_type, helper).unwrap();
    assert!(may(ProgramType::XDP, Helper::MAP_LOOKUP_ELEM));
    assert!(may(ProgramType::XDP, Helper::XDP_ADJUST_HEAD));
    assert!(!may(ProgramType::RAW_TRACEPOINT, Helper::XDP_ADJUST_HEAD));
    assert!(may(ProgramType::SYSCALL, Helper::SYS_BPF));
    assert!(!may(ProgramType::XDP, Helper::SYS_BPF));
    assert!(!may(ProgramType::XDP, Helper(5000)), "there is none");
}

fn what_cannot_be_tried_is_an_error() {
    let error = probe::helper(ProgramType::STRUCT_OPS, Helper::KTIME_GET_NS).unwrap_err();
    assert_eq!(error.raw_os_error(), Some(95));
    assert!(error.to_string().contains("bpf_ktime_get_ns"), "{error}");
    assert!(
        error.hint().unwrap().contains("no small program"),
        "{error}"
    );
}

const NONE: CapabilitySets = CapabilitySets {
    effective: CapabilitySet::empty(),
    permitted: CapabilitySet::empty(),
    inheritable: CapabilitySet::empty(),
};

/// Capabilities are those of a thread.
fn without_permission_there_is_no_answer() {
    let error = thread::spawn(|| {
        set_capabilities(None, NONE).unwrap();
        probe::map_type(MapType::HASH).unwrap_err()
    })
    .join()
    .unwrap();
    assert_eq!(*error.kind(), ErrorKind::PermissionDenied, "{error}");
    assert!(error.hint().unwrap().contains("CAP_BPF"), "{error}");
}

fn the_kernels_btf_tells_the_rest() {
    let kernel = KernelBtf::running().unwrap();
    assert!(kernel.has_constant("BPF_MAP_CREATE"));
    assert!(!kernel.has_constant("BPF_NO_SUCH_COMMAND"));
    assert!(kernel.has_function("tcp_reno_cong_avoid"));
    assert!(!kernel.has_function("no_such_function"));
    assert!(kernel.has_struct_ops_type("tcp_congestion_ops"));
    assert!(!kernel.has_struct_ops_type("task_struct"));
    let tokens = running_release() >= (6, 9);
    assert_eq!(kernel.has_constant("BPF_TOKEN_CREATE"), tokens);
}

fn constants_tell_releases_apart() {
    let kernel = KernelBtf::running().unwrap();
    assert!(kernel.has_constant("BPF_LINK_TYPE_NETFILTER"));
}
