use super::elements::LOCK;
use super::typed::typed_map;
use crate::data::Pod;
use crate::error::Result;
use bytemuck::{bytes_of, bytes_of_mut, cast_slice};

typed_map! {
    /// An array of values `V`: `BPF_MAP_TYPE_ARRAY`. It always has all its elements, at first zero.
    ///
    /// Cheap to clone, and independent of the object that it came from. BPF programs and other processes
    /// change it at any time: what a lookup returns is a copy.
    ///
    /// ```no_run
    /// use libbpf_safe::map::Array;
    /// # fn limits() -> libbpf_safe::Result<libbpf_safe::map::Map> { unimplemented!() }
    ///
    /// let limits: Array<u64> = limits()?.try_into()?;
    /// limits.update(0, &100)?;
    /// assert_eq!(limits.lookup(0)?, Some(100));
    /// assert_eq!(limits.lookup(limits.len())?, None);
    /// # Ok::<(), libbpf_safe::Error>(())
    /// ```
    #[doc(alias = "BPF_MAP_TYPE_ARRAY")]
    Array<V: Pod>: [ARRAY], size_of::<u32>(), size_of::<V>()
}

impl<V: Pod> Array<V> {
    /// How many elements there are.
    #[doc(alias = "bpf_map__max_entries")]
    pub fn len(&self) -> u32 {
        self.map.info().max_entries
    }

    /// Never: the kernel creates no empty array.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The value at an index; `None` beyond the end.
    ///
    /// # Errors
    ///
    /// The kernel refuses, such as to a process that may only write.
    #[doc(alias = "bpf_map_lookup_elem")]
    pub fn lookup(&self, index: u32) -> Result<Option<V>> {
        let mut value = V::zeroed();
        let found = self
            .map
            .lookup_into(bytes_of(&index), bytes_of_mut(&mut value), 0)?;
        Ok(found.then_some(value))
    }

    /// The value at an index, read while its `bpf_spin_lock` is held. The lock itself reads as zero.
    /// Since Linux 5.1.
    ///
    /// # Errors
    ///
    /// The values have no `bpf_spin_lock`.
    #[doc(alias = "BPF_F_LOCK")]
    pub fn lookup_locked(&self, index: u32) -> Result<Option<V>> {
        let mut value = V::zeroed();
        let found = self
            .map
            .lookup_into(bytes_of(&index), bytes_of_mut(&mut value), LOCK)?;
        Ok(found.then_some(value))
    }

    /// Sets the value at an index.
    ///
    /// # Errors
    ///
    /// The index is beyond the end, or user space may only read the map.
    #[doc(alias = "bpf_map_update_elem")]
    pub fn update(&self, index: u32, value: &V) -> Result<()> {
        self.map.update_with(bytes_of(&index), bytes_of(value), 0)
    }

    /// Sets the value at an index while its `bpf_spin_lock` is held. Since Linux 5.1.
    ///
    /// # Errors
    ///
    /// As [`update`](Array::update), or the values have no `bpf_spin_lock`.
    #[doc(alias = "BPF_F_LOCK")]
    pub fn update_locked(&self, index: u32, value: &V) -> Result<()> {
        self.map
            .update_with(bytes_of(&index), bytes_of(value), LOCK)
    }

    /// Sets many values with one system call, in order. Since Linux 5.6.
    ///
    /// # Errors
    ///
    /// There are not as many values as indices; or an index is beyond the end, and the hint says how many
    /// values were set before.
    #[doc(alias = "bpf_map_update_batch")]
    pub fn update_batch(&self, indices: &[u32], values: &[V]) -> Result<()> {
        self.map
            .update_batch(cast_slice(indices), cast_slice(values), indices.len(), 0)
    }

    /// All values, by index. After an error the iteration ends.
    pub fn iter(&self) -> ArrayIter<'_, V> {
        ArrayIter {
            array: self,
            next: 0,
        }
    }
}

/// The values of an [`Array`].
#[derive(Debug)]
pub struct ArrayIter<'a, V> {
    array: &'a Array<V>,
    next: u32,
}

impl<V: Pod> Iterator for ArrayIter<'_, V> {
    type Item = Result<V>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.next >= self.array.len() {
            return None;
        }
        let value = self.array.lookup(self.next).transpose();
        self.next = match value {
            Some(Ok(_)) => self.next + 1,
            _ => self.array.len(),
        };
        value
    }
}
