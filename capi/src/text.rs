//! Strings from C.

#![allow(unsafe_code)]

use crate::error::Failure;
use std::ffi::{CStr, OsStr, c_char};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

/// Text that C has passed; `None` for NULL.
///
/// # Safety
///
/// `text` is NULL, or ends with a NUL and stays as it is for `'a`.
pub(crate) unsafe fn text<'a>(text: *const c_char) -> Result<Option<&'a str>, Failure> {
    if text.is_null() {
        return Ok(None);
    }
    // SAFETY: CStr::from_ptr wants what the caller promises.
    let text = unsafe { CStr::from_ptr(text) };
    match text.to_str() {
        Ok(text) => Ok(Some(text)),
        Err(_) => Err(Failure::new(
            libc::EINVAL,
            format!("`{}` is not UTF-8", text.to_string_lossy()),
        )),
    }
}

/// The same where it must not be NULL.
///
/// # Safety
///
/// As for [`text`].
pub(crate) unsafe fn name<'a>(name: *const c_char) -> Result<&'a str, Failure> {
    // SAFETY: text wants what the caller promises.
    let name = unsafe { text(name) };
    name?.ok_or_else(|| Failure::new(libc::EINVAL, "a name is NULL"))
}

/// A path, in whatever encoding; `None` for NULL.
///
/// # Safety
///
/// As for [`text`].
pub(crate) unsafe fn path<'a>(path: *const c_char) -> Option<&'a Path> {
    if path.is_null() {
        return None;
    }
    // SAFETY: CStr::from_ptr wants what the caller promises.
    let path = unsafe { CStr::from_ptr(path) };
    Some(Path::new(OsStr::from_bytes(path.to_bytes())))
}

/// What a handle of C's points to.
///
/// # Safety
///
/// `handle` is NULL, or points to what lives for `'a` and which nobody changes meanwhile.
pub(crate) unsafe fn given<'a, T>(handle: *const T) -> Result<&'a T, Failure> {
    // SAFETY: the caller's promise.
    unsafe { handle.as_ref() }.ok_or_else(|| Failure::new(libc::EINVAL, "the handle is NULL"))
}

/// The same, to be changed.
///
/// # Safety
///
/// `handle` is NULL, or points to what lives for `'a` and which nobody else uses meanwhile.
pub(crate) unsafe fn given_mut<'a, T>(handle: *mut T) -> Result<&'a mut T, Failure> {
    // SAFETY: the caller's promise.
    unsafe { handle.as_mut() }.ok_or_else(|| Failure::new(libc::EINVAL, "the handle is NULL"))
}
