//! Work in a copy of this process: what ends it is seen, and what it keeps in static variables goes with it.
#![allow(unsafe_code)]

use libbpf_tests::faults::operations::linking_folder;
use std::fs;
use std::io::Error;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// What the copy says when it ends by panicking.
const PANIC: u8 = 101;

/// Does it in a copy of this process, which has no other thread. What it gives, or the signal that ended it.
pub(crate) fn in_child(work: impl FnOnce() -> u8) -> Result<u8, i32> {
    // SAFETY: fork copies this process. The caller's is the only thread, so no lock stays held in the copy.
    let child = unsafe { libc::fork() };
    assert!(child >= 0, "fork: {}", Error::last_os_error());
    if child == 0 {
        let status = catch_unwind(AssertUnwindSafe(work)).unwrap_or(PANIC);
        // SAFETY: _exit ends this process, and nothing of what the copy has of other tests runs.
        unsafe { libc::_exit(status.into()) };
    }
    let mut status = 0;
    // SAFETY: waitpid writes one status.
    let waited = unsafe { libc::waitpid(child, &mut status, 0) };
    assert_eq!(waited, child, "waitpid: {}", Error::last_os_error());
    let _ = fs::remove_dir_all(linking_folder(child.unsigned_abs()));
    if libc::WIFEXITED(status) {
        let status = libc::WEXITSTATUS(status) as u8;
        assert_ne!(status, PANIC);
        Ok(status)
    } else {
        Err(libc::WTERMSIG(status))
    }
}
