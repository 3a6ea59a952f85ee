//! Maps: between open and load, and loaded; typed by what they hold.
//!
//! [`Map`] is any map, by bytes. [`HashMap`] and the other handles add the types of keys and values, and only
//! the operations that the kernel has for them. A skeleton has typed handles already; elsewhere one is made
//! with `try_from`.
//!
#![doc = include_str!("operations.md")]

mod access;
mod arena;
mod array;
mod batch;
mod cgroup_array;
mod cgroup_local;
mod claim;
mod create;
mod create_flags;
mod definition;
mod elements;
mod hash;
mod info;
mod instruction_array;
mod keys;
mod kind;
mod loaded;
mod lpm_trie;
mod mapped;
mod of_maps;
mod open;
mod parts;
mod per_cpu;
mod program_array;
mod queue;
mod redirect;
mod ring;
mod settings;
mod sizes;
mod sockets;
mod stack_traces;
mod storage;
mod typed;

pub use self::access::Access;
pub(crate) use self::access::pin_at;
pub use self::arena::Arena;
pub use self::array::{Array, ArrayIter};
pub use self::cgroup_array::CgroupArray;
pub use self::cgroup_local::{AttachmentStorage, PerCpuAttachmentStorage};
pub(crate) use self::claim::Claim;
pub use self::create::CreateOptions;
pub use self::create_flags::CreateFlags;
pub use self::definition::MapDefinition;
pub use self::elements::UpdateFlag;
pub use self::hash::{HashIter, HashMap};
pub use self::info::MapInfo;
pub use self::instruction_array::{InstructionArray, InstructionOffsets};
pub use self::keys::Keys;
pub use self::kind::MapType;
pub use self::loaded::Map;
pub use self::lpm_trie::{LpmTrie, LpmTrieIter};
pub use self::mapped::MappedArray;
pub use self::of_maps::{ArrayOfMaps, HashOfMaps};
pub(crate) use self::open::MapSlot;
pub use self::open::OpenMap;
pub use self::per_cpu::{
    PerCpu, PerCpuArray, PerCpuArrayIter, PerCpuHashIter, PerCpuHashMap, PerCpuValues,
    possible_cpus,
};
pub use self::program_array::ProgramArray;
pub use self::queue::{BloomFilter, Queue, Stack};
pub use self::redirect::{CpuMap, DeviceHash, DeviceMap, RedirectTarget, RedirectValue, XskMap};
pub use self::ring::{PerfEventArray, RingBuf, UserRingBuf};
pub use self::sockets::{ReuseportSockArray, SockHash, SockMap, SocketValue};
pub use self::stack_traces::StackTraces;
pub use self::storage::{CgroupStorage, InodeStorage, SocketStorage, TaskStorage};
