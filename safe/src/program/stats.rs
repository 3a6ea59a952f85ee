use crate::error::{Error, Result};
use crate::raw::syscall;
use std::os::fd::OwnedFd;

/// While this lives, the kernel counts how often and how long every program runs.
///
/// Reading: [`ProgramInfo::run_count`](super::ProgramInfo::run_count) and
/// [`run_time`](super::ProgramInfo::run_time).
#[derive(Debug)]
#[must_use = "statistics end when this is dropped"]
pub struct RunStatistics {
    _fd: OwnedFd,
}

/// Lets the kernel count the runs of all programs until the result is dropped. A run then costs some
/// 20 ns more.
///
/// Since Linux 5.8; needs `CAP_SYS_ADMIN`.
///
/// # Errors
///
/// The caller may not, or the kernel is older.
#[doc(alias = "bpf_enable_stats")]
pub fn enable_run_statistics() -> Result<RunStatistics> {
    syscall::enable_run_time_stats()
        .map(|fd| RunStatistics { _fd: fd })
        .map_err(|errno| {
            Error::system("enable run statistics of BPF programs", errno)
                .with_hint("this needs CAP_SYS_ADMIN and Linux 5.8")
        })
}
