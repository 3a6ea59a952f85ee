//! Maps: between open and load, and loaded; typed by what they hold.
//!
//! [`Map`] is any map, by bytes. [`HashMap`] and [`Array`] add the types of keys and values, and only
//! the operations that the kernel has for them.

mod array;
mod batch;
mod elements;
mod hash;
mod info;
mod keys;
mod kind;
mod loaded;
mod lpm_trie;
mod open;
mod per_cpu;
mod queue;
mod typed;

pub use self::array::{Array, ArrayIter};
pub use self::elements::UpdateFlag;
pub use self::hash::{HashIter, HashMap};
pub use self::info::MapInfo;
pub use self::keys::Keys;
pub use self::kind::MapType;
pub use self::loaded::Map;
pub use self::lpm_trie::LpmTrie;
pub(crate) use self::open::MapSlot;
pub use self::open::OpenMap;
pub use self::per_cpu::{
    PerCpu, PerCpuArray, PerCpuArrayIter, PerCpuHashIter, PerCpuHashMap, PerCpuValues,
    possible_cpus,
};
pub use self::queue::{BloomFilter, Queue, Stack};
