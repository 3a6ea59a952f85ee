//! Maps of sockets.

use super::typed::typed_map;
use super::{Keys, Map, UpdateFlag};
use crate::data::Pod;
use crate::error::Result;
use bytemuck::{bytes_of, bytes_of_mut};
use std::os::fd::{AsFd, AsRawFd};

typed_map! {
    /// Sockets by index: `BPF_MAP_TYPE_SOCKMAP`, declared with values of 8 bytes. Since Linux 5.4; with
    /// values of 4 bytes, by bytes, since 4.14.
    #[doc(alias = "BPF_MAP_TYPE_SOCKMAP")]
    SockMap<>: [SOCKMAP], size_of::<u32>(), size_of::<u64>()
}

typed_map! {
    /// Sockets by key: `BPF_MAP_TYPE_SOCKHASH`, declared with values of 8 bytes. Since Linux 5.4; with
    /// values of 4 bytes, by bytes, since 4.18.
    #[doc(alias = "BPF_MAP_TYPE_SOCKHASH")]
    SockHash<K: Pod>: [SOCKHASH], size_of::<K>(), size_of::<u64>()
}

typed_map! {
    /// Sockets of a reuseport group, by index: `BPF_MAP_TYPE_REUSEPORT_SOCKARRAY`, declared with values of
    /// 8 bytes. Since Linux 4.19.
    #[doc(alias = "BPF_MAP_TYPE_REUSEPORT_SOCKARRAY")]
    ReuseportSockArray<>: [REUSEPORT_SOCKARRAY], size_of::<u32>(), size_of::<u64>()
}

macro_rules! by_index {
    ($($name:ident),*) => {
        $(impl $name {
            /// How many places there are.
            #[doc(alias = "bpf_map__max_entries")]
            pub fn len(&self) -> u32 {
                self.map.info().max_entries
            }

            /// Never: the kernel creates no empty array.
            pub fn is_empty(&self) -> bool {
                self.len() == 0
            }

            /// The cookie (`SO_COOKIE`) of the socket at an index; `None` where there is none.
            ///
            /// # Errors
            ///
            /// The kernel refuses, such as to a process that may only write.
            #[doc(alias = "bpf_map_lookup_elem")]
            pub fn lookup(&self, index: u32) -> Result<Option<u64>> {
                cookie(&self.map, bytes_of(&index))
            }

            /// Puts a socket at an index.
            ///
            /// # Errors
            ///
            /// The descriptor is of no socket that the map takes, `flag` does not allow it, or the index is
            /// beyond the end.
            #[doc(alias = "bpf_map_update_elem")]
            pub fn update(&self, index: u32, socket: impl AsFd, flag: UpdateFlag) -> Result<()> {
                put(&self.map, bytes_of(&index), socket.as_fd().as_raw_fd(), flag)
            }

            /// Takes the socket at an index out; whether there was one.
            ///
            /// # Errors
            ///
            /// The index is beyond the end.
            #[doc(alias = "bpf_map_delete_elem")]
            pub fn delete(&self, index: u32) -> Result<bool> {
                self.map.delete_bytes(bytes_of(&index))
            }
        })*
    };
}

by_index!(SockMap, ReuseportSockArray);

impl<K: Pod> SockHash<K> {
    /// The cookie (`SO_COOKIE`) of the socket under a key; `None` where there is none.
    ///
    /// # Errors
    ///
    /// The kernel refuses, such as to a process that may only write.
    #[doc(alias = "bpf_map_lookup_elem")]
    pub fn lookup(&self, key: &K) -> Result<Option<u64>> {
        cookie(&self.map, bytes_of(key))
    }

    /// Puts a socket under a key.
    ///
    /// # Errors
    ///
    /// The descriptor is of no socket that the map takes, `flag` does not allow it, or the map is full.
    #[doc(alias = "bpf_map_update_elem")]
    pub fn update(&self, key: &K, socket: impl AsFd, flag: UpdateFlag) -> Result<()> {
        put(&self.map, bytes_of(key), socket.as_fd().as_raw_fd(), flag)
    }

    /// Takes the socket under a key out; whether there was one.
    ///
    /// # Errors
    ///
    /// User space may only read the map.
    #[doc(alias = "bpf_map_delete_elem")]
    pub fn delete(&self, key: &K) -> Result<bool> {
        self.map.delete_bytes(bytes_of(key))
    }

    /// All keys, in no order.
    #[doc(alias = "bpf_map_get_next_key")]
    pub fn keys(&self) -> Keys<'_, K> {
        Keys::new(&self.map)
    }
}

fn cookie(map: &Map, key: &[u8]) -> Result<Option<u64>> {
    let mut cookie = 0u64;
    let found = map.lookup_into(key, bytes_of_mut(&mut cookie), 0)?;
    Ok(found.then_some(cookie))
}

fn put(map: &Map, key: &[u8], socket: i32, flag: UpdateFlag) -> Result<()> {
    // The kernel reads a descriptor out of 8 bytes, and it cannot be negative.
    let value = u64::try_from(socket).unwrap_or(u64::MAX);
    map.update_with(key, bytes_of(&value), flag.to_c())
}
