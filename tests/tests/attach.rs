//! Attaching, and what becomes of it: whole skeletons and objects, links that are kept, pinned, dropped in any order. The
//! program is seen running, and not running once it is detached. All options of each way are in `attachments`.

#![forbid(unsafe_code)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

#[path = "attach/events.rs"]
mod events;
#[path = "attach/links.rs"]
mod links;
#[path = "attach/network.rs"]
mod network;
#[path = "attach/object.rs"]
mod object;
#[path = "attach/whole.rs"]
mod whole;

use events::{
    a_function_of_a_library_is_probed, a_raw_tracepoint_is_attached_by_name,
    a_tracepoint_is_attached_by_name, iterators_list_what_they_are_told, many_functions_are_probed,
    probes_that_cannot_be_are_refused_in_words, typed_tracepoints_carry_cookies,
    usdt_probes_tell_their_arguments,
};
use libbpf_safe::data::LiveCell;
use libbpf_safe::link::Link;
use libbpf_tests::features::STRUCT_OPS_LINKS;
use libbpf_tests::kernel_tests;
use libbpf_tests::net::{loopback, packet};
use libbpf_tests::skeletons::attach::{OpenSkeleton, Skeleton};
use links::{
    a_link_takes_another_program, a_pinned_link_outlives_its_handle,
    a_usdt_link_outlives_its_object, pins_are_opened_as_what_they_are,
    usdt_probes_are_attached_by_threads_at_once, what_is_no_link_is_not_opened_as_one,
};
use network::{
    cgroups_run_programs, devices_run_programs_in_order, netfilter_runs_programs,
    network_namespaces_run_programs, sock_maps_run_programs, xdp_runs_on_a_device,
};
use object::{
    an_object_is_attached_without_a_skeleton, an_object_leaves_alone_what_is_off,
    an_object_that_attaches_half_way_leaves_nothing, attaching_an_object_twice_is_harmless,
    threads_that_attach_an_object_share_its_links,
};
use whole::{
    a_skeleton_is_attached_again_after_detach, a_skeleton_is_attached_and_detached,
    an_attachment_that_fails_half_way_leaves_nothing, attaching_twice_is_harmless,
    skeletons_may_be_swapped, what_has_its_autoattach_off_is_left_alone,
};

kernel_tests![
    all need STRUCT_OPS_LINKS;
    a_raw_tracepoint_is_attached_by_name,
    typed_tracepoints_carry_cookies,
    a_tracepoint_is_attached_by_name,
    a_function_of_a_library_is_probed,
    many_functions_are_probed,
    usdt_probes_tell_their_arguments,
    iterators_list_what_they_are_told,
    probes_that_cannot_be_are_refused_in_words,
    cgroups_run_programs,
    xdp_runs_on_a_device,
    devices_run_programs_in_order,
    network_namespaces_run_programs,
    sock_maps_run_programs,
    netfilter_runs_programs,
    a_pinned_link_outlives_its_handle,
    what_is_no_link_is_not_opened_as_one,
    pins_are_opened_as_what_they_are,
    a_link_takes_another_program,
    a_usdt_link_outlives_its_object,
    usdt_probes_are_attached_by_threads_at_once,
    a_skeleton_is_attached_and_detached,
    a_skeleton_is_attached_again_after_detach,
    skeletons_may_be_swapped,
    attaching_twice_is_harmless,
    an_attachment_that_fails_half_way_leaves_nothing,
    what_has_its_autoattach_off_is_left_alone,
    an_object_is_attached_without_a_skeleton,
    attaching_an_object_twice_is_harmless,
    an_object_that_attaches_half_way_leaves_nothing,
    an_object_leaves_alone_what_is_off,
    threads_that_attach_an_object_share_its_links,
];

/// Loads the object; congestion controls want names of their own.
fn load(name: &str) -> Skeleton {
    let mut open = OpenSkeleton::open().unwrap();
    let parts = open.parts();
    parts.rodata.process = std::process::id();
    parts.struct_ops.control.name.set(name).unwrap();
    open.load().unwrap()
}

/// That the cell counts while the link is held, and not after.
fn counts(cell: &LiveCell<u64>, link: Link, event: impl Fn()) {
    let before = cell.get();
    event();
    assert!(cell.get() > before, "the program did not run");
    link.detach().unwrap();
    let after = cell.get();
    event();
    assert_eq!(cell.get(), after, "the program ran after detach");
}

/// One that the programs at system calls and at `getppid` see.
fn system_call() {
    let _ = std::os::unix::process::parent_id();
}
