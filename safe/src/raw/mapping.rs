//! Memory of maps, mapped into this process.

use super::{Errno, Result};
use std::os::fd::{AsRawFd, BorrowedFd};
use std::ptr::{self, NonNull};

/// A shared mapping of a descriptor, unmapped on drop.
///
/// # Invariants
///
/// `address` is a mapping of `length` bytes, in whole pages, that nobody else unmaps. It can be read, and
/// written where it was made so.
#[derive(Debug)]
pub(crate) struct Mapping {
    address: NonNull<u8>,
    length: usize,
}

// SAFETY: a mapping belongs to the process, not to a thread; what is done with its memory is the
// affair of those who take its address.
unsafe impl Send for Mapping {}
// SAFETY: as above; `&Mapping` offers the address and the length only.
unsafe impl Sync for Mapping {}

impl Mapping {
    /// `mmap`: at least `length` bytes from the start of what the descriptor stands for.
    pub(crate) fn new(fd: BorrowedFd<'_>, length: usize, writable: bool) -> Result<Mapping> {
        Mapping::from_offset(fd, 0, length, writable)
    }

    /// As [`new`](Mapping::new), from this offset in bytes, which is of a page.
    pub(crate) fn from_offset(
        fd: BorrowedFd<'_>,
        offset: usize,
        length: usize,
        writable: bool,
    ) -> Result<Mapping> {
        let offset = libc::off_t::try_from(offset).map_err(|_| Errno(libc::EOVERFLOW))?;
        let length = whole_pages(length).ok_or(Errno(libc::EOVERFLOW))?;
        let protection = libc::PROT_READ | if writable { libc::PROT_WRITE } else { 0 };
        let (flags, fd) = (libc::MAP_SHARED, fd.as_raw_fd());
        // SAFETY: mmap without MAP_FIXED takes no address that is in use.
        let address = unsafe { libc::mmap(ptr::null_mut(), length, protection, flags, fd, offset) };
        if address == libc::MAP_FAILED {
            return Err(super::last_errno());
        }
        let address = NonNull::new(address.cast()).ok_or(Errno(libc::ENOMEM))?;
        // INVARIANT: mapped right here, and unmapped by the drop only.
        Ok(Mapping { address, length })
    }

    pub(crate) fn address(&self) -> NonNull<u8> {
        self.address
    }
}

impl Drop for Mapping {
    fn drop(&mut self) {
        // SAFETY: munmap takes a whole mapping that is in nobody else's hands: the type invariant.
        unsafe { libc::munmap(self.address.as_ptr().cast(), self.length) };
    }
}

/// `sysconf(_SC_PAGESIZE)`
pub(crate) fn page_size() -> usize {
    // SAFETY: sysconf takes a number.
    let size = unsafe { libc::sysconf(libc::_SC_PAGESIZE) };
    usize::try_from(size).unwrap_or(4096)
}

fn whole_pages(length: usize) -> Option<usize> {
    length.max(1).checked_next_multiple_of(page_size())
}
