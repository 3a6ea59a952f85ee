//! Maps whose values are maps.

use super::batch::Batches;
use super::elements::ReadBatch;
use super::typed::{array_length, typed_map};
use super::{HashIter, Keys, Map, UpdateFlag};
use crate::data::Pod;
use crate::error::Result;
use bytemuck::{bytes_of, cast_slice};
use std::os::fd::{AsFd, AsRawFd, RawFd};

typed_map! {
    /// Maps by index: `BPF_MAP_TYPE_ARRAY_OF_MAPS`. Since Linux 4.12.
    ///
    /// A map that is put in stays in the kernel as long as it is in.
    #[doc(alias = "BPF_MAP_TYPE_ARRAY_OF_MAPS")]
    ArrayOfMaps<>: [ARRAY_OF_MAPS], size_of::<u32>(), size_of::<u32>()
}

typed_map! {
    /// Maps by key: `BPF_MAP_TYPE_HASH_OF_MAPS`. Since Linux 4.12.
    ///
    /// A map that is put in stays in the kernel as long as it is in.
    #[doc(alias = "BPF_MAP_TYPE_HASH_OF_MAPS")]
    HashOfMaps<K: Pod>: [HASH_OF_MAPS], size_of::<K>(), size_of::<u32>()
}

array_length!(ArrayOfMaps);

impl ArrayOfMaps {
    /// The map at an index; `None` where there is none.
    ///
    /// # Errors
    ///
    /// The caller lacks `CAP_SYS_ADMIN`: the kernel tells the map's id, and opens it for few.
    #[doc(alias = "bpf_map_lookup_elem")]
    pub fn lookup(&self, index: u32) -> Result<Option<Map>> {
        inner(&self.map, bytes_of(&index))
    }

    /// The id of the map at an index; `None` where there is none.
    ///
    /// # Errors
    ///
    /// The kernel refuses, such as to a process that may only write.
    #[doc(alias = "bpf_map_lookup_elem")]
    pub fn lookup_id(&self, index: u32) -> Result<Option<u32>> {
        self.map.lookup_as(bytes_of(&index), 0)
    }

    /// Puts a map at an index, in the place of what was there.
    ///
    /// # Errors
    ///
    /// The map is of another kind than the one that the outer map was declared with, or the index is
    /// beyond the end.
    #[doc(alias = "bpf_map_update_elem")]
    pub fn update(&self, index: u32, map: &Map) -> Result<()> {
        put(&self.map, bytes_of(&index), map, UpdateFlag::Any)
    }

    /// Takes the map at an index out; whether there was one.
    ///
    /// # Errors
    ///
    /// The index is beyond the end.
    #[doc(alias = "bpf_map_delete_elem")]
    pub fn delete(&self, index: u32) -> Result<bool> {
        self.map.delete_bytes(bytes_of(&index))
    }

    /// Puts many maps in with one system call, in order, in the places of what was there. Since Linux 5.19.
    ///
    /// # Errors
    ///
    /// There are not as many maps as indices; or one of them cannot be put in, and the hint says how many were
    /// before.
    #[doc(alias = "bpf_map_update_batch")]
    pub fn update_batch(&self, indices: &[u32], maps: &[&Map]) -> Result<()> {
        put_all(&self.map, indices, maps)
    }
}

impl<K: Pod> HashOfMaps<K> {
    /// The map under a key; `None` where there is none.
    ///
    /// # Errors
    ///
    /// The caller lacks `CAP_SYS_ADMIN`: the kernel tells the map's id, and opens it for few.
    #[doc(alias = "bpf_map_lookup_elem")]
    pub fn lookup(&self, key: &K) -> Result<Option<Map>> {
        inner(&self.map, bytes_of(key))
    }

    /// The id of the map under a key; `None` where there is none.
    ///
    /// # Errors
    ///
    /// The kernel refuses, such as to a process that may only write.
    #[doc(alias = "bpf_map_lookup_elem")]
    pub fn lookup_id(&self, key: &K) -> Result<Option<u32>> {
        self.map.lookup_as(bytes_of(key), 0)
    }

    /// Puts a map under a key.
    ///
    /// # Errors
    ///
    /// The map is of another kind than the one that the outer map was declared with, `flag` does not
    /// allow it, or the outer map is full.
    #[doc(alias = "bpf_map_update_elem")]
    pub fn update(&self, key: &K, map: &Map, flag: UpdateFlag) -> Result<()> {
        put(&self.map, bytes_of(key), map, flag)
    }

    /// Takes the map under a key out; whether there was one.
    ///
    /// # Errors
    ///
    /// User space may only read the outer map.
    #[doc(alias = "bpf_map_delete_elem")]
    pub fn delete(&self, key: &K) -> Result<bool> {
        self.map.delete_bytes(bytes_of(key))
    }

    /// Puts many maps in with one system call, in order, whether or not there are any under the keys. Since Linux
    /// 5.19.
    ///
    /// # Errors
    ///
    /// There are not as many maps as keys; or one of them cannot be put in, and the hint says how many were before.
    #[doc(alias = "bpf_map_update_batch")]
    pub fn update_batch(&self, keys: &[K], maps: &[&Map]) -> Result<()> {
        put_all(&self.map, keys, maps)
    }

    /// Takes many maps out with one system call, in order. Since Linux 5.19.
    ///
    /// # Errors
    ///
    /// There is none under one of the keys; the hint says how many were taken out before.
    #[doc(alias = "bpf_map_delete_batch")]
    pub fn delete_batch(&self, keys: &[K]) -> Result<()> {
        self.map.delete_batch(cast_slice(keys), keys.len())
    }

    /// All keys, in no order.
    #[doc(alias = "bpf_map_get_next_key")]
    pub fn keys(&self) -> Keys<'_, K> {
        Keys::new(&self.map)
    }

    /// All keys and the ids of their maps, in no order, as [`HashMap::iter`](super::HashMap::iter). Since
    /// Linux 5.19.
    #[doc(alias = "bpf_map_lookup_batch")]
    pub fn iter_ids(&self) -> HashIter<'_, K, u32> {
        HashIter(Batches::new(&self.map, 1, ReadBatch::default()))
    }

    /// Takes all maps out, and yields their keys and ids, as [`HashMap::drain`](super::HashMap::drain). A map that
    /// nobody else holds is gone then. Since Linux 5.19.
    #[doc(alias = "bpf_map_lookup_and_delete_batch")]
    pub fn drain_ids(&self) -> HashIter<'_, K, u32> {
        let how = ReadBatch {
            remove: true,
            ..ReadBatch::default()
        };
        HashIter(Batches::new(&self.map, 1, how))
    }
}

/// The kernel tells a map in a map by its id.
fn inner(outer: &Map, key: &[u8]) -> Result<Option<Map>> {
    outer.lookup_as(key, 0)?.map(Map::from_id).transpose()
}

fn put(outer: &Map, key: &[u8], map: &Map, flag: UpdateFlag) -> Result<()> {
    let fd = map.as_fd().as_raw_fd();
    outer.update_with(key, bytes_of(&fd), flag.to_c())
}

fn put_all<K: Pod>(outer: &Map, keys: &[K], maps: &[&Map]) -> Result<()> {
    let fds: Vec<RawFd> = maps.iter().map(|map| map.as_fd().as_raw_fd()).collect();
    outer.update_batch(cast_slice(keys), cast_slice(&fds), keys.len(), 0)
}
