//! Room for descriptors before load.
//!
//! Where one of libbpf's probes of the kernel gets no descriptor, libbpf takes the feature for missing, for
//! as long as the process lives: every later load would fail.

use crate::raw::{self, Errno, syscall};
use std::os::fd::AsRawFd;

/// How many descriptors load needs beside those of programs; maps have theirs from open.
const PROBES: usize = 8;

/// Whether this process can have as many more descriptors as load needs for this many programs. Another
/// thread can still take them.
pub(super) fn room_for(programs: usize) -> raw::Result<()> {
    let count = programs.saturating_add(PROBES);
    let full = |error: std::io::Error| match error.raw_os_error() {
        Some(code @ (libc::EMFILE | libc::ENFILE)) => Err(Errno(code)),
        // It cannot be tried: load will say what is wrong.
        _ => Ok(()),
    };
    let first = match std::fs::File::open("/") {
        Ok(first) => first,
        Err(error) => return full(error),
    };
    // Mostly enough of the next numbers are free, which one call tells.
    if syscall::are_free(first.as_raw_fd(), count) {
        return Ok(());
    }
    let mut others = Vec::new();
    for _ in 1..count {
        match first.try_clone() {
            Ok(other) => others.push(other),
            Err(error) => return full(error),
        }
    }
    Ok(())
}
