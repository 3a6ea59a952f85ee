//! Object files on disk.
//!
//! A file is read once, and what was read is what is looked at and what libbpf opens: it cannot change in between.

use super::options::c_path;
use crate::error::{Error, ErrorKind, Result};
use crate::raw::Errno;
use std::fs;
use std::io;
use std::path::Path;

/// Everything in a file. A device, which may have no end, and a pipe, which may never begin, are refused.
pub(crate) fn read(operation: &str, path: &Path) -> Result<Vec<u8>> {
    // One with a NUL inside is told as such.
    c_path(operation, path)?;
    let system = |error: io::Error| Error::system(operation, Errno::from(&error));
    let metadata = fs::metadata(path).map_err(system)?;
    if metadata.is_dir() {
        return Err(Error::system(operation, Errno(libc::EISDIR)));
    }
    if !metadata.is_file() {
        return Err(Error::new(
            operation,
            ErrorKind::InvalidObject {
                detail: "it is not a regular file".into(),
            },
        ));
    }
    fs::read(path).map_err(system)
}

/// Whether reading a file may take for ever: a pipe may never begin, and a device may have no end. What cannot be looked at
/// is no such file.
pub(crate) fn is_endless(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|found| !found.is_file() && !found.is_dir())
}

/// The name that libbpf gives to the object of a file: that of the file, up to its first dot.
pub(crate) fn name(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.split('.').next().unwrap_or_default().to_owned()
}
