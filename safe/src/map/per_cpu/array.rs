use super::super::typed::typed_map;
use super::PerCpu;
use crate::data::Pod;
use crate::error::Result;
use bytemuck::bytes_of;
use std::fmt;

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

impl<V: Pod> PerCpuArray<V> {
    /// How many elements there are.
    #[doc(alias = "bpf_map__max_entries")]
    pub fn len(&self) -> u32 {
        self.map.info().max_entries
    }

    /// Never: the kernel creates no empty array.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

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

    /// All values, by index. After an error the iteration ends.
    pub fn iter(&self) -> PerCpuArrayIter<'_, V> {
        PerCpuArrayIter {
            array: self,
            next: 0,
        }
    }
}

/// The values of a [`PerCpuArray`].
pub struct PerCpuArrayIter<'a, V> {
    array: &'a PerCpuArray<V>,
    next: u32,
}

impl<V: Pod> Iterator for PerCpuArrayIter<'_, V> {
    type Item = Result<PerCpu<V>>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.next >= self.array.len() {
            return None;
        }
        let values = self.array.lookup(self.next).transpose();
        self.next = match values {
            Some(Ok(_)) => self.next + 1,
            _ => self.array.len(),
        };
        values
    }
}

impl<V> fmt::Debug for PerCpuArrayIter<'_, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PerCpuArrayIter")
            .field("next", &self.next)
            .finish_non_exhaustive()
    }
}
