//! `struct bpf_linker`: the static linker of BPF objects.

use super::{Result, check, last_errno};
use libbpf_ffi as ffi;
use std::ffi::CStr;
use std::marker::PhantomData;
use std::os::fd::{AsRawFd, BorrowedFd};
use std::ptr::{self, NonNull};

/// A linker, freed on drop.
///
/// # Invariants
///
/// `linker` is not freed.
#[derive(Debug)]
pub(crate) struct Linker<'f> {
    linker: NonNull<ffi::bpf_linker>,
    /// The output, where the caller has opened it.
    file: PhantomData<BorrowedFd<'f>>,
}

impl<'f> Linker<'f> {
    /// `bpf_linker__new`: creates the output file, or empties it.
    pub(crate) fn new(output: &CStr) -> Result<Linker<'f>> {
        // SAFETY: bpf_linker__new reads the name and opens the file; NULL stands for no options.
        let linker = unsafe { ffi::bpf_linker__new(output.as_ptr(), ptr::null_mut()) };
        // INVARIANT: fresh and not freed.
        NonNull::new(linker)
            .map(|linker| Linker {
                linker,
                file: PhantomData,
            })
            .ok_or_else(last_errno)
    }

    /// `bpf_linker__new_fd`: empties the file.
    pub(crate) fn to_fd(output: BorrowedFd<'f>) -> Result<Linker<'f>> {
        // SAFETY: bpf_linker__new_fd writes to the descriptor, which is open as long as `'f`, and does not close it;
        // NULL stands for no options.
        let linker = unsafe { ffi::bpf_linker__new_fd(output.as_raw_fd(), ptr::null_mut()) };
        // INVARIANT: fresh and not freed.
        NonNull::new(linker)
            .map(|linker| Linker {
                linker,
                file: PhantomData,
            })
            .ok_or_else(last_errno)
    }

    /// `bpf_linker__add_buf`
    pub(crate) fn add_bytes(&mut self, bytes: &[u8]) -> Result<()> {
        // SAFETY: bpf_linker__add_buf takes a live linker, and copies the bytes, which it only reads, during the call.
        check(unsafe {
            ffi::bpf_linker__add_buf(
                self.linker.as_ptr(),
                bytes.as_ptr().cast_mut().cast(),
                bytes.len() as _,
                ptr::null(),
            )
        })
        .map(drop)
    }

    /// `bpf_linker__add_file`
    pub(crate) fn add_file(&mut self, path: &CStr) -> Result<()> {
        // SAFETY: bpf_linker__add_file takes a live linker and reads the file during the call.
        check(unsafe {
            ffi::bpf_linker__add_file(self.linker.as_ptr(), path.as_ptr(), ptr::null())
        })
        .map(drop)
    }

    /// `bpf_linker__finalize`
    pub(crate) fn finalize(self) -> Result<()> {
        // SAFETY: bpf_linker__finalize takes a live linker, which is only freed after it.
        check(unsafe { ffi::bpf_linker__finalize(self.linker.as_ptr()) }).map(drop)
    }
}

impl Drop for Linker<'_> {
    fn drop(&mut self) {
        // SAFETY: bpf_linker__free frees a linker that is not freed: the type invariant.
        unsafe { ffi::bpf_linker__free(self.linker.as_ptr()) }
    }
}
