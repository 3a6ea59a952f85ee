use super::super::batch::Batches;
use super::super::typed::typed_map;
use super::super::{Keys, UpdateFlag};
use super::PerCpu;
use super::value::words_of;
use crate::data::Pod;
use crate::error::Result;
use bytemuck::bytes_of;
use std::fmt;
use std::marker::PhantomData;

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

    /// All elements, as [`HashMap::iter`](super::super::HashMap::iter). Since Linux 5.6.
    #[doc(alias = "bpf_map_lookup_batch")]
    pub fn iter(&self) -> PerCpuHashIter<'_, K, V> {
        PerCpuHashIter {
            batches: Batches::new(&self.map, words_of::<V>() * cpus(), false),
            value: PhantomData,
        }
    }

    /// All keys, in no order, with a system call each.
    #[doc(alias = "bpf_map_get_next_key")]
    pub fn keys(&self) -> Keys<'_, K> {
        Keys::new(&self.map)
    }
}

/// Zero where it is not known: a batch of no width is then refused with an error.
fn cpus() -> usize {
    super::possible_cpus().unwrap_or(0)
}

/// The elements of a [`PerCpuHashMap`].
pub struct PerCpuHashIter<'a, K, V> {
    batches: Batches<'a, K, u64>,
    value: PhantomData<fn() -> V>,
}

impl<K: Pod, V: Pod> PerCpuHashIter<'_, K, V> {
    /// The next element: reads its values, and returns its key. Without an allocation for each.
    pub fn next_into(&mut self, values: &mut PerCpu<V>) -> Option<Result<K>> {
        match self.batches.next()? {
            Ok((key, words)) => {
                values.copy_from(words);
                Some(Ok(key))
            }
            Err(error) => Some(Err(error)),
        }
    }
}

impl<K: Pod, V: Pod> Iterator for PerCpuHashIter<'_, K, V> {
    type Item = Result<(K, PerCpu<V>)>;

    fn next(&mut self) -> Option<Self::Item> {
        match self.batches.next()? {
            Ok((key, words)) => Some(Ok((key, PerCpu::from_words(words)))),
            Err(error) => Some(Err(error)),
        }
    }
}

impl<K: fmt::Debug, V> fmt::Debug for PerCpuHashIter<'_, K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.batches.fmt(f)
    }
}
