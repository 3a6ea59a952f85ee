use super::{Program, ProgramInfo};
use crate::btf::{Btf, Type, TypeId};
use crate::error::{Error, Result};
use crate::ids::{self, Listed};
use crate::raw::{self, Errno, syscall};
use std::fmt;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::Arc;

/// A program in the kernel, by a descriptor of its own: all else of the object that it came from may be
/// closed.
///
/// Cheap to clone. Its descriptor serves other libraries and system calls. What attaches where its C section
/// says is a [`Program`], because libbpf needs the object for that; its links keep the object, too.
#[derive(Clone)]
#[doc(alias = "bpf_program")]
pub struct KernelProgram {
    inner: Arc<Inner>,
}

struct Inner {
    fd: OwnedFd,
    name: String,
}

impl Program {
    /// The program apart from its object, which it no longer keeps.
    ///
    /// # Errors
    ///
    /// The program was not loaded, or the process has too many descriptors open.
    #[doc(alias = "bpf_program__fd")]
    pub fn to_kernel_program(&self) -> Result<KernelProgram> {
        let fd = self.fd()?.try_clone_to_owned().map_err(|error| {
            let errno = Errno::from(&error);
            Error::system(format!("use program `{}`", self.name()), errno)
        })?;
        Ok(KernelProgram::new(fd, self.name().to_owned()))
    }
}

impl KernelProgram {
    pub(super) fn new(fd: OwnedFd, name: String) -> KernelProgram {
        KernelProgram {
            inner: Arc::new(Inner { fd, name }),
        }
    }

    /// A program in the kernel, by its id. Since Linux 4.13.
    ///
    /// # Errors
    ///
    /// There is no such program, or the caller lacks `CAP_SYS_ADMIN`.
    #[doc(alias = "bpf_prog_get_fd_by_id")]
    #[doc(alias = "btf__load_from_kernel_by_id")]
    pub fn from_id(id: u32) -> Result<KernelProgram> {
        let operation = || format!("open the program with id {id}");
        let fd = syscall::program_by_id(id).map_err(|errno| Error::system(operation(), errno))?;
        let info =
            syscall::program_info(fd.as_fd()).map_err(|errno| Error::system(operation(), errno))?;
        let name = function_name(fd.as_fd(), info.btf_id);
        let name = name.unwrap_or_else(|| ProgramInfo::from_c(&info).name);
        Ok(KernelProgram::new(fd, name))
    }

    /// The ids of all programs, in ascending order. What goes while they are listed is left out, what comes may be.
    ///
    /// Since Linux 4.13.
    ///
    /// # Errors
    ///
    /// The caller lacks `CAP_SYS_ADMIN`: the last item.
    #[doc(alias = "bpf_prog_get_next_id")]
    pub fn ids() -> impl Iterator<Item = Result<u32>> {
        ids::ids(Listed::Programs)
    }

    /// All programs of the kernel, in the order of their ids.
    ///
    /// Since Linux 4.13.
    ///
    /// # Errors
    ///
    /// The caller lacks `CAP_SYS_ADMIN`: the last item.
    pub fn all() -> impl Iterator<Item = Result<KernelProgram>> {
        ids::open(KernelProgram::ids(), KernelProgram::from_id)
    }

    /// The ids of the maps that the program uses, each once.
    ///
    /// Since Linux 4.15.
    ///
    /// # Errors
    ///
    /// The kernel refuses.
    pub fn map_ids(&self) -> Result<Vec<u32>> {
        syscall::program_maps(self.as_fd()).map_err(|errno| {
            Error::system(format!("list the maps of program `{}`", self.name()), errno)
        })
    }

    /// The name of the C function; of a program that came by its id and has no BTF, the first 15 bytes.
    #[doc(alias = "bpf_program__name")]
    pub fn name(&self) -> &str {
        &self.inner.name
    }

    /// What the kernel knows about the program, read now. Since Linux 4.13; run counts since 5.1.
    ///
    /// # Errors
    ///
    /// The kernel refuses.
    #[doc(alias = "bpf_prog_get_info_by_fd")]
    pub fn info(&self) -> Result<ProgramInfo> {
        syscall::program_info(self.as_fd())
            .map(|info| ProgramInfo::from_c(&info))
            .map_err(|errno| {
                Error::system(
                    format!("read the information of program `{}`", self.name()),
                    errno,
                )
            })
    }
}

/// The name in full, which the program's BTF has.
pub(super) fn function_name(program: BorrowedFd<'_>, btf: u32) -> Option<String> {
    if btf == 0 {
        return None;
    }
    let function = syscall::program_function(program).ok()?;
    let mut btf = raw::btf::Btf::load_by_id(btf).ok()?;
    let btf = Btf::parse(btf.bytes().ok()?.to_vec()).ok()?;
    match btf.get(TypeId(function)).ok()? {
        Type::Function { name, .. } => Some(name.to_owned()),
        _ => None,
    }
}

impl AsFd for KernelProgram {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.inner.fd.as_fd()
    }
}

impl fmt::Debug for KernelProgram {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KernelProgram")
            .field("name", &self.name())
            .finish_non_exhaustive()
    }
}
