//! Pins of programs, and what else is done to one by its descriptor.

use super::{KernelProgram, Program, ProgramInfo};
use crate::error::{Error, ErrorKind, Result};
use crate::map::{Map, pin_at};
use crate::pin::{self, Pinned};
use crate::raw::{create, program_code, syscall};
use std::ffi::CString;
use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;

impl Program {
    /// Removes a pin of this program. It stays in the kernel as long as something else keeps it.
    ///
    /// # Errors
    ///
    /// The program was not loaded, there is nothing at the path, or something else is pinned there.
    #[doc(alias = "bpf_program__unpin")]
    pub fn unpin(&self, path: impl AsRef<Path>) -> Result<()> {
        let what = format!("program `{}`", self.name());
        pin::unpin(self.fd_for("unpin")?, path.as_ref(), Pinned::Program, &what)
    }
}

impl KernelProgram {
    /// A program that was pinned, perhaps by another process.
    ///
    /// Since Linux 4.4.
    ///
    /// # Errors
    ///
    /// There is nothing at the path, or it is no program.
    #[doc(alias = "bpf_obj_get")]
    pub fn open_pinned(path: impl AsRef<Path>) -> Result<KernelProgram> {
        let path = path.as_ref();
        let fd = pin::open(path, Pinned::Program)?;
        let info = syscall::program_info(fd.as_fd()).map_err(|errno| {
            let path = path.display();
            Error::system(format!("open the program pinned at `{path}`"), errno)
        })?;
        let name = super::kernel::function_name(fd.as_fd(), info.btf_id);
        let name = name.unwrap_or_else(|| ProgramInfo::from_c(&info).name);
        Ok(KernelProgram::new(fd, name))
    }

    /// Pins the program in a BPF file system, as [`Program::pin`] does.
    ///
    /// # Errors
    ///
    /// As [`Program::pin`].
    #[doc(alias = "bpf_obj_pin")]
    pub fn pin(&self, path: impl AsRef<Path>) -> Result<()> {
        pin::pin(self.as_fd(), path.as_ref(), &self.what())
    }

    /// Pins the program at a path from a folder in a BPF file system.
    ///
    /// Since Linux 6.5.
    ///
    /// # Errors
    ///
    /// As [`Program::pin`].
    #[doc(alias = "bpf_obj_pin_opts")]
    pub fn pin_at(&self, folder: impl AsFd, path: impl AsRef<Path>) -> Result<()> {
        pin_at(self.as_fd(), folder.as_fd(), path.as_ref(), &self.what())
    }

    /// Removes a pin of this program.
    ///
    /// # Errors
    ///
    /// There is nothing at the path, or something else is pinned there.
    #[doc(alias = "bpf_program__unpin")]
    pub fn unpin(&self, path: impl AsRef<Path>) -> Result<()> {
        pin::unpin(self.as_fd(), path.as_ref(), Pinned::Program, &self.what())
    }

    /// Keeps a map as long as the program, though the program does not use it: such as one that describes it.
    ///
    /// Since Linux 5.10.
    ///
    /// # Errors
    ///
    /// The kernel refuses.
    #[doc(alias = "bpf_prog_bind_map")]
    pub fn bind_map(&self, map: &Map) -> Result<()> {
        program_code::bind_map(self.as_fd(), map.as_fd()).map_err(|errno| {
            let map = map.name();
            Error::system(format!("bind map `{map}` to {}", self.what()), errno)
        })
    }

    /// Attaches a program that has no object to a raw tracepoint, until the descriptor and what was made of it are closed. Of
    /// objects, [`Program::attach_raw_tracepoint`] gives a link.
    ///
    /// Since Linux 4.17; with a cookie since 6.10.
    ///
    /// # Errors
    ///
    /// There is no such tracepoint, or the program is for something else.
    #[doc(alias = "bpf_raw_tracepoint_open")]
    #[doc(alias = "bpf_raw_tracepoint_open_opts")]
    pub fn open_raw_tracepoint(&self, name: &str, cookie: u64) -> Result<OwnedFd> {
        let operation = format!("attach {} to raw tracepoint `{name}`", self.what());
        let name = CString::new(name).map_err(|_| {
            let reason = "the name has a NUL inside".into();
            Error::new(&*operation, ErrorKind::InvalidInput { reason })
        })?;
        create::open_raw_tracepoint(self.as_fd(), &name, cookie)
            .map_err(|errno| Error::system(operation, errno).with_privileges())
    }

    fn what(&self) -> String {
        format!("program `{}`", self.name())
    }
}
