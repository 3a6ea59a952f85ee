//! `struct bpf_map`, as a part of its object.

use super::object::Object;
use super::{Result, c_str, check, last_errno};
use libbpf_ffi as ffi;
use std::ffi::{CStr, OsStr};
use std::marker::PhantomData;
use std::os::fd::{AsRawFd, BorrowedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;
use std::ptr::NonNull;

/// A map of an object.
///
/// # Invariants
///
/// `map` belongs to an object that lives for `'o`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MapRef<'o> {
    pub(super) map: NonNull<ffi::bpf_map>,
    pub(super) object: PhantomData<&'o Object>,
}

/// A map's address, apart from its object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct MapAddress(NonNull<ffi::bpf_map>);

// SAFETY: an address, of no use without `MapAddress::of`.
unsafe impl Send for MapAddress {}
// SAFETY: an address, of no use without `MapAddress::of`.
unsafe impl Sync for MapAddress {}

impl MapAddress {
    /// The map again.
    ///
    /// # Safety
    ///
    /// The address comes from a map of this object.
    pub(crate) unsafe fn of(self, _object: &Object) -> MapRef<'_> {
        // INVARIANT: the caller's promise.
        MapRef {
            map: self.0,
            object: PhantomData,
        }
    }
}

impl<'o> MapRef<'o> {
    pub(crate) fn address(self) -> MapAddress {
        MapAddress(self.map)
    }

    pub(super) fn as_ptr(self) -> *mut ffi::bpf_map {
        self.map.as_ptr()
    }

    /// `bpf_map__name`
    pub(crate) fn name(self) -> &'o CStr {
        // SAFETY: bpf_map__name reads a live object: the type invariant.
        let name = unsafe { ffi::bpf_map__name(self.as_ptr()) };
        // SAFETY: bpf_map__name returns a string that lives, unchanged, as long as the object; but for
        // bpf_map__reuse_fd, which has that in its contract, and load, which has the object exclusively.
        unsafe { c_str(name) }
    }

    /// `bpf_map__type`
    pub(crate) fn kind(self) -> u32 {
        // SAFETY: bpf_map__type reads a live map: the type invariant.
        unsafe { ffi::bpf_map__type(self.as_ptr()) }
    }

    /// `bpf_map__key_size`, in bytes
    pub(crate) fn key_size(self) -> u32 {
        // SAFETY: bpf_map__key_size reads a live map: the type invariant.
        unsafe { ffi::bpf_map__key_size(self.as_ptr()) }
    }

    /// `bpf_map__value_size`, in bytes
    pub(crate) fn value_size(self) -> u32 {
        // SAFETY: bpf_map__value_size reads a live map: the type invariant.
        unsafe { ffi::bpf_map__value_size(self.as_ptr()) }
    }

    /// `bpf_map__max_entries`
    pub(crate) fn max_entries(self) -> u32 {
        // SAFETY: bpf_map__max_entries reads a live map: the type invariant.
        unsafe { ffi::bpf_map__max_entries(self.as_ptr()) }
    }

    /// `bpf_map__btf_key_type_id`; 0 is none
    pub(crate) fn btf_key_type_id(self) -> u32 {
        // SAFETY: bpf_map__btf_key_type_id reads a live map: the type invariant.
        unsafe { ffi::bpf_map__btf_key_type_id(self.as_ptr()) }
    }

    /// `bpf_map__btf_value_type_id`; 0 is none
    pub(crate) fn btf_value_type_id(self) -> u32 {
        // SAFETY: bpf_map__btf_value_type_id reads a live map: the type invariant.
        unsafe { ffi::bpf_map__btf_value_type_id(self.as_ptr()) }
    }

    /// `bpf_map__map_flags`
    pub(crate) fn flags(self) -> u32 {
        // SAFETY: bpf_map__map_flags reads a live map: the type invariant.
        unsafe { ffi::bpf_map__map_flags(self.as_ptr()) }
    }

    /// `bpf_map__map_extra`: what some types take beside flags
    pub(crate) fn map_extra(self) -> u64 {
        // SAFETY: bpf_map__map_extra reads a live map: the type invariant.
        unsafe { ffi::bpf_map__map_extra(self.as_ptr()) }
    }

    /// `bpf_map__pin_path`, copied: setting another one frees it
    pub(crate) fn pin_path(self) -> Option<PathBuf> {
        // SAFETY: bpf_map__pin_path reads a live map: the type invariant.
        let path = unsafe { ffi::bpf_map__pin_path(self.as_ptr()) };
        // SAFETY: bpf_map__pin_path returns NULL or a string that lives until another path is set.
        let path = unsafe { c_str(path) };
        (!path.is_empty()).then(|| OsStr::from_bytes(path.to_bytes()).into())
    }

    /// `bpf_map__set_pin_path`
    ///
    /// # Safety
    ///
    /// Nobody else uses this map during the call.
    pub(crate) unsafe fn set_pin_path(self, path: Option<&CStr>) -> Result<()> {
        let path = path.map_or(std::ptr::null(), CStr::as_ptr);
        // SAFETY: bpf_map__set_pin_path copies the path, and writes to a live map: the type invariant
        // and the caller's promise of exclusion.
        check(unsafe { ffi::bpf_map__set_pin_path(self.as_ptr(), path) }).map(drop)
    }

    /// `bpf_map__set_type`
    ///
    /// # Safety
    ///
    /// Nobody else uses this map during the call. The map is not internal, and no struct_ops map or arena:
    /// libbpf keeps memory for these by their type.
    pub(crate) unsafe fn set_type(self, kind: u32) -> Result<()> {
        // SAFETY: bpf_map__set_type writes to a live map: the type invariant and the caller's promise.
        check(unsafe { ffi::bpf_map__set_type(self.as_ptr(), kind) }).map(drop)
    }

    /// `bpf_map__reuse_fd`: load takes this map in place of a new one. The descriptor is duplicated.
    ///
    /// # Safety
    ///
    /// Nobody else uses this map during the call, or holds its name: libbpf replaces it by the kernel's.
    /// The map is not internal: the size of its value goes with its mapping.
    pub(crate) unsafe fn reuse_fd(self, fd: BorrowedFd<'_>) -> Result<()> {
        // SAFETY: bpf_map__reuse_fd writes to a live map: the type invariant and the caller's promise.
        check(unsafe { ffi::bpf_map__reuse_fd(self.as_ptr(), fd.as_raw_fd()) }).map(drop)
    }

    /// `bpf_map__is_internal`: made by libbpf for a data section
    pub(crate) fn is_internal(self) -> bool {
        // SAFETY: bpf_map__is_internal reads a live map: the type invariant.
        unsafe { ffi::bpf_map__is_internal(self.as_ptr()) }
    }

    /// `bpf_map__autocreate`
    pub(crate) fn autocreate(self) -> bool {
        // SAFETY: bpf_map__autocreate reads a live map: the type invariant.
        unsafe { ffi::bpf_map__autocreate(self.as_ptr()) }
    }

    /// `bpf_map__set_autocreate`
    ///
    /// # Safety
    ///
    /// Nobody else uses this map during the call.
    pub(crate) unsafe fn set_autocreate(self, autocreate: bool) -> Result<()> {
        // SAFETY: bpf_map__set_autocreate writes to a live map: the type invariant and the caller's
        // promise of exclusion.
        check(unsafe { ffi::bpf_map__set_autocreate(self.as_ptr(), autocreate) }).map(drop)
    }

    /// `bpf_map__autoattach`
    pub(crate) fn autoattach(self) -> bool {
        // SAFETY: bpf_map__autoattach reads a live map: the type invariant.
        unsafe { ffi::bpf_map__autoattach(self.as_ptr()) }
    }

    /// `bpf_map__set_autoattach`
    ///
    /// # Safety
    ///
    /// Nobody else uses this map during the call.
    pub(crate) unsafe fn set_autoattach(self, autoattach: bool) -> Result<()> {
        // SAFETY: bpf_map__set_autoattach writes to a live map: the type invariant and the caller's promise
        // of exclusion.
        check(unsafe { ffi::bpf_map__set_autoattach(self.as_ptr(), autoattach) }).map(drop)
    }

    /// `bpf_map__set_max_entries`
    ///
    /// # Safety
    ///
    /// Nobody else uses this map during the call, and it is not internal: libbpf keeps the mapping
    /// of a data section in step with its size.
    pub(crate) unsafe fn set_max_entries(self, max_entries: u32) -> Result<()> {
        // SAFETY: bpf_map__set_max_entries writes to a live map: the type invariant and the caller's
        // promise.
        check(unsafe { ffi::bpf_map__set_max_entries(self.as_ptr(), max_entries) }).map(drop)
    }

    /// `bpf_map__set_value_size`, in bytes. The buffer of a data section moves; libbpf makes the array at its end
    /// longer in the object's BTF, or leaves the map without BTF.
    ///
    /// # Safety
    ///
    /// The map is internal, nobody else uses the object during the call, and nobody refers to the map's buffer
    /// or the object's BTF. Or it is a map without memory of its own, into which libbpf puts nothing at load, and
    /// nobody else uses it during the call.
    pub(crate) unsafe fn set_value_size(self, size: u32) -> Result<()> {
        // SAFETY: bpf_map__set_value_size writes to a live map and its object's BTF: the type invariant and the
        // caller's promise.
        check(unsafe { ffi::bpf_map__set_value_size(self.as_ptr(), size) }).map(drop)
    }

    /// `bpf_map__initial_value`: the buffer of a data section, and its size as libbpf tells it. Of an arena, that
    /// of its variables before load, and the arena after load.
    ///
    /// Before load the buffer is writable and stays where it is unless the value size is set, which
    /// this library does right after open only.
    pub(crate) fn initial_value(self) -> Option<(NonNull<u8>, usize)> {
        let mut size = 0;
        // SAFETY: bpf_map__initial_value reads a live map and writes the size: the type invariant.
        let value = unsafe { ffi::bpf_map__initial_value(self.as_ptr(), &mut size) };
        NonNull::new(value.cast()).map(|value| (value, size as usize))
    }

    /// `bpf_map__fd`; `None` before load and for a map that was not created
    ///
    /// libbpf gives every map a descriptor, of a file that is no map until it is created. After load that
    /// of a map with autocreate off still is.
    pub(crate) fn fd(self) -> Option<BorrowedFd<'o>> {
        if !self.autocreate() {
            return None;
        }
        // SAFETY: bpf_map__fd reads a live map: the type invariant.
        let fd = unsafe { ffi::bpf_map__fd(self.as_ptr()) };
        if fd < 0 {
            return None;
        }
        // SAFETY: bpf_map__fd's descriptor stays open as long as the object lives, and it is not -1.
        Some(unsafe { BorrowedFd::borrow_raw(fd) })
    }

    /// `bpf_map__attach_struct_ops`
    ///
    /// # Safety
    ///
    /// The map's object is loaded, and outlives the link: the link of a map outside a `.link` section
    /// borrows the map's descriptor.
    pub(crate) unsafe fn attach_struct_ops(self) -> Result<super::link::Link> {
        // SAFETY: bpf_map__attach_struct_ops reads a live map (the type invariant); it checks the
        // type and that the map was created.
        let link = unsafe { ffi::bpf_map__attach_struct_ops(self.as_ptr()) };
        // SAFETY: a fresh link, or NULL.
        unsafe { super::link::Link::from_raw(link) }.ok_or_else(last_errno)
    }
}
