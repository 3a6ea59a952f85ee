//! What programs are loaded with, between open and load.

use super::program::ProgramRef;
use super::{Result, check};
use crate::program::Instruction;
use libbpf_ffi as ffi;
use std::cell::UnsafeCell;
use std::ffi::c_char;
use std::ptr;
use std::slice;

/// Memory that the verifier's log of one program is written to.
pub(crate) struct LogBuffer(Box<[UnsafeCell<u8>]>);

impl LogBuffer {
    pub(crate) fn new(size: usize) -> LogBuffer {
        /// Kernels before 6.4 take none that is smaller.
        const SMALLEST: usize = 128;
        LogBuffer(
            (0..size.max(SMALLEST))
                .map(|_| UnsafeCell::new(0))
                .collect(),
        )
    }

    /// Up to the first NUL.
    pub(crate) fn text(&self) -> String {
        // SAFETY: a cell is read that only load writes to, which is not under way: it has the object exclusively.
        let bytes = self.0.iter().map(|byte| unsafe { *byte.get() });
        let bytes: Vec<u8> = bytes.take_while(|byte| *byte != 0).collect();
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

impl<'o> ProgramRef<'o> {
    /// `bpf_program__set_log_buf`
    ///
    /// # Safety
    ///
    /// Nobody else uses this program during the call. The buffer lives until the program's object is loaded, or closed
    /// without, and is not read while it is being loaded.
    pub(crate) unsafe fn set_log_buffer(self, buffer: &LogBuffer) -> Result<()> {
        let start = UnsafeCell::raw_get(buffer.0.as_ptr()).cast::<c_char>();
        let size = buffer.0.len() as ffi::size_t;
        // SAFETY: bpf_program__set_log_buf writes to a live program (the type invariant), and has load write to the
        // buffer: the caller's promise.
        check(unsafe { ffi::bpf_program__set_log_buf(self.as_ptr(), start, size) }).map(drop)
    }

    /// `bpf_program__set_log_level`
    ///
    /// # Safety
    ///
    /// Nobody else uses this program during the call.
    pub(crate) unsafe fn set_log_level(self, level: u32) -> Result<()> {
        // SAFETY: bpf_program__set_log_level writes to a live program: the type invariant and the caller's promise.
        check(unsafe { ffi::bpf_program__set_log_level(self.as_ptr(), level) }).map(drop)
    }

    /// `bpf_program__log_level`
    pub(crate) fn log_level(self) -> u32 {
        // SAFETY: bpf_program__log_level reads a live program: the type invariant.
        unsafe { ffi::bpf_program__log_level(self.as_ptr()) }
    }

    /// `bpf_program__set_flags`
    ///
    /// # Safety
    ///
    /// Nobody else uses this program during the call.
    pub(crate) unsafe fn set_flags(self, flags: u32) -> Result<()> {
        // SAFETY: bpf_program__set_flags writes to a live program: the type invariant and the caller's promise.
        check(unsafe { ffi::bpf_program__set_flags(self.as_ptr(), flags) }).map(drop)
    }

    /// `bpf_program__flags`
    pub(crate) fn flags(self) -> u32 {
        // SAFETY: bpf_program__flags reads a live program: the type invariant.
        unsafe { ffi::bpf_program__flags(self.as_ptr()) }
    }

    /// `bpf_program__set_type`
    ///
    /// # Safety
    ///
    /// Nobody else uses this program during the call, and neither its type nor the new one is that of struct_ops
    /// programs.
    pub(crate) unsafe fn set_kind(self, kind: u32) -> Result<()> {
        // SAFETY: bpf_program__set_type writes to a live program: the type invariant and the caller's promise.
        check(unsafe { ffi::bpf_program__set_type(self.as_ptr(), kind) }).map(drop)
    }

    /// `bpf_program__expected_attach_type`
    pub(crate) fn attach_type(self) -> u32 {
        // SAFETY: bpf_program__expected_attach_type reads a live program: the type invariant.
        unsafe { ffi::bpf_program__expected_attach_type(self.as_ptr()) }
    }

    /// `bpf_program__set_expected_attach_type`
    ///
    /// # Safety
    ///
    /// Nobody else uses this program during the call, and it is no struct_ops program.
    pub(crate) unsafe fn set_attach_type(self, attach_type: u32) -> Result<()> {
        // SAFETY: bpf_program__set_expected_attach_type writes to a live program: the type invariant and the caller's
        // promise.
        check(unsafe { ffi::bpf_program__set_expected_attach_type(self.as_ptr(), attach_type) })
            .map(drop)
    }

    /// `bpf_program__set_ifindex`
    ///
    /// # Safety
    ///
    /// Nobody else uses this program during the call.
    pub(crate) unsafe fn set_ifindex(self, device: u32) {
        // SAFETY: bpf_program__set_ifindex writes to a live program: the type invariant and the caller's promise.
        unsafe { ffi::bpf_program__set_ifindex(self.as_ptr(), device) }
    }

    /// `bpf_program__insns`, `bpf_program__insn_cnt`
    ///
    /// # Safety
    ///
    /// Until the end of `'o` the object is not prepared, loaded, or given other instructions.
    pub(crate) unsafe fn instructions(self) -> &'o [Instruction] {
        // SAFETY: bpf_program__insn_cnt reads a live program: the type invariant.
        let count = unsafe { ffi::bpf_program__insn_cnt(self.as_ptr()) };
        // SAFETY: bpf_program__insns reads a live program: the type invariant.
        let instructions = unsafe { ffi::bpf_program__insns(self.as_ptr()) };
        if instructions.is_null() {
            return &[];
        }
        // SAFETY: bpf_program__insns' array has count elements, of the layout of Instruction, and stays as it is: the
        // caller's promise.
        unsafe { slice::from_raw_parts(instructions.cast(), count as usize) }
    }

    /// `bpf_program__set_insns`
    ///
    /// # Safety
    ///
    /// The program's object is prepared and not loaded, nobody else uses the program during the call, and nobody
    /// refers to its instructions.
    pub(crate) unsafe fn set_instructions(self, instructions: &[Instruction]) -> Result<()> {
        // libbpf reads them only.
        let start = instructions.as_ptr().cast_mut().cast();
        let count = instructions.len() as ffi::size_t;
        // SAFETY: bpf_program__set_insns copies count instructions, and frees those that were there: the caller's promise.
        check(unsafe { ffi::bpf_program__set_insns(self.as_ptr(), start, count) }).map(drop)
    }

    /// `bpf_program__line_info`, `bpf_program__line_info_cnt`
    ///
    /// # Safety
    ///
    /// Until the end of `'o` the object is not prepared or loaded.
    pub(crate) unsafe fn line_info(self) -> &'o [ffi::bpf_line_info] {
        // SAFETY: bpf_program__line_info_cnt reads a live program: the type invariant.
        let count = unsafe { ffi::bpf_program__line_info_cnt(self.as_ptr()) };
        // SAFETY: bpf_program__line_info reads a live program: the type invariant.
        let lines = unsafe { ffi::bpf_program__line_info(self.as_ptr()) };
        // SAFETY: bpf_program__line_info returned NULL or an array of count records; the caller's promise.
        unsafe { records(lines, count) }
    }

    /// `bpf_program__func_info`, `bpf_program__func_info_cnt`
    ///
    /// # Safety
    ///
    /// Until the end of `'o` the object is not prepared or loaded.
    pub(crate) unsafe fn function_info(self) -> &'o [ffi::bpf_func_info] {
        // SAFETY: bpf_program__func_info_cnt reads a live program: the type invariant.
        let count = unsafe { ffi::bpf_program__func_info_cnt(self.as_ptr()) };
        // SAFETY: bpf_program__func_info reads a live program: the type invariant.
        let functions = unsafe { ffi::bpf_program__func_info(self.as_ptr()) };
        // SAFETY: bpf_program__func_info returned NULL or an array of count records; the caller's promise.
        unsafe { records(functions, count) }
    }
}

/// # Safety
///
/// `start` is NULL, or points to `count` records that stay as they are for `'a`.
unsafe fn records<'a, T>(start: *const T, count: u32) -> &'a [T] {
    if ptr::eq(start, ptr::null()) {
        return &[];
    }
    // SAFETY: the caller's promise.
    unsafe { slice::from_raw_parts(start, count as usize) }
}
