//! Failures in C's terms: an errno, and words for the thread that asks.

#![allow(unsafe_code)]

use libbpf_safe::{Error, ErrorKind};
use std::cell::RefCell;
use std::ffi::{CString, c_char, c_int};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;

/// `LIBBPF_SAFE_ABI_VERSION`
const ABI_VERSION: u32 = 1;

thread_local! {
    static LAST: RefCell<CString> = RefCell::default();
}

/// What a call could not do.
#[derive(Debug)]
pub(crate) struct Failure {
    errno: c_int,
    text: String,
}

impl Failure {
    pub(crate) fn new(errno: c_int, text: impl Into<String>) -> Failure {
        let text = text.into();
        Failure { errno, text }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        let errno = error.raw_os_error().unwrap_or(match error.kind() {
            ErrorKind::NotFound => libc::ENOENT,
            ErrorKind::PermissionDenied => libc::EPERM,
            ErrorKind::AlreadyExists => libc::EEXIST,
            _ => libc::EINVAL,
        });
        Failure::new(errno, error.to_string())
    }
}

/// Keeps the words, and sets errno: its number.
fn tell(failure: Failure) -> c_int {
    let text: Vec<u8> = failure.text.into_bytes();
    let text: Vec<u8> = text.into_iter().filter(|&byte| byte != 0).collect();
    // Fails at the end of a thread only, when nobody can ask any more.
    let _ = LAST.try_with(|last| last.replace(CString::new(text).unwrap_or_default()));
    // SAFETY: __errno_location takes nothing.
    let errno = unsafe { libc::__errno_location() };
    // SAFETY: __errno_location returned the place of this thread's errno, which lives as long as the thread.
    unsafe { *errno = failure.errno };
    failure.errno
}

/// A panic would end the program in C, which may have more to do than this library's part of it.
fn guarded<T>(call: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
    // What a handle refers to is libbpf-safe's, which holds no lock and no half of a change across user code.
    catch_unwind(AssertUnwindSafe(call)).unwrap_or_else(|_| {
        let text = "a fault of libbpf-safe, which has told on stderr where it is: please report it";
        Err(Failure::new(libc::ENOTRECOVERABLE, text))
    })
}

/// A handle for C that C has to end; NULL and errno for a failure.
pub(crate) fn handle<T>(call: impl FnOnce() -> Result<T, Failure>) -> *mut T {
    pointer(|| Ok(Box::into_raw(Box::new(call()?))))
}

/// A pointer for C; NULL and errno for a failure.
pub(crate) fn pointer<T>(call: impl FnOnce() -> Result<*mut T, Failure>) -> *mut T {
    guarded(call).unwrap_or_else(|failure| {
        tell(failure);
        ptr::null_mut()
    })
}

/// A number for C; negative and errno for a failure.
pub(crate) fn number(call: impl FnOnce() -> Result<c_int, Failure>) -> c_int {
    guarded(call).unwrap_or_else(|failure| tell(failure).saturating_neg())
}

/// Ends a handle that C owns: whatever happens, it is gone.
///
/// # Safety
///
/// `handle` is NULL, or comes from [`handle`](fn@handle), and was not ended.
pub(crate) unsafe fn end<T>(handle: *mut T, end: impl FnOnce(T)) {
    if !handle.is_null() {
        // SAFETY: Box::from_raw wants what Box::into_raw has made, once: the caller's promise.
        let held = unsafe { Box::from_raw(handle) };
        let ended = guarded(|| {
            end(*held);
            Ok(())
        });
        if let Err(failure) = ended {
            tell(failure);
        }
    }
}

/// The version of the ABI, to be held against that of a header.
#[unsafe(no_mangle)]
pub extern "C" fn libbpf_safe__abi_version() -> u32 {
    ABI_VERSION
}

/// What the last call on this thread that failed had to say. Until the next call on this thread.
#[unsafe(no_mangle)]
pub extern "C" fn libbpf_safe__error() -> *const c_char {
    LAST.try_with(|last| last.borrow().as_ptr())
        .unwrap_or(c"".as_ptr())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::panic)]

    use super::{Failure, handle, libbpf_safe__error, number};
    use std::ffi::CStr;
    use std::io;

    fn last() -> (Option<i32>, String) {
        let errno = io::Error::last_os_error().raw_os_error();
        // SAFETY: libbpf_safe__error returns a string that is there until the next call on this thread.
        let text = unsafe { CStr::from_ptr(libbpf_safe__error()) };
        (errno, text.to_string_lossy().into_owned())
    }

    #[test]
    fn a_panic_is_an_error_for_c() {
        assert_eq!(number(|| panic!("a fault")), -libc::ENOTRECOVERABLE);
        let (errno, text) = last();
        assert_eq!(errno, Some(libc::ENOTRECOVERABLE));
        assert!(text.starts_with("a fault of libbpf-safe"), "{text}");
        assert!(handle(|| -> Result<u8, Failure> { panic!("another") }).is_null());
    }

    #[test]
    fn words_have_no_nul_inside() {
        let failed = number(|| Err(Failure::new(libc::ENOENT, "no `a\0b`")));
        assert_eq!(failed, -libc::ENOENT);
        assert_eq!(last(), (Some(libc::ENOENT), "no `ab`".to_owned()));
    }
}
