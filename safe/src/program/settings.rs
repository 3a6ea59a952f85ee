//! What a program will be loaded with, changed between open and load.

#![allow(unsafe_code)]

use super::attach::AttachType;
use super::{Instruction, LogLevel, OpenProgram, ProgramFlags, ProgramType};
use crate::error::{Error, ErrorKind, Result};
use crate::raw;

impl OpenProgram<'_> {
    /// Sets the program's type, which otherwise comes from its section's name: so programs in sections of other names
    /// are loaded, too. It is attached by one of the functions of [`Program`](crate::Program) for its type then, not by the
    /// section's name.
    ///
    /// ```no_run
    /// use libbpf_safe::OpenObject;
    /// use libbpf_safe::program::ProgramType;
    ///
    /// let mut open = OpenObject::from_file("filters.bpf.o")?;
    /// open.program_mut("first")?.set_program_type(ProgramType::XDP)?; // SEC("filters")
    /// # Ok::<(), libbpf_safe::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// One of the types is that of struct_ops programs, which their maps say more about. Whether the kernel has the type is
    /// seen at load.
    #[doc(alias = "bpf_program__set_type")]
    pub fn set_program_type(&mut self, program_type: ProgramType) -> Result<()> {
        const WHAT: &str = "set the type of";
        let now = self.program_type();
        if now == program_type {
            return Ok(());
        }
        if [now, program_type].contains(&ProgramType::STRUCT_OPS) {
            let reason = "no struct_ops program becomes another, or the other way round".into();
            let error = ErrorKind::InvalidInput { reason };
            return Err(Error::new(self.cannot(WHAT), error));
        }
        // SAFETY: bpf_program__set_type wants exclusive use of a program that is no struct_ops program, and becomes
        // none: this is its only OpenProgram, and both types were just looked at.
        let result = unsafe { self.program.set_kind(program_type.0) };
        self.finish(WHAT, result)
    }

    /// Where the program will be attached, for types of programs that look at that when they are loaded; of others it is
    /// of no meaning, and mostly 0, which is [`AttachType::CGROUP_INET_INGRESS`]. It comes from the section's name.
    #[doc(alias = "bpf_program__expected_attach_type")]
    pub fn expected_attach_type(&self) -> AttachType {
        AttachType(self.program.attach_type())
    }

    /// Sets where the program will be attached: the kernel checks it for that place, and attaches it to no other.
    ///
    /// ```no_run
    /// use libbpf_safe::OpenObject;
    /// use libbpf_safe::program::attach::AttachType;
    ///
    /// let mut open = OpenObject::from_file("redirect.bpf.o")?;
    /// open.program_mut("second")?.set_expected_attach_type(AttachType::XDP_DEVMAP)?; // SEC("xdp")
    /// # Ok::<(), libbpf_safe::Error>(())
    /// ```
    ///
    /// Since Linux 4.17.
    ///
    /// # Errors
    ///
    /// It is a struct_ops program: of which member it is, its maps say. Whether the kernel has the place is seen at load.
    #[doc(alias = "bpf_program__set_expected_attach_type")]
    pub fn set_expected_attach_type(&mut self, attach_type: AttachType) -> Result<()> {
        const WHAT: &str = "set the expected attach type of";
        if self.program_type() == ProgramType::STRUCT_OPS {
            let reason = "of which member a struct_ops program is, its maps say".into();
            let error = ErrorKind::InvalidInput { reason };
            return Err(Error::new(self.cannot(WHAT), error));
        }
        // SAFETY: bpf_program__set_expected_attach_type wants exclusive use of a program that is no struct_ops program:
        // this is its only OpenProgram, and its type was just looked at.
        let result = unsafe { self.program.set_attach_type(attach_type.0) };
        self.finish(WHAT, result)
    }

    /// What the program will be loaded with.
    #[doc(alias = "bpf_program__flags")]
    pub fn flags(&self) -> ProgramFlags {
        self.program.flags().into()
    }

    /// Sets what the program will be loaded with, in place of what was there. libbpf adds what the section's name says.
    ///
    /// # Errors
    ///
    /// None with this libbpf, before load. Whether the kernel takes the flags is seen at load.
    #[doc(alias = "bpf_program__set_flags")]
    pub fn set_flags(&mut self, flags: ProgramFlags) -> Result<()> {
        // SAFETY: bpf_program__set_flags wants exclusive use of the program: this is its only OpenProgram.
        let result = unsafe { self.program.set_flags(flags.bits()) };
        self.finish("set the flags of", result)
    }

    /// What the verifier writes of this program.
    #[doc(alias = "bpf_program__log_level")]
    pub fn log_level(&self) -> LogLevel {
        self.program.log_level().into()
    }

    /// Sets what the verifier writes of this program, also where it accepts it. [`keep_log`](OpenProgram::keep_log) keeps it.
    ///
    /// # Errors
    ///
    /// None with this libbpf, before load.
    #[doc(alias = "bpf_program__set_log_level")]
    pub fn set_log_level(&mut self, level: LogLevel) -> Result<()> {
        // SAFETY: bpf_program__set_log_level wants exclusive use of the program: this is its only OpenProgram.
        let result = unsafe { self.program.set_log_level(level.bits()) };
        self.finish("set the log level of", result)
    }

    /// Keeps up to so many bytes of the verifier's log of this program, for [`Program::log`](crate::Program::log). Where
    /// it is longer, load fails with ENOSPC: that is what the kernel does.
    ///
    /// ```no_run
    /// use libbpf_safe::OpenObject;
    /// use libbpf_safe::program::LogLevel;
    ///
    /// let mut open = OpenObject::from_file("prober.bpf.o")?;
    /// let mut program = open.program_mut("on_exec")?;
    /// program.set_log_level(LogLevel::STATISTICS)?;
    /// program.keep_log(1 << 16);
    /// let object = open.load()?;
    /// println!("{}", object.program("on_exec")?.log().unwrap_or_default());
    /// # Ok::<(), libbpf_safe::Error>(())
    /// ```
    #[doc(alias = "bpf_program__set_log_buf")]
    pub fn keep_log(&mut self, bytes: usize) {
        self.object.keep_log(self.program.address(), bytes);
    }

    /// Binds the program to a network device, by its number: with
    /// [`XDP_DEVICE_BOUND`](ProgramFlags::XDP_DEVICE_BOUND) it asks the device for metadata, otherwise the device runs it.
    ///
    /// Since Linux 4.16; few devices run programs.
    #[doc(alias = "bpf_program__set_ifindex")]
    pub fn set_ifindex(&mut self, device: u32) {
        // SAFETY: bpf_program__set_ifindex wants exclusive use of the program: this is its only OpenProgram.
        unsafe { self.program.set_ifindex(device) }
    }

    /// The program as the compiler left it, without relocations and without the functions that it calls. As it will be
    /// loaded, [`PreparedObject::instructions`](crate::PreparedObject::instructions) has it.
    #[doc(alias = "bpf_program__insns")]
    #[doc(alias = "bpf_program__insn_cnt")]
    pub fn instructions(&self) -> &[Instruction] {
        // SAFETY: bpf_program__insns' array stays as it is until the object is prepared, which wants it exclusively.
        unsafe { self.program.instructions() }
    }

    pub(super) fn cannot(&self, what: &str) -> String {
        let object = self.object.name();
        format!("{what} program `{}` of object `{object}`", self.name())
    }

    fn finish(&self, what: &str, result: raw::Result<()>) -> Result<()> {
        result.map_err(|errno| Error::system(self.cannot(what), errno))
    }
}
