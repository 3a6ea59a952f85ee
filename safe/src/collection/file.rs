use super::{Assign, Loader, check};
use crate::data::{KCONFIG, Variable, Variables, is_name_of, nearest};
use crate::elf::{Elf, Names, References};
use crate::error::{Error, ErrorKind, Result};
use crate::map::{MapDefinition, MapType};
use crate::object::{Object, OpenObject, OpenOptions, WITH_BTF, file};
use crate::program::ProgramType;
use std::fmt;
use std::path::Path;
use std::sync::Arc;

/// An object file in memory, to be loaded as often as wanted. Nothing changes it.
///
/// Cheap to clone, and shared by threads. Each [`open`](ObjectFile::open) and each load begins with what the
/// file says.
///
/// ```no_run
/// use libbpf_safe::ObjectFile;
///
/// let file = ObjectFile::read("prober.bpf.o")?;
/// for map in file.maps() {
///     println!("{}: {}", map.name, map.map_type);
/// }
/// let first = file.loader().set("limit", &10u32)?.load()?;
/// let second = file.loader().set("limit", &20u32)?.load()?;
/// # Ok::<(), libbpf_safe::Error>(())
/// ```
#[derive(Clone)]
#[doc(alias = "bpf_object__open_mem")]
pub struct ObjectFile {
    inner: Arc<Inner>,
}

struct Inner {
    name: String,
    /// In words, so that libelf reads its structures in place.
    words: Box<[u64]>,
    length: usize,
    options: OpenOptions,
    maps: Vec<MapDefinition>,
    programs: Vec<ProgramDefinition>,
    /// `None` where the object has no BTF.
    variables: Option<Arc<Variables>>,
    references: References,
}

/// What an object says about a program.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ProgramDefinition {
    /// The name of the C function.
    pub name: String,
    /// The name of the ELF section: what `SEC()` says.
    pub section_name: String,
    /// The type.
    pub program_type: ProgramType,
    /// Whether load will load it, as far as is known before: a struct_ops program is loaded when a map
    /// refers to it.
    pub autoload: bool,
}

impl ObjectFile {
    /// Reads an object file, and sees whether libbpf understands it.
    ///
    /// # Errors
    ///
    /// The file cannot be read, or is no BPF object that libbpf understands.
    #[doc(alias = "bpf_object__open_file")]
    pub fn read(path: impl AsRef<Path>) -> Result<ObjectFile> {
        ObjectFile::read_with(path, OpenOptions::new())
    }

    /// Reads an object file that is always to be opened with these options.
    ///
    /// # Errors
    ///
    /// As [`read`](ObjectFile::read).
    pub fn read_with(path: impl AsRef<Path>, options: OpenOptions) -> Result<ObjectFile> {
        let path = path.as_ref();
        let bytes = file::read(&format!("read object file `{}`", path.display()), path)?;
        ObjectFile::from_bytes_with(&file::name(path), &bytes, options)
    }

    /// Takes an object file that is in memory. The bytes are copied.
    ///
    /// # Errors
    ///
    /// The bytes are no BPF object that libbpf understands.
    #[doc(alias = "bpf_object__open_mem")]
    pub fn from_bytes(name: &str, bytes: &[u8]) -> Result<ObjectFile> {
        ObjectFile::from_bytes_with(name, bytes, OpenOptions::new())
    }

    /// Takes an object file that is in memory, and is always to be opened with these options.
    ///
    /// # Errors
    ///
    /// As [`from_bytes`](ObjectFile::from_bytes).
    pub fn from_bytes_with(name: &str, bytes: &[u8], options: OpenOptions) -> Result<ObjectFile> {
        let mut words = vec![0u64; bytes.len().div_ceil(8)];
        let room: &mut [u8] = bytemuck::cast_slice_mut(&mut words);
        for (to, from) in room.iter_mut().zip(bytes) {
            *to = *from;
        }
        let mut inner = Inner {
            name: options.given_name().unwrap_or(name).to_owned(),
            words: words.into(),
            length: bytes.len(),
            options,
            maps: Vec::new(),
            programs: Vec::new(),
            variables: None,
            references: References::default(),
        };
        let mut open = inner.open()?.with_symbols(bytes);
        inner.maps = open.maps().map(|map| map.definition()).collect();
        inner.programs = open
            .programs()
            .map(|program| ProgramDefinition {
                name: program.name().to_owned(),
                section_name: program.section_name().to_owned(),
                program_type: program.program_type(),
                autoload: program.autoload(),
            })
            .collect();
        inner.variables = match open.shared_variables() {
            Ok(variables) => Some(variables),
            Err(error) if *error.kind() == ErrorKind::ObjectBtfMissing => None,
            Err(error) => return Err(error),
        };
        inner.name = open.name().to_owned();
        if let Some(elf) = Elf::new(bytes) {
            inner.references = References::read(&elf, &inner);
        }
        Ok(ObjectFile {
            inner: Arc::new(inner),
        })
    }

    /// The object's name: libbpf keeps 15 bytes of it.
    #[doc(alias = "bpf_object__name")]
    pub fn name(&self) -> &str {
        &self.inner.name
    }

    /// All maps, in the object's order.
    #[doc(alias = "bpf_object__next_map")]
    pub fn maps(&self) -> &[MapDefinition] {
        &self.inner.maps
    }

    /// All programs, in the object's order.
    #[doc(alias = "bpf_object__next_program")]
    pub fn programs(&self) -> &[ProgramDefinition] {
        &self.inner.programs
    }

    /// All global variables; none for an object without BTF.
    pub fn variables(&self) -> &[Variable] {
        let variables = self.inner.variables.as_ref();
        variables.map_or(&[], |variables| variables.all())
    }

    /// A map, by the name of its C variable.
    ///
    /// # Errors
    ///
    /// There is no such map.
    pub fn map(&self, name: &str) -> Result<&MapDefinition> {
        let mut maps = self.inner.maps.iter();
        maps.find(|map| map.name == name)
            .ok_or_else(|| self.missing("map", name))
    }

    /// A program, by the name of its C function.
    ///
    /// # Errors
    ///
    /// There is no such program.
    pub fn program(&self, name: &str) -> Result<&ProgramDefinition> {
        let mut programs = self.inner.programs.iter();
        programs
            .find(|program| program.name == name)
            .ok_or_else(|| self.missing("program", name))
    }

    /// Opens the object anew, as the file says.
    ///
    /// # Errors
    ///
    /// There is no memory.
    pub fn open(&self) -> Result<OpenObject> {
        let open = self.inner.open()?;
        Ok(match &self.inner.variables {
            Some(variables) => open.with_variables(variables),
            None => open,
        })
    }

    /// Loads the object as the file says.
    ///
    /// # Errors
    ///
    /// As [`OpenObject::load`].
    pub fn load(&self) -> Result<Object> {
        self.open()?.load()
    }

    /// How to load the object otherwise: with variables, with other maps, in part.
    pub fn loader(&self) -> Loader {
        Loader::new(self.clone())
    }

    /// What the file says about maps and programs, as a struct of the user's: see
    /// [`assign!`](crate::assign).
    ///
    /// # Errors
    ///
    /// What the struct names is not there, or there twice.
    pub fn assign<T: Assign<ObjectFile>>(&self) -> Result<T> {
        check::wanted::<T, _>(self)?;
        T::assign(self)
    }

    pub(super) fn references(&self) -> &References {
        &self.inner.references
    }

    /// A variable; `operation` completes "cannot …".
    pub(super) fn find_variable(&self, operation: &str, name: &str) -> Result<&Variable> {
        let variables = self.inner.variables.as_ref();
        variables
            .ok_or_else(|| Error::new(operation, ErrorKind::ObjectBtfMissing).with_hint(WITH_BTF))?
            .find(operation, name)
    }

    /// Names of all maps and programs.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        let maps = self.inner.maps.iter().map(|map| map.name.as_str());
        maps.chain(
            self.inner
                .programs
                .iter()
                .map(|program| program.name.as_str()),
        )
    }

    pub(super) fn missing(&self, what: &str, name: &str) -> Error {
        let operation = format!("find {what} `{name}` in object `{}`", self.name());
        let error = Error::new(operation, ErrorKind::NotFound);
        match nearest(name, self.names()) {
            Some(near) => error.with_hint(format!("there is `{near}`")),
            None => error,
        }
    }
}

impl Inner {
    fn open(&self) -> Result<OpenObject> {
        let bytes: &[u8] = bytemuck::cast_slice(&self.words);
        let bytes = bytes.get(..self.length).unwrap_or_default();
        self.options.open_bytes_with(&self.name, bytes, &[])
    }

    fn map_name(&self, is_it: impl Fn(&MapDefinition) -> bool) -> Option<String> {
        let map = self.maps.iter().find(|map| is_it(map))?;
        Some(map.name.clone())
    }
}

impl Names for Inner {
    fn section(&self, section: &str) -> Option<String> {
        self.map_name(|map| map.is_internal && is_name_of(map.name.as_bytes(), &self.name, section))
    }

    fn kconfig(&self, variable: &str) -> Option<String> {
        let known = self.variables.as_ref()?.all();
        known
            .iter()
            .find(|known| known.section == KCONFIG && known.name == variable)?;
        self.section(KCONFIG)
    }

    fn arena(&self) -> Option<String> {
        self.map_name(|map| map.map_type == MapType::ARENA)
    }

    fn is_part(&self, name: &str) -> bool {
        self.maps.iter().any(|map| map.name == name)
            || self.programs.iter().any(|program| program.name == name)
    }
}

impl fmt::Debug for ObjectFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ObjectFile")
            .field("name", &self.inner.name)
            .field("bytes", &self.inner.length)
            .field("maps", &self.inner.maps.len())
            .field("programs", &self.inner.programs.len())
            .finish_non_exhaustive()
    }
}
