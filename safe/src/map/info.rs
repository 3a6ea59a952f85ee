use super::MapType;
use crate::program::kernel_name;
use libbpf_ffi as ffi;

/// What the kernel knows about a map: `struct bpf_map_info`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
#[doc(alias = "bpf_map_info")]
pub struct MapInfo {
    /// The id, unique while the map is in the kernel.
    pub id: u32,
    /// The type.
    pub map_type: MapType,
    /// The name as the kernel keeps it: the first 15 bytes.
    pub name: String,
    /// The size of a key in bytes.
    pub key_size: u32,
    /// The size of a value in bytes; for one CPU, where there is one for each.
    pub value_size: u32,
    /// How many elements there can be.
    pub max_entries: u32,
    /// The flags that the map was created with (`BPF_F_…`).
    pub create_flags: u32,
    /// What some types take beside flags: the number of hash functions of a bloom filter, the address of
    /// an arena. Since Linux 5.16.
    pub map_extra: u64,
    /// The type of a struct_ops map's value in the kernel's BTF; 0 for other maps.
    pub btf_vmlinux_value_type_id: u32,
    /// The id of the BTF that has this type, the kernel's or a module's; 0 for other maps, and before Linux 6.9.
    pub btf_vmlinux_id: u32,
    /// The id of the BTF that has the types of key and value; 0 where there is none.
    pub btf_id: u32,
    /// The type of a key in that BTF; 0 where it is not known.
    pub btf_key_type_id: u32,
    /// The type of a value in that BTF; 0 where it is not known.
    pub btf_value_type_id: u32,
    /// The network device that it is offloaded to, by its index; 0 for none.
    pub device: u32,
}

impl MapInfo {
    pub(super) fn from_c(info: &ffi::bpf_map_info) -> MapInfo {
        MapInfo {
            id: info.id,
            map_type: MapType(info.type_),
            name: kernel_name(&info.name),
            key_size: info.key_size,
            value_size: info.value_size,
            max_entries: info.max_entries,
            create_flags: info.map_flags,
            map_extra: info.map_extra,
            btf_vmlinux_value_type_id: info.btf_vmlinux_value_type_id,
            btf_vmlinux_id: info.btf_vmlinux_id,
            btf_id: info.btf_id,
            btf_key_type_id: info.btf_key_type_id,
            btf_value_type_id: info.btf_value_type_id,
            device: info.ifindex,
        }
    }
}
