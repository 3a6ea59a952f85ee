//! Each way to attach with all its options, what the kernel then tells of the link, and what it tells of hooks: each
//! program is seen running.

#![forbid(unsafe_code)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

#[path = "attachments/cgroups.rs"]
mod cgroups;
#[path = "attachments/devices.rs"]
mod devices;
#[path = "attachments/iterators.rs"]
mod iterators;
#[path = "attachments/kernel_functions.rs"]
mod kernel_functions;
#[path = "attachments/listing.rs"]
mod listing;
#[path = "attachments/probes.rs"]
mod probes;
#[path = "attachments/program_functions.rs"]
mod program_functions;
#[path = "attachments/sockets.rs"]
mod sockets;
#[path = "attachments/traffic_control.rs"]
mod traffic_control;

use cgroups::*;
use devices::*;
use iterators::*;
use kernel_functions::*;
use libbpf_safe::{Object, OpenObject};
use libbpf_tests::features::Feature;
use libbpf_tests::kernel_tests;
use libbpf_tests::net::{loopback, packet};
use listing::*;
use probes::*;
use program_functions::*;
use sockets::*;
use traffic_control::*;

kernel_tests![
    what_is_in_the_kernel_is_listed_by_id,
    lists_go_on_while_others_come_and_go,
    a_link_by_its_id_is_a_link_like_another,
    a_disconnected_link_stays_attached,
    what_is_no_link_is_not_taken_for_one,
    descriptors_of_processes_tell_their_programs,
    every_hook_of_a_cgroup_runs_its_program,
    hooks_of_unix_sockets_run_their_programs needs Feature::Linux(6, 7),
    cgroups_run_programs_in_the_order_that_they_are_told needs Feature::Linux(6, 17),
    cgroups_share_their_hooks_as_they_are_told,
    what_came_in_the_place_of_a_program_stays,
    xdp_runs_in_the_mode_that_it_is_told,
    xdp_without_a_link_replaces_what_it_is_told,
    xdp_runs_in_the_driver needs Feature::Devices("veth"),
    netkit_devices_run_programs needs Feature::Devices("netkit"),
    filters_of_traffic_control_run_programs needs Feature::Clsact,
    queueing_disciplines_are_created_by_name,
    tcx_without_a_link_is_asked_and_changed needs Feature::Linux(6, 6),
    tcx_links_tell_where_they_are needs Feature::Linux(6, 6),
    a_network_namespace_is_asked_for_its_programs,
    packets_are_taken_apart_by_a_dissector,
    netfilter_links_tell_where_they_are needs Feature::Linux(6, 6),
    a_socket_filters_what_it_receives,
    a_program_chooses_among_sockets,
    sockets_in_maps_run_programs_without_links,
    sockets_in_maps_run_programs_by_links needs Feature::Linux(6, 10),
    uprobes_are_attached_in_every_mode,
    uprobe_links_tell_where_they_are needs Feature::Linux(6, 9),
    sessions_see_both_ends_of_a_call needs Feature::Linux(6, 13),
    many_uprobes_are_told_with_offsets_and_cookies needs Feature::Linux(6, 8),
    perf_events_run_programs,
    tracepoint_links_tell_where_they_are needs Feature::Linux(6, 9),
    raw_tracepoints_run_programs_that_may_write,
    every_iterator_lists_what_there_is,
    iterators_go_through_the_maps_that_they_are_told,
    iterators_go_through_the_tasks_that_they_are_told,
    iterators_go_through_the_cgroups_that_they_are_told,
    iterators_go_through_children needs Feature::Linux(7, 0),
    kernel_functions_are_probed_in_every_mode needs Feature::Attaches("kprobe_by_section"),
    kprobe_links_tell_where_they_are needs Feature::Attaches("kprobe_by_section"),
    many_kernel_functions_are_probed needs Feature::Attaches("kretprobe_multi"),
    kernel_sessions_see_both_ends_of_a_call needs Feature::Attaches("kprobe_session"),
    system_calls_are_probed_by_name needs Feature::Attaches("ksyscall"),
    functions_are_traced_at_entry_and_exit needs Feature::Attaches("fentry"),
    a_traced_session_sees_both_ends_of_a_call needs Feature::Attaches("fsession"),
    results_are_modified needs Feature::Attaches("fmod_ret"),
    security_hooks_refuse needs Feature::Attaches("lsm"),
    security_hooks_of_a_cgroup_run_their_program needs Feature::Attaches("lsm"),
    a_function_of_a_program_is_replaced needs Feature::Attaches("fentry"),
    a_function_of_a_program_is_traced needs Feature::Attaches("fentry"),
    kernel_functions_are_chosen_at_run_time needs Feature::Attaches("fentry"),
];

/// Loads these programs of an object.
fn load(bytes: &[u8], programs: &[&str]) -> Object {
    open(bytes, programs).load().unwrap()
}

/// Opens an object, to load these programs.
fn open(bytes: &[u8], programs: &[&str]) -> OpenObject {
    let mut open = OpenObject::from_bytes("attachments", bytes).unwrap();
    for mut program in open.programs() {
        let wanted = programs.contains(&program.name());
        program.set_autoload(wanted);
    }
    open
}

/// How often the program ran.
fn hits(object: &Object, program: &str) -> u64 {
    let name = format!("{program}_hits");
    object.variable::<u64>(&name).unwrap().get()
}

/// How often it ran while this was done.
fn hits_of(object: &Object, program: &str, event: impl FnOnce()) -> u64 {
    let before = hits(object, program);
    event();
    hits(object, program) - before
}

/// A system call that programs of this test see.
fn system_call() -> u32 {
    std::os::unix::process::parent_id()
}
