use super::batch::Batches;
use super::elements::{LOCK, ReadBatch};
use super::typed::typed_map;
use super::{Keys, UpdateFlag};
use crate::data::Pod;
use crate::error::Result;
use bytemuck::{bytes_of, cast_slice};

typed_map! {
    /// A hash map with keys `K` and values `V`: `BPF_MAP_TYPE_HASH` and `BPF_MAP_TYPE_LRU_HASH`.
    ///
    /// Cheap to clone, and independent of the object that it came from. BPF programs and other processes
    /// change it at any time: what a lookup returns is a copy.
    ///
    /// ```no_run
    /// use libbpf_safe::map::{HashMap, UpdateFlag};
    /// # fn counters() -> libbpf_safe::Result<libbpf_safe::map::Map> { unimplemented!() }
    ///
    /// let counters: HashMap<u32, u64> = counters()?.try_into()?;
    /// counters.update(&1, &100, UpdateFlag::Any)?;
    /// assert_eq!(counters.lookup(&1)?, Some(100));
    /// for element in counters.iter() {
    ///     let (key, value) = element?;
    ///     println!("{key}: {value}");
    /// }
    /// # Ok::<(), libbpf_safe::Error>(())
    /// ```
    #[doc(alias = "BPF_MAP_TYPE_HASH")]
    #[doc(alias = "BPF_MAP_TYPE_LRU_HASH")]
    HashMap<K: Pod, V: Pod>: [HASH, LRU_HASH], size_of::<K>(), size_of::<V>()
}

impl<K: Pod, V: Pod> HashMap<K, V> {
    /// The value under a key; `None` where there is none.
    ///
    /// # Errors
    ///
    /// The kernel refuses, such as to a process that may only write.
    #[doc(alias = "bpf_map_lookup_elem")]
    pub fn lookup(&self, key: &K) -> Result<Option<V>> {
        self.map.lookup_as(bytes_of(key), 0)
    }

    /// The value under a key, read while its `bpf_spin_lock` is held, so that no program writes to it
    /// meanwhile. The lock itself reads as zero. Since Linux 5.1.
    ///
    /// # Errors
    ///
    /// The values have no `bpf_spin_lock`.
    #[doc(alias = "bpf_map_lookup_elem_flags")]
    #[doc(alias = "BPF_F_LOCK")]
    pub fn lookup_locked(&self, key: &K) -> Result<Option<V>> {
        self.map.lookup_as(bytes_of(key), LOCK)
    }

    /// Removes the element under a key; its value, where there was one. Since Linux 5.14.
    ///
    /// # Errors
    ///
    /// The kernel refuses, or is older.
    #[doc(alias = "bpf_map_lookup_and_delete_elem")]
    #[doc(alias = "bpf_map__lookup_and_delete_elem")]
    pub fn take(&self, key: &K) -> Result<Option<V>> {
        self.map.take_as(bytes_of(key), 0)
    }

    /// Removes the element under a key; its value, where there was one, read while its `bpf_spin_lock` is
    /// held. Since Linux 5.14.
    ///
    /// # Errors
    ///
    /// The values have no `bpf_spin_lock`, or the kernel is older.
    #[doc(alias = "bpf_map_lookup_and_delete_elem_flags")]
    #[doc(alias = "BPF_F_LOCK")]
    pub fn take_locked(&self, key: &K) -> Result<Option<V>> {
        self.map.take_as(bytes_of(key), LOCK)
    }

    /// Sets the value under a key.
    ///
    /// # Errors
    ///
    /// `flag` does not allow it ([`AlreadyExists`](crate::ErrorKind::AlreadyExists),
    /// [`NotFound`](crate::ErrorKind::NotFound)), or the map is full.
    #[doc(alias = "bpf_map_update_elem")]
    pub fn update(&self, key: &K, value: &V, flag: UpdateFlag) -> Result<()> {
        self.map
            .update_with(bytes_of(key), bytes_of(value), flag.to_c())
    }

    /// Sets the value under a key while its `bpf_spin_lock` is held. Since Linux 5.1.
    ///
    /// # Errors
    ///
    /// As [`update`](HashMap::update), or the values have no `bpf_spin_lock`.
    #[doc(alias = "BPF_F_LOCK")]
    pub fn update_locked(&self, key: &K, value: &V, flag: UpdateFlag) -> Result<()> {
        self.map
            .update_with(bytes_of(key), bytes_of(value), flag.to_c() | LOCK)
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

    /// Sets many values with one system call, in order, whether or not there are any under the keys. Since Linux 5.6.
    ///
    /// # Errors
    ///
    /// There are not as many values as keys; or an update fails, and the hint says how many were done
    /// before.
    #[doc(alias = "bpf_map_update_batch")]
    pub fn update_batch(&self, keys: &[K], values: &[V]) -> Result<()> {
        self.map
            .update_batch(cast_slice(keys), cast_slice(values), keys.len(), 0)
    }

    /// Sets many values with one system call, in order, each while its `bpf_spin_lock` is held. Since Linux
    /// 5.6.
    ///
    /// # Errors
    ///
    /// As [`update_batch`](HashMap::update_batch), or the values have no `bpf_spin_lock`.
    #[doc(alias = "BPF_F_LOCK")]
    pub fn update_batch_locked(&self, keys: &[K], values: &[V]) -> Result<()> {
        self.map
            .update_batch(cast_slice(keys), cast_slice(values), keys.len(), LOCK)
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

    /// All elements, in no order, a bucket at a time.
    ///
    /// An element that is there all the while is yielded once, whatever is added or removed
    /// meanwhile. After an error the iteration ends.
    ///
    /// Since Linux 5.6.
    #[doc(alias = "bpf_map_lookup_batch")]
    pub fn iter(&self) -> HashIter<'_, K, V> {
        self.batches(ReadBatch::default())
    }

    /// Removes all elements and yields them, in no order.
    ///
    /// They are removed in batches, before they are yielded: what is not fetched when the iterator is
    /// dropped stays in the map, and the rest of the last batch is gone.
    ///
    /// Since Linux 5.6.
    #[doc(alias = "bpf_map_lookup_and_delete_batch")]
    pub fn drain(&self) -> HashIter<'_, K, V> {
        self.batches(ReadBatch {
            remove: true,
            flags: 0,
        })
    }

    /// As [`iter`](HashMap::iter), with each value read while its `bpf_spin_lock` is held. Since Linux 5.6.
    #[doc(alias = "BPF_F_LOCK")]
    pub fn iter_locked(&self) -> HashIter<'_, K, V> {
        self.batches(ReadBatch {
            remove: false,
            flags: LOCK,
        })
    }

    fn batches(&self, how: ReadBatch) -> HashIter<'_, K, V> {
        HashIter(Batches::new(&self.map, 1, how))
    }

    /// All keys, in no order, with a system call each.
    #[doc(alias = "bpf_map_get_next_key")]
    pub fn keys(&self) -> Keys<'_, K> {
        Keys::new(&self.map)
    }
}

/// The elements of a [`HashMap`], or of another map of that kind.
#[derive(Debug)]
pub struct HashIter<'a, K, V>(pub(super) Batches<'a, K, V>);

impl<K: Pod, V: Pod> Iterator for HashIter<'_, K, V> {
    type Item = Result<(K, V)>;

    fn next(&mut self) -> Option<Self::Item> {
        match self.0.next()? {
            Ok((key, value)) => value.first().map(|&value| Ok((key, value))),
            Err(error) => Some(Err(error)),
        }
    }
}
