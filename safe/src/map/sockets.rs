//! Maps of sockets.
//!
//! `V` is how the C source declares the values. Where they have 8 bytes (`u64`), the kernel tells the cookie of
//! a socket that is in; where they have 4 (`u32`), it tells nothing.

use super::typed::{array_length, typed_map};
use super::{Keys, Map, UpdateFlag};
use crate::data::Pod;
use crate::error::Result;
use bytemuck::bytes_of;
use std::os::fd::{AsFd, AsRawFd};

/// How the values of a map of sockets are declared: `u64`, or `u32`.
pub trait SocketValue: Pod + sealed::Sealed {}

impl SocketValue for u32 {}
impl SocketValue for u64 {}

mod sealed {
    pub trait Sealed {}
    impl Sealed for u32 {}
    impl Sealed for u64 {}
}

typed_map! {
    /// Sockets by index: `BPF_MAP_TYPE_SOCKMAP`. Since Linux 4.14; with values of 8 bytes since 5.4.
    #[doc(alias = "BPF_MAP_TYPE_SOCKMAP")]
    SockMap<V: SocketValue>: [SOCKMAP], size_of::<u32>(), size_of::<V>()
}

typed_map! {
    /// Sockets by key: `BPF_MAP_TYPE_SOCKHASH`. Since Linux 4.18; with values of 8 bytes since 5.4.
    #[doc(alias = "BPF_MAP_TYPE_SOCKHASH")]
    SockHash<K: Pod, V: SocketValue>: [SOCKHASH], size_of::<K>(), size_of::<V>()
}

typed_map! {
    /// Sockets of a reuseport group, by index: `BPF_MAP_TYPE_REUSEPORT_SOCKARRAY`. Since Linux 4.19.
    #[doc(alias = "BPF_MAP_TYPE_REUSEPORT_SOCKARRAY")]
    ReuseportSockArray<V: SocketValue>: [REUSEPORT_SOCKARRAY], size_of::<u32>(), size_of::<V>()
}

macro_rules! by_index {
    ($($name:ident),*) => {
        $(
        array_length!($name<V>);

        impl<V: SocketValue> $name<V> {
            /// Puts a socket at an index.
            ///
            /// # Errors
            ///
            /// The descriptor is of no socket that the map takes, `flag` does not allow it, or the index is
            /// beyond the end.
            #[doc(alias = "bpf_map_update_elem")]
            pub fn update(&self, index: u32, socket: impl AsFd, flag: UpdateFlag) -> Result<()> {
                put::<V>(&self.map, bytes_of(&index), &socket, flag)
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
        }

        impl $name<u64> {
            /// The cookie (`SO_COOKIE`) of the socket at an index; `None` where there is none.
            ///
            /// # Errors
            ///
            /// The kernel refuses, such as to a process that may only write.
            #[doc(alias = "bpf_map_lookup_elem")]
            pub fn lookup(&self, index: u32) -> Result<Option<u64>> {
                self.map.lookup_as(bytes_of(&index), 0)
            }
        }
        )*
    };
}

by_index!(SockMap, ReuseportSockArray);

impl<K: Pod, V: SocketValue> SockHash<K, V> {
    /// Puts a socket under a key.
    ///
    /// # Errors
    ///
    /// The descriptor is of no socket that the map takes, `flag` does not allow it, or the map is full.
    #[doc(alias = "bpf_map_update_elem")]
    pub fn update(&self, key: &K, socket: impl AsFd, flag: UpdateFlag) -> Result<()> {
        put::<V>(&self.map, bytes_of(key), &socket, flag)
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

impl<K: Pod> SockHash<K, u64> {
    /// The cookie (`SO_COOKIE`) of the socket under a key; `None` where there is none.
    ///
    /// # Errors
    ///
    /// The kernel refuses, such as to a process that may only write.
    #[doc(alias = "bpf_map_lookup_elem")]
    pub fn lookup(&self, key: &K) -> Result<Option<u64>> {
        self.map.lookup_as(bytes_of(key), 0)
    }
}

/// The kernel reads a descriptor out of 4 or 8 bytes, and a descriptor is never negative.
fn put<V: SocketValue>(map: &Map, key: &[u8], socket: &impl AsFd, flag: UpdateFlag) -> Result<()> {
    let fd = socket.as_fd().as_raw_fd().unsigned_abs();
    let flag = flag.to_c();
    match size_of::<V>() {
        8 => map.update_with(key, bytes_of(&u64::from(fd)), flag),
        _ => map.update_with(key, bytes_of(&fd), flag),
    }
}
