//! `struct bpf_link`.

use super::map::MapRef;
use super::program::ProgramRef;
use super::{Result, check, last_errno};
use libbpf_ffi as ffi;
use std::ffi::CStr;
use std::mem::ManuallyDrop;
use std::os::fd::BorrowedFd;
use std::ptr::NonNull;

/// A link that libbpf made, destroyed on drop.
///
/// # Invariants
///
/// `link` was not destroyed. Whoever holds it keeps the object that it came from.
#[derive(Debug)]
pub(crate) struct Link {
    link: NonNull<ffi::bpf_link>,
}

// SAFETY: libbpf keeps no thread-local state for a link; any thread may use it, one at a time.
unsafe impl Send for Link {}
// SAFETY: the methods that take `&self` only read the descriptor, which `&mut self` and drop change.
unsafe impl Sync for Link {}

impl Link {
    /// Takes a fresh link over; `None` for NULL.
    ///
    /// # Safety
    ///
    /// `link` is NULL or comes from a libbpf attach function, and nobody else destroys it.
    pub(super) unsafe fn from_raw(link: *mut ffi::bpf_link) -> Option<Link> {
        // INVARIANT: the caller's promise.
        NonNull::new(link).map(|link| Link { link })
    }

    /// `bpf_link__fd`
    pub(crate) fn fd(&self) -> Option<BorrowedFd<'_>> {
        // SAFETY: bpf_link__fd reads a live link: the type invariant.
        let fd = unsafe { ffi::bpf_link__fd(self.link.as_ptr()) };
        if fd < 0 {
            return None;
        }
        // SAFETY: the descriptor stays open until the link is destroyed, and it is not -1.
        Some(unsafe { BorrowedFd::borrow_raw(fd) })
    }

    /// `bpf_link__open`
    pub(crate) fn open(path: &CStr) -> Result<Link> {
        // SAFETY: bpf_link__open reads the path during the call.
        let link = unsafe { ffi::bpf_link__open(path.as_ptr()) };
        // SAFETY: a fresh link, or NULL.
        unsafe { Link::from_raw(link) }.ok_or_else(last_errno)
    }

    /// `bpf_link__pin_path`
    pub(crate) fn pin_path(&self) -> Option<&CStr> {
        // SAFETY: bpf_link__pin_path reads a live link: the type invariant.
        let path = unsafe { ffi::bpf_link__pin_path(self.link.as_ptr()) };
        if path.is_null() {
            return None;
        }
        // SAFETY: bpf_link__pin_path returns a string that lives until the link is pinned or unpinned, both of
        // which take &mut self, or destroyed.
        Some(unsafe { CStr::from_ptr(path) })
    }

    /// `bpf_link__pin`
    pub(crate) fn pin(&mut self, path: &CStr) -> Result<()> {
        // SAFETY: bpf_link__pin takes a live link, exclusively, and reads the path during the call.
        check(unsafe { ffi::bpf_link__pin(self.link.as_ptr(), path.as_ptr()) }).map(drop)
    }

    /// `bpf_link__unpin`
    pub(crate) fn unpin(&mut self) -> Result<()> {
        // SAFETY: bpf_link__unpin takes a live link, exclusively.
        check(unsafe { ffi::bpf_link__unpin(self.link.as_ptr()) }).map(drop)
    }

    /// `bpf_link__detach`
    pub(crate) fn force_detach(&self) -> Result<()> {
        // SAFETY: bpf_link__detach reads a live link's descriptor: the type invariant.
        check(unsafe { ffi::bpf_link__detach(self.link.as_ptr()) }).map(drop)
    }

    /// `bpf_link__update_program`
    ///
    /// # Safety
    ///
    /// The program's object is loaded.
    pub(crate) unsafe fn update_program(&mut self, program: ProgramRef<'_>) -> Result<()> {
        // SAFETY: bpf_link__update_program takes a live link, exclusively, and a program of a loaded object,
        // which the caller promises; it reads their descriptors.
        check(unsafe { ffi::bpf_link__update_program(self.link.as_ptr(), program.as_ptr()) })
            .map(drop)
    }

    /// `bpf_link__update_map`
    ///
    /// # Safety
    ///
    /// The link comes from `bpf_map__attach_struct_ops`, and the map's object is loaded.
    pub(crate) unsafe fn update_map(&mut self, map: MapRef<'_>) -> Result<()> {
        // SAFETY: bpf_link__update_map takes a live struct_ops link, which the caller promises, and a
        // live map; it checks that both are of the kind that has a kernel link.
        check(unsafe { ffi::bpf_link__update_map(self.link.as_ptr(), map.as_ptr()) }).map(drop)
    }

    /// `bpf_link__disconnect`: what is linked stays so when this is dropped
    pub(crate) fn disconnect(&mut self) {
        // SAFETY: bpf_link__disconnect takes a live link, exclusively.
        unsafe { ffi::bpf_link__disconnect(self.link.as_ptr()) };
    }

    /// `bpf_link__destroy`, with its result
    pub(crate) fn destroy(self) -> Result<()> {
        let this = ManuallyDrop::new(self);
        // SAFETY: bpf_link__destroy takes a live link and frees it, also when it returns an error;
        // ManuallyDrop keeps drop from doing it again.
        check(unsafe { ffi::bpf_link__destroy(this.link.as_ptr()) }).map(drop)
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        // SAFETY: bpf_link__destroy takes a live link and frees it: the type invariant, and this is
        // the drop. Its result can only be reported by `destroy`.
        unsafe { ffi::bpf_link__destroy(self.link.as_ptr()) };
    }
}
