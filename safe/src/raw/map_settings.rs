//! `bpf_map__set_…`: what a map will be created with.
//!
//! libbpf only notes it. Each of these wants a map that nobody else uses during the call, and, unless it says
//! otherwise, one that is no data section, struct_ops map or arena: of these libbpf keeps memory that goes by what
//! is set here.

use super::map::MapRef;
use super::{Result, check};
use libbpf_ffi as ffi;

impl MapRef<'_> {
    /// `bpf_map__set_key_size`, in bytes
    ///
    /// # Safety
    ///
    /// As the module says; nor is the map a program array or a map of maps: libbpf puts in their first elements
    /// with keys of 4 bytes.
    pub(crate) unsafe fn set_key_size(self, size: u32) -> Result<()> {
        // SAFETY: bpf_map__set_key_size writes to a live map: the type invariant and the caller's promise.
        check(unsafe { ffi::bpf_map__set_key_size(self.as_ptr(), size) }).map(drop)
    }

    /// `bpf_map__set_map_flags`
    ///
    /// # Safety
    ///
    /// As the module says.
    pub(crate) unsafe fn set_flags(self, flags: u32) -> Result<()> {
        // SAFETY: bpf_map__set_map_flags writes to a live map: the type invariant and the caller's promise.
        check(unsafe { ffi::bpf_map__set_map_flags(self.as_ptr(), flags) }).map(drop)
    }

    /// `bpf_map__set_map_extra`
    ///
    /// # Safety
    ///
    /// As the module says: that of an arena is the address where load maps it, over whatever is there.
    pub(crate) unsafe fn set_map_extra(self, extra: u64) -> Result<()> {
        // SAFETY: bpf_map__set_map_extra writes to a live map: the type invariant and the caller's promise.
        check(unsafe { ffi::bpf_map__set_map_extra(self.as_ptr(), extra) }).map(drop)
    }

    /// `bpf_map__numa_node`
    pub(crate) fn numa_node(self) -> u32 {
        // SAFETY: bpf_map__numa_node reads a live map: the type invariant.
        unsafe { ffi::bpf_map__numa_node(self.as_ptr()) }
    }

    /// `bpf_map__set_numa_node`; the kernel looks at it where the flag `BPF_F_NUMA_NODE` is set
    ///
    /// # Safety
    ///
    /// As the module says.
    pub(crate) unsafe fn set_numa_node(self, node: u32) -> Result<()> {
        // SAFETY: bpf_map__set_numa_node writes to a live map: the type invariant and the caller's promise.
        check(unsafe { ffi::bpf_map__set_numa_node(self.as_ptr(), node) }).map(drop)
    }

    /// `bpf_map__ifindex`; 0 is none
    pub(crate) fn ifindex(self) -> u32 {
        // SAFETY: bpf_map__ifindex reads a live map: the type invariant.
        unsafe { ffi::bpf_map__ifindex(self.as_ptr()) }
    }

    /// `bpf_map__set_ifindex`: the device that the map is offloaded to
    ///
    /// # Safety
    ///
    /// Nobody else uses this map during the call; it is of any kind.
    pub(crate) unsafe fn set_ifindex(self, device: u32) -> Result<()> {
        // SAFETY: bpf_map__set_ifindex writes to a live map: the type invariant and the caller's promise.
        check(unsafe { ffi::bpf_map__set_ifindex(self.as_ptr(), device) }).map(drop)
    }

    /// `bpf_map__set_inner_map_fd`: the map that those in this map of maps are like
    ///
    /// # Safety
    ///
    /// Nobody else uses this map during the call, and the descriptor stays open until the object is loaded:
    /// libbpf notes its number.
    pub(crate) unsafe fn set_inner_map_fd(self, fd: std::os::fd::BorrowedFd<'_>) -> Result<()> {
        use std::os::fd::AsRawFd;
        // SAFETY: bpf_map__set_inner_map_fd writes to a live map, of any type: the type invariant and the caller's
        // promise.
        check(unsafe { ffi::bpf_map__set_inner_map_fd(self.as_ptr(), fd.as_raw_fd()) }).map(drop)
    }
}
