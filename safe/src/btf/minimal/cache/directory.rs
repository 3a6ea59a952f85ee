//! A directory that nobody else can write to.
//!
//! It is looked at once it is open, and its files are reached through its descriptor: what its path means by then does
//! not matter.

use super::entry::is_file_name;
use crate::error::{Error, ErrorKind, Result};
use crate::raw::{Errno, process};
use std::fs::{self, DirBuilder, File, Metadata, OpenOptions};
use std::io::{self, Read, Write};
use std::os::fd::AsRawFd;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

/// The largest file that is read. The whole BTF of a kernel is smaller.
const MAX_LEN: u64 = 64 << 20;
/// How many files are kept. Those of kernels that are gone would stay for ever.
const MAX_FILES: usize = 512;
/// Write permission for the group and for others.
const OTHERS_WRITE: u32 = 0o022;

#[derive(Debug)]
pub(super) struct Directory {
    file: File,
}

impl Directory {
    /// Opens a directory, which is made if it is not there.
    pub(super) fn open(path: &Path) -> Result<Directory> {
        let operation = || format!("keep parts of the kernel's BTF in `{}`", path.display());
        let failed = |error: io::Error| {
            let errno = Errno::from(&error);
            let unfit = matches!(errno.0, libc::ELOOP | libc::ENOTDIR);
            let error = Error::system(operation(), errno);
            match unfit {
                true => error.with_hint("it has to be a directory, not a symbolic link to one"),
                false => error,
            }
        };
        match DirBuilder::new().mode(0o755).create(path) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                return Err(failed(error));
            }
            _ => {}
        }
        let file = OpenOptions::new()
            .read(true)
            .custom_flags(libc::O_DIRECTORY | libc::O_NOFOLLOW)
            .open(path)
            .map_err(failed)?;
        let found = file.metadata().map_err(failed)?;
        match others(&found) {
            None => Ok(Directory { file }),
            Some(reason) => {
                let reason = format!("{reason}: what it holds decides what programs read");
                Err(Error::new(operation(), ErrorKind::InvalidInput { reason }))
            }
        }
    }

    /// What a file holds, if nobody else can have written it.
    pub(super) fn read(&self, name: &str) -> Option<Vec<u8>> {
        let file = OpenOptions::new()
            .read(true)
            // A pipe in its place would be waited for.
            .custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK)
            .open(self.path(name)?)
            .ok()?;
        let found = file.metadata().ok()?;
        if !found.is_file() || found.len() > MAX_LEN || others(&found).is_some() {
            return None;
        }
        let mut bytes = Vec::new();
        file.take(MAX_LEN).read_to_end(&mut bytes).ok()?;
        Some(bytes)
    }

    /// Writes a file, whole or not at all. Where that does not work, the next one makes its part again.
    pub(super) fn write(&self, name: &str, bytes: &[u8]) {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let partial = format!("{name}.{}.{count}", std::process::id());
        let (Some(partial), Some(path)) = (self.path(&partial), self.path(name)) else {
            return;
        };
        let written = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o644)
            .open(&partial)
            .and_then(|mut file| file.write_all(bytes))
            .and_then(|()| fs::rename(&partial, path));
        if written.is_err() {
            // Whatever there is of it.
            let _ = fs::remove_file(partial);
        }
        self.clear();
    }

    /// Removes parts, the oldest first, where there are too many. A user may have put other files here.
    fn clear(&self) {
        let Some(entries) = self.path("").and_then(|path| fs::read_dir(path).ok()) else {
            return;
        };
        let age = |entry: fs::DirEntry| {
            let found = entry.metadata().ok().filter(Metadata::is_file)?;
            let is_part = is_file_name(&entry.file_name().to_string_lossy());
            is_part.then(|| Some((found.modified().ok()?, entry.path())))?
        };
        let mut files: Vec<_> = entries.flatten().filter_map(age).collect();
        files.sort_unstable();
        let surplus = files.len().saturating_sub(MAX_FILES);
        for (_, path) in files.into_iter().take(surplus) {
            // Somebody else does the same.
            let _ = fs::remove_file(path);
        }
    }

    /// The path of a file, while nobody else can write to the directory.
    fn path(&self, name: &str) -> Option<PathBuf> {
        let found = self.file.metadata().ok()?;
        let path = format!("/proc/self/fd/{}/{name}", self.file.as_raw_fd());
        others(&found).is_none().then(|| path.into())
    }
}

/// Who else decides what is in a file or directory.
fn others(found: &Metadata) -> Option<String> {
    let (user, owner) = (process::effective_user(), found.uid());
    // A program that may do more than who started it must not do what that one's files say.
    let own = owner == user && !process::is_more_privileged();
    if !own && owner != 0 {
        return Some(format!("it belongs to user {owner}"));
    }
    if found.mode() & OTHERS_WRITE != 0 {
        return Some("others can write to it".into());
    }
    None
}
