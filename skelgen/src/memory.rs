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
    let skeleton = read::read(name, object).map_err(|error| error.in_object(name))?;
    Ok(emit::rust::write(&skeleton, object_file))
}

/// The module of a subskeleton, as [`Builder::subskeleton`](crate::Builder::subskeleton) writes it.
///
/// # Errors
///
/// As [`rust_skeleton`].
pub fn rust_subskeleton(name: &str, object: &[u8]) -> Result<String> {
    let read = || -> Result<_> { Ok((read::read(name, object)?, read::used::read(name, object)?)) };
    let (skeleton, used) = read().map_err(|error| error.in_object(name))?;
    Ok(emit::rust::write_subskeleton(&skeleton, &used))
}

/// The header for C of an object in memory, which the header contains.
///
/// # Errors
///
/// As [`rust_skeleton`].
pub fn c_skeleton(name: &str, object: &[u8]) -> Result<String> {
    let skeleton = read::c::read(name, object).map_err(|error| error.in_object(name))?;
    Ok(emit::c::write(&skeleton, object))
}

/// The header for C of a subskeleton, as [`Builder::only_c_subskeleton`](crate::Builder::only_c_subskeleton) writes it.
///
/// # Errors
///
/// As [`rust_skeleton`].
pub fn c_subskeleton(name: &str, object: &[u8]) -> Result<String> {
    let skeleton = read::c::read(name, object).map_err(|error| error.in_object(name))?;
    Ok(emit::c::write_subskeleton(&skeleton))
}
