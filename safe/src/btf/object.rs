use crate::error::{Error, Result};
use crate::ids::{self, Listed};
use crate::raw::{by_path, syscall};
use crate::token::Token;
use std::fmt;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

/// A BTF in the kernel, by a descriptor: the kernel's own, a module's, or that of somebody's programs and maps.
///
/// ```no_run
/// use libbpf_safe::btf::BtfObject;
///
/// for object in BtfObject::all() {
///     let info = object?.info()?;
///     println!("{}: {} bytes {}", info.id, info.size, info.name);
/// }
/// # Ok::<(), libbpf_safe::Error>(())
/// ```
pub struct BtfObject {
    fd: OwnedFd,
}

/// What the kernel knows about a BTF: `struct bpf_btf_info`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
#[doc(alias = "bpf_btf_info")]
pub struct BtfObjectInfo {
    /// The id, unique while it is in the kernel.
    pub id: u32,
    /// Its size in bytes.
    pub size: u32,
    /// `vmlinux`, the module's name, or nothing.
    pub name: String,
    /// Whether it is the kernel's or a module's.
    pub is_kernel: bool,
}

impl BtfObject {
    /// The ids of all BTF objects, in ascending order. What goes while they are listed is left out, what comes may be.
    ///
    /// Since Linux 5.4.
    ///
    /// # Errors
    ///
    /// The caller lacks `CAP_SYS_ADMIN`: the last item.
    #[doc(alias = "bpf_btf_get_next_id")]
    pub fn ids() -> impl Iterator<Item = Result<u32>> {
        ids::ids(Listed::BtfObjects)
    }

    /// All BTF objects, in the order of their ids.
    ///
    /// Since Linux 5.4.
    ///
    /// # Errors
    ///
    /// The caller lacks `CAP_SYS_ADMIN`: the last item.
    pub fn all() -> impl Iterator<Item = Result<BtfObject>> {
        ids::open(BtfObject::ids(), BtfObject::from_id)
    }

    /// A BTF by its id.
    ///
    /// Since Linux 4.18.
    ///
    /// # Errors
    ///
    /// There is no such BTF, or the caller lacks `CAP_SYS_ADMIN`.
    #[doc(alias = "bpf_btf_get_fd_by_id")]
    pub fn from_id(id: u32) -> Result<BtfObject> {
        syscall::btf_by_id(id)
            .map(|fd| BtfObject { fd })
            .map_err(|errno| Error::system(format!("open the BTF with id {id}"), errno))
    }

    /// A BTF by its id and the rights that were delegated: maps, programs and links are opened by their ids with
    /// capabilities only.
    ///
    /// Since Linux 6.15.
    ///
    /// # Errors
    ///
    /// There is no such BTF, the token does not allow it, or the kernel takes no token here.
    #[doc(alias = "bpf_btf_get_fd_by_id_opts")]
    pub fn from_id_with(id: u32, token: &Token) -> Result<BtfObject> {
        by_path::btf_by_id(id, token.as_fd())
            .map(|fd| BtfObject { fd })
            .map_err(|errno| Error::system(format!("open the BTF with id {id}"), errno))
    }

    /// Of one that was just loaded.
    pub(super) fn from_fd(fd: OwnedFd) -> BtfObject {
        BtfObject { fd }
    }

    /// What the kernel knows about it.
    ///
    /// Since Linux 5.11.
    ///
    /// # Errors
    ///
    /// The kernel refuses.
    #[doc(alias = "bpf_btf_get_info_by_fd")]
    pub fn info(&self) -> Result<BtfObjectInfo> {
        let (info, name) = syscall::btf_info(self.as_fd())
            .map_err(|errno| Error::system("read the information of a BTF", errno))?;
        Ok(BtfObjectInfo {
            id: info.id,
            size: info.btf_size,
            name: String::from_utf8_lossy(&name).into_owned(),
            is_kernel: info.kernel_btf != 0,
        })
    }
}

impl AsFd for BtfObject {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}

impl fmt::Debug for BtfObject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BtfObject")
            .field("info", &self.info().ok())
            .finish_non_exhaustive()
    }
}
