//! struct_ops links that outlive a process, and those that other processes have made.

use super::link::one_update_at_a_time;
use super::{RegistrationState, StructOpsLink, StructOpsMap, explain};
use crate::error::{Error, ErrorKind, Result};
use crate::link::LinkInfo;
use crate::map::Map;
use crate::pin::{self, Pinned};
use crate::raw::Errno;
use crate::raw::syscall::{self, ids};
use std::fmt;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::{Path, PathBuf};

impl StructOpsLink {
    /// Gives the link a name in a BPF file system, such as `/sys/fs/bpf/my_cc`: the map stays in force as
    /// long as that is there, whatever becomes of this process. Since Linux 6.4.
    ///
    /// [`SharedStructOpsLink::open_pinned`] opens it again.
    ///
    /// # Errors
    ///
    /// It is pinned already, the map is in a plain `.struct_ops` section, the path exists, or is not in a
    /// BPF file system.
    #[doc(alias = "bpf_link__pin")]
    pub fn pin(&mut self, path: impl AsRef<Path>) -> Result<()> {
        let path = path.as_ref();
        let operation = format!("{} at `{}`", self.map().cannot("pin"), path.display());
        if let Some(pinned) = self.pin_path() {
            let reason = format!("it is pinned at `{}`", pinned.display());
            return Err(Error::new(operation, ErrorKind::InvalidInput { reason }));
        }
        let link = self.kernel_link(&operation)?;
        pin::pin(
            link,
            path,
            &format!("the link of struct_ops map `{}`", self.map().name()),
        )?;
        *self.pin_path_mut() = Some(path.to_owned());
        Ok(())
    }

    /// Takes the link's name in the BPF file system away. The map is in force as long as the link is held.
    ///
    /// # Errors
    ///
    /// The link was not pinned here, or the file cannot be removed.
    #[doc(alias = "bpf_link__unpin")]
    pub fn unpin(&mut self) -> Result<()> {
        let operation = self.map().cannot("unpin");
        unpin(self.pin_path(), operation)?;
        *self.pin_path_mut() = None;
        Ok(())
    }
}

/// A struct_ops link that this process has not made, or not any more: opened from where it is pinned, or by
/// its id. Since Linux 6.4.
///
/// The map stays in force as long as anybody holds the link, or it is pinned.
#[doc(alias = "bpf_link")]
pub struct SharedStructOpsLink {
    fd: OwnedFd,
    id: u32,
    pinned: Option<PathBuf>,
}

impl SharedStructOpsLink {
    /// Opens a link where it is pinned.
    ///
    /// # Errors
    ///
    /// There is nothing pinned at this path, or something else than a struct_ops link.
    #[doc(alias = "bpf_link__open")]
    #[doc(alias = "bpf_obj_get")]
    pub fn open_pinned(path: impl AsRef<Path>) -> Result<SharedStructOpsLink> {
        let path = path.as_ref();
        let operation = format!("open the struct_ops link at `{}`", path.display());
        let fd = pin::open(path, Pinned::Link)?;
        Self::new(fd, Some(path.to_owned()), &operation)
    }

    /// Opens a link by its id, as `bpftool link` lists it.
    ///
    /// # Errors
    ///
    /// There is no such link, it is no struct_ops link, or the caller lacks `CAP_SYS_ADMIN`.
    #[doc(alias = "bpf_link_get_fd_by_id")]
    pub fn from_id(id: u32) -> Result<SharedStructOpsLink> {
        let operation = format!("open the struct_ops link with id {id}");
        let fd =
            syscall::link_by_id(id).map_err(|errno| Error::system(operation.as_str(), errno))?;
        Self::new(fd, None, &operation)
    }

    /// All struct_ops links there are, by id.
    ///
    /// # Errors
    ///
    /// The caller lacks `CAP_SYS_ADMIN`, or the kernel is older than Linux 5.8 and has no links.
    #[doc(alias = "bpf_link_get_next_id")]
    pub fn all() -> Result<Vec<SharedStructOpsLink>> {
        let operation = "list the struct_ops links";
        let mut links = Vec::new();
        for id in ids(syscall::next_link_id) {
            let id = id.map_err(|errno| Error::system(operation, errno))?;
            let fd = match syscall::link_by_id(id) {
                Ok(fd) => fd,
                // Gone meanwhile, or only being made.
                Err(Errno(libc::ENOENT | libc::EAGAIN)) => continue,
                Err(errno) => return Err(Error::system(operation, errno)),
            };
            if LinkInfo::of(fd.as_fd(), operation)?
                .struct_ops_map_id()
                .is_some()
            {
                links.push(Self::new(fd, None, operation)?);
            }
        }
        Ok(links)
    }

    fn new(fd: OwnedFd, pinned: Option<PathBuf>, operation: &str) -> Result<SharedStructOpsLink> {
        let refused = |found: String| {
            Error::new(
                operation,
                ErrorKind::Mismatch {
                    what: "what is there".into(),
                    expected: "a struct_ops link".into(),
                    found,
                },
            )
        };
        let info = LinkInfo::of(fd.as_fd(), operation)?;
        if info.struct_ops_map_id().is_none() {
            return Err(refused(format!("a link of type {:?}", info.link_type)));
        }
        Ok(SharedStructOpsLink {
            fd,
            id: info.id,
            pinned,
        })
    }

    fn cannot(&self, what: &str) -> String {
        match &self.pinned {
            Some(path) => format!("{what} the struct_ops link at `{}`", path.display()),
            None => format!("{what} the struct_ops link with id {}", self.id),
        }
    }

    /// What the kernel knows about the link, read now: among it, the id of the map that is in force.
    ///
    /// # Errors
    ///
    /// The kernel refuses.
    #[doc(alias = "bpf_link_get_info_by_fd")]
    pub fn info(&self) -> Result<LinkInfo> {
        LinkInfo::of(self.fd.as_fd(), &self.cannot("read the information of"))
    }

    /// Puts another map in force, as [`StructOpsLink::update`] does. The map must have been attached before,
    /// or have been refused with [`AlreadyExists`](ErrorKind::AlreadyExists): that gives it its value. Where the caller has `CAP_SYS_ADMIN`,
    /// it fails rather than to replace a map that somebody else has put in force meanwhile.
    ///
    /// # Errors
    ///
    /// The map is in a plain `.struct_ops` section, or the subsystem refuses; the map that was in force
    /// then still is.
    #[doc(alias = "bpf_link_update")]
    pub fn update(&self, map: &StructOpsMap) -> Result<()> {
        let operation = map.cannot("put in force");
        if !map.has_link() {
            return Err(StructOpsLink::without_link(operation));
        }
        let new = map.to_map()?;
        let _alone = one_update_at_a_time();
        let in_force = self.info()?.struct_ops_map_id();
        // As in StructOpsLink::update: the kernel must not be given the map that it has.
        if in_force == Some(new.info().id) {
            return Ok(());
        }
        if map.value()?.state() != RegistrationState::Ready {
            let reason = "it has no value in the kernel before it was attached once".to_owned();
            return Err(Error::new(operation, ErrorKind::InvalidInput { reason })
                .with_hint("attach it once, or put it in force by a StructOpsLink"));
        }
        let old = in_force.and_then(|id| Map::from_id(id).ok());
        syscall::update_link(self.fd.as_fd(), new.as_fd(), old.as_ref().map(Map::as_fd))
            .map_err(|errno| explain::not_replaced(map, errno))
    }

    /// Gives the link a name in a BPF file system; it may have others.
    ///
    /// # Errors
    ///
    /// The path exists, or is not in a BPF file system.
    #[doc(alias = "bpf_obj_pin")]
    pub fn pin(&mut self, path: impl AsRef<Path>) -> Result<()> {
        let path = path.as_ref();
        pin::pin(self.fd.as_fd(), path, &self.cannot("").replacen(' ', "", 1))?;
        self.pinned = Some(path.to_owned());
        Ok(())
    }

    /// Takes away the name that the link was opened by, or that it was given last.
    ///
    /// # Errors
    ///
    /// The link was not opened by a path, and not pinned; or the file cannot be removed.
    #[doc(alias = "bpf_link__unpin")]
    pub fn unpin(&mut self) -> Result<()> {
        unpin(self.pinned.as_deref(), self.cannot("unpin"))?;
        self.pinned = None;
        Ok(())
    }

    /// What the link was opened by, or pinned as.
    #[doc(alias = "bpf_link__pin_path")]
    pub fn pin_path(&self) -> Option<&Path> {
        self.pinned.as_deref()
    }

    /// Ends the registration, whoever else holds the link. Since Linux 6.11.
    ///
    /// On an older kernel [`unpin`](Self::unpin) and drop do, where nobody else holds it.
    ///
    /// # Errors
    ///
    /// The kernel is older, or the link was detached before.
    #[doc(alias = "bpf_link__detach")]
    #[doc(alias = "bpf_link_detach")]
    pub fn detach(self) -> Result<()> {
        syscall::detach_link(self.fd.as_fd()).map_err(|errno| {
            let error = Error::system(self.cannot("detach"), errno);
            match errno.0 {
                libc::EOPNOTSUPP => error.with_hint(
                    "kernels before 6.11 detach when nobody holds the link: unpin and drop it",
                ),
                _ => error,
            }
        })
    }
}

impl AsFd for SharedStructOpsLink {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}

impl fmt::Debug for SharedStructOpsLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedStructOpsLink")
            .field("id", &self.id)
            .field("pinned", &self.pinned)
            .finish_non_exhaustive()
    }
}

fn unpin(pinned: Option<&Path>, operation: String) -> Result<()> {
    let Some(path) = pinned else {
        let reason = "it is not pinned".to_owned();
        return Err(Error::new(operation, ErrorKind::InvalidInput { reason }));
    };
    std::fs::remove_file(path).map_err(|error| {
        let errno = Errno::from(&error);
        Error::system(format!("{operation} at `{}`", path.display()), errno)
    })
}
