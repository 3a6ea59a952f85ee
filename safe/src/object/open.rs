use super::explain;
use super::file;
use super::guard;
use super::names::Names;
use super::options::OpenOptions;
use crate::btf::{Btf, Offer};
use crate::data::{Variables, section_map};
use crate::error::{Error, ErrorKind, Result};
use crate::log::capture;
use crate::map::{Map, OpenMap};
use crate::program::{KernelProgram, OpenProgram};
use crate::raw;
use crate::raw::map::{MapAddress, MapRef};
use crate::raw::program::{ProgramAddress, ProgramRef};
use crate::raw::shadow::{MapInfo, Shadow};
use crate::struct_ops::Presence;
use std::collections::HashMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::slice;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// An object that is open and not loaded: nothing of it is in the kernel yet, and all of it can be
/// changed.
///
/// Generated skeletons wrap it. On its own it serves objects that no code was generated for.
///
/// ```no_run
/// use libbpf_safe::OpenObject;
///
/// let mut open = OpenObject::from_file("prober.bpf.o")?;
/// open.program_mut("on_exit")?.set_autoload(false);
/// let object = open.load()?;
/// let link = object.program("on_exec")?.attach()?;
/// # Ok::<(), libbpf_safe::Error>(())
/// ```
#[doc(alias = "bpf_object")]
pub struct OpenObject {
    pub(crate) inner: Arc<OpenInner>,
}

/// An open object, shared with the slots of a skeleton.
pub(crate) struct OpenInner {
    pub(super) object: raw::object::Object,
    pub(super) shadow: Shadow,
    pub(super) name: String,
    btf_path: Option<PathBuf>,
    map_names: Names,
    program_names: Names,
    /// What libbpf reads in load in place of the kernel's BTF.
    _minimal_btf: Option<Offer>,
    /// Which maps, by index, have a slot: only the slot may reach their memory.
    claimed_maps: Box<[AtomicBool]>,
    claimed_programs: Box<[AtomicBool]>,
    /// Whether the arena's variables have one; the arena's map may have another.
    claimed_arena: AtomicBool,
    /// Maps that load takes in place of new ones.
    pub(super) reused: Mutex<Vec<(MapAddress, Map)>>,
    /// Maps that those in maps of maps are like; they stay open until load.
    pub(super) inner_maps: Mutex<Vec<(MapAddress, Map)>>,
    /// How many bytes of the verifier's log of a program are kept, where that was said.
    pub(super) log_sizes: Mutex<Vec<(ProgramAddress, usize)>>,
    /// The same for all others.
    pub(super) log_size: usize,
    /// Whether it was compiled for machines of the other byte order.
    pub(super) other_byte_order: bool,
    /// Programs that others are for; they stay open until load.
    pub(super) attach_targets: Mutex<Vec<KernelProgram>>,
    /// Held while a section is looked for, which several threads may: libbpf then may build the bytes of its BTF.
    finding_section: Mutex<()>,
    pub(super) variables: OnceLock<Arc<Variables>>,
    /// Where the ELF symbols of global variables are; none where the file is not at hand.
    pub(super) offsets: HashMap<(String, String), u64>,
}

impl OpenInner {
    pub(super) fn new(object: raw::object::Object, shadow: Shadow, name: String) -> OpenInner {
        OpenInner {
            map_names: Names::default(),
            program_names: Names::default(),
            claimed_maps: flags(object.map_count()),
            claimed_programs: flags(object.program_count()),
            claimed_arena: AtomicBool::new(false),
            object,
            shadow,
            name,
            btf_path: None,
            _minimal_btf: None,
            reused: Mutex::default(),
            inner_maps: Mutex::default(),
            log_sizes: Mutex::default(),
            log_size: OpenOptions::new().given_log_size(),
            other_byte_order: false,
            attach_targets: Mutex::default(),
            finding_section: Mutex::default(),
            variables: OnceLock::new(),
            offsets: HashMap::new(),
        }
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Where the BTF for relocations was said to be.
    pub(super) fn btf_path(&self) -> Option<&Path> {
        self.btf_path.as_deref()
    }

    pub(crate) fn object(&self) -> &raw::object::Object {
        &self.object
    }

    pub(crate) fn shadow(&self) -> &Shadow {
        &self.shadow
    }

    /// Which map libbpf made of a data section.
    pub(crate) fn section_map(&self, section: &str) -> Option<usize> {
        let lock = self.finding_section.lock();
        let _alone = lock.unwrap_or_else(PoisonError::into_inner);
        section_map(&self.object, &self.name, section)
    }

    pub(crate) fn map_index(&self, name: &str) -> Result<usize> {
        let name_of = |index| self.object.map(index).map_or(c"", MapRef::name).to_bytes();
        self.map_names
            .find(name, self.object.map_count(), name_of)
            .ok_or_else(|| self.missing("map", name))
    }

    pub(crate) fn program_index(&self, name: &str) -> Result<usize> {
        self.program_names
            .find(name, self.object.program_count(), |index| {
                self.object.program_name(index)
            })
            .ok_or_else(|| self.missing("program", name))
    }

    pub(crate) fn map(&self, index: usize) -> Result<MapRef<'_>> {
        self.object
            .map(index)
            .ok_or_else(|| self.missing("map", "?"))
    }

    pub(crate) fn program(&self, index: usize) -> Result<ProgramRef<'_>> {
        self.object
            .program(index)
            .ok_or_else(|| self.missing("program", "?"))
    }

    fn missing(&self, what: &str, name: &str) -> Error {
        Error::new(
            format!("find {what} `{name}` in object `{}`", self.name),
            ErrorKind::NotFound,
        )
    }

    /// Claims a map for a slot; an error where it has one.
    pub(crate) fn claim_map(&self, index: usize) -> Result<()> {
        self.claim(&self.claimed_maps, index, "map")
    }

    /// Claims a program for a slot; an error where it has one.
    pub(crate) fn claim_program(&self, index: usize) -> Result<()> {
        self.claim(&self.claimed_programs, index, "program")
    }

    /// Claims the arena's variables for a slot; an error where they have one.
    pub(crate) fn claim_arena(&self) -> Result<()> {
        self.claim(slice::from_ref(&self.claimed_arena), 0, "section")
    }

    fn claim(&self, claimed: &[AtomicBool], index: usize, what: &str) -> Result<()> {
        match claimed.get(index) {
            Some(claimed) if !claimed.swap(true, Ordering::Relaxed) => Ok(()),
            _ => Err(Error::new(
                format!("use a {what} of object `{}`", self.name),
                ErrorKind::InvalidInput {
                    reason: format!("this {what} is in use elsewhere"),
                },
            )),
        }
    }

    /// An error where the map has a slot.
    pub(crate) fn map_is_free(&self, index: usize) -> Result<()> {
        self.unclaimed(&self.claimed_maps, index, "map")
    }

    fn unclaimed(&self, claimed: &[AtomicBool], index: usize, what: &str) -> Result<()> {
        let taken = claimed
            .get(index)
            .is_none_or(|claimed| claimed.load(Ordering::Relaxed));
        if taken {
            return self.claim(&[], index, what);
        }
        Ok(())
    }
}

/// Where a name stands among C names.
pub(super) fn position<'a>(
    mut names: impl Iterator<Item = &'a std::ffi::CStr>,
    name: &str,
) -> Option<usize> {
    names.position(|candidate| candidate.to_bytes() == name.as_bytes())
}

/// `count` flags, none set.
fn flags(count: usize) -> Box<[AtomicBool]> {
    (0..count).map(|_| AtomicBool::new(false)).collect()
}

impl OpenOptions {
    /// Opens an object file.
    ///
    /// # Errors
    ///
    /// The file cannot be read, or is no BPF object that libbpf understands.
    #[doc(alias = "bpf_object__open_file")]
    pub fn open_file(&self, path: impl AsRef<Path>) -> Result<OpenObject> {
        self.open_file_with(path.as_ref(), &[])
    }

    /// Opens an object file that is in memory. The bytes are not needed afterwards.
    ///
    /// # Errors
    ///
    /// The bytes are no BPF object that libbpf understands, or no [name](OpenOptions::name) was given.
    #[doc(alias = "bpf_object__open_mem")]
    pub fn open_bytes(&self, bytes: &[u8]) -> Result<OpenObject> {
        let Some(name) = self.given_name() else {
            return Err(Error::new(
                "open an object from bytes",
                ErrorKind::InvalidInput {
                    reason: "an object from bytes needs a name".into(),
                },
            ));
        };
        let open = self.open_bytes_with(name, bytes, &[])?;
        Ok(open.with_symbols(bytes))
    }

    pub(crate) fn open_file_with(
        &self,
        path: &Path,
        shadows: &[MapInfo<'_>],
    ) -> Result<OpenObject> {
        let operation = format!("open object `{}`", path.display());
        let bytes = file::read(&operation, path)?;
        let name = self
            .given_name()
            .map_or_else(|| file::name(path), str::to_owned);
        let open = self.open_named(&operation, &name, &bytes, shadows)?;
        // libbpf keeps no symbols; for want of them, variables by name are where BTF has them.
        Ok(open.with_symbols(&bytes))
    }

    /// `name` is for an object that was given none.
    pub(crate) fn open_bytes_with(
        &self,
        name: &str,
        bytes: &[u8],
        shadows: &[MapInfo<'_>],
    ) -> Result<OpenObject> {
        let name = self.given_name().unwrap_or(name);
        self.open_named(&format!("open object `{name}`"), name, bytes, shadows)
    }

    fn open_named(
        &self,
        operation: &str,
        name: &str,
        bytes: &[u8],
        shadows: &[MapInfo<'_>],
    ) -> Result<OpenObject> {
        guard::check(operation, bytes)?;
        let minimal_btf = self.minimal_btf(bytes);
        let (result, messages) = capture(|| {
            self.with_c(operation, name, minimal_btf.as_ref(), |options| {
                with_aligned(bytes, |bytes| raw::object::Object::open_mem(bytes, options))
            })
        });
        let object = self.resize_sections(result?)?;
        // EI_DATA: 1 is little, 2 is big.
        let native = if cfg!(target_endian = "little") { 1 } else { 2 };
        let other_byte_order = bytes.get(5) != Some(&native);
        let result = object.map(|object| (object, minimal_btf));
        finish_open(
            self,
            operation,
            result,
            other_byte_order,
            messages,
            shadows,
            name,
        )
    }
}

/// Calls with the bytes at a multiple of 8, where libelf can read its structures in place.
fn with_aligned<T>(bytes: &[u8], call: impl FnOnce(&[u8]) -> T) -> T {
    if bytes.as_ptr().addr() % 8 == 0 {
        return call(bytes);
    }
    let mut words = vec![0u64; bytes.len().div_ceil(8)];
    let room: &mut [u8] = bytemuck::cast_slice_mut(&mut words);
    for (to, from) in room.iter_mut().zip(bytes) {
        *to = *from;
    }
    call(room.get(..bytes.len()).unwrap_or_default())
}

fn finish_open(
    options: &OpenOptions,
    operation: &str,
    result: raw::Result<(raw::object::Object, Option<Offer>)>,
    other_byte_order: bool,
    messages: Vec<String>,
    shadows: &[MapInfo<'_>],
    name: &str,
) -> Result<OpenObject> {
    let (mut object, minimal_btf) =
        result.map_err(|errno| explain::open_failure(operation, errno, messages))?;
    let shadow = new_shadow(operation, &mut object, shadows)?;
    set_default_presence(&shadow, options.given_presence());
    // libbpf keeps 15 bytes of the name.
    let mut inner = OpenInner::new(object, shadow, name.to_owned());
    inner.btf_path = options.given_btf_path().map(Path::to_owned);
    inner._minimal_btf = minimal_btf;
    inner.log_size = options.given_log_size();
    inner.other_byte_order = other_byte_order;
    Ok(OpenObject {
        inner: Arc::new(inner),
    })
}

/// Shadow copies of an object that is fresh.
pub(super) fn new_shadow(
    operation: &str,
    object: &mut raw::object::Object,
    maps: &[MapInfo<'_>],
) -> Result<Shadow> {
    let mut problems = Vec::new();
    let (shadow, messages) = capture(|| Shadow::new(object, maps, &mut problems));
    shadow.map_err(|errno| explain::problems_error(operation, problems, errno, messages))
}

#[allow(unsafe_code)]
fn set_default_presence(shadow: &Shadow, presence: Presence) {
    // SAFETY: bpf_struct_ops_shadow__set_presence wants nobody else to set one: the shadow is fresh.
    let set = unsafe { shadow.set_presence(None, None, presence.to_c()) };
    // Fails only for a map or member that is not there, or a presence that is none.
    let _ = set;
}

impl OpenObject {
    /// Opens an object file with libbpf's defaults.
    ///
    /// # Errors
    ///
    /// The file cannot be read, or is no BPF object that libbpf understands.
    #[doc(alias = "bpf_object__open")]
    pub fn from_file(path: impl AsRef<Path>) -> Result<OpenObject> {
        OpenOptions::new().open_file(path)
    }

    /// Opens an object file that is in memory, with libbpf's defaults. The bytes are not needed
    /// afterwards.
    ///
    /// # Errors
    ///
    /// The bytes are no BPF object that libbpf understands.
    #[doc(alias = "bpf_object__open_mem")]
    pub fn from_bytes(name: &str, bytes: &[u8]) -> Result<OpenObject> {
        OpenOptions::new().name(name).open_bytes(bytes)
    }

    /// The object's name.
    #[doc(alias = "bpf_object__name")]
    pub fn name(&self) -> &str {
        self.inner.name()
    }

    /// A program, by the name of its C function.
    ///
    /// # Errors
    ///
    /// There is no such program, or a skeleton holds it.
    #[doc(alias = "bpf_object__find_program_by_name")]
    pub fn program_mut(&mut self, name: &str) -> Result<OpenProgram<'_>> {
        let index = self.inner.program_index(name)?;
        self.inner
            .unclaimed(&self.inner.claimed_programs, index, "program")?;
        // Unique: no slot has it, and self is borrowed exclusively.
        Ok(OpenProgram::new(&self.inner, self.inner.program(index)?))
    }

    /// A map, by the name of its C variable; a data section by its section's name with libbpf's prefix.
    ///
    /// # Errors
    ///
    /// There is no such map, or a skeleton holds it.
    #[doc(alias = "bpf_object__find_map_by_name")]
    pub fn map_mut(&mut self, name: &str) -> Result<OpenMap<'_>> {
        let index = self.inner.map_index(name)?;
        self.inner.map_is_free(index)?;
        // Unique: no slot has it, and self is borrowed exclusively.
        Ok(OpenMap::new(&self.inner, self.inner.map(index)?))
    }

    /// All maps, in the object's order, for reading.
    #[doc(alias = "bpf_object__next_map")]
    pub fn maps(&mut self) -> impl Iterator<Item = OpenMap<'_>> {
        let inner = &self.inner;
        (0..inner.object.map_count())
            .filter(|&index| inner.unclaimed(&inner.claimed_maps, index, "map").is_ok())
            .filter_map(|index| inner.object.map(index))
            .map(|map| OpenMap::new(inner, map))
    }

    /// All programs, in the object's order.
    #[doc(alias = "bpf_object__next_program")]
    pub fn programs(&mut self) -> impl Iterator<Item = OpenProgram<'_>> {
        let inner = &self.inner;
        (0..inner.object.program_count())
            .filter(|&index| {
                inner
                    .unclaimed(&inner.claimed_programs, index, "program")
                    .is_ok()
            })
            .filter_map(|index| inner.object.program(index))
            .map(|program| OpenProgram::new(inner, program))
    }

    /// The object's BTF as libbpf completed it at open: with the sizes of its sections and the offsets
    /// of their variables. `None` for an object without BTF.
    ///
    /// # Errors
    ///
    /// The BTF is broken.
    #[doc(alias = "bpf_object__btf")]
    pub fn btf(&mut self) -> Result<Option<Btf>> {
        explain::object_btf(&self.inner.object, &self.inner.name)
    }
}

impl fmt::Debug for OpenObject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}

impl fmt::Debug for OpenInner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenObject")
            .field("name", &self.name)
            .field("maps", &self.object.map_count())
            .field("programs", &self.object.program_count())
            .finish_non_exhaustive()
    }
}
