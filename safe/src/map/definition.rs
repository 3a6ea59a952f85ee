use super::{Map, MapType};
use crate::error::{Error, ErrorKind, Result};
use std::path::PathBuf;

/// `BPF_F_RDONLY_PROG`, which the kernel sets by itself for maps of devices.
const READ_ONLY_TO_PROGRAMS: u32 = 1 << 7;

/// What an object says about a map.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct MapDefinition {
    /// The name of the C variable; for a data section, the section's name with libbpf's prefix.
    pub name: String,
    /// The type.
    pub map_type: MapType,
    /// The size of a key in bytes.
    pub key_size: u32,
    /// The size of a value in bytes.
    pub value_size: u32,
    /// How many elements there can be.
    pub max_entries: u32,
    /// The flags that the map will be created with (`BPF_F_…`).
    pub create_flags: u32,
    /// What some types take beside flags, such as the number of hash functions of a bloom filter.
    pub map_extra: u64,
    /// Whether libbpf made it for a data section.
    pub is_internal: bool,
    /// Whether load will create it.
    pub autocreate: bool,
    /// Where load pins it, or takes what is pinned.
    pub pin_path: Option<PathBuf>,
}

impl MapDefinition {
    /// Whether a map in the kernel can stand in for this one.
    ///
    /// # Errors
    ///
    /// Type, sizes, number of elements or flags differ, and the error names all that do; or this is a data
    /// section, an arena or a struct_ops map.
    pub fn check_replacement(&self, with: &Map) -> Result<()> {
        let operation = format!("replace map `{}` by map `{}`", self.name, with.name());
        self.check_shareable(&operation)?;
        match self.mismatch(with) {
            Some(mismatch) => Err(Error::new(operation, mismatch)),
            None => Ok(()),
        }
    }

    /// What memory of the process goes with cannot be shared with another object.
    pub(super) fn check_shareable(&self, operation: &str) -> Result<()> {
        let what = match self.map_type {
            MapType::STRUCT_OPS => "a struct_ops map",
            MapType::ARENA => "an arena",
            _ if self.is_internal => "a data section",
            _ => return Ok(()),
        };
        Err(Error::new(
            operation,
            ErrorKind::InvalidInput {
                reason: format!("it is {what}, whose memory goes with its object"),
            },
        ))
    }

    /// All that differs, in one.
    pub(crate) fn mismatch(&self, with: &Map) -> Option<ErrorKind> {
        let info = with.info();
        let mut differences = Vec::new();
        let mut compare = |what: &'static str, expected: String, found: String| {
            if expected != found {
                differences.push((what, expected, found));
            }
        };
        compare("type", self.map_type.to_string(), info.map_type.to_string());
        let mut number = |what, expected: u64, found: u64| {
            compare(what, expected.to_string(), found.to_string());
        };
        number("key size", self.key_size.into(), info.key_size.into());
        number("value size", self.value_size.into(), info.value_size.into());
        // libbpf fills in the number of CPUs at load.
        if self.max_entries != 0 || self.map_type != MapType::PERF_EVENT_ARRAY {
            let found = info.max_entries.into();
            number("max entries", self.max_entries.into(), found);
        }
        number("map extra", self.map_extra, info.map_extra);
        let mut flags = info.create_flags;
        if matches!(self.map_type, MapType::DEVMAP | MapType::DEVMAP_HASH) {
            flags &= !READ_ONLY_TO_PROGRAMS;
            flags |= self.create_flags & READ_ONLY_TO_PROGRAMS;
        }
        compare(
            "flags",
            format!("{:#x}", self.create_flags),
            format!("{flags:#x}"),
        );
        let join = |which: fn(&(&'static str, String, String)) -> String| {
            differences.iter().map(which).collect::<Vec<_>>().join(", ")
        };
        (!differences.is_empty()).then(|| ErrorKind::Mismatch {
            what: "the two differ".into(),
            expected: join(|(what, expected, _)| format!("{what} {expected}")),
            found: join(|(what, _, found)| format!("{what} {found}")),
        })
    }
}
