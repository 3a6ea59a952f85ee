//! The policy in C, as functions for Rust.

#![allow(unsafe_code)]

use bpf_safe::{LoadedObject, Open, libbpf_safe_object, libbpf_safe_open};
use std::ffi::c_int;
use std::io;

/// `struct policy_report`
#[derive(Debug, Default)]
#[repr(C)]
pub(crate) struct Report {
    pub(crate) map_id: u32,
    /// In segments.
    pub(crate) window_limit: u32,
    /// Of the callback that was chosen.
    pub(crate) calls: u64,
}

unsafe extern "C" {
    fn policy_configure(open: *mut libbpf_safe_open, window_limit: u32) -> c_int;
    fn policy_report(object: *mut libbpf_safe_object, report: *mut Report) -> c_int;
}

/// Sets the congestion control up.
pub(crate) fn configure(mut open: Open<'_>, window_limit: u32) -> io::Result<()> {
    // SAFETY: policy_configure follows libbpf_safe.h: it sets what can be set, and keeps nothing.
    result(unsafe { policy_configure(open.as_ptr(), window_limit) })
}

/// What it did so far.
pub(crate) fn report(mut object: LoadedObject) -> io::Result<Report> {
    let mut report = Report::default();
    // SAFETY: policy_report follows libbpf_safe.h: it reads maps and variables, and keeps nothing.
    result(unsafe { policy_report(object.as_ptr(), &mut report) })?;
    Ok(report)
}

fn result(returned: c_int) -> io::Result<()> {
    match returned {
        0 => Ok(()),
        errno => Err(io::Error::from_raw_os_error(errno.saturating_neg())),
    }
}
