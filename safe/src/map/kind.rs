use libbpf_ffi as ffi;
use std::ffi::CStr;
use std::fmt;

/// The type of a map: `enum bpf_map_type`, also of a kernel that is newer than this library.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[doc(alias = "bpf_map_type")]
pub struct MapType(pub u32);

impl MapType {
    /// Keys to values.
    pub const HASH: MapType = MapType(ffi::BPF_MAP_TYPE_HASH);
    /// Values by index.
    pub const ARRAY: MapType = MapType(ffi::BPF_MAP_TYPE_ARRAY);
    /// Keys to values; the least recently used goes when it is full.
    pub const LRU_HASH: MapType = MapType(ffi::BPF_MAP_TYPE_LRU_HASH);
    /// Keys to values, one for each CPU.
    pub const PERCPU_HASH: MapType = MapType(ffi::BPF_MAP_TYPE_PERCPU_HASH);
    /// Values by index, one for each CPU.
    pub const PERCPU_ARRAY: MapType = MapType(ffi::BPF_MAP_TYPE_PERCPU_ARRAY);
    /// Keys to values for each CPU; the least recently used goes when it is full.
    pub const LRU_PERCPU_HASH: MapType = MapType(ffi::BPF_MAP_TYPE_LRU_PERCPU_HASH);
    /// Values under the longest prefix that matches.
    pub const LPM_TRIE: MapType = MapType(ffi::BPF_MAP_TYPE_LPM_TRIE);
    /// Values, first in, first out.
    pub const QUEUE: MapType = MapType(ffi::BPF_MAP_TYPE_QUEUE);
    /// Values, last in, first out.
    pub const STACK: MapType = MapType(ffi::BPF_MAP_TYPE_STACK);
    /// Values that can be asked for, with false positives.
    pub const BLOOM_FILTER: MapType = MapType(ffi::BPF_MAP_TYPE_BLOOM_FILTER);
    /// Programs by index, for tail calls.
    pub const PROG_ARRAY: MapType = MapType(ffi::BPF_MAP_TYPE_PROG_ARRAY);
    /// Perf events by CPU.
    pub const PERF_EVENT_ARRAY: MapType = MapType(ffi::BPF_MAP_TYPE_PERF_EVENT_ARRAY);
    /// Stacks of instruction pointers, by id.
    pub const STACK_TRACE: MapType = MapType(ffi::BPF_MAP_TYPE_STACK_TRACE);
    /// Cgroups by index.
    pub const CGROUP_ARRAY: MapType = MapType(ffi::BPF_MAP_TYPE_CGROUP_ARRAY);
    /// Maps by index.
    pub const ARRAY_OF_MAPS: MapType = MapType(ffi::BPF_MAP_TYPE_ARRAY_OF_MAPS);
    /// Maps by key.
    pub const HASH_OF_MAPS: MapType = MapType(ffi::BPF_MAP_TYPE_HASH_OF_MAPS);
    /// Network devices by index.
    pub const DEVMAP: MapType = MapType(ffi::BPF_MAP_TYPE_DEVMAP);
    /// Network devices by number.
    pub const DEVMAP_HASH: MapType = MapType(ffi::BPF_MAP_TYPE_DEVMAP_HASH);
    /// CPUs to redirect packets to.
    pub const CPUMAP: MapType = MapType(ffi::BPF_MAP_TYPE_CPUMAP);
    /// `AF_XDP` sockets by index.
    pub const XSKMAP: MapType = MapType(ffi::BPF_MAP_TYPE_XSKMAP);
    /// Sockets by index.
    pub const SOCKMAP: MapType = MapType(ffi::BPF_MAP_TYPE_SOCKMAP);
    /// Sockets by key.
    pub const SOCKHASH: MapType = MapType(ffi::BPF_MAP_TYPE_SOCKHASH);
    /// Sockets of a reuseport group, by index.
    pub const REUSEPORT_SOCKARRAY: MapType = MapType(ffi::BPF_MAP_TYPE_REUSEPORT_SOCKARRAY);
    /// A value for a socket.
    pub const SK_STORAGE: MapType = MapType(ffi::BPF_MAP_TYPE_SK_STORAGE);
    /// A value for a task.
    pub const TASK_STORAGE: MapType = MapType(ffi::BPF_MAP_TYPE_TASK_STORAGE);
    /// A value for an inode.
    pub const INODE_STORAGE: MapType = MapType(ffi::BPF_MAP_TYPE_INODE_STORAGE);
    /// A value for a cgroup.
    pub const CGRP_STORAGE: MapType = MapType(ffi::BPF_MAP_TYPE_CGRP_STORAGE);
    /// A value for a cgroup's attachment of a program; superseded by `CGRP_STORAGE`.
    pub const CGROUP_STORAGE: MapType = MapType(ffi::BPF_MAP_TYPE_CGROUP_STORAGE);
    /// Records from BPF programs to user space.
    pub const RINGBUF: MapType = MapType(ffi::BPF_MAP_TYPE_RINGBUF);
    /// Records from user space to BPF programs.
    pub const USER_RINGBUF: MapType = MapType(ffi::BPF_MAP_TYPE_USER_RINGBUF);
    /// Memory that BPF programs and user space share.
    pub const ARENA: MapType = MapType(ffi::BPF_MAP_TYPE_ARENA);
    /// Storage of cgroups for each CPU.
    pub const PERCPU_CGROUP_STORAGE: MapType = MapType(ffi::BPF_MAP_TYPE_PERCPU_CGROUP_STORAGE);
    /// Where instructions of a program end up.
    pub const INSN_ARRAY: MapType = MapType(ffi::BPF_MAP_TYPE_INSN_ARRAY);
    /// An implementation of a kernel table of callbacks.
    pub const STRUCT_OPS: MapType = MapType(ffi::BPF_MAP_TYPE_STRUCT_OPS);

    /// libbpf's name, such as `struct_ops`; `None` for a type that it does not know.
    #[doc(alias = "libbpf_bpf_map_type_str")]
    #[allow(unsafe_code)]
    pub fn name(self) -> Option<&'static str> {
        // SAFETY: libbpf_bpf_map_type_str takes any number.
        let name = unsafe { ffi::libbpf_bpf_map_type_str(self.0) };
        if name.is_null() {
            return None;
        }
        // SAFETY: libbpf_bpf_map_type_str returns NULL or a string constant.
        unsafe { CStr::from_ptr(name) }.to_str().ok()
    }

    /// Whether a lookup yields one value for each CPU.
    pub(crate) fn is_per_cpu(self) -> bool {
        matches!(
            self,
            Self::PERCPU_HASH
                | Self::PERCPU_ARRAY
                | Self::LRU_PERCPU_HASH
                | Self::PERCPU_CGROUP_STORAGE
        )
    }
}

impl fmt::Display for MapType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.pad(name),
            None => write!(f, "map type {}", self.0),
        }
    }
}

impl fmt::Debug for MapType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
