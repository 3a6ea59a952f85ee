//! The raw layer: every call into C, one a function.
//!
//! Functions here take references whose lifetimes uphold what libbpf wants, and turn its three ways
//! to say "no" (a negative errno, NULL with errno, -1 with errno) into [`Errno`]. A function that
//! cannot uphold its contract by types alone is `unsafe` and says what the caller owes.

#![allow(unsafe_code)]

mod arena;
pub(crate) mod attach;
pub(crate) mod btf;
pub(crate) mod by_path;
pub(crate) mod create;
pub(crate) mod elements;
pub(crate) mod epoll;
pub(crate) mod hook;
pub(crate) mod link;
pub(crate) mod link_info;
pub(crate) mod linker;
pub(crate) mod log;
pub(crate) mod map;
mod map_parts;
mod map_settings;
pub(crate) mod mapping;
pub(crate) mod memory_file;
pub(crate) mod netlink;
pub(crate) mod object;
pub(crate) mod perf;
pub(crate) mod probe;
pub(crate) mod process;
pub(crate) mod program;
pub(crate) mod program_code;
pub(crate) mod program_settings;
pub(crate) mod ring_memory;
pub(crate) mod shadow;
pub(crate) mod syscall;
pub(crate) mod test_run;
pub(crate) mod text;
pub(crate) mod token;

use std::ffi::{CStr, c_char, c_int};

/// A positive `errno` value, also one of libbpf's own (4000 and up).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Errno(pub(crate) i32);

impl From<&std::io::Error> for Errno {
    /// What the standard library finds wrong itself, such as a file that ends too early, has no number.
    fn from(error: &std::io::Error) -> Errno {
        Errno(error.raw_os_error().unwrap_or(libc::EIO))
    }
}

pub(crate) type Result<T> = core::result::Result<T, Errno>;

/// For functions that return a value, or a negative errno.
fn check(returned: c_int) -> Result<c_int> {
    if returned < 0 {
        Err(Errno(returned.saturating_neg()))
    } else {
        Ok(returned)
    }
}

/// The errno that a function which returned NULL has left.
fn last_errno() -> Errno {
    let code = std::io::Error::last_os_error().raw_os_error().unwrap_or(0);
    // A failure without a reason is still a failure.
    Errno(if code == 0 { libc::EINVAL } else { code })
}

/// Borrows a C string that a libbpf function returned; NULL is the empty string.
///
/// # Safety
///
/// `text` is NULL or a NUL-terminated string that stays unchanged for `'a`.
unsafe fn c_str<'a>(text: *const c_char) -> &'a CStr {
    if text.is_null() {
        c""
    } else {
        // SAFETY: the caller promises a NUL-terminated string that lives for 'a.
        unsafe { CStr::from_ptr(text) }
    }
}
