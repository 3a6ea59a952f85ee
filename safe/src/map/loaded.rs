use super::MapInfo;
use super::sizes::value_room;
use crate::error::{Error, ErrorKind, Result};
use crate::ids::{self, Listed};
use crate::pin::{self, Pinned};
use crate::raw::syscall;
use std::fmt;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::Path;
use std::sync::Arc;

/// A map in the kernel, by the bytes of its keys and values.
///
/// Cheap to clone. It has a descriptor of its own: it outlives the object that it came from.
/// The typed maps of this module are made from it with `try_from`.
///
/// # Invariants
///
/// `info` is what the kernel says about `fd`, and `value_room` follows from it.
#[derive(Clone)]
#[doc(alias = "bpf_map")]
#[doc(alias = "bpf_map__fd")]
pub struct Map {
    inner: Arc<Inner>,
}

struct Inner {
    fd: OwnedFd,
    name: String,
    info: MapInfo,
    /// How many bytes the kernel reads and writes for a value: all CPUs' together. `None` for a type of map that this
    /// library does not know, which may be per CPU.
    value_room: Option<usize>,
}

impl Map {
    /// `name` is the C variable's, in full.
    pub(crate) fn from_fd(fd: OwnedFd, name: Option<&str>) -> Result<Map> {
        let info = syscall::map_info(fd.as_fd()).map_err(|errno| {
            Error::system(
                format!("read the information of map `{}`", name.unwrap_or("?")),
                errno,
            )
        })?;
        // INVARIANT: the kernel said so right here, and a map's type and sizes never change.
        let info = MapInfo::from_c(&info);
        Ok(Map {
            inner: Arc::new(Inner {
                fd,
                name: name.unwrap_or(&info.name).to_owned(),
                value_room: value_room(&info),
                info,
            }),
        })
    }

    /// The name of the C variable.
    #[doc(alias = "bpf_map__name")]
    pub fn name(&self) -> &str {
        &self.inner.name
    }

    /// What the kernel said about the map when this handle was made.
    #[doc(alias = "bpf_map_get_info_by_fd")]
    pub fn info(&self) -> &MapInfo {
        &self.inner.info
    }

    pub(super) fn value_room(&self) -> Option<usize> {
        self.inner.value_room
    }

    /// A map in the kernel, by its id. Since Linux 4.13.
    ///
    /// # Errors
    ///
    /// There is no such map, or the caller lacks `CAP_SYS_ADMIN`.
    #[doc(alias = "bpf_map_get_fd_by_id")]
    pub fn from_id(id: u32) -> Result<Map> {
        let fd = syscall::map_by_id(id)
            .map_err(|errno| Error::system(format!("open the map with id {id}"), errno))?;
        Map::from_fd(fd, None)
    }

    /// The ids of all maps, in ascending order. What goes while they are listed is left out, what comes may be.
    ///
    /// Since Linux 4.13.
    ///
    /// # Errors
    ///
    /// The caller lacks `CAP_SYS_ADMIN`: the last item.
    #[doc(alias = "bpf_map_get_next_id")]
    pub fn ids() -> impl Iterator<Item = Result<u32>> {
        ids::ids(Listed::Maps)
    }

    /// All maps of the kernel, in the order of their ids.
    ///
    /// Since Linux 4.13.
    ///
    /// # Errors
    ///
    /// The caller lacks `CAP_SYS_ADMIN`: the last item.
    pub fn all() -> impl Iterator<Item = Result<Map>> {
        ids::open(Map::ids(), Map::from_id)
    }

    /// A map that C code, or another process, has given a descriptor of. It is called as the kernel calls it.
    ///
    /// Since Linux 4.13.
    ///
    /// # Errors
    ///
    /// The descriptor is none of a map. It is closed then.
    pub fn from_owned_fd(fd: OwnedFd) -> Result<Map> {
        if !Pinned::Map.is_kind_of(fd.as_fd()) {
            let reason = "it is the descriptor of something else".into();
            let error = ErrorKind::InvalidInput { reason };
            return Err(Error::new("use a map by its descriptor", error));
        }
        Map::from_fd(fd, None)
    }

    /// Pins the map in a BPF file system, so that it stays when the process ends. Removing the file removes the
    /// pin.
    ///
    /// Since Linux 4.4.
    ///
    /// # Errors
    ///
    /// There is something at the path, or it is in no BPF file system (`mount -t bpf bpf /sys/fs/bpf`).
    #[doc(alias = "bpf_map__pin")]
    #[doc(alias = "bpf_obj_pin")]
    pub fn pin(&self, path: impl AsRef<Path>) -> Result<()> {
        let what = format!("map `{}`", self.name());
        pin::pin(self.as_fd(), path.as_ref(), &what)
    }

    /// A map that was pinned, perhaps by another process.
    ///
    /// Since Linux 4.4.
    ///
    /// # Errors
    ///
    /// There is nothing at the path, or it is no map.
    #[doc(alias = "bpf_obj_get")]
    pub fn open_pinned(path: impl AsRef<Path>) -> Result<Map> {
        Map::from_fd(pin::open(path.as_ref(), Pinned::Map)?, None)
    }

    pub(crate) fn cannot(&self, what: &str) -> String {
        format!("{what} map `{}`", self.name())
    }
}

impl AsFd for Map {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.inner.fd.as_fd()
    }
}

impl fmt::Debug for Map {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Map")
            .field("name", &self.inner.name)
            .field("info", &self.inner.info)
            .finish_non_exhaustive()
    }
}
