#![allow(unsafe_code)]

use super::{MapInfo, MapType};
use crate::error::{Error, ErrorKind, Result};
use crate::raw::syscall::{self, BatchCursor};
use crate::raw::{self, Errno};
use std::fmt;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::Arc;

/// A map in the kernel, by the bytes of its keys and values.
///
/// Cheap to clone. It has a descriptor of its own: it outlives the object that it came from.
/// [`HashMap`](super::HashMap) and [`Array`](super::Array) are made from it with `try_from`.
///
/// # Invariants
///
/// `info` is what the kernel says about `fd`.
#[derive(Clone)]
#[doc(alias = "bpf_map")]
pub struct Map {
    inner: Arc<Inner>,
}

struct Inner {
    fd: OwnedFd,
    name: String,
    info: MapInfo,
}

/// What an update does about an element that is there, or is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum UpdateFlag {
    /// Creates or replaces.
    #[default]
    #[doc(alias = "BPF_ANY")]
    Any,
    /// Creates; an error where there is one.
    #[doc(alias = "BPF_NOEXIST")]
    NoExist,
    /// Replaces; an error where there is none.
    #[doc(alias = "BPF_EXIST")]
    Exist,
}

impl UpdateFlag {
    fn to_c(self) -> u64 {
        u64::from(match self {
            UpdateFlag::Any => libbpf_ffi::BPF_ANY,
            UpdateFlag::NoExist => libbpf_ffi::BPF_NOEXIST,
            UpdateFlag::Exist => libbpf_ffi::BPF_EXIST,
        })
    }
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

    pub(crate) fn cannot(&self, what: &str) -> String {
        format!("{what} map `{}`", self.name())
    }

    /// The value under a key, as bytes; `None` where there is none.
    ///
    /// # Errors
    ///
    /// The key has another size than the map's keys, or the map's type has no lookup from user space, or
    /// one value for each CPU.
    #[doc(alias = "bpf_map_lookup_elem")]
    pub fn lookup_bytes(&self, key: &[u8]) -> Result<Option<Vec<u8>>> {
        let mut value = vec![0; self.inner.info.value_size as usize];
        Ok(self.lookup_into(key, &mut value)?.then_some(value))
    }

    /// Reads a value into a buffer of the value's size; whether there was one.
    pub(super) fn lookup_into(&self, key: &[u8], value: &mut [u8]) -> Result<bool> {
        self.check_sizes("look up in", key, Some(value.len()))?;
        // SAFETY: bpf_map_lookup_elem wants the key size and, for a map that is not per CPU, the value
        // size: check_sizes looked at all three.
        match unsafe { syscall::map_lookup(self.as_fd(), key, value) } {
            Ok(()) => Ok(true),
            Err(Errno(libc::ENOENT)) => Ok(false),
            Err(errno) => Err(Error::system(self.cannot("look up in"), errno)),
        }
    }

    /// Sets the value under a key, as bytes.
    ///
    /// # Errors
    ///
    /// The sizes are not the map's, `flag` does not allow it, or the map is full.
    #[doc(alias = "bpf_map_update_elem")]
    pub fn update_bytes(&self, key: &[u8], value: &[u8], flag: UpdateFlag) -> Result<()> {
        self.check_sizes("update", key, Some(value.len()))?;
        // SAFETY: bpf_map_update_elem wants the key size and, for a map that is not per CPU, the value
        // size: check_sizes looked at all three.
        unsafe { syscall::map_update(self.as_fd(), key, value, flag.to_c()) }
            .map_err(|errno| self.update_error(errno))
    }

    fn update_error(&self, errno: Errno) -> Error {
        let error = Error::system(self.cannot("update"), errno);
        match errno.0 {
            libc::E2BIG => error.with_hint(format!(
                "it is full, or the index is beyond it: it has room for {} elements",
                self.inner.info.max_entries
            )),
            _ => error,
        }
    }

    /// Removes the element under a key; whether there was one.
    ///
    /// # Errors
    ///
    /// The key has another size than the map's keys, or elements of this type of map cannot be removed.
    #[doc(alias = "bpf_map_delete_elem")]
    pub fn delete_bytes(&self, key: &[u8]) -> Result<bool> {
        self.check_sizes("delete from", key, None)?;
        // SAFETY: bpf_map_delete_elem wants the key size, which check_sizes looked at.
        match unsafe { syscall::map_delete(self.as_fd(), key) } {
            Ok(()) => Ok(true),
            Err(Errno(libc::ENOENT)) => Ok(false),
            Err(errno) => Err(Error::system(self.cannot("delete from"), errno)),
        }
    }

    /// Reads up to `count` elements at the cursor: how many there were, and the kernel's word.
    pub(super) fn lookup_batch(
        &self,
        cursor: BatchCursor<'_>,
        keys: &mut [u8],
        values: &mut [u8],
        count: u32,
    ) -> (u32, raw::Result<()>) {
        let info = &self.inner.info;
        let elements = count as usize;
        let cursor_size = (info.key_size as usize).max(4);
        let fits = !info.map_type.is_per_cpu()
            && elements.checked_mul(info.key_size as usize) == Some(keys.len())
            && elements.checked_mul(info.value_size as usize) == Some(values.len())
            && cursor.to.len() >= cursor_size
            && cursor.from.is_none_or(|from| from.len() >= cursor_size);
        if !fits {
            return (0, Err(Errno(libc::EINVAL)));
        }
        // SAFETY: bpf_map_lookup_batch wants room for count keys and values and for the cursors: just
        // looked at.
        unsafe { syscall::map_lookup_batch(self.as_fd(), cursor, keys, values, count) }
    }

    fn check_sizes(&self, what: &str, key: &[u8], value: Option<usize>) -> Result<()> {
        let info = &self.inner.info;
        self.check_size(what, "key", key.len(), info.key_size)?;
        let Some(value) = value else {
            return Ok(());
        };
        if info.map_type.is_per_cpu() {
            return Err(Error::new(
                self.cannot(what),
                ErrorKind::InvalidInput {
                    reason: format!("a {} map has one value for each CPU", info.map_type),
                },
            ));
        }
        self.check_size(what, "value", value, info.value_size)
    }

    fn check_size(&self, operation: &str, what: &str, given: usize, wanted: u32) -> Result<()> {
        if given == wanted as usize {
            return Ok(());
        }
        Err(Error::new(
            self.cannot(operation),
            ErrorKind::Mismatch {
                what: format!("size of the {what}"),
                expected: format!("{wanted} bytes"),
                found: format!("{given}"),
            },
        ))
    }

    /// Whether the map is of one of these types, with keys and values of these sizes.
    pub(super) fn check_type(
        &self,
        types: &[MapType],
        key_size: usize,
        value_size: usize,
    ) -> Result<()> {
        let info = &self.inner.info;
        let mismatch = |what: &str, expected: String, found: String| {
            Error::new(
                self.cannot("use"),
                ErrorKind::Mismatch {
                    what: what.into(),
                    expected,
                    found,
                },
            )
        };
        if !types.contains(&info.map_type) {
            let expected: Vec<_> = types.iter().map(MapType::to_string).collect();
            return Err(mismatch(
                "type of the map",
                expected.join(" or "),
                info.map_type.to_string(),
            ));
        }
        for (what, expected, found) in [
            ("size of the key", key_size, info.key_size),
            ("size of the value", value_size, info.value_size),
        ] {
            if expected != found as usize {
                return Err(mismatch(
                    what,
                    format!("{expected} bytes"),
                    found.to_string(),
                ));
            }
        }
        Ok(())
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
