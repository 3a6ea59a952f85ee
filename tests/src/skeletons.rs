//! The generated skeletons of `tests/bpf`.

include!(concat!(env!("OUT_DIR"), "/arena.skel.rs"));
include!(concat!(env!("OUT_DIR"), "/attach.skel.rs"));
include!(concat!(env!("OUT_DIR"), "/bpf_calls.skel.rs"));
include!(concat!(env!("OUT_DIR"), "/collection.skel.rs"));
include!(concat!(env!("OUT_DIR"), "/core.skel.rs"));
include!(concat!(env!("OUT_DIR"), "/functions.skel.rs"));
include!(concat!(env!("OUT_DIR"), "/globals.skel.rs"));
include!(concat!(env!("OUT_DIR"), "/cgroup_local.skel.rs"));
include!(concat!(env!("OUT_DIR"), "/inode_storage.skel.rs"));
include!(concat!(env!("OUT_DIR"), "/instructions.skel.rs"));
include!(concat!(env!("OUT_DIR"), "/kfunc.skel.rs"));
include!(concat!(env!("OUT_DIR"), "/lacking.skel.rs"));
include!(concat!(env!("OUT_DIR"), "/letters.skel.rs"));
include!(concat!(env!("OUT_DIR"), "/map_kinds.skel.rs"));
include!(concat!(env!("OUT_DIR"), "/members.skel.rs"));
include!(concat!(env!("OUT_DIR"), "/misfits.skel.rs"));
include!(concat!(env!("OUT_DIR"), "/mixed.skel.rs"));
include!(concat!(env!("OUT_DIR"), "/module_ops.skel.rs"));
include!(concat!(env!("OUT_DIR"), "/moved_variable.skel.rs"));
include!(concat!(env!("OUT_DIR"), "/newer.skel.rs"));
include!(concat!(env!("OUT_DIR"), "/no_hook.skel.rs"));
include!(concat!(env!("OUT_DIR"), "/overwritten.skel.rs"));
include!(concat!(env!("OUT_DIR"), "/pinned.skel.rs"));
include!(concat!(env!("OUT_DIR"), "/newer_version.skel.rs"));
include!(concat!(env!("OUT_DIR"), "/older_version.skel.rs"));
include!(concat!(env!("OUT_DIR"), "/other_version.skel.rs"));
include!(concat!(env!("OUT_DIR"), "/preflight.skel.rs"));
include!(concat!(env!("OUT_DIR"), "/reads.skel.rs"));
include!(concat!(env!("OUT_DIR"), "/redirects.skel.rs"));
include!(concat!(env!("OUT_DIR"), "/renamed.skel.rs"));
include!(concat!(env!("OUT_DIR"), "/rings.skel.rs"));
include!(concat!(env!("OUT_DIR"), "/scx_minimal.skel.rs"));
include!(concat!(env!("OUT_DIR"), "/sections.skel.rs"));
include!(concat!(env!("OUT_DIR"), "/small_maps.skel.rs"));
include!(concat!(env!("OUT_DIR"), "/sub_host.skel.rs"));
include!(concat!(env!("OUT_DIR"), "/sub_library.subskel.rs"));
include!(concat!(env!("OUT_DIR"), "/tcp_shadow.skel.rs"));
include!(concat!(env!("OUT_DIR"), "/verifier.skel.rs"));
include!(concat!(env!("OUT_DIR"), "/young_maps.skel.rs"));

/// The object file of `cgroup_hooks`.
pub static CGROUP_HOOKS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/cgroup_hooks.bpf.o"));
/// The object file of `sub_other`.
pub static SUB_OTHER: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/sub_other.bpf.o"));
/// The object file of `hooks`.
pub static HOOKS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/hooks.bpf.o"));
/// The object file of `iterators`.
pub static ITERATORS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/iterators.bpf.o"));
/// The object file of `kernel_functions`.
pub static KERNEL_FUNCTIONS: &[u8] =
    include_bytes!(concat!(env!("OUT_DIR"), "/kernel_functions.bpf.o"));
/// The object file of `replacement`.
pub static REPLACEMENT: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/replacement.bpf.o"));
/// The object file of `collection`.
pub static COLLECTION: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/collection.bpf.o"));
/// The object file of `core`.
pub static CORE: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/core.bpf.o"));
/// The object file of `functions`.
pub static FUNCTIONS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/functions.bpf.o"));
/// No program: its BTF stands for a kernel's.
pub static MADE_UP_KERNEL: &[u8] =
    include_bytes!(concat!(env!("OUT_DIR"), "/made_up_kernel.bpf.o"));
/// Compiled without BTF.
pub static NO_BTF: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/no_btf.bpf.o"));
/// The object file of `pinned`.
pub static PINNED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/pinned.bpf.o"));
/// The object file of `reads`.
pub static READS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/reads.bpf.o"));
/// The object file of `renamed`.
pub static RENAMED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/renamed.bpf.o"));
/// The object file of `unloadable`.
pub static UNLOADABLE: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/unloadable.bpf.o"));
/// Compiled without BTF, and without need of it.
pub static NO_BTF_OPENS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/c_no_btf.bpf.o"));
/// `lacking`, compiled for machines of the other byte order.
pub static OTHER_ORDER: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/other_order.bpf.o"));
