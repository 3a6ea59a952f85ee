//! A part of a BTF, or of a kernel's with its modules', as a BTF of its own.
//!
//! *Selection*: which types are kept, and how much of each. *Assembly*: their ids, and their bytes.

mod assembly;
mod need;
mod selection;

pub(super) use self::need::Need;
pub(super) use self::selection::{Place, Selection, Sources};
