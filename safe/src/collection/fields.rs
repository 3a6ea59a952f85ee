//! What a field of a user's struct can be.

use super::{AssignField, Collection, Expected, ObjectFile, ProgramDefinition};
use crate::error::Result;
use crate::link::Link;
use crate::map::{Map, MapDefinition};
use crate::object::Object;
use crate::program::{KernelProgram, Program};
use crate::struct_ops::{StructOpsLink, StructOpsMap};

/// What has maps in the kernel: an [`Object`] or a [`Collection`].
pub trait MapSource {
    /// A map, by the name of its C variable.
    ///
    /// # Errors
    ///
    /// There is no such map.
    fn map(&self, name: &str) -> Result<Map>;
}

impl MapSource for Object {
    fn map(&self, name: &str) -> Result<Map> {
        Object::map(self, name)
    }
}

impl MapSource for Collection {
    fn map(&self, name: &str) -> Result<Map> {
        Collection::map(self, name).cloned()
    }
}

/// A map of any type.
const ANY_MAP: Expected = Expected::Map {
    types: &[],
    key_size: None,
    value_size: None,
};

impl<S: MapSource> AssignField<S> for Map {
    fn expected() -> Expected {
        ANY_MAP
    }

    fn assign_field(source: &S, name: &str) -> Result<Self> {
        source.map(name)
    }
}

impl AssignField<Object> for Program {
    fn expected() -> Expected {
        Expected::Program
    }

    fn assign_field(source: &Object, name: &str) -> Result<Self> {
        let program = source.program(name)?;
        // Of no use unless it was loaded.
        program.fd()?;
        Ok(program)
    }
}

impl AssignField<Object> for KernelProgram {
    fn expected() -> Expected {
        Expected::Program
    }

    fn assign_field(source: &Object, name: &str) -> Result<Self> {
        source.take_program(name)
    }
}

impl AssignField<Collection> for KernelProgram {
    fn expected() -> Expected {
        Expected::Program
    }

    fn assign_field(source: &Collection, name: &str) -> Result<Self> {
        source.program(name).cloned()
    }
}

impl AssignField<Object> for StructOpsMap {
    fn expected() -> Expected {
        Expected::StructOps
    }

    fn assign_field(source: &Object, name: &str) -> Result<Self> {
        source.struct_ops(name)
    }
}

/// Attached.
impl AssignField<Object> for Link {
    fn expected() -> Expected {
        Expected::ProgramLink
    }

    fn assign_field(source: &Object, name: &str) -> Result<Self> {
        source.program(name)?.attach()
    }
}

/// Attached.
impl AssignField<Object> for StructOpsLink {
    fn expected() -> Expected {
        Expected::StructOpsLink
    }

    fn assign_field(source: &Object, name: &str) -> Result<Self> {
        source.struct_ops(name)?.attach()
    }
}

impl AssignField<ObjectFile> for MapDefinition {
    fn expected() -> Expected {
        ANY_MAP
    }

    fn assign_field(source: &ObjectFile, name: &str) -> Result<Self> {
        source.map(name).cloned()
    }
}

impl AssignField<ObjectFile> for ProgramDefinition {
    fn expected() -> Expected {
        Expected::Program
    }

    fn assign_field(source: &ObjectFile, name: &str) -> Result<Self> {
        source.program(name).cloned()
    }
}
