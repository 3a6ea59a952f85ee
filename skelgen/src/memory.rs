//! Skeletons of objects in memory, where no file is wanted.

use crate::error::Result;
use crate::{emit, read};

/// The module for Rust of an object in memory. It includes the object itself from `object_file`, a path relative to
/// where the module will be.
///
/// # Errors
///
/// The bytes are no object that can be understood, or the object has what cannot be generated for.
pub fn rust_skeleton(name: &str, object: &[u8], object_file: &str) -> Result<String> {
    emit::rust::write(&read::read(name, object)?, object_file)
}

/// The header for C of an object in memory, which the header contains.
///
/// # Errors
///
/// As [`rust_skeleton`].
pub fn c_skeleton(name: &str, object: &[u8]) -> Result<String> {
    Ok(emit::c::write(&read::c::read(name, object)?, object))
}
