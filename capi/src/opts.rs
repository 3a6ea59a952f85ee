//! How to open an object, in C's terms.

#![allow(unsafe_code)]

use crate::error::Failure;
use crate::text::{path, text};
use libbpf_safe::OpenOptions;
use std::ffi::c_char;
use std::slice;

/// `struct libbpf_safe_open_opts`
#[derive(Debug)]
#[repr(C)]
#[allow(missing_docs)]
pub struct OpenOpts {
    pub sz: usize,
    pub name: *const c_char,
    pub btf_path: *const c_char,
    pub kconfig: *const c_char,
    pub pin_root: *const c_char,
}

/// # Safety
///
/// `opts` is NULL, or has as many bytes as it says, with strings that are NULL or end with a NUL.
pub(crate) unsafe fn options(opts: *const OpenOpts) -> Result<OpenOptions, Failure> {
    let mut options = OpenOptions::new();
    // SAFETY: the first member is there in any version: the caller's promise.
    let Some(size) = (unsafe { opts.cast::<usize>().as_ref() }) else {
        return Ok(options);
    };
    if *size < size_of::<OpenOpts>() {
        return Err(Failure::new(
            libc::EINVAL,
            "opts->sz is smaller than struct libbpf_safe_open_opts",
        ));
    }
    // SAFETY: slice::from_raw_parts wants as many bytes as opts says it has: the caller's promise.
    let bytes = unsafe { slice::from_raw_parts(opts.cast::<u8>(), *size) };
    if (bytes.iter().skip(size_of::<OpenOpts>())).any(|&byte| byte != 0) {
        return Err(Failure::new(
            libc::E2BIG,
            "opts has a member set that this version of libbpf_safe does not know: install the header's",
        ));
    }
    // SAFETY: the caller's promise, and the size was looked at.
    let opts = unsafe { &*opts };
    // SAFETY: strings of opts: the caller's promise.
    if let Some(name) = unsafe { text(opts.name) }? {
        options = options.name(name);
    }
    // SAFETY: as above.
    if let Some(path) = unsafe { path(opts.btf_path) } {
        options = options.btf_path(path);
    }
    // SAFETY: as above.
    if let Some(kconfig) = unsafe { text(opts.kconfig) }? {
        options = options.kconfig(kconfig);
    }
    // SAFETY: as above.
    if let Some(path) = unsafe { path(opts.pin_root) } {
        options = options.pin_root(path);
    }
    Ok(options)
}
