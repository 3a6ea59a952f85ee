//! Tracepoints, `fentry` and its kin, LSM, perf events, iterators, replacement of functions.

use super::super::Result;
use super::super::link::Link;
use super::{Attaching, made};
use libbpf_ffi as ffi;
use std::ffi::CStr;
use std::os::fd::{AsRawFd, BorrowedFd, IntoRawFd, OwnedFd};

/// The options of a program at a perf event.
pub(crate) struct PerfEvent {
    pub(crate) cookie: u64,
    pub(crate) by_ioctl: bool,
    pub(crate) disabled: bool,
}

impl Attaching<'_> {
    /// `bpf_program__attach_tracepoint_opts`
    pub(crate) fn tracepoint(self, category: &CStr, name: &CStr, cookie: u64) -> Result<Link> {
        let options = ffi::bpf_tracepoint_opts {
            sz: size_of::<ffi::bpf_tracepoint_opts>() as _,
            bpf_cookie: cookie,
        };
        // SAFETY: bpf_program__attach_tracepoint_opts takes a program of a loaded object, by the type
        // invariant, and reads strings and options during the call.
        made(unsafe {
            ffi::bpf_program__attach_tracepoint_opts(
                self.as_ptr(),
                category.as_ptr(),
                name.as_ptr(),
                &options,
            )
        })
    }

    /// `bpf_program__attach_raw_tracepoint_opts`
    pub(crate) fn raw_tracepoint(self, name: &CStr, cookie: u64) -> Result<Link> {
        let mut options = ffi::bpf_raw_tracepoint_opts {
            sz: size_of::<ffi::bpf_raw_tracepoint_opts>() as _,
            cookie,
        };
        // SAFETY: bpf_program__attach_raw_tracepoint_opts takes a program of a loaded object, by the type
        // invariant, and reads the name and the options during the call.
        made(unsafe {
            ffi::bpf_program__attach_raw_tracepoint_opts(self.as_ptr(), name.as_ptr(), &mut options)
        })
    }

    /// `bpf_program__attach_trace_opts`
    pub(crate) fn trace(self, cookie: u64) -> Result<Link> {
        let options = ffi::bpf_trace_opts {
            sz: size_of::<ffi::bpf_trace_opts>() as _,
            cookie,
        };
        // SAFETY: bpf_program__attach_trace_opts takes a program of a loaded object, by the type invariant,
        // and reads the options during the call.
        made(unsafe { ffi::bpf_program__attach_trace_opts(self.as_ptr(), &options) })
    }

    /// `bpf_program__attach_lsm`
    pub(crate) fn lsm(self) -> Result<Link> {
        // SAFETY: bpf_program__attach_lsm takes a program of a loaded object: the type invariant.
        made(unsafe { ffi::bpf_program__attach_lsm(self.as_ptr()) })
    }

    /// `bpf_program__attach_perf_event_opts`
    pub(crate) fn perf_event(self, event: OwnedFd, how: &PerfEvent) -> Result<Link> {
        let options = ffi::bpf_perf_event_opts {
            sz: size_of::<ffi::bpf_perf_event_opts>() as _,
            bpf_cookie: how.cookie,
            force_ioctl_attach: how.by_ioctl,
            dont_enable: how.disabled,
            ..Default::default()
        };
        // SAFETY: bpf_program__attach_perf_event_opts takes a program of a loaded object, by the type
        // invariant, and a descriptor, which it owns where it succeeds, and reads the options during the call.
        let link = made(unsafe {
            ffi::bpf_program__attach_perf_event_opts(self.as_ptr(), event.as_raw_fd(), &options)
        })?;
        // The link closes it.
        let _ = event.into_raw_fd();
        Ok(link)
    }

    /// `bpf_program__attach_freplace`
    pub(crate) fn freplace(self, target: BorrowedFd<'_>, function: &CStr) -> Result<Link> {
        // SAFETY: bpf_program__attach_freplace takes a program of a loaded object, by the type invariant, a
        // descriptor and a name, which it reads during the call.
        made(unsafe {
            ffi::bpf_program__attach_freplace(self.as_ptr(), target.as_raw_fd(), function.as_ptr())
        })
    }

    /// `bpf_program__attach_iter`; `info` says what to iterate over.
    pub(crate) fn iterator(self, mut info: Option<ffi::bpf_iter_link_info>) -> Result<Link> {
        let size = info.map_or(0, |_| size_of::<ffi::bpf_iter_link_info>());
        let options = ffi::bpf_iter_attach_opts {
            sz: size_of::<ffi::bpf_iter_attach_opts>() as _,
            link_info_len: size as u32,
            link_info: info.as_mut().map_or(std::ptr::null_mut(), |info| info),
            ..Default::default()
        };
        // SAFETY: bpf_program__attach_iter takes a program of a loaded object, by the type invariant, and
        // reads the options, and the information of the given size, during the call.
        made(unsafe { ffi::bpf_program__attach_iter(self.as_ptr(), &options) })
    }
}
