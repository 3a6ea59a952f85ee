//! Descriptors by ids and pins, with options.

use super::{Result, check};
use libbpf_ffi as ffi;
use std::ffi::CStr;
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd};

fn by_id(flags: u32, token: Option<BorrowedFd<'_>>) -> ffi::bpf_get_fd_by_id_opts {
    ffi::bpf_get_fd_by_id_opts {
        sz: size_of::<ffi::bpf_get_fd_by_id_opts>() as ffi::size_t,
        open_flags: flags | token.map_or(0, |_| ffi::BPF_F_TOKEN_FD),
        token_fd: token.map_or(0, |token| token.as_raw_fd() as u32),
    }
}

/// `bpf_map_get_fd_by_id_opts`, without a token, which no kernel takes
pub(crate) fn map_by_id(id: u32, flags: u32) -> Result<OwnedFd> {
    let options = by_id(flags, None);
    // SAFETY: bpf_map_get_fd_by_id_opts takes a number, and reads options during the call.
    let fd = check(unsafe { ffi::bpf_map_get_fd_by_id_opts(id, &options) })?;
    // SAFETY: a fresh descriptor that nobody else owns.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}

/// `bpf_btf_get_fd_by_id_opts`
pub(crate) fn btf_by_id(id: u32, token: BorrowedFd<'_>) -> Result<OwnedFd> {
    let options = by_id(0, Some(token));
    // SAFETY: bpf_btf_get_fd_by_id_opts takes a number, and reads options during the call.
    let fd = check(unsafe { ffi::bpf_btf_get_fd_by_id_opts(id, &options) })?;
    // SAFETY: a fresh descriptor that nobody else owns.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}

/// `bpf_obj_pin_opts`, from a folder
pub(crate) fn pin_at(fd: BorrowedFd<'_>, folder: BorrowedFd<'_>, path: &CStr) -> Result<()> {
    let options = ffi::bpf_obj_pin_opts {
        sz: size_of::<ffi::bpf_obj_pin_opts>() as ffi::size_t,
        file_flags: ffi::BPF_F_PATH_FD,
        path_fd: folder.as_raw_fd(),
    };
    // SAFETY: bpf_obj_pin_opts takes descriptors, and reads the path and options during the call.
    check(unsafe { ffi::bpf_obj_pin_opts(fd.as_raw_fd(), path.as_ptr(), &options) }).map(drop)
}

/// `bpf_obj_get_opts`, from a folder
pub(crate) fn open_pinned_at(folder: BorrowedFd<'_>, path: &CStr, flags: u32) -> Result<OwnedFd> {
    let options = ffi::bpf_obj_get_opts {
        sz: size_of::<ffi::bpf_obj_get_opts>() as ffi::size_t,
        file_flags: ffi::BPF_F_PATH_FD | flags,
        path_fd: folder.as_raw_fd(),
    };
    // SAFETY: bpf_obj_get_opts takes a descriptor, and reads the path and options during the call.
    let fd = check(unsafe { ffi::bpf_obj_get_opts(path.as_ptr(), &options) })?;
    // SAFETY: a fresh descriptor that nobody else owns.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}
