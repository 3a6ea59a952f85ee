#![allow(unsafe_code)]

use super::{ProgramInfo, ProgramType, explain};
use crate::error::{Error, ErrorKind, Result};
use crate::link::Link;
use crate::log::capture;
use crate::object::LoadedInner;
use crate::raw::program::{ProgramAddress, ProgramRef};
use crate::raw::syscall;
use std::fmt;
use std::os::fd::BorrowedFd;
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

    pub(super) fn cannot(&self, what: &str) -> String {
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
        self.fd_for("attach")?;
        if self.program_type() == ProgramType::STRUCT_OPS {
            return Err(Error::new(
                self.cannot("attach"),
                ErrorKind::InvalidInput {
                    reason: "a struct_ops program is attached with its map".into(),
                },
            ));
        }
        let lock = self.object.lock();
        // SAFETY: bpf_program__attach wants a loaded object that outlives the link, which Link keeps,
        // and no other attachment meanwhile: the lock.
        let (result, messages) = capture(|| unsafe { self.program().attach() });
        drop(lock);
        match result {
            Ok(link) => Ok(Link::new(link, Arc::clone(&self.object))),
            Err(errno) => Err(explain::not_attached(
                self.cannot("attach"),
                self.program_type(),
                self.program().section_name().to_str().unwrap_or_default(),
                errno,
                messages,
            )),
        }
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
