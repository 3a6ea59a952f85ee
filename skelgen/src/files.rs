//! Files: errors with their path, and no write where nothing changes.

use crate::error::{Error, Result};
use std::fs;
use std::path::Path;

pub(crate) fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).map_err(|source| Error::File {
        action: "read",
        path: path.to_owned(),
        source,
    })
}

pub(crate) fn create_folder(path: &Path) -> Result<()> {
    fs::create_dir_all(path).map_err(|source| Error::File {
        action: "create",
        path: path.to_owned(),
        source,
    })
}

pub(crate) fn remove(path: &Path) -> Result<()> {
    fs::remove_file(path).map_err(|source| Error::File {
        action: "remove",
        path: path.to_owned(),
        source,
    })
}

/// Writes a file unless it has this content: then its time stays, and nothing that depends on it is built
/// again.
pub(crate) fn write_if_changed(path: &Path, content: &[u8]) -> Result<()> {
    if fs::read(path).is_ok_and(|current| current == content) {
        return Ok(());
    }
    fs::write(path, content).map_err(|source| Error::File {
        action: "write",
        path: path.to_owned(),
        source,
    })
}
