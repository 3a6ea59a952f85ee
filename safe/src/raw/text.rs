//! What libbpf says of itself, and of errors.

use super::{c_int, c_str};
use libbpf_ffi as ffi;
use std::ffi::{CStr, c_char};

/// `libbpf_strerror`: also where libbpf has no words for it
pub(crate) fn error_text(errno: i32) -> String {
    let mut text: [c_char; 256] = [0; 256];
    // SAFETY: libbpf_strerror writes a NUL-terminated string of at most the size given.
    unsafe { ffi::libbpf_strerror(errno as c_int, text.as_mut_ptr(), text.len() as ffi::size_t) };
    let bytes: &[u8] = bytemuck::cast_slice(&text);
    let text = CStr::from_bytes_until_nul(bytes).unwrap_or_default();
    text.to_string_lossy().into_owned()
}

/// `libbpf_major_version`
pub(crate) fn major_version() -> u32 {
    // SAFETY: libbpf_major_version takes nothing.
    unsafe { ffi::libbpf_major_version() }
}

/// `libbpf_minor_version`
pub(crate) fn minor_version() -> u32 {
    // SAFETY: libbpf_minor_version takes nothing.
    unsafe { ffi::libbpf_minor_version() }
}

/// `libbpf_version_string`
pub(crate) fn version_string() -> &'static str {
    // SAFETY: libbpf_version_string takes nothing.
    let version = unsafe { ffi::libbpf_version_string() };
    // SAFETY: libbpf_version_string returns a string constant.
    unsafe { c_str(version) }.to_str().unwrap_or_default()
}
