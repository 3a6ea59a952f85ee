//! The elements of a map, by bytes: what all typed maps are made of.

#![allow(unsafe_code)]

use super::Map;
use super::sizes::per_cpu_size;
use crate::data::Pod;
use crate::error::{Error, ErrorKind, Result};
use crate::raw::elements::{self, BatchCursor};
use crate::raw::{self, Errno, syscall};
use bytemuck::bytes_of_mut;
use std::os::fd::AsFd;

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
    pub(super) fn to_c(self) -> u64 {
        u64::from(match self {
            UpdateFlag::Any => libbpf_ffi::BPF_ANY,
            UpdateFlag::NoExist => libbpf_ffi::BPF_NOEXIST,
            UpdateFlag::Exist => libbpf_ffi::BPF_EXIST,
        })
    }
}

/// How a batch is read.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct ReadBatch {
    /// What was read is removed.
    pub(super) remove: bool,
    /// Nothing, or [`LOCK`].
    pub(super) flags: u64,
}

/// Takes the `bpf_spin_lock` of the value meanwhile.
pub(super) const LOCK: u64 = libbpf_ffi::BPF_F_LOCK as u64;

impl Map {
    /// The value under a key, as bytes; `None` where there is none.
    ///
    /// # Errors
    ///
    /// The key has another size than the map's keys, or the map's type has no lookup from user space, or
    /// one value for each CPU.
    #[doc(alias = "bpf_map_lookup_elem")]
    #[doc(alias = "bpf_map__lookup_elem")]
    pub fn lookup_bytes(&self, key: &[u8]) -> Result<Option<Vec<u8>>> {
        self.check_single("look up in")?;
        let mut value = vec![0; self.info().value_size as usize];
        Ok(self.lookup_into(key, &mut value, 0)?.then_some(value))
    }

    /// Sets the value under a key, as bytes.
    ///
    /// # Errors
    ///
    /// The sizes are not the map's, the map has one value for each CPU, `flag` does not allow it, or the
    /// map is full.
    #[doc(alias = "bpf_map_update_elem")]
    #[doc(alias = "bpf_map__update_elem")]
    pub fn update_bytes(&self, key: &[u8], value: &[u8], flag: UpdateFlag) -> Result<()> {
        self.check_single("update")?;
        self.update_with(key, value, flag.to_c())
    }

    /// Removes the element under a key; whether there was one.
    ///
    /// # Errors
    ///
    /// The key has another size than the map's keys, or elements of this type of map cannot be removed.
    #[doc(alias = "bpf_map_delete_elem")]
    #[doc(alias = "bpf_map__delete_elem")]
    pub fn delete_bytes(&self, key: &[u8]) -> Result<bool> {
        self.check_key("delete from", key)?;
        // SAFETY: bpf_map_delete_elem wants the key size, which check_key looked at.
        self.found("delete from", unsafe {
            elements::delete(self.as_fd(), key)
        })
    }

    /// The key after this one, or the first one, in the map's own order; `None` after the last one.
    ///
    /// Where somebody removes the key meanwhile, most types of maps start over: whoever goes through a map
    /// this way sees keys again, and a typed map's `keys` does not. Of storages of attachments to cgroups
    /// (`BPF_MAP_TYPE_CGROUP_STORAGE`) Linux does not find the end, up to 6.18 at least: it yields a key that there is not.
    ///
    /// # Errors
    ///
    /// The key has another size than the map's keys, or the map has no keys to go through.
    #[doc(alias = "bpf_map_get_next_key")]
    #[doc(alias = "bpf_map__get_next_key")]
    pub fn next_key_bytes(&self, key: Option<&[u8]>) -> Result<Option<Vec<u8>>> {
        let mut next = vec![0; self.info().key_size as usize];
        Ok(self.next_key_into(key, &mut next)?.then_some(next))
    }

    /// The values of all CPUs under a key, each as bytes; `None` where there are none. Each value's size is a
    /// multiple of 8: the kernel pads them.
    ///
    /// # Errors
    ///
    /// The key has another size than the map's keys, or the map has one value for all CPUs.
    #[doc(alias = "bpf_map_lookup_elem")]
    pub fn lookup_bytes_per_cpu(&self, key: &[u8]) -> Result<Option<Vec<Vec<u8>>>> {
        let stride = self.check_per_cpu("look up in")?;
        let mut values = vec![0; per_cpu_size(self.info().value_size)?];
        let found = self.lookup_into(key, &mut values, 0)?;
        Ok(found.then(|| values.chunks(stride).map(<[u8]>::to_vec).collect()))
    }

    /// Sets the values of all CPUs under a key, each as bytes, padded to a multiple of 8.
    ///
    /// # Errors
    ///
    /// The sizes are not the map's, there are not as many values as CPUs that there can be
    /// ([`possible_cpus`](super::possible_cpus)), the map has one value for all CPUs, `flag` does not allow
    /// it, or the map is full.
    #[doc(alias = "bpf_map_update_elem")]
    pub fn update_bytes_per_cpu(
        &self,
        key: &[u8],
        values: &[impl AsRef<[u8]>],
        flag: UpdateFlag,
    ) -> Result<()> {
        let stride = self.check_per_cpu("update")?;
        for value in values {
            self.check_size("update", "value", value.as_ref().len(), stride)?;
        }
        let values: Vec<u8> = values.iter().flat_map(AsRef::as_ref).copied().collect();
        self.update_with(key, &values, flag.to_c())
    }

    /// Forbids every further change of the map from user space, for all processes and for good. BPF programs
    /// can still change it unless it was created with `BPF_F_RDONLY_PROG`. Since Linux 5.2.
    ///
    /// # Errors
    ///
    /// It is frozen already, is mapped for writing, or is of a type that cannot be frozen.
    #[doc(alias = "bpf_map_freeze")]
    pub fn freeze(&self) -> Result<()> {
        syscall::freeze_map(self.as_fd())
            .map_err(|errno| Error::system(self.cannot("freeze"), errno))
    }

    /// Reads a value of a plain type; `None` where there is none.
    pub(super) fn lookup_as<V: Pod>(&self, key: &[u8], flags: u64) -> Result<Option<V>> {
        let mut value = V::zeroed();
        let found = self.lookup_into(key, bytes_of_mut(&mut value), flags)?;
        Ok(found.then_some(value))
    }

    /// Reads a value of a plain type and removes it; `None` where there was none.
    pub(super) fn take_as<V: Pod>(&self, key: &[u8], flags: u64) -> Result<Option<V>> {
        let mut value = V::zeroed();
        let found = self.take_into(key, bytes_of_mut(&mut value), flags)?;
        Ok(found.then_some(value))
    }

    /// Reads a value; whether there was one.
    pub(super) fn lookup_into(&self, key: &[u8], value: &mut [u8], flags: u64) -> Result<bool> {
        self.check_sizes("look up in", key, value.len())?;
        // SAFETY: bpf_map_lookup_elem_flags wants the key size and the value's size: check_sizes.
        self.found("look up in", unsafe {
            elements::lookup(self.as_fd(), key, value, flags)
        })
    }

    /// Reads a value and removes it; whether there was one.
    pub(super) fn take_into(&self, key: &[u8], value: &mut [u8], flags: u64) -> Result<bool> {
        self.check_sizes("take from", key, value.len())?;
        // SAFETY: bpf_map_lookup_and_delete_elem_flags wants the key size and the value's size:
        // check_sizes.
        self.found("take from", unsafe {
            elements::lookup_and_delete(self.as_fd(), key, value, flags)
        })
    }

    pub(super) fn update_with(&self, key: &[u8], value: &[u8], flags: u64) -> Result<()> {
        self.check_sizes("update", key, value.len())?;
        // SAFETY: bpf_map_update_elem wants the key size and the value's size: check_sizes.
        unsafe { elements::update(self.as_fd(), key, value, flags) }
            .map_err(|errno| self.update_error(errno))
    }

    /// Writes the key after `key`; whether there is one.
    pub(super) fn next_key_into(&self, key: Option<&[u8]>, next: &mut [u8]) -> Result<bool> {
        if let Some(key) = key {
            self.check_key("iterate over", key)?;
        }
        self.check_key("iterate over", next)?;
        // SAFETY: bpf_map_get_next_key wants the key size for both: check_key.
        self.found("iterate over", unsafe {
            elements::next_key(self.as_fd(), key, next)
        })
    }

    fn found(&self, operation: &str, result: raw::Result<()>) -> Result<bool> {
        match result {
            Ok(()) => Ok(true),
            Err(Errno(libc::ENOENT)) => Ok(false),
            Err(errno) => Err(self.refused(operation, errno)),
        }
    }

    #[cold]
    fn refused(&self, operation: &str, errno: Errno) -> Error {
        Error::system(self.cannot(operation), errno)
    }

    #[cold]
    fn update_error(&self, errno: Errno) -> Error {
        let error = Error::system(self.cannot("update"), errno);
        match errno.0 {
            libc::E2BIG => error.with_hint(format!(
                "it is full, or the index is beyond it: it has room for {} elements",
                self.info().max_entries
            )),
            _ => error,
        }
    }

    /// Reads up to `count` elements at the cursor, and removes them if told so: how many there were, and
    /// the kernel's word.
    pub(super) fn read_batch(
        &self,
        cursor: BatchCursor<'_>,
        keys: &mut [u8],
        values: &mut [u8],
        count: u32,
        how: ReadBatch,
    ) -> (u32, raw::Result<()>) {
        let cursor_size = (self.info().key_size as usize).max(4);
        let fits = self.batch_fits(keys.len(), Some(values.len()), count)
            && cursor.to.len() >= cursor_size
            && cursor.from.is_none_or(|from| from.len() >= cursor_size);
        if !fits {
            return (0, Err(Errno(libc::EINVAL)));
        }
        let map = self.as_fd();
        if how.remove {
            // SAFETY: bpf_map_lookup_and_delete_batch wants room for count keys and values and for the
            // cursors: just looked at.
            unsafe {
                elements::lookup_and_delete_batch(map, cursor, keys, values, count, how.flags)
            }
        } else {
            // SAFETY: bpf_map_lookup_batch wants room for count keys and values and for the cursors:
            // just looked at.
            unsafe { elements::lookup_batch(map, cursor, keys, values, count, how.flags) }
        }
    }

    /// Updates many elements: an error says how many were.
    pub(super) fn update_batch(
        &self,
        keys: &[u8],
        values: &[u8],
        count: usize,
        flags: u64,
    ) -> Result<()> {
        let Some(number) = self.batch_count(keys.len(), Some(values.len()), count) else {
            return Err(self.bad_batch());
        };
        // SAFETY: bpf_map_update_batch wants count keys and values: batch_count looked.
        let (done, result) =
            unsafe { elements::update_batch(self.as_fd(), keys, values, number, flags) };
        result.map_err(|errno| self.update_error(errno).with_hint(progress(done, number)))
    }

    /// Removes many elements: an error says how many were.
    pub(super) fn delete_batch(&self, keys: &[u8], count: usize) -> Result<()> {
        let Some(number) = self.batch_count(keys.len(), None, count) else {
            return Err(self.bad_batch());
        };
        // SAFETY: bpf_map_delete_batch wants count keys: batch_count looked.
        let (done, result) = unsafe { elements::delete_batch(self.as_fd(), keys, number) };
        result.map_err(|errno| {
            Error::system(self.cannot("delete from"), errno).with_hint(progress(done, number))
        })
    }

    fn batch_count(&self, keys: usize, values: Option<usize>, count: usize) -> Option<u32> {
        let count = u32::try_from(count).ok()?;
        self.batch_fits(keys, values, count).then_some(count)
    }

    fn batch_fits(&self, keys: usize, values: Option<usize>, count: u32) -> bool {
        let elements = count as usize;
        let value_size = self.value_room();
        elements.checked_mul(self.info().key_size as usize) == Some(keys)
            && values.is_none_or(|values| {
                value_size.and_then(|size| elements.checked_mul(size)) == Some(values)
            })
    }

    fn bad_batch(&self) -> Error {
        Error::new(
            self.cannot("write a batch to"),
            ErrorKind::InvalidInput {
                reason: "there are not as many values as keys, or too many".into(),
            },
        )
    }
}

/// A batch that fails at its first check leaves the count as it was given.
fn progress(done: u32, of: u32) -> String {
    let done = if done < of { done } else { 0 };
    format!("{done} of {of} elements were written before")
}
