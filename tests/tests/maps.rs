//! Each type of map and each of its operations: what is written is read back from the kernel.

#![forbid(unsafe_code)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

#[path = "maps/array.rs"]
mod array;
#[path = "maps/bytes.rs"]
mod bytes;
#[path = "maps/cgroup_local.rs"]
mod cgroup_local;
#[path = "maps/hash.rs"]
mod hash;
#[path = "maps/instruction_array.rs"]
mod instruction_array;
#[path = "maps/locks.rs"]
mod locks;
#[path = "maps/lpm_trie.rs"]
mod lpm_trie;
#[path = "maps/of_maps.rs"]
mod of_maps;
#[path = "maps/per_cpu.rs"]
mod per_cpu;
#[path = "maps/program_array.rs"]
mod program_array;
#[path = "maps/queue.rs"]
mod queue;
#[path = "maps/redirect.rs"]
mod redirect;
#[path = "maps/redirected.rs"]
mod redirected;
#[path = "maps/sockets.rs"]
mod sockets;
#[path = "maps/stack_traces.rs"]
mod stack_traces;
#[path = "maps/storage.rs"]
mod storage;

use array::{an_array_is_read_in_batches, an_array_keeps_what_is_written};
use bytes::{
    a_frozen_map_is_not_written_to, a_map_is_read_and_written_by_bytes,
    a_map_of_another_type_or_size_is_refused,
};
use cgroup_local::{attachments_have_storage, keys_go_on_where_a_cgroup_goes};
use hash::{
    a_batch_may_be_large, a_batch_that_fails_says_how_far_it_came, a_hash_is_drained,
    a_hash_keeps_what_is_written, a_hash_yields_all_elements_in_batches, an_lru_hash_forgets,
    elements_come_once_while_others_change, keys_come_once_while_others_go,
    narrow_keys_go_through_batches,
};
use instruction_array::instructions_are_named_until_the_map_is_frozen;
use libbpf_tests::features::Feature;
use libbpf_tests::kernel_tests;
use libbpf_tests::skeletons::map_kinds::types::pair;
use libbpf_tests::skeletons::map_kinds::{Maps, OpenSkeleton, Skeleton};
use locks::{
    batches_take_the_lock, storage_is_read_and_written_under_its_lock,
    values_with_a_lock_are_read_and_written_under_it,
};
use lpm_trie::{prefixes_go_in_batches, the_longest_prefix_wins};
use of_maps::{maps_go_in_batches, maps_hold_maps, maps_in_maps_are_told_by_id};
use per_cpu::{
    a_map_is_per_cpu_by_bytes_too, every_cpu_has_its_value, programs_count_on_every_cpu,
    values_of_all_cpus_go_in_batches,
};
use program_array::programs_call_each_other;
use queue::{a_bloom_filter_never_denies, queues_and_stacks_keep_their_order};
use redirect::{
    devices_and_cpus_are_held_in_4_bytes_too, devices_and_cpus_are_held_with_their_programs,
    xdp_sockets_are_held_until_they_are_removed,
};
use redirected::{
    frames_go_to_the_cpu_that_the_map_names, frames_go_to_the_device_that_the_map_names,
    frames_go_to_the_xdp_socket_that_the_map_holds,
};
use sockets::{maps_hold_sockets, sockets_are_held_in_4_bytes_too};
use stack_traces::stacks_are_recorded;
use storage::{
    cgroups_are_held_in_arrays, cgroups_have_storage, inodes_have_storage,
    storage_belongs_to_its_owner,
};

kernel_tests![
    a_hash_keeps_what_is_written,
    a_hash_yields_all_elements_in_batches,
    elements_come_once_while_others_change,
    a_batch_that_fails_says_how_far_it_came,
    a_hash_is_drained,
    narrow_keys_go_through_batches,
    an_lru_hash_forgets,
    keys_come_once_while_others_go,
    a_batch_may_be_large,
    values_with_a_lock_are_read_and_written_under_it,
    batches_take_the_lock,
    storage_is_read_and_written_under_its_lock,
    an_array_keeps_what_is_written,
    an_array_is_read_in_batches,
    every_cpu_has_its_value,
    programs_count_on_every_cpu,
    values_of_all_cpus_go_in_batches,
    a_map_is_per_cpu_by_bytes_too,
    the_longest_prefix_wins,
    prefixes_go_in_batches,
    queues_and_stacks_keep_their_order,
    a_bloom_filter_never_denies,
    maps_hold_maps,
    maps_go_in_batches,
    maps_in_maps_are_told_by_id,
    programs_call_each_other,
    stacks_are_recorded,
    storage_belongs_to_its_owner,
    attachments_have_storage,
    keys_go_on_where_a_cgroup_goes,
    instructions_are_named_until_the_map_is_frozen needs Feature::Linux(6, 19),
    cgroups_have_storage needs Feature::Linux(6, 2),
    inodes_have_storage needs Feature::InodeStorage,
    cgroups_are_held_in_arrays,
    maps_hold_sockets,
    sockets_are_held_in_4_bytes_too,
    devices_and_cpus_are_held_with_their_programs,
    frames_go_to_the_device_that_the_map_names needs Feature::Devices("veth"),
    frames_go_to_the_cpu_that_the_map_names needs Feature::Devices("veth"),
    frames_go_to_the_xdp_socket_that_the_map_holds needs Feature::Devices("veth"),
    devices_and_cpus_are_held_in_4_bytes_too,
    xdp_sockets_are_held_until_they_are_removed,
    a_map_is_read_and_written_by_bytes,
    a_map_of_another_type_or_size_is_refused,
    a_frozen_map_is_not_written_to,
];

fn load() -> Skeleton {
    let mut open = OpenSkeleton::open().unwrap();
    open.parts().rodata.process = std::process::id();
    open.load().unwrap()
}

fn maps() -> Maps {
    load().maps
}

fn pair_of(first: u32, second: u32, sum: u64) -> pair {
    pair { first, second, sum }
}

/// One that the program `count` sees.
fn system_call() {
    let _ = std::os::unix::process::parent_id();
}
