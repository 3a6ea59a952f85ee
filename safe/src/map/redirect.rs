//! Where XDP programs redirect packets to.
//!
//! `V` is how the C source declares the values: [`RedirectTarget`] for `struct bpf_devmap_val` and
//! `struct bpf_cpumap_val`, which have a place for a program, or `u32`.

use super::typed::{array_length, typed_map};
use super::{Keys, Map, UpdateFlag};
use crate::error::Result;
use crate::program::Program;
use bytemuck::bytes_of;
use std::os::fd::{AsFd, AsRawFd};

/// Where a packet goes: `struct bpf_devmap_val` and `struct bpf_cpumap_val`, as they are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(C)]
pub struct RedirectTarget {
    /// The device's index (`ifindex`), or the length of the CPU's queue in packets.
    pub number: u32,
    /// The id of the program that runs there; 0 without one.
    pub program_id: u32,
}

/// How the values of a device or CPU map are declared: [`RedirectTarget`], or `u32`.
pub trait RedirectValue: sealed::Sealed {}

impl RedirectValue for u32 {}
impl RedirectValue for RedirectTarget {}

mod sealed {
    pub trait Sealed {}
    impl Sealed for u32 {}
    impl Sealed for super::RedirectTarget {}
}

typed_map! {
    /// Network devices by index: `BPF_MAP_TYPE_DEVMAP`. Since Linux 4.14; with programs since 5.8.
    #[doc(alias = "BPF_MAP_TYPE_DEVMAP")]
    DeviceMap<V: RedirectValue>: [DEVMAP], size_of::<u32>(), size_of::<V>()
}

typed_map! {
    /// Network devices by a number of your own: `BPF_MAP_TYPE_DEVMAP_HASH`. Since Linux 5.4; with programs
    /// since 5.8.
    #[doc(alias = "BPF_MAP_TYPE_DEVMAP_HASH")]
    DeviceHash<V: RedirectValue>: [DEVMAP_HASH], size_of::<u32>(), size_of::<V>()
}

typed_map! {
    /// CPUs that packets are handed to, by CPU: `BPF_MAP_TYPE_CPUMAP`. Since Linux 4.15; with programs since
    /// 5.9.
    #[doc(alias = "BPF_MAP_TYPE_CPUMAP")]
    CpuMap<V: RedirectValue>: [CPUMAP], size_of::<u32>(), size_of::<V>()
}

typed_map! {
    /// `AF_XDP` sockets by index: `BPF_MAP_TYPE_XSKMAP`. Since Linux 4.18. The kernel does not tell user
    /// space what is in.
    #[doc(alias = "BPF_MAP_TYPE_XSKMAP")]
    XskMap<>: [XSKMAP], size_of::<u32>(), size_of::<u32>()
}

array_length!(DeviceMap<V>);
array_length!(CpuMap<V>);
array_length!(XskMap);

macro_rules! targets {
    ($name:ident, $number:ident, $what:literal) => {
        impl<V: RedirectValue> $name<V> {
            /// Removes what is under a key; whether there was something.
            ///
            /// # Errors
            ///
            /// The key is beyond the end.
            #[doc(alias = "bpf_map_delete_elem")]
            pub fn delete(&self, key: u32) -> Result<bool> {
                self.map.delete_bytes(bytes_of(&key))
            }
        }

        impl $name<RedirectTarget> {
            #[doc = concat!("The ", $what, " under a key, and its program; `None` where there is none.")]
            ///
            /// # Errors
            ///
            /// The kernel refuses, such as to a process that may only write.
            #[doc(alias = "bpf_map_lookup_elem")]
            pub fn lookup(&self, key: u32) -> Result<Option<RedirectTarget>> {
                let target = self.map.lookup_as(bytes_of(&key), 0)?;
                let target = target.map(|[number, program_id]: [u32; 2]| RedirectTarget {
                    number,
                    program_id,
                });
                // An empty place of a CPU map reads as a queue of no length.
                Ok(target.filter(|target| target.number != 0))
            }

            #[doc = concat!("Sets the ", $what, " under a key, and a program that runs there.")]
            ///
            /// # Errors
            ///
            /// There is no such device or CPU, the program is no XDP program made for this kind of map
            /// (`SEC("xdp/devmap")`, `SEC("xdp/cpumap")`), `flag` does not allow it, or the key is beyond the
            /// end.
            #[doc(alias = "bpf_map_update_elem")]
            pub fn update(
                &self,
                key: u32,
                $number: u32,
                program: Option<&Program>,
                flag: UpdateFlag,
            ) -> Result<()> {
                set_target(&self.map, key, $number, program, flag)
            }
        }

        impl $name<u32> {
            #[doc = concat!("The ", $what, " under a key; `None` where there is none.")]
            ///
            /// # Errors
            ///
            /// The kernel refuses, such as to a process that may only write.
            #[doc(alias = "bpf_map_lookup_elem")]
            pub fn lookup(&self, key: u32) -> Result<Option<u32>> {
                let number: Option<u32> = self.map.lookup_as(bytes_of(&key), 0)?;
                // An empty place of a CPU map reads as a queue of no length.
                Ok(number.filter(|&number| number != 0))
            }

            #[doc = concat!("Sets the ", $what, " under a key.")]
            ///
            /// # Errors
            ///
            /// There is no such device or CPU, `flag` does not allow it, or the key is beyond the end.
            #[doc(alias = "bpf_map_update_elem")]
            pub fn update(&self, key: u32, $number: u32, flag: UpdateFlag) -> Result<()> {
                self.map
                    .update_with(bytes_of(&key), bytes_of(&$number), flag.to_c())
            }
        }
    };
}

targets!(DeviceMap, device_index, "device's index");
targets!(DeviceHash, device_index, "device's index");
targets!(CpuMap, queue_size, "length of the queue");

impl<V: RedirectValue> DeviceHash<V> {
    /// All keys, in no order.
    #[doc(alias = "bpf_map_get_next_key")]
    pub fn keys(&self) -> Keys<'_, u32> {
        Keys::new(&self.map)
    }
}

impl XskMap {
    /// Puts an `AF_XDP` socket at an index.
    ///
    /// # Errors
    ///
    /// The descriptor is of another socket, `flag` does not allow it, or the index is beyond the end. Newer
    /// kernels (Linux 7.3 does, 6.18 does not) also refuse a socket that has no ring for what it receives:
    /// set `XDP_RX_RING` first.
    #[doc(alias = "bpf_map_update_elem")]
    pub fn update(&self, index: u32, socket: impl AsFd, flag: UpdateFlag) -> Result<()> {
        let fd = socket.as_fd().as_raw_fd();
        self.map
            .update_with(bytes_of(&index), bytes_of(&fd), flag.to_c())
    }

    /// Takes the socket at an index out.
    ///
    /// # Errors
    ///
    /// The index is beyond the end.
    #[doc(alias = "bpf_map_delete_elem")]
    pub fn delete(&self, index: u32) -> Result<()> {
        // The kernel does not tell whether there was one.
        self.map.delete_bytes(bytes_of(&index)).map(drop)
    }
}

fn set_target(
    map: &Map,
    key: u32,
    number: u32,
    program: Option<&Program>,
    flag: UpdateFlag,
) -> Result<()> {
    let fd = match program {
        Some(program) => Some(program.fd()?),
        None => None,
    };
    // The kernel takes descriptors above 0 for programs.
    let fd = fd.map_or(u32::MAX, |fd| fd.as_raw_fd().unsigned_abs());
    let value = [number, fd];
    map.update_with(bytes_of(&key), bytes_of(&value), flag.to_c())
}
