#![allow(unsafe_code)]

use std::fmt;

/// An instruction of a BPF program: `struct bpf_insn`. What `code` means the kernel's documentation of the instruction
/// set says; those that load 64 bits are followed by one whose code is 0.
///
/// ```
/// use libbpf_safe::program::Instruction;
///
/// let program = [
///     Instruction::new(0xb7, 0, 0, 0, 7), // r0 = 7
///     Instruction::new(0x95, 0, 0, 0, 0), // exit
/// ];
/// assert_eq!(program[0].destination(), 0);
/// assert_eq!(program[0].immediate, 7);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
#[repr(C)]
#[doc(alias = "bpf_insn")]
pub struct Instruction {
    /// What it does.
    pub code: u8,
    /// Two registers of four bits: use [`destination`](Instruction::destination) and [`source`](Instruction::source).
    pub registers: u8,
    /// How far to jump, or where in memory.
    pub offset: i16,
    /// A constant.
    pub immediate: i32,
}

const _: () = assert!(size_of::<Instruction>() == size_of::<libbpf_ffi::bpf_insn>());

// SAFETY: bytemuck::Zeroable: integers, for which all bits may be zero.
unsafe impl bytemuck::Zeroable for Instruction {}
// SAFETY: bytemuck::Pod: repr(C), integers only, 1 + 1 + 2 + 4 bytes at multiples of their sizes: no padding.
unsafe impl bytemuck::Pod for Instruction {}

impl Instruction {
    /// An instruction from its parts. Of registers the lower four bits are taken.
    pub const fn new(code: u8, destination: u8, source: u8, offset: i16, immediate: i32) -> Self {
        let (destination, source) = (destination & 15, source & 15);
        // C's bitfields begin at the end that the machine's bytes begin with.
        let registers = if cfg!(target_endian = "little") {
            destination | source << 4
        } else {
            destination << 4 | source
        };
        Instruction {
            code,
            registers,
            offset,
            immediate,
        }
    }

    /// The register that it writes to.
    pub const fn destination(self) -> u8 {
        if cfg!(target_endian = "little") {
            self.registers & 15
        } else {
            self.registers >> 4
        }
    }

    /// The register that it reads from, or what kind of thing the constant is.
    pub const fn source(self) -> u8 {
        if cfg!(target_endian = "little") {
            self.registers >> 4
        } else {
            self.registers & 15
        }
    }
}

impl fmt::Debug for Instruction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "({:02x}) r{} r{} {:+} {:#x}",
            self.code,
            self.destination(),
            self.source(),
            self.offset,
            self.immediate
        )
    }
}
