//! What a link is in this process: libbpf's struct, or a descriptor alone.

use crate::pin;
use crate::program::Program;
use crate::raw::{self, Errno, Result, syscall};
use std::ffi::{CStr, OsStr};
use std::os::fd::{AsFd, BorrowedFd, IntoRawFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// A link of libbpf's is needed where attaching leaves something behind in the process (USDT, old kinds of
/// probes). libbpf makes none from a descriptor, so those that come by id, or with flags that it does not pass on,
/// are descriptors.
pub(super) enum Handle {
    Libbpf(raw::link::Link),
    Descriptor { fd: OwnedFd, pin: Option<PathBuf> },
}

impl Handle {
    pub(super) fn fd(&self) -> Option<BorrowedFd<'_>> {
        match self {
            Handle::Libbpf(link) => link.fd(),
            Handle::Descriptor { fd, .. } => Some(fd.as_fd()),
        }
    }

    pub(super) fn pin_path(&self) -> Option<PathBuf> {
        match self {
            Handle::Libbpf(link) => {
                let path = link.pin_path()?;
                Some(PathBuf::from(OsStr::from_bytes(path.to_bytes())))
            }
            Handle::Descriptor { pin, .. } => pin.clone(),
        }
    }

    pub(super) fn pin(&mut self, c_path: &CStr) -> Result<()> {
        match self {
            Handle::Libbpf(link) => link.pin(c_path),
            // As libbpf has it.
            Handle::Descriptor { pin: Some(_), .. } => Err(Errno(libc::EBUSY)),
            Handle::Descriptor { fd, pin } => {
                syscall::pin(fd.as_fd(), c_path)?;
                *pin = Some(Path::new(OsStr::from_bytes(c_path.to_bytes())).to_owned());
                Ok(())
            }
        }
    }

    pub(super) fn unpin(&mut self) -> Result<()> {
        match self {
            Handle::Libbpf(link) => link.unpin(),
            Handle::Descriptor { pin, .. } => {
                let path = pin.as_ref().ok_or(Errno(libc::EINVAL))?;
                pin::remove(path)?;
                *pin = None;
                Ok(())
            }
        }
    }

    pub(super) fn update_program(&mut self, program: &Program) -> Result<()> {
        match self {
            // SAFETY: bpf_link__update_program wants a program of a loaded object, which Program is.
            Handle::Libbpf(link) => unsafe { link.update_program(program.as_raw()) },
            Handle::Descriptor { fd, .. } => {
                let new = program.as_raw().fd().ok_or(Errno(libc::EINVAL))?;
                syscall::update_link_program(fd.as_fd(), new, None)
            }
        }
    }

    /// Only where the link has the program `old`.
    pub(super) fn replace_program(
        &mut self,
        old: BorrowedFd<'_>,
        new: BorrowedFd<'_>,
    ) -> Result<()> {
        let fd = self.fd().ok_or(Errno(libc::EINVAL))?;
        syscall::update_link_program(fd, new, Some(old))
    }

    pub(super) fn force_detach(&self) -> Result<()> {
        match self {
            Handle::Libbpf(link) => link.force_detach(),
            Handle::Descriptor { fd, .. } => syscall::detach_link(fd.as_fd()),
        }
    }

    /// Leaves the descriptor open when the handle is gone.
    pub(super) fn disconnect(self) {
        match self {
            Handle::Libbpf(mut link) => link.disconnect(),
            Handle::Descriptor { fd, .. } => {
                let _ = fd.into_raw_fd();
            }
        }
    }

    pub(super) fn destroy(self) -> Result<()> {
        match self {
            Handle::Libbpf(link) => link.destroy(),
            Handle::Descriptor { fd, .. } => {
                drop(fd);
                Ok(())
            }
        }
    }
}
