#![allow(unsafe_code)]

use super::{ProgramInfo, ProgramType, explain};
use crate::error::{Error, ErrorKind, Result};
use crate::link::Link;
use crate::log::capture;
use crate::object::LoadedInner;
use crate::pin;
use crate::raw::attach::Attaching;
use crate::raw::program::{ProgramAddress, ProgramRef};
use crate::raw::{self, syscall};
use std::fmt;
use std::os::fd::BorrowedFd;
use std::path::Path;
use std::sync::Arc;

/// A program of an object that is loaded.
///
/// Cheap to clone. It keeps its object in the kernel.
///
/// # Invariants
///
/// `program` is of `object`.
#[derive(Clone)]
#[doc(alias = "bpf_program")]
pub struct Program {
    object: Arc<LoadedInner>,
    program: ProgramAddress,
}

impl Program {
    pub(crate) fn new(object: Arc<LoadedInner>, program: ProgramAddress) -> Program {
        // INVARIANT: the only caller, Object::program, takes the address from this object.
        Program { object, program }
    }

    fn program(&self) -> ProgramRef<'_> {
        // SAFETY: ProgramAddress::of wants the program's own object: the type invariant.
        unsafe { self.program.of(self.object.object()) }
    }

    /// The program in the raw layer's terms.
    pub(crate) fn as_raw(&self) -> ProgramRef<'_> {
        self.program()
    }

    pub(crate) fn cannot(&self, what: &str) -> String {
        format!(
            "{what} program `{}` of object `{}`",
            self.name(),
            self.object.name()
        )
    }

    /// The name of the C function, in full; the kernel keeps 15 bytes of it.
    #[doc(alias = "bpf_program__name")]
    pub fn name(&self) -> &str {
        self.program().name().to_str().unwrap_or_default()
    }

    /// The name of the ELF section, such as `xdp`: what `SEC()` says.
    #[doc(alias = "bpf_program__section_name")]
    pub fn section_name(&self) -> &str {
        self.program().section_name().to_str().unwrap_or_default()
    }

    /// The program's type.
    #[doc(alias = "bpf_program__type")]
    pub fn program_type(&self) -> ProgramType {
        ProgramType(self.program().kind())
    }

    /// Whether load put the program into the kernel.
    pub fn is_loaded(&self) -> bool {
        self.program().fd().is_some()
    }

    /// The program's descriptor.
    ///
    /// # Errors
    ///
    /// The program was not loaded.
    #[doc(alias = "bpf_program__fd")]
    pub fn fd(&self) -> Result<BorrowedFd<'_>> {
        self.fd_for("use")
    }

    pub(super) fn fd_for(&self, what: &str) -> Result<BorrowedFd<'_>> {
        self.program().fd().ok_or_else(|| {
            let reason = if self.program_type() == ProgramType::STRUCT_OPS {
                "it was not loaded, because no struct_ops map referred to it at load, or its autoload was off"
            } else {
                "it was not loaded, because its autoload was off"
            };
            Error::new(
                self.cannot(what),
                ErrorKind::InvalidInput {
                    reason: reason.into(),
                },
            )
        })
    }

    /// What the verifier wrote of the program, where it was asked to, by
    /// [`OpenProgram::set_log_level`](super::OpenProgram::set_log_level) or
    /// [`OpenOptions::log_level`](crate::OpenOptions::log_level), and where it was kept, by
    /// [`OpenProgram::keep_log`](super::OpenProgram::keep_log) or
    /// [`OpenOptions::keep_logs`](crate::OpenOptions::keep_logs).
    #[doc(alias = "bpf_program__log_buf")]
    pub fn log(&self) -> Option<&str> {
        self.object.log(self.name())
    }

    /// What the kernel knows about the program, read now.
    ///
    /// Since Linux 4.13; run counts since 5.1.
    ///
    /// # Errors
    ///
    /// The program was not loaded.
    #[doc(alias = "bpf_prog_get_info_by_fd")]
    pub fn info(&self) -> Result<ProgramInfo> {
        let fd = self.fd_for("read the information of")?;
        syscall::program_info(fd)
            .map(|info| ProgramInfo::from_c(&info))
            .map_err(|errno| Error::system(self.cannot("read the information of"), errno))
    }

    /// Attaches the program where its section name says, such as `SEC("tp_btf/sched_switch")`.
    ///
    /// # Errors
    ///
    /// The program was not loaded, its section names no place (or its type has none: struct_ops
    /// programs are attached with their map), or the kernel refuses.
    #[doc(alias = "bpf_program__attach")]
    pub fn attach(&self) -> Result<Link> {
        if self.program_type() == ProgramType::STRUCT_OPS {
            return Err(Error::new(
                self.cannot("attach"),
                ErrorKind::InvalidInput {
                    reason: "a struct_ops program is attached with its map".into(),
                },
            ));
        }
        self.fd_for("attach")?;
        self.try_attach(|program| program.by_section())
            .map_err(|(errno, messages)| {
                explain::not_attached(
                    self.cannot("attach"),
                    self.program_type(),
                    self.section_name(),
                    errno,
                    messages,
                )
            })
    }

    /// Attaches by a function of the raw layer.
    pub(super) fn attach_with(
        &self,
        attach: impl FnOnce(Attaching<'_>) -> raw::Result<raw::link::Link>,
    ) -> Result<Link> {
        self.fd_for("attach")?;
        self.try_attach(attach).map_err(|(errno, messages)| {
            Error::system(self.cannot("attach"), errno)
                .with_privileges()
                .with_messages(messages)
        })
    }

    /// The link, or the kernel's word and libbpf's. The program is loaded.
    fn try_attach(
        &self,
        attach: impl FnOnce(Attaching<'_>) -> raw::Result<raw::link::Link>,
    ) -> std::result::Result<Link, (raw::Errno, Vec<String>)> {
        let lock = self.object.lock();
        // SAFETY: Attaching wants a loaded object, whose links keep it, as Link does, and that nobody else
        // attaches meanwhile: the lock.
        let program = unsafe { Attaching::new(self.program()) };
        let (result, messages) = capture(|| attach(program));
        drop(lock);
        match result {
            Ok(link) => Ok(Link::new(link, Some(Arc::clone(&self.object)))),
            Err(errno) => Err((errno, messages)),
        }
    }

    /// Pins the program in a BPF file system, so that it stays when the process ends. Removing the file removes
    /// the pin.
    ///
    /// Since Linux 4.4.
    ///
    /// # Errors
    ///
    /// The program was not loaded, there is something at the path, or it is in no BPF file system
    /// (`mount -t bpf bpf /sys/fs/bpf`).
    #[doc(alias = "bpf_program__pin")]
    pub fn pin(&self, path: impl AsRef<Path>) -> Result<()> {
        let what = format!("program `{}`", self.name());
        pin::pin(self.fd_for("pin")?, path.as_ref(), &what)
    }

    /// Whether [`attach`](Program::attach) of a whole object attaches the program.
    #[doc(alias = "bpf_program__autoattach")]
    pub fn autoattach(&self) -> bool {
        self.program().autoattach()
    }
}

impl fmt::Debug for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Program")
            .field("name", &self.name())
            .field("type", &self.program_type())
            .field("loaded", &self.is_loaded())
            .finish_non_exhaustive()
    }
}
