use super::{Instruction, KernelProgram, Program};
use crate::btf::{Btf, Type, TypeId};
use crate::error::{Error, Result};
use crate::raw;
use crate::raw::program_code::{Code, program_code};
use libbpf_ffi as ffi;
use std::os::fd::{AsFd, BorrowedFd};

/// A program's code as it is in the kernel, and where in the source it is from.
///
/// ```no_run
/// # fn program() -> libbpf_safe::Result<libbpf_safe::Program> { unimplemented!() }
/// let code = program()?.code()?;
/// for (index, instruction) in code.instructions.iter().enumerate() {
///     if let Some(line) = code.line_of(index) {
///         println!("; {} {}:{}", line.text, line.file, line.line);
///     }
///     println!("{index}: {instruction:?}");
/// }
/// # Ok::<(), libbpf_safe::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
#[doc(alias = "bpf_prog_linfo")]
pub struct ProgramCode {
    /// What the verifier made of the program: with its own instructions between. Empty where the kernel does not show it to
    /// this caller.
    pub instructions: Vec<Instruction>,
    /// What the processor runs. Empty where the kernel interprets programs, or does not show it to this caller.
    pub machine_code: Vec<u8>,
    /// The ids of the maps that it uses.
    pub map_ids: Vec<u32>,
    /// The functions that it consists of, the program's own first. Since Linux 5.0, where it has BTF.
    pub functions: Vec<CodeFunction>,
    /// Where in the source code begins, in ascending order. Since Linux 5.0, where it has BTF.
    pub lines: Vec<SourceLine>,
}

/// A function in a program's code.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
#[doc(alias = "bpf_func_info")]
pub struct CodeFunction {
    /// The name in C.
    pub name: String,
    /// The type in the program's BTF.
    pub type_id: TypeId,
    /// Its first instruction, by index.
    pub instruction: usize,
    /// Where in the kernel's memory its machine code is, where the kernel shows it.
    pub address: Option<u64>,
    /// How many bytes of machine code it has, where the kernel shows it.
    pub size: Option<u32>,
}

/// A place in the source that code is from.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
#[doc(alias = "bpf_line_info")]
pub struct SourceLine {
    /// The first instruction that is from there, by index.
    pub instruction: usize,
    /// Where in the kernel's memory its machine code is, where the kernel shows it.
    pub address: Option<u64>,
    /// The file, as clang was told.
    pub file: String,
    /// The line's text.
    pub text: String,
    /// The line's number, from 1.
    pub line: u32,
    /// The column, from 1.
    pub column: u32,
}

impl Program {
    /// The program's code, read now, with the lines of the source that it is from.
    ///
    /// Since Linux 4.13; lines since 5.0. Machine code wants `CAP_SYS_ADMIN`, and not to be hidden
    /// (`kernel.bpf_jit_harden`, `kernel.kptr_restrict`).
    ///
    /// # Errors
    ///
    /// The program was not loaded, or the kernel refuses.
    #[doc(alias = "bpf_prog_linfo__new")]
    #[doc(alias = "bpf_prog_get_info_by_fd")]
    pub fn code(&self) -> Result<ProgramCode> {
        const WHAT: &str = "read the code of";
        let fd = self.fd_for(WHAT)?;
        ProgramCode::read(fd).map_err(|errno| Error::system(self.cannot(WHAT), errno))
    }
}

impl KernelProgram {
    /// As [`Program::code`].
    ///
    /// # Errors
    ///
    /// The kernel refuses.
    #[doc(alias = "bpf_prog_linfo__new")]
    #[doc(alias = "bpf_prog_get_info_by_fd")]
    pub fn code(&self) -> Result<ProgramCode> {
        ProgramCode::read(self.as_fd()).map_err(|errno| {
            Error::system(format!("read the code of program `{}`", self.name()), errno)
        })
    }
}

impl ProgramCode {
    fn read(program: BorrowedFd<'_>) -> raw::Result<ProgramCode> {
        let code = program_code(program)?;
        let btf = match code.btf_id {
            0 => None,
            id => btf_of(id),
        };
        let (lines, functions) = match btf {
            Some(btf) => (lines(&btf, &code), functions(&btf, &code)),
            None => Default::default(),
        };
        Ok(ProgramCode {
            instructions: code.instructions,
            machine_code: code.machine_code,
            map_ids: code.map_ids,
            functions,
            lines,
        })
    }

    /// Where in the source an instruction is from, by its index.
    #[doc(alias = "bpf_prog_linfo__lfind")]
    pub fn line_of(&self, instruction: usize) -> Option<&SourceLine> {
        let last = |line: &&SourceLine| line.instruction <= instruction;
        let line = self.lines.iter().take_while(last).last();
        line.filter(|_| instruction < self.instructions.len() || self.instructions.is_empty())
    }

    /// Where in the source machine code is from, by its address in the kernel's memory.
    #[doc(alias = "bpf_prog_linfo__lfind_addr_func")]
    pub fn line_at(&self, address: u64) -> Option<&SourceLine> {
        let function = self.functions.iter().find(|function| {
            let (Some(start), Some(size)) = (function.address, function.size) else {
                return false;
            };
            address >= start && address - start < u64::from(size)
        })?;
        let own = function.address?..=address;
        let lines = self.lines.iter();
        let lines = lines.filter(|line| line.address.is_some_and(|start| own.contains(&start)));
        lines.max_by_key(|line| line.address)
    }
}

fn btf_of(id: u32) -> Option<Btf> {
    let mut btf = raw::btf::Btf::load_by_id(id).ok()?;
    Btf::parse(btf.bytes().ok()?.to_vec()).ok()
}

fn lines(btf: &Btf, code: &Code) -> Vec<SourceLine> {
    let addresses = code.line_addresses.iter().copied().map(Some);
    let addresses = addresses.chain(std::iter::repeat(None));
    let lines = code.lines.iter().zip(addresses);
    lines
        .map(|(line, address)| SourceLine {
            address,
            ..SourceLine::of(btf, line)
        })
        .collect()
}

fn functions(btf: &Btf, code: &Code) -> Vec<CodeFunction> {
    let functions = code.functions.iter().enumerate();
    functions
        .map(|(index, function)| CodeFunction {
            address: code.function_addresses.get(index).copied(),
            size: code.function_sizes.get(index).copied(),
            ..CodeFunction::of(btf, function)
        })
        .collect()
}

impl SourceLine {
    pub(crate) fn of(btf: &Btf, line: &ffi::bpf_line_info) -> SourceLine {
        SourceLine {
            instruction: line.insn_off as usize,
            address: None,
            file: btf.name(line.file_name_off).to_owned(),
            text: btf.name(line.line_off).trim().to_owned(),
            // `BPF_LINE_INFO_LINE_NUM`, `BPF_LINE_INFO_LINE_COL`
            line: line.line_col >> 10,
            column: line.line_col & 0x3ff,
        }
    }
}

impl CodeFunction {
    pub(crate) fn of(btf: &Btf, function: &ffi::bpf_func_info) -> CodeFunction {
        let type_id = TypeId(function.type_id);
        CodeFunction {
            name: match btf.get(type_id) {
                Ok(Type::Function { name, .. }) => name.to_owned(),
                _ => String::new(),
            },
            type_id,
            instruction: function.insn_off as usize,
            address: None,
            size: None,
        }
    }
}
