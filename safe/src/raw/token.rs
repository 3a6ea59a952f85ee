//! Tokens: what a BPF file system delegates.

use super::{Result, check};
use libbpf_ffi as ffi;
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd};
use std::ptr;

/// `bpf_token_create`
pub(crate) fn create(bpf_file_system: BorrowedFd<'_>) -> Result<OwnedFd> {
    let folder = bpf_file_system.as_raw_fd();
    // SAFETY: bpf_token_create takes a descriptor, and NULL for options.
    let fd = check(unsafe { ffi::bpf_token_create(folder, ptr::null_mut()) })?;
    // SAFETY: a fresh descriptor that nobody else owns.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}
