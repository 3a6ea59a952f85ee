use super::{Assign, check};
use crate::error::{Error, ErrorKind, Result};
use crate::map::Map;
use crate::object::Object;
use crate::program::KernelProgram;
use std::collections::BTreeMap;

/// The maps and programs of a loaded object, each by a descriptor of its own, without the object.
///
/// What is taken out stays in the kernel when the rest is closed, that is when the collection is dropped.
///
/// ```no_run
/// use libbpf_safe::ObjectFile;
///
/// let file = ObjectFile::read("prober.bpf.o")?;
/// let mut collection = file.load()?.into_collection()?;
/// let counts = collection.take_map("counts");
/// drop(collection); // closes all but `counts`
/// # Ok::<(), libbpf_safe::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Collection {
    name: String,
    maps: BTreeMap<String, Map>,
    programs: BTreeMap<String, KernelProgram>,
}

impl Object {
    /// Its maps and programs by descriptors, without libbpf's object: that is closed, unless handles of its
    /// programs, struct_ops maps or links are left.
    ///
    /// # Errors
    ///
    /// The process has too many descriptors open.
    pub fn into_collection(self) -> Result<Collection> {
        let maps = self
            .maps()
            .map(|map| map.map(|map| (map.name().to_owned(), map)));
        let programs = self.programs().map(|program| {
            let program = program.to_kernel_program()?;
            Ok((program.name().to_owned(), program))
        });
        Ok(Collection {
            name: self.name().to_owned(),
            maps: maps.collect::<Result<_>>()?,
            programs: programs.collect::<Result<_>>()?,
        })
    }

    /// A map that stays when the object is closed: the same as [`map`](Object::map), whose handles always
    /// do.
    ///
    /// # Errors
    ///
    /// As [`map`](Object::map).
    pub fn take_map(&self, name: &str) -> Result<Map> {
        self.map(name)
    }

    /// A program that stays when the object is closed, and does not keep it, as those of
    /// [`program`](Object::program) do.
    ///
    /// # Errors
    ///
    /// There is no such program, or it was not loaded.
    pub fn take_program(&self, name: &str) -> Result<KernelProgram> {
        self.program(name)?.to_kernel_program()
    }

    /// Maps, programs and links of this object as a struct of the user's: see [`assign!`](crate::assign).
    ///
    /// # Errors
    ///
    /// What the struct names is not there, not loaded, of another type, or there twice.
    pub fn assign<T: Assign<Object>>(&self) -> Result<T> {
        check::duplicates::<T, _>(self.name())?;
        T::assign(self)
    }
}

impl Collection {
    /// The object's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// A map, by the name of its C variable.
    ///
    /// # Errors
    ///
    /// There is no such map, or it was taken.
    pub fn map(&self, name: &str) -> Result<&Map> {
        self.maps.get(name).ok_or_else(|| self.missing("map", name))
    }

    /// A program, by the name of its C function.
    ///
    /// # Errors
    ///
    /// There is no such program, or it was taken.
    pub fn program(&self, name: &str) -> Result<&KernelProgram> {
        self.programs
            .get(name)
            .ok_or_else(|| self.missing("program", name))
    }

    /// All maps, in the order of their names.
    pub fn maps(&self) -> impl Iterator<Item = &Map> {
        self.maps.values()
    }

    /// All programs, in the order of their names.
    pub fn programs(&self) -> impl Iterator<Item = &KernelProgram> {
        self.programs.values()
    }

    /// Takes a map out; `None` where there is none of this name.
    pub fn take_map(&mut self, name: &str) -> Option<Map> {
        self.maps.remove(name)
    }

    /// Takes a program out; `None` where there is none of this name.
    pub fn take_program(&mut self, name: &str) -> Option<KernelProgram> {
        self.programs.remove(name)
    }

    /// Maps and programs as a struct of the user's: see [`assign!`](crate::assign).
    ///
    /// # Errors
    ///
    /// What the struct names is not there, of another type, or there twice.
    pub fn assign<T: Assign<Collection>>(&self) -> Result<T> {
        check::duplicates::<T, _>(&self.name)?;
        T::assign(self)
    }

    fn missing(&self, what: &str, name: &str) -> Error {
        Error::new(
            format!("find {what} `{name}` in collection `{}`", self.name),
            ErrorKind::NotFound,
        )
    }
}
