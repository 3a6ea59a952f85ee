use super::Map;
use crate::error::{Error, Result};
use crate::object::c_path;
use crate::pin::{self, Pinned};
use crate::raw::{by_path, syscall};
use libbpf_ffi as ffi;
use std::os::fd::{AsFd, BorrowedFd};
use std::path::Path;

/// What a handle may do with a map, whatever the map allows others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Access {
    /// Read and write.
    #[default]
    ReadWrite,
    /// Read. Since Linux 4.15.
    #[doc(alias = "BPF_F_RDONLY")]
    ReadOnly,
    /// Write. Since Linux 4.15.
    #[doc(alias = "BPF_F_WRONLY")]
    WriteOnly,
}

impl Access {
    pub(crate) fn flags(self) -> u32 {
        match self {
            Access::ReadWrite => 0,
            Access::ReadOnly => ffi::BPF_F_RDONLY,
            Access::WriteOnly => ffi::BPF_F_WRONLY,
        }
    }
}

impl Map {
    /// A map in the kernel, by its id, for reading or writing only.
    ///
    /// Since Linux 4.15.
    ///
    /// # Errors
    ///
    /// There is no such map, or the caller lacks `CAP_SYS_ADMIN`.
    #[doc(alias = "bpf_map_get_fd_by_id_opts")]
    pub fn from_id_with(id: u32, access: Access) -> Result<Map> {
        let fd = by_path::map_by_id(id, access.flags())
            .map_err(|errno| Error::system(format!("open the map with id {id}"), errno))?;
        Map::from_fd(fd, None)
    }

    /// A map that was pinned, by its path from a folder, for reading or writing only. An absolute path starts at the root
    /// as always.
    ///
    /// Since Linux 6.5.
    ///
    /// # Errors
    ///
    /// There is nothing at the path, or it is no map.
    #[doc(alias = "bpf_obj_get_opts")]
    pub fn open_pinned_at(
        folder: impl AsFd,
        path: impl AsRef<Path>,
        access: Access,
    ) -> Result<Map> {
        let path = path.as_ref();
        let operation = format!("open the map pinned at `{}`", path.display());
        let c_path = c_path(&operation, path)?;
        let fd = by_path::open_pinned_at(folder.as_fd(), &c_path, access.flags())
            .map_err(|errno| Error::system(&*operation, errno))?;
        pin::check(fd.as_fd(), Pinned::Map, &operation)?;
        Map::from_fd(fd, None)
    }

    /// Pins the map at a path from a folder in a BPF file system.
    ///
    /// Since Linux 6.5.
    ///
    /// # Errors
    ///
    /// As [`pin`](Map::pin).
    #[doc(alias = "bpf_obj_pin_opts")]
    pub fn pin_at(&self, folder: impl AsFd, path: impl AsRef<Path>) -> Result<()> {
        let what = format!("map `{}`", self.name());
        pin_at(self.as_fd(), folder.as_fd(), path.as_ref(), &what)
    }

    /// Whether this very map is pinned at a path.
    ///
    /// # Errors
    ///
    /// The path cannot be looked at.
    #[doc(alias = "bpf_map__is_pinned")]
    pub fn is_pinned_at(&self, path: impl AsRef<Path>) -> Result<bool> {
        let operation = self.cannot("look for the pin of");
        let c_path = c_path(&operation, path.as_ref())?;
        let fd = match syscall::open_pinned(&c_path) {
            Ok(fd) => fd,
            Err(errno) if errno.0 == libc::ENOENT => return Ok(false),
            Err(errno) => return Err(Error::system(operation, errno)),
        };
        if !Pinned::Map.is_kind_of(fd.as_fd()) {
            return Ok(false);
        }
        Ok(Map::from_fd(fd, None)?.info().id == self.info().id)
    }

    /// Removes a pin of this map. It stays in the kernel as long as something else keeps it.
    ///
    /// # Errors
    ///
    /// There is nothing at the path, or something else is pinned there.
    #[doc(alias = "bpf_map__unpin")]
    pub fn unpin(&self, path: impl AsRef<Path>) -> Result<()> {
        let what = format!("map `{}`", self.name());
        pin::unpin(self.as_fd(), path.as_ref(), Pinned::Map, &what)
    }
}

/// Pins what the descriptor is of, at a path from a folder.
pub(crate) fn pin_at(
    fd: BorrowedFd<'_>,
    folder: BorrowedFd<'_>,
    path: &Path,
    what: &str,
) -> Result<()> {
    let operation = format!("pin {what} at `{}`", path.display());
    let c_path = c_path(&operation, path)?;
    by_path::pin_at(fd, folder, &c_path).map_err(|errno| pin::refused(operation, errno))
}
