//! The main job, held against the kernel's own copy.

#![forbid(unsafe_code)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use libbpf_tests::kernel::{has_congestion_control, open_descriptors};
use libbpf_tests::kernel_tests;
use libbpf_tests::skeletons::tcp_shadow::{OpenSkeleton, Skeleton};
use libbpf_tests::tcp::transfer;

kernel_tests![replaced_callback_runs_and_the_original_does_not];

const MEGABYTE: usize = 1 << 20;

fn replaced_callback_runs_and_the_original_does_not() {
    let mut open = OpenSkeleton::open().unwrap();
    let parts = open.parts();
    parts.rodata.step = 5;
    let ops = parts.struct_ops.shadowed;
    ops.name.set("t_replaced").unwrap();
    ops.cong_avoid = Some(parts.programs.replacement.callback());
    ops.set_state = None;
    let skeleton: Skeleton = open.load().unwrap();
    let link = skeleton.struct_ops.shadowed.attach().unwrap();

    assert_eq!(transfer("t_replaced", 4 * MEGABYTE).unwrap(), 4 * MEGABYTE);

    let counts = &skeleton.maps.counts;
    let replacement = counts.lookup(&1).unwrap().expect("the replacement ran");
    assert!(
        replacement.calls >= 5 && replacement.calls % 5 == 0,
        "{replacement:?}"
    );
    assert!(replacement.last_window > 0);
    assert_eq!(counts.lookup(&0).unwrap(), None, "the original ran");

    link.detach().unwrap();
    assert!(!has_congestion_control("t_replaced"));
    let _ = open_descriptors();
}
