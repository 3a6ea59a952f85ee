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
    /// Storage of cgroups for each CPU.
    pub const PERCPU_CGROUP_STORAGE: MapType = MapType(ffi::BPF_MAP_TYPE_PERCPU_CGROUP_STORAGE);
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
