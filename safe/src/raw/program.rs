//! `struct bpf_program`, as a part of its object.

use super::object::Object;
use super::{Result, c_str, check};
use libbpf_ffi as ffi;
use std::ffi::CStr;
use std::marker::PhantomData;
use std::os::fd::{AsRawFd, BorrowedFd};
use std::ptr::NonNull;

/// A program of an object.
///
/// # Invariants
///
/// `program` belongs to an object that lives for `'o`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ProgramRef<'o> {
    pub(super) program: NonNull<ffi::bpf_program>,
    pub(super) object: PhantomData<&'o Object>,
}

/// A program's address, apart from its object.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct ProgramAddress(NonNull<ffi::bpf_program>);

// SAFETY: an address, of no use without `ProgramAddress::of`.
unsafe impl Send for ProgramAddress {}
// SAFETY: an address, of no use without `ProgramAddress::of`.
unsafe impl Sync for ProgramAddress {}

impl ProgramAddress {
    pub(super) fn new(program: NonNull<ffi::bpf_program>) -> ProgramAddress {
        ProgramAddress(program)
    }

    /// The program again.
    ///
    /// # Safety
    ///
    /// The address comes from a program of this object.
    pub(crate) unsafe fn of(self, _object: &Object) -> ProgramRef<'_> {
        // INVARIANT: the caller's promise.
        ProgramRef {
            program: self.0,
            object: PhantomData,
        }
    }

    pub(crate) fn as_non_null(self) -> NonNull<ffi::bpf_program> {
        self.0
    }
}

impl<'o> ProgramRef<'o> {
    pub(super) fn as_ptr(self) -> *mut ffi::bpf_program {
        self.program.as_ptr()
    }

    pub(crate) fn address(self) -> ProgramAddress {
        ProgramAddress(self.program)
    }

    /// `bpf_program__name`
    pub(crate) fn name(self) -> &'o CStr {
        // SAFETY: bpf_program__name reads a live object: the type invariant.
        let name = unsafe { ffi::bpf_program__name(self.as_ptr()) };
        // SAFETY: bpf_program__name returns a string that lives, unchanged, as long as the object.
        unsafe { c_str(name) }
    }

    /// `bpf_program__section_name`
    pub(crate) fn section_name(self) -> &'o CStr {
        // SAFETY: bpf_program__section_name reads a live object: the type invariant.
        let name = unsafe { ffi::bpf_program__section_name(self.as_ptr()) };
        // SAFETY: bpf_program__section_name returns a string that lives, unchanged, as long as the object.
        unsafe { c_str(name) }
    }

    /// `bpf_program__type`
    pub(crate) fn kind(self) -> u32 {
        // SAFETY: bpf_program__type reads a live program: the type invariant.
        unsafe { ffi::bpf_program__type(self.as_ptr()) }
    }

    /// `bpf_program__autoload`
    pub(crate) fn autoload(self) -> bool {
        // SAFETY: bpf_program__autoload reads a live program: the type invariant.
        unsafe { ffi::bpf_program__autoload(self.as_ptr()) }
    }

    /// `bpf_program__set_autoload`
    ///
    /// # Safety
    ///
    /// Nobody else uses this program during the call.
    pub(crate) unsafe fn set_autoload(self, autoload: bool) -> Result<()> {
        // SAFETY: bpf_program__set_autoload writes to a live program: the type invariant and the caller's promise
        // of exclusion.
        check(unsafe { ffi::bpf_program__set_autoload(self.as_ptr(), autoload) }).map(drop)
    }

    /// `bpf_program__fd`; `None` for a program that is not loaded
    pub(crate) fn fd(self) -> Option<BorrowedFd<'o>> {
        // SAFETY: bpf_program__fd reads a live program: the type invariant.
        let fd = unsafe { ffi::bpf_program__fd(self.as_ptr()) };
        if fd < 0 {
            return None;
        }
        // SAFETY: bpf_program__fd's descriptor stays open as long as the object lives, and it is not -1.
        Some(unsafe { BorrowedFd::borrow_raw(fd) })
    }

    /// `bpf_program__autoattach`
    pub(crate) fn autoattach(self) -> bool {
        // SAFETY: bpf_program__autoattach reads a live program: the type invariant.
        unsafe { ffi::bpf_program__autoattach(self.as_ptr()) }
    }

    /// `bpf_program__set_attach_target`; `target` is a program, or none for a function of the kernel
    ///
    /// # Safety
    ///
    /// The object is not loaded, nobody else uses this program or sets the target of another one of its object during the
    /// call, and the target stays open until load.
    pub(crate) unsafe fn set_attach_target(
        self,
        target: Option<BorrowedFd<'_>>,
        function: &CStr,
    ) -> Result<()> {
        let target = target.map_or(0, |target| target.as_raw_fd());
        // SAFETY: bpf_program__set_attach_target writes to a live program, copies nothing of the name but reads it
        // during the call, and keeps the number of the descriptor for load: the type invariant and the caller's promise.
        check(unsafe {
            ffi::bpf_program__set_attach_target(self.as_ptr(), target, function.as_ptr())
        })
        .map(drop)
    }

    /// `bpf_program__set_autoattach`
    ///
    /// # Safety
    ///
    /// Nobody else uses this program during the call.
    pub(crate) unsafe fn set_autoattach(self, autoattach: bool) {
        // SAFETY: bpf_program__set_autoattach writes to a live program: the type invariant and the caller's
        // promise of exclusion.
        unsafe { ffi::bpf_program__set_autoattach(self.as_ptr(), autoattach) }
    }
}
