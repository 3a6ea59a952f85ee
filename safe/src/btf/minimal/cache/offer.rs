//! A part of a BTF where libbpf can read it.

use crate::raw::memory_file;
use std::fs::{self, File};
use std::io::Write;
use std::os::fd::{AsFd, AsRawFd};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// A file in memory, which is gone with this.
#[derive(Debug)]
pub(crate) struct Offer {
    path: PathBuf,
    /// Keeps what the path leads to.
    _file: File,
}

impl Offer {
    /// `None` where there can be no such file, or procfs is not where its path would lead there.
    pub(super) fn new(bytes: &[u8]) -> Option<Offer> {
        let mut file = File::from(memory_file::create(c"minimal-kernel-btf").ok()?);
        file.write_all(bytes).ok()?;
        memory_file::seal(file.as_fd()).ok()?;
        let path = PathBuf::from(format!("/proc/self/fd/{}", file.as_raw_fd()));
        let (found, own) = (fs::metadata(&path).ok()?, file.metadata().ok()?);
        let is_same = (found.dev(), found.ino()) == (own.dev(), own.ino());
        is_same.then_some(Offer { path, _file: file })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}
