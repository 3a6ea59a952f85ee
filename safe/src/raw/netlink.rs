//! XDP and traffic control by netlink, as libbpf does it: `bpf_xdp_…`, `bpf_tc_…`.

use super::{Result, check};
use libbpf_ffi as ffi;
use std::ffi::CStr;
use std::os::fd::{AsRawFd, BorrowedFd};
use std::ptr;

/// `bpf_xdp_attach`
pub(crate) fn attach_xdp(
    device: i32,
    program: BorrowedFd<'_>,
    flags: u32,
    replace: Option<BorrowedFd<'_>>,
) -> Result<()> {
    let options = xdp_options(replace);
    // SAFETY: bpf_xdp_attach takes numbers and reads the options during the call.
    check(unsafe { ffi::bpf_xdp_attach(device, program.as_raw_fd(), flags, &options) }).map(drop)
}

/// `bpf_xdp_detach`
pub(crate) fn detach_xdp(device: i32, flags: u32, expected: Option<BorrowedFd<'_>>) -> Result<()> {
    let options = xdp_options(expected);
    // SAFETY: bpf_xdp_detach takes numbers and reads the options during the call.
    check(unsafe { ffi::bpf_xdp_detach(device, flags, &options) }).map(drop)
}

fn xdp_options(old: Option<BorrowedFd<'_>>) -> ffi::bpf_xdp_attach_opts {
    ffi::bpf_xdp_attach_opts {
        sz: size_of::<ffi::bpf_xdp_attach_opts>() as _,
        old_prog_fd: old.map_or(0, |old| old.as_raw_fd()),
        ..Default::default()
    }
}

/// `bpf_xdp_query`
pub(crate) fn query_xdp(device: i32) -> Result<ffi::bpf_xdp_query_opts> {
    let mut options = ffi::bpf_xdp_query_opts {
        sz: size_of::<ffi::bpf_xdp_query_opts>() as _,
        ..Default::default()
    };
    // SAFETY: bpf_xdp_query takes numbers and writes to the options during the call.
    check(unsafe { ffi::bpf_xdp_query(device, 0, &mut options) })?;
    Ok(options)
}

/// Where in traffic control.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TcHook<'a> {
    pub(crate) device: i32,
    /// `BPF_TC_…`
    pub(crate) point: u32,
    pub(crate) parent: u32,
    /// Of a queueing discipline, with its name.
    pub(crate) handle: u32,
    pub(crate) qdisc: Option<&'a CStr>,
}

/// A filter: what is told, or what is asked for.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct TcFilter {
    pub(crate) program_id: u32,
    pub(crate) handle: u32,
    pub(crate) priority: u32,
}

impl TcHook<'_> {
    fn to_c(self) -> ffi::bpf_tc_hook {
        ffi::bpf_tc_hook {
            sz: size_of::<ffi::bpf_tc_hook>() as _,
            ifindex: self.device,
            attach_point: self.point,
            parent: self.parent,
            handle: self.handle,
            qdisc: self.qdisc.map_or(ptr::null(), CStr::as_ptr),
        }
    }

    /// `bpf_tc_hook_create`
    pub(crate) fn create(self) -> Result<()> {
        let mut hook = self.to_c();
        // SAFETY: bpf_tc_hook_create reads the hook, and the name that self lends, during the call.
        check(unsafe { ffi::bpf_tc_hook_create(&mut hook) }).map(drop)
    }

    /// `bpf_tc_hook_destroy`
    pub(crate) fn destroy(self) -> Result<()> {
        let mut hook = self.to_c();
        // SAFETY: bpf_tc_hook_destroy reads the hook, and the name that self lends, during the call.
        check(unsafe { ffi::bpf_tc_hook_destroy(&mut hook) }).map(drop)
    }

    /// `bpf_tc_attach`
    pub(crate) fn attach(
        self,
        program: BorrowedFd<'_>,
        filter: TcFilter,
        replace: bool,
    ) -> Result<TcFilter> {
        let hook = self.to_c();
        let mut options = filter.to_c();
        options.prog_fd = program.as_raw_fd();
        options.flags = if replace { ffi::BPF_TC_F_REPLACE } else { 0 };
        // SAFETY: bpf_tc_attach reads the hook, and reads and writes the options, during the call.
        check(unsafe { ffi::bpf_tc_attach(&hook, &mut options) })?;
        Ok(TcFilter::from_c(&options))
    }

    /// `bpf_tc_detach`
    pub(crate) fn detach(self, filter: TcFilter) -> Result<()> {
        let hook = self.to_c();
        let options = filter.to_c();
        // SAFETY: bpf_tc_detach reads the hook and the options during the call.
        check(unsafe { ffi::bpf_tc_detach(&hook, &options) }).map(drop)
    }

    /// `bpf_tc_query`
    pub(crate) fn query(self, filter: TcFilter) -> Result<TcFilter> {
        let hook = self.to_c();
        let mut options = filter.to_c();
        // SAFETY: bpf_tc_query reads the hook, and reads and writes the options, during the call.
        check(unsafe { ffi::bpf_tc_query(&hook, &mut options) })?;
        Ok(TcFilter::from_c(&options))
    }
}

impl TcFilter {
    /// Without the program's id, which these functions want to be 0.
    fn to_c(self) -> ffi::bpf_tc_opts {
        ffi::bpf_tc_opts {
            sz: size_of::<ffi::bpf_tc_opts>() as _,
            handle: self.handle,
            priority: self.priority,
            ..Default::default()
        }
    }

    fn from_c(options: &ffi::bpf_tc_opts) -> TcFilter {
        TcFilter {
            program_id: options.prog_id,
            handle: options.handle,
            priority: options.priority,
        }
    }
}
