//! Inits from and to any format that serde knows: what the macros need of it.

mod callback;
mod constant;
mod field;
mod macros;
mod number;
mod structure;
mod text;

pub use self::constant::{Constants, deserialize_constant, serialize_constant};
pub use self::field::{Field, FieldSeed};
pub use self::number::Number;
pub use self::structure::{Entries, Structure, deserialize_structure, serialize_structure};
pub use serde_core;
