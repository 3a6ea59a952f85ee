use super::typed::{array_length, typed_map};
use crate::error::Result;
use bytemuck::bytes_of;
use std::os::fd::{AsFd, AsRawFd};

typed_map! {
    /// Cgroups by index, for programs that ask whether a packet or a task is in one:
    /// `BPF_MAP_TYPE_CGROUP_ARRAY`. Since Linux 4.8.
    #[doc(alias = "BPF_MAP_TYPE_CGROUP_ARRAY")]
    CgroupArray<>: [CGROUP_ARRAY], size_of::<u32>(), size_of::<u32>()
}

array_length!(CgroupArray);

impl CgroupArray {
    /// Puts the cgroup whose folder this is at an index, in the place of what was there. The kernel does
    /// not tell user space what is in.
    ///
    /// # Errors
    ///
    /// The descriptor is of no folder of cgroup2, or the index is beyond the end.
    #[doc(alias = "bpf_map_update_elem")]
    pub fn update(&self, index: u32, folder: impl AsFd) -> Result<()> {
        let fd = folder.as_fd().as_raw_fd();
        self.map.update_with(bytes_of(&index), bytes_of(&fd), 0)
    }

    /// Takes the cgroup at an index out; whether there was one.
    ///
    /// # Errors
    ///
    /// The index is beyond the end.
    #[doc(alias = "bpf_map_delete_elem")]
    pub fn delete(&self, index: u32) -> Result<bool> {
        self.map.delete_bytes(bytes_of(&index))
    }
}
