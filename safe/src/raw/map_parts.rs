//! What maps say of other parts of their object, between open and load.

use super::map::MapRef;
use super::program::{ProgramAddress, ProgramRef};
use super::{Result, check};
use libbpf_ffi as ffi;
use std::marker::PhantomData;
use std::ptr::NonNull;

impl<'o> MapRef<'o> {
    /// `bpf_map__inner_map`: what maps in this map of maps are like, where C says so
    ///
    /// It goes when another is set, which this library does in load only.
    pub(crate) fn inner_map(self) -> Option<MapRef<'o>> {
        // SAFETY: bpf_map__inner_map reads a live map: the type invariant.
        let map = unsafe { ffi::bpf_map__inner_map(self.as_ptr()) };
        // INVARIANT: the inner map belongs to its map, and so to the object.
        NonNull::new(map).map(|map| MapRef {
            map,
            object: PhantomData,
        })
    }

    /// `bpf_map__exclusive_program`
    pub(crate) fn exclusive_program(self) -> Option<ProgramAddress> {
        // SAFETY: bpf_map__exclusive_program reads a live map: the type invariant.
        let program = unsafe { ffi::bpf_map__exclusive_program(self.as_ptr()) };
        NonNull::new(program).map(ProgramAddress::new)
    }

    /// `bpf_map__set_exclusive_program`
    ///
    /// # Safety
    ///
    /// Nobody else uses this map during the call, and the program is of the same object.
    pub(crate) unsafe fn set_exclusive_program(self, program: ProgramRef<'_>) -> Result<()> {
        // SAFETY: bpf_map__set_exclusive_program writes to a live map, and keeps the address of a live program of the same
        // object: the type invariants, and the caller's promise.
        check(unsafe { ffi::bpf_map__set_exclusive_program(self.as_ptr(), program.as_ptr()) })
            .map(drop)
    }
}
