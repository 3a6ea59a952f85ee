//! The types that C values have in Rust: valid for every bit pattern, and of C's layout.
//!
//! A map value, a global variable and a struct_ops member all may hold any bits: another program
//! wrote them. So integers are integers, an enum is a newtype over its integer, a C `bool` is
//! [`Bool`], `char[N]` is [`CharArray`], a pointer is an opaque [`Pointer`]. Structs are plain
//! `#[repr(C)]` structs without hidden padding, which [`plain!`](crate::plain) proves.

mod bool;
mod char_array;
mod live;
mod plain;
mod pointer;
mod section;

pub use self::bool::Bool;
pub use self::char_array::{CharArray, CharArrayError};
pub use self::live::{FrozenCell, Live, LiveCell, LiveInteger, LiveSection};
pub use self::pointer::Pointer;
/// Values that are valid for every bit pattern and have no padding, from the crate `bytemuck`.
pub use bytemuck::{Pod, Zeroable};

pub(crate) use self::live::map_array;
pub(crate) use self::section::{SectionSlot, is_name_of};
