//! The types that C values have in Rust: valid for every bit pattern, and of C's layout.
//!
//! A map value, a global variable and a struct_ops member all may hold any bits: another program
//! wrote them. So integers are integers, an enum is a newtype over its integer, a C `bool` is
//! [`Bool`], `char[N]` is [`CharArray`], a pointer is an opaque [`Pointer`]. Structs are plain
//! `#[repr(C)]` structs without hidden padding, which [`plain!`](crate::plain) proves.
//!
//! Members of a struct without a name are fields of the struct that it stands in, as in C. Members that
//! overlap, as in a union, are borrowed through functions: `value.mark()`, `*value.mark_mut() = 3`.
//! Bitfields have a getter and a setter that refuses what does not fit: `value.set_version(6)?`.
//!
//! Alignment is what the C types of the members ask for. BTF does not say where a declaration asks for
//! more, as `__attribute__((aligned(64)))` does; offsets and sizes are C's nevertheless.

mod accessors;
mod arena_copy;
pub(crate) mod bitfield;
mod bool;
mod char_array;
#[doc(hidden)]
pub mod fields;
mod live;
#[doc(hidden)]
pub mod member;
mod plain;
mod pointer;
mod section;
mod section_names;
mod shown;
mod value;
mod variables;

pub use self::bitfield::Bitfield;
pub use self::bool::Bool;
pub use self::char_array::{CharArray, CharArrayError};
pub use self::live::{
    FrozenCell, Live, LiveArray, LiveCell, LiveInteger, LiveSection, LiveVariable,
};
pub use self::pointer::Pointer;
#[doc(hidden)]
pub use self::shown::Shown;
pub use self::value::VariableValue;
pub use self::variables::{Variable, VariableKind};
/// Values that are valid for every bit pattern and have no padding, from the crate `bytemuck`.
pub use bytemuck::{Pod, Zeroable};

pub(crate) use self::live::map_array;
pub(crate) use self::section::{ARENA_SECTION, SectionSlot};
pub(crate) use self::section_names::{is_name_of, pick, section_map};
pub(crate) use self::value::check_type;
pub(crate) use self::variables::{ARENA, KCONFIG, Variables, nearest};
