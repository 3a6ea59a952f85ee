//! Where XDP programs redirect packets to.

use super::typed::typed_map;
use super::{Map, UpdateFlag};
use crate::error::Result;
use crate::program::Program;
use bytemuck::{bytes_of, bytes_of_mut};
use std::os::fd::{AsFd, AsRawFd};

/// `struct bpf_devmap_val` and `struct bpf_cpumap_val`: a number, and a descriptor of a program when
/// written, or its id when read.
type Target = [u32; 2];

typed_map! {
    /// Network devices by index: `BPF_MAP_TYPE_DEVMAP`, declared with values of 8 bytes (`struct
    /// bpf_devmap_val`). Since Linux 5.8; with values of 4 bytes, by bytes, since 4.14.
    #[doc(alias = "BPF_MAP_TYPE_DEVMAP")]
    DeviceMap<>: [DEVMAP], size_of::<u32>(), size_of::<Target>()
}

typed_map! {
    /// Network devices by a number of your own: `BPF_MAP_TYPE_DEVMAP_HASH`, declared with values of 8 bytes
    /// (`struct bpf_devmap_val`). Since Linux 5.8; with values of 4 bytes, by bytes, since 5.4.
    #[doc(alias = "BPF_MAP_TYPE_DEVMAP_HASH")]
    DeviceHash<>: [DEVMAP_HASH], size_of::<u32>(), size_of::<Target>()
}

typed_map! {
    /// CPUs that packets are handed to, by CPU: `BPF_MAP_TYPE_CPUMAP`, declared with values of 8 bytes
    /// (`struct bpf_cpumap_val`). Since Linux 5.9; with values of 4 bytes, by bytes, since 4.15.
    #[doc(alias = "BPF_MAP_TYPE_CPUMAP")]
    CpuMap<>: [CPUMAP], size_of::<u32>(), size_of::<Target>()
}

typed_map! {
    /// `AF_XDP` sockets by index: `BPF_MAP_TYPE_XSKMAP`. Since Linux 4.18.
    #[doc(alias = "BPF_MAP_TYPE_XSKMAP")]
    XskMap<>: [XSKMAP], size_of::<u32>(), size_of::<u32>()
}

/// Where a packet goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct RedirectTarget {
    /// The device's index (`ifindex`), or the length of the CPU's queue in packets.
    pub number: u32,
    /// The id of the program that runs there; 0 without one.
    pub program_id: u32,
}

macro_rules! targets {
    ($name:ident, $number:ident, $what:literal) => {
        impl $name {
            #[doc = concat!("The ", $what, " under a key, and its program; `None` where there is none.")]
            ///
            /// # Errors
            ///
            /// The kernel refuses, such as to a process that may only write.
            #[doc(alias = "bpf_map_lookup_elem")]
            pub fn lookup(&self, key: u32) -> Result<Option<RedirectTarget>> {
                target(&self.map, key)
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
    };
}

targets!(DeviceMap, device_index, "device's index");
targets!(DeviceHash, device_index, "device's index");
targets!(CpuMap, queue_size, "length of the queue");

impl XskMap {
    /// Puts an `AF_XDP` socket at an index.
    ///
    /// # Errors
    ///
    /// The descriptor is of another socket, or of one that is not bound, `flag` does not allow it, or the
    /// index is beyond the end.
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

fn target(map: &Map, key: u32) -> Result<Option<RedirectTarget>> {
    let mut target: Target = [0; 2];
    let found = map.lookup_into(bytes_of(&key), bytes_of_mut(&mut target), 0)?;
    // A place of a CPU map that is empty reads as a queue of no length.
    let [number, program_id] = target;
    Ok((found && number != 0).then_some(RedirectTarget { number, program_id }))
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
    let value: Target = [number, fd];
    map.update_with(bytes_of(&key), bytes_of(&value), flag.to_c())
}
