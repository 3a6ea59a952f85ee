//! Attaching programs of a loaded object: a function for each of libbpf's.

mod network;
mod probe;
mod trace;

pub(crate) use network::Multi;
pub(crate) use probe::{Kprobe, KprobeMulti, Uprobe, UprobeMulti};
pub(crate) use trace::PerfEvent;

use super::link::Link;
use super::program::ProgramRef;
use super::{Result, last_errno};
use libbpf_ffi as ffi;
use std::ffi::{CStr, c_char};

/// A program that may be attached now.
///
/// # Invariants
///
/// The program's object is loaded; nobody else attaches or detaches programs of it as long as this lives (a
/// USDT attachment changes the object); whoever gets a link keeps the object as long as the link.
#[derive(Clone, Copy)]
pub(crate) struct Attaching<'a> {
    program: ProgramRef<'a>,
}

impl<'a> Attaching<'a> {
    /// # Safety
    ///
    /// The invariants of the type.
    pub(crate) unsafe fn new(program: ProgramRef<'a>) -> Self {
        // INVARIANT: the caller's promise.
        Attaching { program }
    }

    fn as_ptr(self) -> *const ffi::bpf_program {
        self.program.as_ptr()
    }

    /// `bpf_program__attach`
    pub(crate) fn by_section(self) -> Result<Link> {
        // SAFETY: bpf_program__attach takes a program of a loaded object: the type invariant.
        made(unsafe { ffi::bpf_program__attach(self.as_ptr()) })
    }
}

/// What an attach function returned.
fn made(link: *mut ffi::bpf_link) -> Result<Link> {
    // SAFETY: only called with what libbpf's attach functions return: a fresh link, or NULL.
    unsafe { Link::from_raw(link) }.ok_or_else(last_errno)
}

/// The pointers of C strings, which must outlive their use.
fn pointers(strings: &[&CStr]) -> Vec<*const c_char> {
    strings.iter().map(|string| string.as_ptr()).collect()
}

/// The pointer of a slice, NULL for one that is empty: libbpf tells "none" so.
fn pointer<T>(slice: &[T]) -> *const T {
    if slice.is_empty() {
        std::ptr::null()
    } else {
        slice.as_ptr()
    }
}
