use super::attach::Attached;
use super::explain;
use super::logs::Logs;
use super::names::Names;
use crate::btf::Btf;
use crate::data::Variables;
use crate::error::{Error, ErrorKind, Result};
use crate::map::Map;
use crate::program::Program;
use crate::raw;
use crate::raw::map::MapRef;
use crate::struct_ops::{Dropped, StructOpsMap};
use std::collections::HashMap;
use std::fmt;
use std::os::fd::BorrowedFd;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};

/// An object that is loaded: its maps and programs are in the kernel.
///
/// Handles taken from it ([`Map`], [`Program`], [`StructOpsMap`], links) own what they need: they
/// outlive it, go to other threads, and can be dropped in any order.
#[derive(Clone)]
#[doc(alias = "bpf_object")]
#[doc(alias = "bpf_object__close")]
pub struct Object {
    pub(super) inner: Arc<LoadedInner>,
    messages: Arc<[String]>,
}

/// A loaded object, shared by the handles that libbpf needs it for.
pub(crate) struct LoadedInner {
    object: raw::object::Object,
    name: String,
    /// The maps' names in C, by index.
    pub(super) maps: Box<[Box<str>]>,
    map_names: Names,
    program_names: Names,
    dropped: Vec<Dropped>,
    /// What was kept of the verifier's logs.
    pub(super) logs: Logs,
    /// Held while libbpf changes the object behind a shared reference: USDT attachments, and the
    /// links of them; also while its BTF is read.
    lock: Mutex<()>,
    /// What [`Object::attach`] has attached, as long as somebody holds it. Links keep their object: one that kept
    /// its links would never go.
    pub(super) attached: Mutex<Weak<Mutex<Attached>>>,
    pub(super) variables: OnceLock<Arc<Variables>>,
    /// Where the ELF symbols of global variables are; none where the file was not at hand.
    pub(super) offsets: HashMap<(String, String), u64>,
}

impl LoadedInner {
    pub(super) fn new(
        object: raw::object::Object,
        name: String,
        maps: Box<[Box<str>]>,
        dropped: Vec<Dropped>,
    ) -> LoadedInner {
        LoadedInner {
            object,
            name,
            maps,
            map_names: Names::default(),
            program_names: Names::default(),
            dropped,
            logs: Logs::default(),
            lock: Mutex::new(()),
            attached: Mutex::default(),
            variables: OnceLock::new(),
            offsets: HashMap::new(),
        }
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn log(&self, program: &str) -> Option<&str> {
        self.logs.of(program)
    }

    pub(crate) fn dropped(&self) -> &[Dropped] {
        &self.dropped
    }

    pub(crate) fn object(&self) -> &raw::object::Object {
        &self.object
    }

    /// The lock guards no data of Rust's: a panic under it leaves nothing half-done.
    pub(crate) fn lock(&self) -> MutexGuard<'_, ()> {
        self.lock.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The ids and names of the programs that were loaded.
    pub(crate) fn loaded_programs(&self) -> Vec<(u32, String)> {
        let programs = self.object.programs();
        programs
            .filter_map(|program| {
                let info = raw::syscall::program_info(program.fd()?).ok()?;
                Some((info.id, program.name().to_string_lossy().into_owned()))
            })
            .collect()
    }

    pub(crate) fn btf(&self) -> Result<Option<Btf>> {
        explain::loaded_object_btf(&self.object, &self.name, &self.lock())
    }

    pub(super) fn missing(&self, what: &str, name: &str) -> Error {
        Error::new(
            format!("find {what} `{name}` in object `{}`", self.name),
            ErrorKind::NotFound,
        )
    }
}

impl Object {
    pub(super) fn new(inner: LoadedInner, messages: Vec<String>) -> Object {
        Object {
            inner: Arc::new(inner),
            messages: messages.into(),
        }
    }

    /// The object's name.
    #[doc(alias = "bpf_object__name")]
    pub fn name(&self) -> &str {
        self.inner.name()
    }

    /// What load left out of struct_ops maps because the kernel lacks it, and because
    /// [`Presence`](crate::struct_ops::Presence) allowed that.
    pub fn dropped(&self) -> &[Dropped] {
        self.inner.dropped()
    }

    /// What libbpf had to say while it loaded the object: warnings and information.
    pub fn messages(&self) -> &[String] {
        &self.messages
    }

    /// The token that load made, where it did. It belongs to the object.
    ///
    /// Since Linux 6.9.
    #[doc(alias = "bpf_object__token_fd")]
    pub fn token_fd(&self) -> Option<BorrowedFd<'_>> {
        self.inner.object.token_fd()
    }

    /// The object's BTF in the kernel, where load put it there: it does when a map or program needs it. It belongs to the
    /// object.
    ///
    /// Since Linux 4.18.
    #[doc(alias = "bpf_object__btf_fd")]
    pub fn btf_fd(&self) -> Option<BorrowedFd<'_>> {
        self.inner.object.btf_fd()
    }

    /// A map, by the name of its C variable. The handle has a descriptor of its own.
    ///
    /// # Errors
    ///
    /// There is no such map, or it was not created.
    #[doc(alias = "bpf_object__find_map_by_name")]
    #[doc(alias = "bpf_object__find_map_fd_by_name")]
    pub fn map(&self, name: &str) -> Result<Map> {
        let map = self
            .map_index(name)
            .and_then(|index| self.inner.object.map(index))
            .ok_or_else(|| self.inner.missing("map", name))?;
        self.handle(map, name)
    }

    pub(super) fn handle(&self, map: raw::map::MapRef<'_>, name: &str) -> Result<Map> {
        let operation = || format!("use map `{name}` of object `{}`", self.inner.name);
        let Some(fd) = map.fd() else {
            return Err(Error::new(
                operation(),
                ErrorKind::InvalidInput {
                    reason: "it was not created, because its autocreate was off".into(),
                },
            ));
        };
        let fd = fd
            .try_clone_to_owned()
            .map_err(|error| Error::system(operation(), raw::Errno::from(&error)))?;
        Map::from_fd(fd, Some(name))
    }

    /// All maps that load created or reused, in the object's order, with descriptors of their own.
    #[doc(alias = "bpf_object__next_map")]
    pub fn maps(&self) -> impl Iterator<Item = Result<Map>> + '_ {
        let maps = self.inner.object.maps().zip(&self.inner.maps);
        maps.filter(|(map, _)| map.fd().is_some())
            .map(|(map, name)| self.handle(map, name))
    }

    /// All programs that load put into the kernel, in the object's order.
    #[doc(alias = "bpf_object__next_program")]
    pub fn programs(&self) -> impl Iterator<Item = Program> + '_ {
        let programs = self.inner.object.programs();
        programs
            .filter(|program| program.fd().is_some())
            .map(|program| Program::new(Arc::clone(&self.inner), program.address()))
    }

    /// A program, by the name of its C function.
    ///
    /// # Errors
    ///
    /// There is no such program.
    #[doc(alias = "bpf_object__find_program_by_name")]
    pub fn program(&self, name: &str) -> Result<Program> {
        let object = &self.inner.object;
        let program = self
            .inner
            .program_names
            .find(name, object.program_count(), |index| {
                object.program_name(index)
            })
            .and_then(|index| object.program(index))
            .ok_or_else(|| self.inner.missing("program", name))?;
        Ok(Program::new(Arc::clone(&self.inner), program.address()))
    }

    /// A struct_ops map, by the name of its C variable.
    ///
    /// # Errors
    ///
    /// There is no such map, or it is of another type.
    pub fn struct_ops(&self, name: &str) -> Result<StructOpsMap> {
        let map = self
            .map_index(name)
            .and_then(|index| self.inner.object.map(index))
            .ok_or_else(|| self.inner.missing("struct_ops map", name))?;
        StructOpsMap::new(Arc::clone(&self.inner), map.address())
    }

    pub(crate) fn btf(&self) -> Result<Option<Btf>> {
        self.inner.btf()
    }

    /// Each map by the name of its C variable.
    pub(crate) fn maps_by_name(&self) -> impl Iterator<Item = (&str, MapRef<'_>)> {
        let names = self.inner.maps.iter().map(|name| &**name);
        names.zip(self.inner.object.maps())
    }

    fn map_index(&self, name: &str) -> Option<usize> {
        let maps = &self.inner.maps;
        let name_of = |index: usize| maps.get(index).map_or("", |name| &**name).as_bytes();
        self.inner.map_names.find(name, maps.len(), name_of)
    }
}

impl fmt::Debug for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}

impl fmt::Debug for LoadedInner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Object")
            .field("name", &self.name)
            .field("maps", &self.object.map_count())
            .field("programs", &self.object.program_count())
            .finish_non_exhaustive()
    }
}
