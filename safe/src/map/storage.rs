//! Values that belong to an object of the kernel, and go with it.

use super::UpdateFlag;
use super::elements::LOCK;
use super::typed::typed_map;
use crate::data::Pod;
use crate::error::Result;
use bytemuck::bytes_of;
use std::os::fd::{AsFd, AsRawFd};

typed_map! {
    /// A value for a socket: `BPF_MAP_TYPE_SK_STORAGE`. User space names a socket by a descriptor of it.
    /// Since Linux 5.2.
    #[doc(alias = "BPF_MAP_TYPE_SK_STORAGE")]
    SocketStorage<V: Pod>: [SK_STORAGE], size_of::<u32>(), size_of::<V>()
}

typed_map! {
    /// A value for a task: `BPF_MAP_TYPE_TASK_STORAGE`. User space names a task by a pidfd of it. Since Linux
    /// 5.11.
    #[doc(alias = "BPF_MAP_TYPE_TASK_STORAGE")]
    TaskStorage<V: Pod>: [TASK_STORAGE], size_of::<u32>(), size_of::<V>()
}

typed_map! {
    /// A value for an inode: `BPF_MAP_TYPE_INODE_STORAGE`. User space names an inode by a descriptor of a file
    /// of it. Since Linux 5.10, with the BPF LSM.
    #[doc(alias = "BPF_MAP_TYPE_INODE_STORAGE")]
    InodeStorage<V: Pod>: [INODE_STORAGE], size_of::<u32>(), size_of::<V>()
}

typed_map! {
    /// A value for a cgroup: `BPF_MAP_TYPE_CGRP_STORAGE`. User space names a cgroup by a descriptor of its
    /// folder. Since Linux 6.2.
    #[doc(alias = "BPF_MAP_TYPE_CGRP_STORAGE")]
    CgroupStorage<V: Pod>: [CGRP_STORAGE], size_of::<u32>(), size_of::<V>()
}

macro_rules! storage {
    ($($name:ident),*) => {
        $(impl<V: Pod> $name<V> {
            /// The value of what the descriptor is of; `None` where it has none.
            ///
            /// # Errors
            ///
            /// The descriptor is of something else.
            #[doc(alias = "bpf_map_lookup_elem")]
            pub fn lookup(&self, owner: impl AsFd) -> Result<Option<V>> {
                self.map.lookup_as(bytes_of(&owner.as_fd().as_raw_fd()), 0)
            }

            /// The value of what the descriptor is of, read while its `bpf_spin_lock` is held.
            ///
            /// # Errors
            ///
            /// As [`lookup`](Self::lookup), or the values have no `bpf_spin_lock`.
            #[doc(alias = "BPF_F_LOCK")]
            pub fn lookup_locked(&self, owner: impl AsFd) -> Result<Option<V>> {
                self.map.lookup_as(bytes_of(&owner.as_fd().as_raw_fd()), LOCK)
            }

            /// Sets the value of what the descriptor is of.
            ///
            /// # Errors
            ///
            /// The descriptor is of something else, or `flag` does not allow it.
            #[doc(alias = "bpf_map_update_elem")]
            pub fn update(&self, owner: impl AsFd, value: &V, flag: UpdateFlag) -> Result<()> {
                let fd = owner.as_fd().as_raw_fd();
                self.map
                    .update_with(bytes_of(&fd), bytes_of(value), flag.to_c())
            }

            /// Sets the value of what the descriptor is of while its `bpf_spin_lock` is held.
            ///
            /// # Errors
            ///
            /// As [`update`](Self::update), or the values have no `bpf_spin_lock`.
            #[doc(alias = "BPF_F_LOCK")]
            pub fn update_locked(&self, owner: impl AsFd, value: &V, flag: UpdateFlag) -> Result<()> {
                let fd = owner.as_fd().as_raw_fd();
                self.map
                    .update_with(bytes_of(&fd), bytes_of(value), flag.to_c() | LOCK)
            }

            /// Removes the value of what the descriptor is of; whether it had one.
            ///
            /// # Errors
            ///
            /// The descriptor is of something else.
            #[doc(alias = "bpf_map_delete_elem")]
            pub fn delete(&self, owner: impl AsFd) -> Result<bool> {
                let fd = owner.as_fd().as_raw_fd();
                self.map.delete_bytes(bytes_of(&fd))
            }
        })*
    };
}

storage!(SocketStorage, TaskStorage, InodeStorage, CgroupStorage);
