//! Pins: names in a BPF file system, which keep what is in the kernel.

use crate::error::{Error, ErrorKind, Result};
use crate::object::c_path;
use crate::raw::{Errno, link_info, syscall};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::path::Path;

/// What can be pinned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pinned {
    Map,
    Program,
    Link,
}

impl Pinned {
    fn name(self) -> &'static str {
        match self {
            Pinned::Map => "map",
            Pinned::Program => "program",
            Pinned::Link => "link",
        }
    }

    /// A line that procfs has for descriptors of this kind only.
    fn mark(self) -> &'static str {
        match self {
            Pinned::Map => "map_id:",
            Pinned::Program => "prog_id:",
            Pinned::Link => "link_id:",
        }
    }

    /// Whether the descriptor is of this kind. The system call that tells what is known of a descriptor answers
    /// for any kind, in that kind's terms.
    pub(crate) fn is_kind_of(self, fd: BorrowedFd<'_>) -> bool {
        let path = format!("/proc/self/fdinfo/{}", fd.as_raw_fd());
        let Ok(text) = std::fs::read_to_string(path) else {
            return false;
        };
        let is = |kind: Pinned| text.lines().any(|line| line.starts_with(kind.mark()));
        // A link's lines tell its program's, too.
        is(self) && (self == Pinned::Link || !is(Pinned::Link))
    }
}

/// Pins what the descriptor is of.
pub(crate) fn pin(fd: BorrowedFd<'_>, path: &Path, what: &str) -> Result<()> {
    let operation = format!("pin {what} at `{}`", path.display());
    let c_path = c_path(&operation, path)?;
    syscall::pin(fd, &c_path).map_err(|errno| refused(operation, errno))
}

/// The error for a pin that the kernel did not make.
pub(crate) fn refused(operation: String, errno: Errno) -> Error {
    let error = Error::system(operation, errno);
    match errno.0 {
        libc::EPERM | libc::EINVAL => error.with_hint(
            "pins are files of a BPF file system (mount -t bpf bpf /sys/fs/bpf), in folders without dots in their \
             names",
        ),
        _ => error,
    }
}

/// Opens what is pinned at a path, if it is of this kind.
pub(crate) fn open(path: &Path, kind: Pinned) -> Result<OwnedFd> {
    let operation = format!("open the {} pinned at `{}`", kind.name(), path.display());
    let c_path = c_path(&operation, path)?;
    let fd = syscall::open_pinned(&c_path).map_err(|errno| Error::system(&*operation, errno))?;
    check(fd.as_fd(), kind, &operation)?;
    Ok(fd)
}

/// Removes a pin.
pub(crate) fn remove(path: &Path) -> crate::raw::Result<()> {
    std::fs::remove_file(path).map_err(|error| Errno::from(&error))
}

/// That what was pinned is of this kind.
pub(crate) fn check(fd: BorrowedFd<'_>, kind: Pinned, operation: &str) -> Result<()> {
    if kind.is_kind_of(fd) {
        return Ok(());
    }
    Err(Error::new(
        operation,
        ErrorKind::InvalidInput {
            reason: format!("what is pinned there is no {}", kind.name()),
        },
    ))
}

/// That what is pinned at a path is what the descriptor is of.
pub(crate) fn check_pinned(
    fd: BorrowedFd<'_>,
    path: &Path,
    kind: Pinned,
    what: &str,
) -> Result<()> {
    let operation = format!("unpin {what} from `{}`", path.display());
    let c_path = c_path(&operation, path)?;
    let system = |errno| Error::system(&*operation, errno);
    let pinned = syscall::open_pinned(&c_path).map_err(system)?;
    check(pinned.as_fd(), kind, &operation)?;
    let ours = id(fd, kind).map_err(system)?;
    if id(pinned.as_fd(), kind).map_err(system)? == ours {
        return Ok(());
    }
    let reason = format!("another {} is pinned there", kind.name());
    Err(Error::new(operation, ErrorKind::InvalidInput { reason }))
}

/// Removes a pin of what the descriptor is of.
pub(crate) fn unpin(fd: BorrowedFd<'_>, path: &Path, kind: Pinned, what: &str) -> Result<()> {
    check_pinned(fd, path, kind, what)?;
    std::fs::remove_file(path).map_err(|error| {
        let errno = Errno::from(&error);
        Error::system(format!("unpin {what} from `{}`", path.display()), errno)
    })
}

fn id(fd: BorrowedFd<'_>, kind: Pinned) -> crate::raw::Result<u32> {
    match kind {
        Pinned::Map => syscall::map_info(fd).map(|info| info.id),
        Pinned::Program => syscall::program_info(fd).map(|info| info.id),
        Pinned::Link => link_info::plain(fd).map(|info| info.id),
    }
}

impl std::fmt::Display for Pinned {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}
