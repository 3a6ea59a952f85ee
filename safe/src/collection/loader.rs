use super::{Assign, ObjectFile, check};
use crate::data::VariableValue;
use crate::error::Result;
use crate::map::{Map, MapType};
use crate::object::{Object, OpenObject, check_settable};
use crate::program::ProgramType;
use std::collections::BTreeSet;

/// How to load an [`ObjectFile`]: with other values of variables, with maps that exist, in part.
///
/// It can be used, and cloned, as often as wanted; what is wrong with a request is said at once, and the
/// request is then as if not made.
///
/// ```no_run
/// use libbpf_safe::ObjectFile;
///
/// let file = ObjectFile::read("prober.bpf.o")?;
/// let mut loader = file.loader();
/// loader.set("limit", &100u32)?.set("label", "first")?;
/// let object = loader.select(["on_exec", "counts"])?.load()?;
/// let link = object.program("on_exec")?.attach()?;
///
/// // The next one counts into the same map.
/// let counts = object.map("counts")?;
/// let other = file.loader().replace("counts", &counts)?.load()?;
/// # Ok::<(), libbpf_safe::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Loader {
    file: ObjectFile,
    /// By name, with the bytes.
    variables: Vec<(String, Vec<u8>)>,
    maps: Vec<(String, Map)>,
    /// `None` for all that the file loads by itself.
    selected: Option<BTreeSet<String>>,
}

impl Loader {
    pub(super) fn new(file: ObjectFile) -> Loader {
        Loader {
            file,
            variables: Vec::new(),
            maps: Vec::new(),
            selected: None,
        }
    }

    /// Sets a global variable, also a `const volatile` one.
    ///
    /// # Errors
    ///
    /// As [`OpenObject::set_variable`].
    pub fn set<V: VariableValue + ?Sized>(&mut self, name: &str, value: &V) -> Result<&mut Self> {
        let operation = format!("set variable `{name}` of object `{}`", self.file.name());
        let variable = self.file.find_variable(&operation, name)?;
        check_settable(&operation, variable)?;
        let bytes = value.encode(&operation, variable)?;
        self.variables.push((name.to_owned(), bytes));
        Ok(self)
    }

    /// Has programs use this map in the place of the object's own, which is not created.
    ///
    /// # Errors
    ///
    /// There is no such map, nothing in the object refers to it, or this one differs from it: in type, sizes,
    /// number of elements or flags, and the error says in which.
    #[doc(alias = "bpf_map__reuse_fd")]
    pub fn replace(&mut self, name: &str, with: &Map) -> Result<&mut Self> {
        let map = self.file.map(name)?;
        map.check_replacement(with)?;
        if !self.file.references().is_referenced(name) {
            return Err(check::invalid(
                format!("replace map `{name}` of object `{}`", self.file.name()),
                "no program refers to it, so that nothing would use the other map".into(),
            ));
        }
        self.maps.retain(|(replaced, _)| replaced != name);
        self.maps.push((name.to_owned(), with.clone()));
        Ok(self)
    }

    /// Restricts what is loaded to these maps and programs, with what they need: the maps that a program uses,
    /// also by the functions that it calls; the programs of a struct_ops map; the elements that C gives a map
    /// of maps or of programs. Programs that the object does not load by itself (`SEC("?…")`) are loaded when
    /// selected.
    ///
    /// Another call adds to the selection.
    ///
    /// # Errors
    ///
    /// There is no map or program of such a name.
    #[doc(alias = "bpf_program__set_autoload")]
    #[doc(alias = "bpf_map__set_autocreate")]
    pub fn select<N: AsRef<str>>(
        &mut self,
        names: impl IntoIterator<Item = N>,
    ) -> Result<&mut Self> {
        let names: Vec<N> = names.into_iter().collect();
        for name in &names {
            let name = name.as_ref();
            if !self.file.names().any(|known| known == name) {
                return Err(self.file.missing("map or program", name));
            }
        }
        let names = names.iter().map(|name| name.as_ref().to_owned());
        self.selected.get_or_insert_default().extend(names);
        Ok(self)
    }

    /// Opens the object, with all that was asked for; more can be changed before it is loaded.
    ///
    /// # Errors
    ///
    /// There is no memory.
    pub fn open(&self) -> Result<OpenObject> {
        let mut open = self.file.open()?;
        for (name, bytes) in &self.variables {
            open.set_variable_bytes(name, bytes)?;
        }
        if let Some(selected) = &self.selected {
            self.restrict(&mut open, selected)?;
        }
        for (name, map) in &self.maps {
            open.map_mut(name)?.reuse(map)?;
        }
        Ok(open)
    }

    /// Loads the object, with all that was asked for.
    ///
    /// # Errors
    ///
    /// As [`OpenObject::load`]. Then nothing of it is left in the kernel.
    pub fn load(&self) -> Result<Object> {
        self.open()?.load()
    }

    /// Loads what a struct of the user's names, and what that needs; all else of the object is not loaded, or
    /// closed. See [`assign!`](crate::assign).
    ///
    /// # Errors
    ///
    /// Before anything is loaded: the object has no map or program of a name, or of another type than the
    /// field has, or two fields have one name; the error lists all such fields. Otherwise as
    /// [`OpenObject::load`], and nothing is left in the kernel.
    pub fn load_and_assign<T: Assign<Object>>(&self) -> Result<T> {
        self.load_and_assign_with(|_| Ok(()))
    }

    /// The same, with changes of the object before it is loaded: members of struct_ops maps, numbers of
    /// elements.
    ///
    /// # Errors
    ///
    /// As [`load_and_assign`](Loader::load_and_assign), or what `change` returns.
    pub fn load_and_assign_with<T: Assign<Object>>(
        &self,
        change: impl FnOnce(&mut OpenObject) -> Result<()>,
    ) -> Result<T> {
        let wanted = check::wanted::<T, _>(&self.file)?;
        let mut loader = self.clone();
        loader.select(wanted.names())?;
        let mut open = loader.open()?;
        change(&mut open)?;
        T::assign(&open.load()?)
    }

    /// Switches off what was neither selected nor is needed.
    fn restrict(&self, open: &mut OpenObject, selected: &BTreeSet<String>) -> Result<()> {
        let needed = self.needed(selected);
        for map in self.file.maps() {
            let mut open = open.map_mut(&map.name)?;
            open.set_autocreate(needed.contains(&map.name))?;
        }
        for program in self.file.programs() {
            // Those of struct_ops maps go with their maps.
            if program.program_type != ProgramType::STRUCT_OPS {
                let mut open = open.program_mut(&program.name)?;
                open.set_autoload(needed.contains(&program.name));
            }
        }
        Ok(())
    }

    fn needed(&self, selected: &BTreeSet<String>) -> BTreeSet<String> {
        let references = self.file.references();
        let is_struct_ops = |name: &&str| {
            let map = self.file.map(name);
            map.is_ok_and(|map| map.map_type == MapType::STRUCT_OPS)
        };
        // A struct_ops program is loaded as a callback, so one of the maps that have it must be there.
        let callbacks = selected
            .iter()
            .filter(|name| {
                let program = self.file.program(name);
                program.is_ok_and(|it| it.program_type == ProgramType::STRUCT_OPS)
            })
            .filter(|name| {
                let mut users = references.users(name);
                !users.any(|user| selected.contains(user))
            })
            .filter_map(|name| references.users(name).find(is_struct_ops));
        let maps: Vec<String> = callbacks.map(str::to_owned).collect();
        references.closure(selected.iter().cloned().chain(maps))
    }
}
