use super::typed::typed_map;
use super::{Keys, UpdateFlag};
use crate::data::Pod;
use crate::error::Result;
use bytemuck::{bytes_of, cast_slice};

typed_map! {
    /// Values under prefixes, found by the longest one that matches: `BPF_MAP_TYPE_LPM_TRIE`. Since Linux
    /// 4.11.
    ///
    /// A key `K` is a `u32`, the length of the prefix in bits, and then the data, in network byte order: the
    /// kernel's `struct bpf_lpm_trie_key_u8`.
    ///
    /// ```no_run
    /// use libbpf_safe::map::{LpmTrie, UpdateFlag};
    /// # fn routes() -> libbpf_safe::Result<libbpf_safe::map::Map> { unimplemented!() }
    ///
    /// #[derive(Clone, Copy)]
    /// #[repr(C)]
    /// struct Prefix {
    ///     bits: u32,
    ///     address: [u8; 4],
    /// }
    /// libbpf_safe::plain!(Prefix { bits, address });
    ///
    /// let routes: LpmTrie<Prefix, u32> = routes()?.try_into()?;
    /// routes.update(&Prefix { bits: 8, address: [10, 0, 0, 0] }, &7, UpdateFlag::Any)?;
    /// assert_eq!(routes.lookup(&Prefix { bits: 32, address: [10, 1, 2, 3] })?, Some(7));
    /// # Ok::<(), libbpf_safe::Error>(())
    /// ```
    #[doc(alias = "BPF_MAP_TYPE_LPM_TRIE")]
    LpmTrie<K: Pod, V: Pod>: [LPM_TRIE], size_of::<K>(), size_of::<V>()
}

impl<K: Pod, V: Pod> LpmTrie<K, V> {
    /// The value under the longest prefix that matches the key; `None` where none does.
    ///
    /// # Errors
    ///
    /// The kernel refuses, such as to a process that may only write.
    #[doc(alias = "bpf_map_lookup_elem")]
    pub fn lookup(&self, key: &K) -> Result<Option<V>> {
        self.map.lookup_as(bytes_of(key), 0)
    }

    /// Sets the value under a prefix.
    ///
    /// # Errors
    ///
    /// The prefix is longer than the data, `flag` does not allow it, or the trie is full.
    #[doc(alias = "bpf_map_update_elem")]
    pub fn update(&self, key: &K, value: &V, flag: UpdateFlag) -> Result<()> {
        self.map
            .update_with(bytes_of(key), bytes_of(value), flag.to_c())
    }

    /// Removes exactly this prefix; whether there was one.
    ///
    /// # Errors
    ///
    /// The prefix is longer than the data, or user space may only read the map.
    #[doc(alias = "bpf_map_delete_elem")]
    pub fn delete(&self, key: &K) -> Result<bool> {
        self.map.delete_bytes(bytes_of(key))
    }

    /// Sets many values with one system call, in order, whether or not there are any under the keys. Since Linux 5.13.
    ///
    /// # Errors
    ///
    /// There are not as many values as prefixes; or an update fails, and the hint says how many were done
    /// before.
    #[doc(alias = "bpf_map_update_batch")]
    pub fn update_batch(&self, keys: &[K], values: &[V]) -> Result<()> {
        self.map
            .update_batch(cast_slice(keys), cast_slice(values), keys.len(), 0)
    }

    /// Removes many prefixes with one system call, in order. Since Linux 5.13.
    ///
    /// # Errors
    ///
    /// One of them is not there; the hint says how many were removed before.
    #[doc(alias = "bpf_map_delete_batch")]
    pub fn delete_batch(&self, keys: &[K]) -> Result<()> {
        self.map.delete_batch(cast_slice(keys), keys.len())
    }

    /// All prefixes and their values, longer ones before those that contain them. After an error the
    /// iteration ends. Since Linux 4.16.
    ///
    /// A prefix that is removed by others meanwhile may come with the value of the one that contains it:
    /// the kernel looks prefixes up no other way.
    pub fn iter(&self) -> LpmTrieIter<'_, K, V> {
        LpmTrieIter {
            trie: self,
            keys: self.keys(),
        }
    }

    /// All prefixes, longer ones before those that contain them. Since Linux 4.16.
    #[doc(alias = "bpf_map_get_next_key")]
    pub fn keys(&self) -> Keys<'_, K> {
        Keys::new(&self.map)
    }
}

/// The prefixes of an [`LpmTrie`] and their values.
#[derive(Debug)]
pub struct LpmTrieIter<'a, K, V> {
    trie: &'a LpmTrie<K, V>,
    keys: Keys<'a, K>,
}

impl<K: Pod, V: Pod> Iterator for LpmTrieIter<'_, K, V> {
    type Item = Result<(K, V)>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let key = match self.keys.next()? {
                Ok(key) => key,
                Err(error) => return Some(Err(error)),
            };
            match self.trie.lookup(&key) {
                Ok(Some(value)) => return Some(Ok((key, value))),
                // It was removed meanwhile.
                Ok(None) => {}
                Err(error) => {
                    self.keys.end();
                    return Some(Err(error));
                }
            }
        }
    }
}
