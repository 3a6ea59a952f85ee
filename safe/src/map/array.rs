use super::batch::Batches;
use super::elements::{LOCK, ReadBatch};
use super::typed::{array_length, typed_map};
use crate::data::Pod;
use crate::error::Result;
use bytemuck::{bytes_of, cast_slice};

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

array_length!(Array<V>);

impl<V: Pod> Array<V> {
    /// The value at an index; `None` beyond the end.
    ///
    /// # Errors
    ///
    /// The kernel refuses, such as to a process that may only write.
    #[doc(alias = "bpf_map_lookup_elem")]
    pub fn lookup(&self, index: u32) -> Result<Option<V>> {
        self.map.lookup_as(bytes_of(&index), 0)
    }

    /// The value at an index, read while its `bpf_spin_lock` is held. The lock itself reads as zero.
    /// Since Linux 5.1.
    ///
    /// # Errors
    ///
    /// The values have no `bpf_spin_lock`.
    #[doc(alias = "BPF_F_LOCK")]
    pub fn lookup_locked(&self, index: u32) -> Result<Option<V>> {
        self.map.lookup_as(bytes_of(&index), LOCK)
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

    /// All values, by index, many with one system call. After an error the iteration ends. Since Linux 5.6.
    #[doc(alias = "bpf_map_lookup_batch")]
    pub fn iter(&self) -> ArrayIter<'_, V> {
        ArrayIter(Batches::new(&self.map, 1, ReadBatch::default()))
    }

    /// As [`iter`](Array::iter), with each value read while its `bpf_spin_lock` is held.
    #[doc(alias = "BPF_F_LOCK")]
    pub fn iter_locked(&self) -> ArrayIter<'_, V> {
        let how = ReadBatch {
            remove: false,
            flags: LOCK,
        };
        ArrayIter(Batches::new(&self.map, 1, how))
    }
}

/// The values of an [`Array`].
#[derive(Debug)]
pub struct ArrayIter<'a, V>(Batches<'a, u32, V>);

impl<V: Pod> Iterator for ArrayIter<'_, V> {
    type Item = Result<V>;

    fn next(&mut self) -> Option<Self::Item> {
        match self.0.next()? {
            Ok((_, value)) => value.first().map(|&value| Ok(value)),
            Err(error) => Some(Err(error)),
        }
    }
}
