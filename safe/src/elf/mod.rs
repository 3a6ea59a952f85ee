//! What libbpf does not tell of an object file: where its symbols are, and which program uses which map.
//!
//! Safe code over bytes: a broken file yields less, never a panic. libbpf has opened it before and says
//! better what is wrong.

mod file;
mod references;

pub(crate) use self::file::Elf;
pub(crate) use self::references::{Names, References};
