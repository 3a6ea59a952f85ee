//! Files: errors with their path, and no write where nothing changes.

use crate::error::{Error, Result};
use std::io::BufRead;
use std::path::{Path, PathBuf};
use std::{fs, io, process};

/// Everything in a file. A device may have no end, and a pipe no beginning: they are refused.
///
/// # Errors
///
/// It cannot be read, or is no regular file.
pub fn read(path: &Path) -> Result<Vec<u8>> {
    fs::metadata(path)
        .and_then(|metadata| {
            if metadata.is_file() || metadata.is_dir() {
                fs::read(path)
            } else {
                Err(io::Error::other("it is not a regular file"))
            }
        })
        .map_err(|source| Error::File {
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

/// Writes a file unless it has this content: then its time stays, and nothing that depends on it is built
/// again. It is whole or not there: a run that is interrupted leaves no half of it to the next. A device is written to, and
/// so is what a symbolic link leads to (`/dev/stdout`).
///
/// # Errors
///
/// It cannot be written.
pub fn write_if_changed(path: &Path, content: &[u8]) -> Result<()> {
    if fs::metadata(path).is_ok_and(|found| !found.is_file() && !found.is_dir()) {
        return fs::write(path, content).map_err(|source| Error::File {
            action: "write",
            path: path.to_owned(),
            source,
        });
    }
    if has_content(path, content).unwrap_or(false) {
        return Ok(());
    }
    // Its name is not the link's to be taken over.
    let path = &fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let mut partial = path.as_os_str().to_owned();
    partial.push(format!(".{}.partial", process::id()));
    let partial = PathBuf::from(partial);
    fs::write(&partial, content)
        .and_then(|()| fs::rename(&partial, path))
        .map_err(|source| {
            // Whatever there is of it.
            let _ = fs::remove_file(&partial);
            Error::File {
                action: "write",
                path: path.to_owned(),
                source,
            }
        })
}

/// Whether a file has this content, without all of it in memory.
fn has_content(path: &Path, content: &[u8]) -> io::Result<bool> {
    let file = fs::File::open(path)?;
    if file.metadata()?.len() != content.len() as u64 {
        return Ok(false);
    }
    let mut file = io::BufReader::with_capacity(64 << 10, file);
    let mut left = content;
    loop {
        let current = file.fill_buf()?;
        let count = current.len();
        if count == 0 {
            return Ok(left.is_empty());
        }
        match left.split_at_checked(count) {
            Some((expected, rest)) if expected == current => left = rest,
            _ => return Ok(false),
        }
        file.consume(count);
    }
}

/// Removes a file when dropped, also where a step in between fails.
pub(crate) struct Temporary<'a>(pub(crate) &'a Path);

impl Drop for Temporary<'_> {
    fn drop(&mut self) {
        let _ = fs::remove_file(self.0);
    }
}
