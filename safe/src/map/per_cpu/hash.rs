use super::super::typed::typed_map;
use super::super::{Keys, UpdateFlag};
use super::PerCpu;
use super::batch::PerCpuBatches;
use crate::data::Pod;
use crate::error::Result;
use bytemuck::{bytes_of, cast_slice};

typed_map! {
    /// A hash map with a value for each CPU under a key: `BPF_MAP_TYPE_PERCPU_HASH` and
    /// `BPF_MAP_TYPE_LRU_PERCPU_HASH`.
    ///
    /// ```no_run
    /// use libbpf_safe::map::{PerCpu, PerCpuHashMap};
    /// # fn counters() -> libbpf_safe::Result<libbpf_safe::map::Map> { unimplemented!() }
    ///
    /// let counters: PerCpuHashMap<u32, u64> = counters()?.try_into()?;
    /// let mut counts = PerCpu::new()?;
    /// if counters.lookup_into(&1, &mut counts)? {
    ///     println!("{} on all CPUs", counts.iter().sum::<u64>());
    /// }
    /// # Ok::<(), libbpf_safe::Error>(())
    /// ```
    #[doc(alias = "BPF_MAP_TYPE_PERCPU_HASH")]
    #[doc(alias = "BPF_MAP_TYPE_LRU_PERCPU_HASH")]
    PerCpuHashMap<K: Pod, V: Pod>: [PERCPU_HASH, LRU_PERCPU_HASH], size_of::<K>(), size_of::<V>()
}

impl<K: Pod, V: Pod> PerCpuHashMap<K, V> {
    /// The values under a key; `None` where there are none.
    ///
    /// # Errors
    ///
    /// The kernel refuses, such as to a process that may only write.
    #[doc(alias = "bpf_map_lookup_elem")]
    pub fn lookup(&self, key: &K) -> Result<Option<PerCpu<V>>> {
        let mut values = PerCpu::new()?;
        Ok(self.lookup_into(key, &mut values)?.then_some(values))
    }

    /// Reads the values under a key; whether there are any.
    ///
    /// # Errors
    ///
    /// As [`lookup`](PerCpuHashMap::lookup).
    #[doc(alias = "bpf_map_lookup_elem")]
    pub fn lookup_into(&self, key: &K, values: &mut PerCpu<V>) -> Result<bool> {
        self.map
            .lookup_into(bytes_of(key), values.as_bytes_mut(), 0)
    }

    /// Removes the element under a key; its values, where there were any. Since Linux 5.14.
    ///
    /// # Errors
    ///
    /// The kernel refuses, or is older.
    #[doc(alias = "bpf_map_lookup_and_delete_elem")]
    pub fn take(&self, key: &K) -> Result<Option<PerCpu<V>>> {
        let mut values = PerCpu::<V>::new()?;
        let found = self
            .map
            .take_into(bytes_of(key), values.as_bytes_mut(), 0)?;
        Ok(found.then_some(values))
    }

    /// Sets the values under a key, of all CPUs.
    ///
    /// # Errors
    ///
    /// `flag` does not allow it, or the map is full.
    #[doc(alias = "bpf_map_update_elem")]
    pub fn update(&self, key: &K, values: &PerCpu<V>, flag: UpdateFlag) -> Result<()> {
        self.map
            .update_with(bytes_of(key), values.as_bytes(), flag.to_c())
    }

    /// Removes the element under a key; whether there was one.
    ///
    /// # Errors
    ///
    /// The kernel refuses, such as for a map that user space may only read.
    #[doc(alias = "bpf_map_delete_elem")]
    pub fn delete(&self, key: &K) -> Result<bool> {
        self.map.delete_bytes(bytes_of(key))
    }

    /// Sets the values under many keys with one system call, in order. Since Linux 5.6.
    ///
    /// # Errors
    ///
    /// There are not as many values as keys; or an update fails, and the hint says how many were done
    /// before.
    #[doc(alias = "bpf_map_update_batch")]
    pub fn update_batch(&self, keys: &[K], values: &[PerCpu<V>]) -> Result<()> {
        let words = PerCpu::concatenate(values);
        self.map
            .update_batch(cast_slice(keys), cast_slice(&words), keys.len(), 0)
    }

    /// Removes many elements with one system call, in order. Since Linux 5.6.
    ///
    /// # Errors
    ///
    /// There is none under one of the keys; the hint says how many were removed before.
    #[doc(alias = "bpf_map_delete_batch")]
    pub fn delete_batch(&self, keys: &[K]) -> Result<()> {
        self.map.delete_batch(cast_slice(keys), keys.len())
    }

    /// All elements, as [`HashMap::iter`](super::super::HashMap::iter). Since Linux 5.6.
    #[doc(alias = "bpf_map_lookup_batch")]
    pub fn iter(&self) -> PerCpuHashIter<'_, K, V> {
        PerCpuHashIter(PerCpuBatches::new(&self.map, false))
    }

    /// Removes all elements and yields them, as [`HashMap::drain`](super::super::HashMap::drain). Since
    /// Linux 5.6.
    #[doc(alias = "bpf_map_lookup_and_delete_batch")]
    pub fn drain(&self) -> PerCpuHashIter<'_, K, V> {
        PerCpuHashIter(PerCpuBatches::new(&self.map, true))
    }

    /// All keys, in no order, with a system call each.
    #[doc(alias = "bpf_map_get_next_key")]
    pub fn keys(&self) -> Keys<'_, K> {
        Keys::new(&self.map)
    }
}

/// The elements of a [`PerCpuHashMap`].
#[derive(Debug)]
pub struct PerCpuHashIter<'a, K, V>(PerCpuBatches<'a, K, V>);

impl<K: Pod, V: Pod> PerCpuHashIter<'_, K, V> {
    /// The next element: reads its values, and returns its key. Without an allocation for each.
    pub fn next_into(&mut self, values: &mut PerCpu<V>) -> Option<Result<K>> {
        self.0.next_into(values)
    }
}

impl<K: Pod, V: Pod> Iterator for PerCpuHashIter<'_, K, V> {
    type Item = Result<(K, PerCpu<V>)>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next()
    }
}
