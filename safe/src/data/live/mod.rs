//! Variables of BPF programs after load, while the programs run.
//!
//! Nothing here is ever a `&T` or `&mut T` to memory that a BPF program writes: it is a cell, which is
//! read and written by atomics.

mod array;
mod cell;
mod integer;
mod macros;
mod section;
mod variable;
mod words;

pub use self::array::LiveArray;
pub use self::cell::{FrozenCell, LiveCell};
pub use self::integer::LiveInteger;
pub use self::macros::Live;
pub use self::section::LiveSection;
pub(crate) use self::section::map_array;
pub use self::variable::LiveVariable;
