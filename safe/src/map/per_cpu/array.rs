use super::super::typed::{array_length, typed_map};
use super::PerCpu;
use super::batch::PerCpuBatches;
use crate::data::Pod;
use crate::error::Result;
use bytemuck::{bytes_of, cast_slice};

typed_map! {
    /// An array with a value for each CPU at an index: `BPF_MAP_TYPE_PERCPU_ARRAY`. It always has all its
    /// elements, at first zero.
    ///
    /// ```no_run
    /// use libbpf_safe::map::PerCpuArray;
    /// # fn drops() -> libbpf_safe::Result<libbpf_safe::map::Map> { unimplemented!() }
    ///
    /// let drops: PerCpuArray<u64> = drops()?.try_into()?;
    /// let total: u64 = drops.lookup(0)?.iter().flatten().sum();
    /// # Ok::<(), libbpf_safe::Error>(())
    /// ```
    #[doc(alias = "BPF_MAP_TYPE_PERCPU_ARRAY")]
    PerCpuArray<V: Pod>: [PERCPU_ARRAY], size_of::<u32>(), size_of::<V>()
}

array_length!(PerCpuArray<V>);

impl<V: Pod> PerCpuArray<V> {
    /// The values at an index; `None` beyond the end.
    ///
    /// # Errors
    ///
    /// The kernel refuses, such as to a process that may only write.
    #[doc(alias = "bpf_map_lookup_elem")]
    pub fn lookup(&self, index: u32) -> Result<Option<PerCpu<V>>> {
        let mut values = PerCpu::new()?;
        Ok(self.lookup_into(index, &mut values)?.then_some(values))
    }

    /// Reads the values at an index; whether it is not beyond the end.
    ///
    /// # Errors
    ///
    /// As [`lookup`](PerCpuArray::lookup).
    #[doc(alias = "bpf_map_lookup_elem")]
    pub fn lookup_into(&self, index: u32, values: &mut PerCpu<V>) -> Result<bool> {
        self.map
            .lookup_into(bytes_of(&index), values.as_bytes_mut(), 0)
    }

    /// Sets the values at an index, of all CPUs.
    ///
    /// # Errors
    ///
    /// The index is beyond the end, or user space may only read the map.
    #[doc(alias = "bpf_map_update_elem")]
    pub fn update(&self, index: u32, values: &PerCpu<V>) -> Result<()> {
        self.map.update_with(bytes_of(&index), values.as_bytes(), 0)
    }

    /// Sets the values at many indices with one system call, in order. Since Linux 5.13.
    ///
    /// # Errors
    ///
    /// There are not as many values as indices; or an index is beyond the end, and the hint says how many
    /// were set before.
    #[doc(alias = "bpf_map_update_batch")]
    pub fn update_batch(&self, indices: &[u32], values: &[PerCpu<V>]) -> Result<()> {
        let words = PerCpu::concatenate(values);
        self.map
            .update_batch(cast_slice(indices), cast_slice(&words), indices.len(), 0)
    }

    /// All values, by index, many with one system call. After an error the iteration ends. Since Linux 5.13.
    #[doc(alias = "bpf_map_lookup_batch")]
    pub fn iter(&self) -> PerCpuArrayIter<'_, V> {
        PerCpuArrayIter(PerCpuBatches::new(&self.map, false))
    }
}

/// The values of a [`PerCpuArray`].
#[derive(Debug)]
pub struct PerCpuArrayIter<'a, V>(PerCpuBatches<'a, u32, V>);

impl<V: Pod> PerCpuArrayIter<'_, V> {
    /// Reads the values at the next index; `None` after the last one. Without an allocation for each.
    pub fn next_into(&mut self, values: &mut PerCpu<V>) -> Option<Result<()>> {
        self.0.next_into(values).map(|index| index.map(drop))
    }
}

impl<V: Pod> Iterator for PerCpuArrayIter<'_, V> {
    type Item = Result<PerCpu<V>>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0
            .next()
            .map(|element| element.map(|(_, values)| values))
    }
}
