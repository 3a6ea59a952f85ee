//! Storage of a program's attachment to a cgroup, which [`CgroupStorage`](super::CgroupStorage) superseded.

use super::elements::LOCK;
use super::typed::typed_map;
use super::{Keys, PerCpu};
use crate::data::Pod;
use crate::error::Result;
use bytemuck::bytes_of;

typed_map! {
    /// A value for each cgroup that a program is attached to: `BPF_MAP_TYPE_CGROUP_STORAGE`. Since Linux
    /// 4.19; [`CgroupStorage`](super::CgroupStorage) supersedes it.
    ///
    /// The kernel creates an element when a program that uses the map is attached, and removes it with the
    /// cgroup. A key `K` is the cgroup's id, a `u64`, or the kernel's `struct bpf_cgroup_storage_key`: an id
    /// and a type of attachment.
    #[doc(alias = "BPF_MAP_TYPE_CGROUP_STORAGE")]
    AttachmentStorage<K: Pod, V: Pod>: [CGROUP_STORAGE], size_of::<K>(), size_of::<V>()
}

typed_map! {
    /// As [`AttachmentStorage`], with a value for each CPU: `BPF_MAP_TYPE_PERCPU_CGROUP_STORAGE`. Since Linux
    /// 4.20.
    #[doc(alias = "BPF_MAP_TYPE_PERCPU_CGROUP_STORAGE")]
    PerCpuAttachmentStorage<K: Pod, V: Pod>: [PERCPU_CGROUP_STORAGE], size_of::<K>(), size_of::<V>()
}

impl<K: Pod, V: Pod> AttachmentStorage<K, V> {
    /// The value of a cgroup; `None` where no program that uses the map is attached to it.
    ///
    /// # Errors
    ///
    /// The kernel refuses, such as to a process that may only write.
    #[doc(alias = "bpf_map_lookup_elem")]
    pub fn lookup(&self, key: &K) -> Result<Option<V>> {
        self.map.lookup_as(bytes_of(key), 0)
    }

    /// Sets the value of a cgroup.
    ///
    /// # Errors
    ///
    /// No program that uses the map is attached to the cgroup
    /// ([`NotFound`](crate::ErrorKind::NotFound)).
    #[doc(alias = "bpf_map_update_elem")]
    pub fn update(&self, key: &K, value: &V) -> Result<()> {
        self.map.update_with(bytes_of(key), bytes_of(value), 0)
    }

    /// Sets the value of a cgroup while its `bpf_spin_lock` is held.
    ///
    /// # Errors
    ///
    /// As [`update`](Self::update), or the values have no `bpf_spin_lock`.
    #[doc(alias = "BPF_F_LOCK")]
    pub fn update_locked(&self, key: &K, value: &V) -> Result<()> {
        self.map.update_with(bytes_of(key), bytes_of(value), LOCK)
    }

    /// All keys.
    #[doc(alias = "bpf_map_get_next_key")]
    pub fn keys(&self) -> Keys<'_, K> {
        // cgroup_storage_get_next_key takes the head of its list for an element, up to 6.18 at least, and ends where a
        // key was removed.
        Keys::of_list(&self.map, |map, key| {
            Ok(map.lookup_as::<V>(key, 0)?.is_some())
        })
    }
}

impl<K: Pod, V: Pod> PerCpuAttachmentStorage<K, V> {
    /// The values of a cgroup; `None` where no program that uses the map is attached to it.
    ///
    /// # Errors
    ///
    /// The kernel refuses, such as to a process that may only write.
    #[doc(alias = "bpf_map_lookup_elem")]
    pub fn lookup(&self, key: &K) -> Result<Option<PerCpu<V>>> {
        let mut values = PerCpu::new()?;
        let found = self
            .map
            .lookup_into(bytes_of(key), values.as_bytes_mut(), 0)?;
        Ok(found.then_some(values))
    }

    /// Sets the values of a cgroup, of all CPUs.
    ///
    /// # Errors
    ///
    /// No program that uses the map is attached to the cgroup
    /// ([`NotFound`](crate::ErrorKind::NotFound)).
    #[doc(alias = "bpf_map_update_elem")]
    pub fn update(&self, key: &K, values: &PerCpu<V>) -> Result<()> {
        self.map.update_with(bytes_of(key), values.as_bytes(), 0)
    }

    /// All keys.
    #[doc(alias = "bpf_map_get_next_key")]
    pub fn keys(&self) -> Keys<'_, K> {
        // As above.
        Keys::of_list(&self.map, |map, key| {
            map.lookup_into(key, PerCpu::<V>::new()?.as_bytes_mut(), 0)
        })
    }
}
