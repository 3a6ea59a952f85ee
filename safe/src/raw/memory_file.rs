//! Files that are nowhere but in memory.

use super::{Result, check, last_errno};
use std::ffi::CStr;
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd};

/// `memfd_create`: an empty file that can be sealed.
pub(crate) fn create(name: &CStr) -> Result<OwnedFd> {
    let flags = libc::MFD_CLOEXEC | libc::MFD_ALLOW_SEALING;
    // SAFETY: memfd_create reads a string and takes a number.
    let fd =
        check(unsafe { libc::memfd_create(name.as_ptr(), flags) }).map_err(|_| last_errno())?;
    // SAFETY: a fresh descriptor that nobody else owns.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}

/// `fcntl(F_ADD_SEALS)`: from now on nobody changes the file.
pub(crate) fn seal(file: BorrowedFd<'_>) -> Result<()> {
    let seals = libc::F_SEAL_SEAL | libc::F_SEAL_SHRINK | libc::F_SEAL_GROW | libc::F_SEAL_WRITE;
    // SAFETY: fcntl with F_ADD_SEALS takes a number.
    check(unsafe { libc::fcntl(file.as_raw_fd(), libc::F_ADD_SEALS, seals) })
        .map(drop)
        .map_err(|_| last_errno())
}
