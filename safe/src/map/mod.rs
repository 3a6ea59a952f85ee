//! Maps: between open and load, and loaded; typed by what they hold.
//!
//! [`Map`] is any map, by bytes. [`HashMap`] and [`Array`] add the types of keys and values, and only
//! the operations that the kernel has for them.

mod array;
mod hash;
mod info;
mod kind;
mod loaded;
mod open;

pub use self::array::{Array, ArrayIter};
pub use self::hash::{HashIter, HashMap};
pub use self::info::MapInfo;
pub use self::kind::MapType;
pub use self::loaded::{Map, UpdateFlag};
pub(crate) use self::open::MapSlot;
pub use self::open::OpenMap;
