//! What libbpf finds out about the kernel by trying.

use super::{Result, check};
use libbpf_ffi as ffi;
use std::ffi::CStr;
use std::ptr;

/// `libbpf_probe_bpf_prog_type`
pub(crate) fn program_type(program_type: u32) -> Result<bool> {
    // SAFETY: libbpf_probe_bpf_prog_type takes a number, and NULL for options.
    check(unsafe { ffi::libbpf_probe_bpf_prog_type(program_type, ptr::null()) })
        .map(|found| found != 0)
}

/// `libbpf_probe_bpf_map_type`
pub(crate) fn map_type(map_type: u32) -> Result<bool> {
    // SAFETY: libbpf_probe_bpf_map_type takes a number, and NULL for options.
    check(unsafe { ffi::libbpf_probe_bpf_map_type(map_type, ptr::null()) }).map(|found| found != 0)
}

/// `libbpf_probe_bpf_helper`
pub(crate) fn helper(program_type: u32, helper: u32) -> Result<bool> {
    // SAFETY: libbpf_probe_bpf_helper takes numbers, and NULL for options.
    check(unsafe { ffi::libbpf_probe_bpf_helper(program_type, helper, ptr::null()) })
        .map(|found| found != 0)
}

/// `libbpf_prog_type_by_name`: the program's type and that of its attachment, by its section's name
pub(crate) fn types_of_section(section: &CStr) -> Result<(u32, u32)> {
    let (mut program_type, mut attach_type) = (0, 0);
    // SAFETY: libbpf_prog_type_by_name reads a string during the call, and writes two numbers.
    check(unsafe {
        ffi::libbpf_prog_type_by_name(section.as_ptr(), &mut program_type, &mut attach_type)
    })?;
    Ok((program_type, attach_type))
}

/// `libbpf_attach_type_by_name`: of programs that can be attached by its number, by their section's name
pub(crate) fn attach_type_of_section(section: &CStr) -> Result<u32> {
    let mut attach_type = 0;
    // SAFETY: libbpf_attach_type_by_name reads a string during the call, and writes a number.
    check(unsafe { ffi::libbpf_attach_type_by_name(section.as_ptr(), &mut attach_type) })?;
    Ok(attach_type)
}
