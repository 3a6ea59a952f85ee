//! Values of struct_ops maps, by name.

#![allow(unsafe_code)]

use crate::error::{Failure, pointer};
use crate::open::Open;
use crate::text::{given_mut, name};
use libbpf_ffi::ext::{
    bpf_struct_ops_map_info, bpf_struct_ops_problem, bpf_struct_ops_problem__format,
    bpf_struct_ops_shadow__check_layout, bpf_struct_ops_shadow__initial_value,
};
use libbpf_ffi::{bpf_map, bpf_object__find_map_by_name};
use libbpf_safe::ffi::bpf_struct_ops_shadow;
use std::ffi::{CStr, c_char, c_void};
use std::ptr;

/// The value of a struct_ops map, to be changed until load.
///
/// # Safety
///
/// `open` is a handle that was not ended, which no other thread uses; `map` ends with a NUL; `layout` is NULL, or as
/// `libbpf_struct_ops.h` wants it; `size` is NULL, or has room for it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn libbpf_safe_open__struct_ops(
    open: *mut Open<'static>,
    map: *const c_char,
    layout: *const bpf_struct_ops_map_info,
    size: *mut usize,
) -> *mut c_void {
    // SAFETY: find_struct_ops wants what the caller promises.
    pointer(|| unsafe { find_struct_ops(open, map, layout, size) })
}

/// # Safety
///
/// As for [`libbpf_safe_open__struct_ops`].
unsafe fn find_struct_ops(
    open: *mut Open<'static>,
    map: *const c_char,
    layout: *const bpf_struct_ops_map_info,
    size: *mut usize,
) -> Result<*mut c_void, Failure> {
    // SAFETY: given_mut wants what the caller promises.
    let open = unsafe { given_mut(open) }?;
    // SAFETY: text::name wants what the caller promises.
    let name = unsafe { name(map) }?;
    let (object, shadow) = open.lend()?;
    let missing = || {
        let text = format!("cannot find struct_ops map `{name}`: no such map");
        Failure::new(libc::ENOENT, text)
    };
    // SAFETY: bpf_object__find_map_by_name wants an open object and a string: the handle's, and the caller's.
    let map: *const bpf_map = unsafe { bpf_object__find_map_by_name(object, map) };
    if map.is_null() {
        return Err(missing());
    }
    // SAFETY: bpf_struct_ops_shadow__initial_value wants a shadow, any map, and room for a size: the handle's, and the
    // caller's.
    let value = unsafe { bpf_struct_ops_shadow__initial_value(shadow, map, size) };
    if value.is_null() {
        return Err(missing());
    }
    if !layout.is_null() {
        // SAFETY: check_layout wants a shadow, a map of it, and info: the handle's, and the caller's.
        unsafe { check_layout(shadow, map, layout) }?;
    }
    Ok(value)
}

/// # Safety
///
/// The map is of the object that the shadow was made for, and the layout is as `libbpf_struct_ops.h` wants it.
unsafe fn check_layout(
    shadow: *mut bpf_struct_ops_shadow,
    map: *const bpf_map,
    layout: *const bpf_struct_ops_map_info,
) -> Result<(), Failure> {
    let mut problems = String::new();
    // SAFETY: bpf_struct_ops_shadow__check_layout wants what the caller promises; report matches its ctx.
    let returned = unsafe {
        bpf_struct_ops_shadow__check_layout(
            shadow,
            map,
            layout,
            Some(report),
            ptr::from_mut(&mut problems).cast(),
        )
    };
    match returned {
        0 => Ok(()),
        errno => Err(Failure::new(errno.saturating_neg(), problems)),
    }
}

/// Adds a problem to a `String`.
unsafe extern "C" fn report(ctx: *mut c_void, problem: *const bpf_struct_ops_problem) {
    // SAFETY: check_layout passes a String, which nobody else uses meanwhile.
    let problems = unsafe { &mut *ctx.cast::<String>() };
    let mut line = [0u8; 512];
    // SAFETY: bpf_struct_ops_problem__format reads the problem, which lives during this call, and writes at most
    // line.len() bytes, NUL included.
    unsafe { bpf_struct_ops_problem__format(problem, line.as_mut_ptr().cast(), line.len()) };
    if let Ok(line) = CStr::from_bytes_until_nul(&line) {
        if !problems.is_empty() {
            problems.push_str("; ");
        }
        problems.push_str(&line.to_string_lossy());
    }
}
