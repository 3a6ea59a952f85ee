#![doc = include_str!("collection.md")]

mod assign;
mod check;
mod fields;
mod file;
mod loaded;
mod loader;

pub use self::assign::{Assign, AssignField, Expected, Wanted};
#[doc(hidden)]
pub use self::assign::{Ignored, Named, Nested, Take};
pub use self::fields::MapSource;
pub use self::file::{ObjectFile, ProgramDefinition};
pub use self::loaded::Collection;
pub use self::loader::Loader;
