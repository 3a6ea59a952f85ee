#![allow(unsafe_code)]

use super::explain::object_btf;
use super::load::Ready;
use super::loaded::Object;
use super::open::{OpenObject, position};
use crate::error::{Error, ErrorKind, Result};
use crate::map::Map;
use crate::program::{CodeFunction, Instruction, SourceLine};
use crate::raw::Errno;
use crate::raw::program::ProgramRef;
use std::fmt;

/// An object whose maps are in the kernel, and whose programs are as they will be loaded, and not loaded yet.
///
/// So maps can be filled, or handed to others, before any program uses them, and programs can be read, or changed, after
/// their relocations. Dropping it closes the maps; what [was pinned](crate::map::OpenMap::set_pin_path) stays.
///
/// ```no_run
/// use libbpf_safe::OpenObject;
///
/// let prepared = OpenObject::from_file("prober.bpf.o")?.prepare()?;
/// for instruction in prepared.instructions("on_exec")? {
///     println!("{instruction:?}");
/// }
/// let object = prepared.load()?;
/// # Ok::<(), libbpf_safe::Error>(())
/// ```
#[doc(alias = "bpf_object")]
pub struct PreparedObject {
    ready: Ready,
}

impl OpenObject {
    /// Does all of [`load`](OpenObject::load) but for loading the programs: creates maps and fills them with what C says,
    /// pins those that have a pin path, and relocates programs.
    ///
    /// Where it fails, nothing of the object is left in the kernel.
    ///
    /// # Errors
    ///
    /// As [`load`](OpenObject::load), but for what the verifier says.
    #[doc(alias = "bpf_object__prepare")]
    pub fn prepare(self) -> Result<PreparedObject> {
        if self.inner.other_byte_order {
            let operation = format!("prepare object `{}`", self.name());
            return Err(Error::new(operation, ErrorKind::OtherByteOrder));
        }
        let mut ready = Ready::new(self, "prepare")?;
        ready.prepare()?;
        Ok(PreparedObject { ready })
    }
}

impl PreparedObject {
    /// The object's name.
    #[doc(alias = "bpf_object__name")]
    pub fn name(&self) -> &str {
        self.ready.inner.name()
    }

    /// What libbpf had to say so far: warnings and information.
    pub fn messages(&self) -> &[String] {
        &self.ready.messages
    }

    /// A map, by the name of its C variable. The handle has a descriptor of its own.
    ///
    /// # Errors
    ///
    /// There is no such map, or it was not created.
    #[doc(alias = "bpf_object__find_map_by_name")]
    pub fn map(&self, name: &str) -> Result<Map> {
        let operation = || format!("use map `{name}` of object `{}`", self.name());
        let index = self.ready.names.iter().position(|map| **map == *name);
        let map = index.and_then(|index| self.ready.inner.object.map(index));
        let Some(map) = map else {
            return Err(Error::new(operation(), ErrorKind::NotFound));
        };
        let Some(fd) = map.fd() else {
            let reason = "it was not created, because its autocreate was off".into();
            return Err(Error::new(operation(), ErrorKind::InvalidInput { reason }));
        };
        let fd = fd
            .try_clone_to_owned()
            .map_err(|error| Error::system(operation(), Errno::from(&error)))?;
        Map::from_fd(fd, Some(name))
    }

    /// A program as it will be loaded: relocated, with the functions that it calls at its end.
    ///
    /// # Errors
    ///
    /// There is no such program.
    #[doc(alias = "bpf_program__insns")]
    #[doc(alias = "bpf_program__insn_cnt")]
    pub fn instructions(&self, program: &str) -> Result<&[Instruction]> {
        let program = self.program("read the instructions of", program)?;
        // SAFETY: bpf_program__insns' array stays as it is until set_instructions, which wants self exclusively.
        Ok(unsafe { program.instructions() })
    }

    /// Where in the source a program's instructions are from.
    ///
    /// # Errors
    ///
    /// There is no such program, or the object's BTF is broken.
    #[doc(alias = "bpf_program__line_info")]
    #[doc(alias = "bpf_program__line_info_cnt")]
    pub fn lines(&mut self, program: &str) -> Result<Vec<SourceLine>> {
        let Some(btf) = object_btf(&self.ready.inner.object, self.name())? else {
            return Ok(Vec::new());
        };
        let program = self.program("read the lines of", program)?;
        // SAFETY: bpf_program__line_info's array stays as it is until load, which wants self.
        let lines = unsafe { program.line_info() };
        Ok(lines.iter().map(|it| SourceLine::of(&btf, it)).collect())
    }

    /// The functions that a program consists of.
    ///
    /// # Errors
    ///
    /// There is no such program, or the object's BTF is broken.
    #[doc(alias = "bpf_program__func_info")]
    #[doc(alias = "bpf_program__func_info_cnt")]
    pub fn functions(&mut self, program: &str) -> Result<Vec<CodeFunction>> {
        let Some(btf) = object_btf(&self.ready.inner.object, self.name())? else {
            return Ok(Vec::new());
        };
        let program = self.program("read the functions of", program)?;
        // SAFETY: bpf_program__func_info's array stays as it is until load, which wants self.
        let functions = unsafe { program.function_info() };
        let functions = functions.iter();
        Ok(functions.map(|it| CodeFunction::of(&btf, it)).collect())
    }

    /// Puts others in their place. Nothing is relocated any more, and line numbers in the verifier's log go by the old ones.
    ///
    /// Of a program with lines in the source ([`lines`](PreparedObject::lines)) the kernel holds the old ones' places against
    /// the new instructions, and load fails where one is beyond their end: fill up with instructions that only go on
    /// (`goto +0`, `Instruction::new(0x05, 0, 0, 0, 0)`).
    ///
    /// # Errors
    ///
    /// There is no such program, or there are no instructions. Whether they make sense the verifier says.
    #[doc(alias = "bpf_program__set_insns")]
    pub fn set_instructions(&mut self, program: &str, instructions: &[Instruction]) -> Result<()> {
        const WHAT: &str = "set the instructions of";
        let found = self.program(WHAT, program)?;
        if instructions.is_empty() {
            let reason = "a program has one instruction at least".into();
            return Err(Error::new(
                self.operation(WHAT, program),
                ErrorKind::InvalidInput { reason },
            ));
        }
        // SAFETY: bpf_program__set_insns wants exclusive use of a program that is relocated and not loaded, whose
        // instructions nobody refers to: self is borrowed exclusively, and is prepared.
        unsafe { found.set_instructions(instructions) }
            .map_err(|errno| Error::system(self.operation(WHAT, program), errno))
    }

    /// Loads the programs.
    ///
    /// # Errors
    ///
    /// As [`OpenObject::load`].
    #[doc(alias = "bpf_object__load")]
    pub fn load(self) -> Result<Object> {
        self.ready.load()
    }

    fn operation(&self, what: &str, program: &str) -> String {
        format!("{what} program `{program}` of object `{}`", self.name())
    }

    fn program(&self, what: &str, name: &str) -> Result<ProgramRef<'_>> {
        let object = &self.ready.inner.object;
        let names = object.programs().map(ProgramRef::name);
        position(names, name)
            .and_then(|index| object.program(index))
            .ok_or_else(|| Error::new(self.operation(what, name), ErrorKind::NotFound))
    }
}

impl fmt::Debug for PreparedObject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PreparedObject")
            .field("name", &self.name())
            .finish_non_exhaustive()
    }
}
