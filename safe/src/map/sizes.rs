//! What the kernel takes for granted of keys and values, since it is told no sizes: looked at before each call. What is said
//! where one is wrong is apart from that, so that a call with the right ones takes a few instructions.

use super::{Map, MapInfo, MapType};
use crate::error::{Error, ErrorKind, Result};
use crate::raw::syscall;

impl Map {
    #[inline]
    pub(super) fn check_sizes(&self, operation: &str, key: &[u8], value: usize) -> Result<()> {
        if key.len() == self.info().key_size as usize && self.value_room() == Some(value) {
            return Ok(());
        }
        self.check_each_size(operation, key, value)
    }

    /// Says which one is wrong.
    #[cold]
    fn check_each_size(&self, operation: &str, key: &[u8], value: usize) -> Result<()> {
        self.check_key(operation, key)?;
        let Some(wanted) = self.value_room() else {
            return Err(Error::new(
                self.cannot(operation),
                ErrorKind::InvalidInput {
                    reason: format!("{} is not known here", self.info().map_type),
                },
            ));
        };
        self.check_size(operation, "value", value, wanted)
    }

    #[inline]
    pub(super) fn check_key(&self, operation: &str, key: &[u8]) -> Result<()> {
        self.check_size(operation, "key", key.len(), self.info().key_size as usize)
    }

    /// That the map has one value under a key, not one for each CPU.
    pub(super) fn check_single(&self, operation: &str) -> Result<()> {
        let map_type = self.info().map_type;
        if !map_type.is_per_cpu() {
            return Ok(());
        }
        Err(Error::new(
            self.cannot(operation),
            ErrorKind::InvalidInput {
                reason: format!("a {map_type} map has one value for each CPU"),
            },
        )
        .with_hint("make a PerCpuHashMap or a PerCpuArray of it"))
    }

    /// That the map has a value for each CPU; how far apart they are, in bytes.
    pub(super) fn check_per_cpu(&self, operation: &str) -> Result<usize> {
        let info = self.info();
        if info.map_type.is_per_cpu() {
            return Ok(per_cpu_stride(info.value_size as usize).max(8));
        }
        Err(Error::new(
            self.cannot(operation),
            ErrorKind::InvalidInput {
                reason: format!("a {} map has one value for all CPUs", info.map_type),
            },
        )
        .with_hint("use lookup_bytes and update_bytes"))
    }

    #[inline]
    pub(super) fn check_size(
        &self,
        operation: &str,
        what: &str,
        given: usize,
        wanted: usize,
    ) -> Result<()> {
        if given == wanted {
            return Ok(());
        }
        Err(self.wrong_size(operation, what, given, wanted))
    }

    #[cold]
    fn wrong_size(&self, operation: &str, what: &str, given: usize, wanted: usize) -> Error {
        Error::new(
            self.cannot(operation),
            ErrorKind::Mismatch {
                what: format!("size of the {what}"),
                expected: format!("{wanted} bytes"),
                found: format!("{given}"),
            },
        )
    }

    /// Whether the map is of one of these types, with keys and values of these sizes; values of any size
    /// where there is none.
    pub(super) fn check_type(
        &self,
        types: &[MapType],
        key_size: usize,
        value_size: impl Into<Option<usize>>,
    ) -> Result<()> {
        let info = self.info();
        if !types.contains(&info.map_type) {
            let expected: Vec<_> = types.iter().map(MapType::to_string).collect();
            return Err(Error::new(
                self.cannot("use"),
                ErrorKind::Mismatch {
                    what: "type of the map".into(),
                    expected: expected.join(" or "),
                    found: info.map_type.to_string(),
                },
            ));
        }
        self.check_size("use", "key", info.key_size as usize, key_size)?;
        match value_size.into() {
            Some(size) => self.check_size("use", "value", info.value_size as usize, size),
            None => Ok(()),
        }
    }
}

/// How many bytes the kernel reads and writes for a value of a map; `None` where that is not known.
pub(super) fn value_room(info: &MapInfo) -> Option<usize> {
    info.map_type.name()?;
    match info.map_type.is_per_cpu() {
        true => per_cpu_size(info.value_size).ok(),
        false => Some(info.value_size as usize),
    }
}

/// How many bytes the kernel reads and writes for a value that each CPU has.
pub(super) fn per_cpu_size(value_size: u32) -> Result<usize> {
    let cpus = syscall::possible_cpus()
        .map_err(|errno| Error::system("count the CPUs that there can be", errno))?;
    Ok(per_cpu_stride(value_size as usize).saturating_mul(cpus))
}

/// How far apart the kernel puts the values of two CPUs, in bytes.
pub(super) fn per_cpu_stride(value_size: usize) -> usize {
    value_size.next_multiple_of(8)
}
