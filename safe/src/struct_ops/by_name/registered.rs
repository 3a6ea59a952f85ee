use super::kernel_type::kernel_type;
use super::place::{Place, find};
use super::read::Reader;
use super::refusal::Refusal;
use super::shape::{Shape, shape};
use super::value::Value;
use crate::btf::Btf;
use crate::data::Pod;
use crate::error::{Error, ErrorKind, Result};
use crate::map::Map;
use crate::struct_ops::StructOpsMap;
use crate::struct_ops::init::{Init, PlainInit, ProgramName};
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fmt;

/// Whether a struct_ops map is in force: `enum bpf_struct_ops_state`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RegistrationState {
    /// A map of a plain `.struct_ops` section that was not attached yet; or one of a `.struct_ops.link`
    /// section on its way to be ready.
    Initial,
    /// A map of a plain `.struct_ops` section that is attached.
    InUse,
    /// A map of a plain `.struct_ops` section that was detached: it cannot be attached again.
    ToBeFreed,
    /// A map of a `.struct_ops.link` section that links can put in force. It stays so; the links tell
    /// whether it is.
    Ready,
    /// A state that this library does not know.
    Other(u32),
}

/// The kernel's own copy of a struct_ops map, read by the kernel's own type: from
/// [`StructOpsMap::value`], or [`KernelStructOpsMap::value`](crate::struct_ops::KernelStructOpsMap::value).
#[derive(Clone)]
pub struct RegisteredValue {
    map: String,
    btf: Btf,
    bytes: Vec<u8>,
    /// The struct, in all bytes.
    data: Place,
    state: RegistrationState,
    programs: Vec<(u32, String)>,
}

impl StructOpsMap {
    /// The kernel's own copy of the map: its state, and every member as the kernel has it. A map in a
    /// `.struct_ops.link` section has a value from its first attachment on.
    ///
    /// Since Linux 5.6. Reads the kernel's BTF, once for the process.
    ///
    /// # Errors
    ///
    /// The map was not created, or the kernel offers no BTF.
    #[doc(alias = "bpf_map_lookup_elem")]
    pub fn value(&self) -> Result<RegisteredValue> {
        let operation = || self.cannot("read the value of");
        let mut value = RegisteredValue::of_map(&self.to_map()?, &operation)?;
        value.programs = self.object().loaded_programs();
        Ok(value)
    }
}

impl RegisteredValue {
    /// Reads the value of a struct_ops map, without the names of its programs.
    pub(in crate::struct_ops) fn of_map(
        map: &Map,
        operation: &dyn Fn() -> String,
    ) -> Result<RegisteredValue> {
        let (btf, ty) = kernel_type(map, operation)?;
        let bytes = map.lookup_bytes(&0u32.to_ne_bytes())?;
        let bytes = bytes.ok_or_else(|| Error::new(operation(), ErrorKind::NotFound))?;
        let whole = Place::whole(ty);
        let read = || {
            let data = find(&btf, whole, "data")?;
            // `common` is there since Linux 6.9.
            let state =
                find(&btf, whole, "common.state").or_else(|_| find(&btf, whole, "state"))?;
            let state = super::bits::read(&bytes, state.bit, 32).unwrap_or_default();
            Ok((Place { depth: 0, ..data }, state as u32))
        };
        let (data, state) =
            read().map_err(|refusal: Refusal| refusal.into_error(|_| operation()))?;
        Ok(RegisteredValue {
            map: map.name().to_owned(),
            state: match state {
                0 => RegistrationState::Initial,
                1 => RegistrationState::InUse,
                2 => RegistrationState::ToBeFreed,
                3 => RegistrationState::Ready,
                other => RegistrationState::Other(other),
            },
            programs: Vec::new(),
            data,
            btf,
            bytes,
        })
    }

    /// Asks for the names of the programs that it refers to, by their ids.
    pub(in crate::struct_ops) fn name_programs(
        &mut self,
        name: impl Fn(u32) -> Option<String>,
    ) -> Result<()> {
        let ids = RefCell::new(BTreeSet::new());
        let note = |id| {
            ids.borrow_mut().extend(u32::try_from(id).ok());
            Value::None
        };
        Reader::new(&self.btf, &self.bytes, &note)
            .value(self.data)
            .map_err(|refusal| refusal.into_error(|_| self.cannot_read_members()))?;
        let named = |id| name(id).map(|name| (id, name));
        self.programs = ids.into_inner().into_iter().filter_map(named).collect();
        Ok(())
    }

    /// The programs that it may refer to: their ids and names.
    pub fn programs(&self) -> impl ExactSizeIterator<Item = (u32, &str)> {
        self.programs.iter().map(|(id, name)| (*id, name.as_str()))
    }

    /// Whether the map is in force.
    pub fn state(&self) -> RegistrationState {
        self.state
    }

    /// A member, by its path in the kernel's struct, such as `flags` or `list.next`. A callback is found
    /// by the name of its program.
    ///
    /// # Errors
    ///
    /// The kernel has no such member.
    pub fn get(&self, path: &str) -> Result<Value> {
        find(&self.btf, self.data, path)
            .and_then(|place| self.read(place))
            .map_err(|refusal| {
                refusal.into_error(|within| {
                    let ty = self.btf.c_name(self.data.ty);
                    let map = &self.map;
                    format!("read member `{path}{within}` of struct_ops map `{map}` (`{ty}`)")
                })
            })
    }

    /// All members, by name.
    ///
    /// # Errors
    ///
    /// The kernel's BTF is broken.
    pub fn members(&self) -> Result<Vec<(String, Value)>> {
        match self.read(self.data) {
            Ok(Value::Struct(members)) => Ok(members),
            Ok(_) => Ok(Vec::new()),
            Err(refusal) => Err(refusal.into_error(|_| self.cannot_read_members())),
        }
    }

    fn cannot_read_members(&self) -> String {
        format!("read the members of struct_ops map `{}`", self.map)
    }

    /// The same in the form of an init: typed, and to be compared with what was set. What this kernel does
    /// not have, or has in another size, is `None`.
    pub fn to_init<I: Init>(&self) -> I {
        I::read(&RegisteredPart {
            value: self,
            place: self.data,
        })
    }

    fn read(&self, place: Place) -> std::result::Result<Value, Refusal> {
        let program = |id| {
            let mut programs = self.programs.iter();
            match programs.find(|(known, _)| u64::from(*known) == id) {
                Some((_, name)) => Value::Callback(name.clone()),
                None => Value::Int(id.into()),
            }
        };
        Reader::new(&self.btf, &self.bytes, &program).value(place)
    }
}

/// A struct in a [`RegisteredValue`], of which inits read their fields.
#[derive(Clone, Copy)]
pub struct RegisteredPart<'a> {
    value: &'a RegisteredValue,
    place: Place,
}

impl<'a> RegisteredPart<'a> {
    fn find(&self, name: &str) -> Option<Place> {
        find(&self.value.btf, self.place, name).ok()
    }

    /// A member that is a value of this type.
    pub fn value<T: Pod>(&self, name: &str) -> Option<T> {
        let range = self.find(name)?.bytes(&self.value.btf).ok()??;
        bytemuck::try_pod_read_unaligned(self.value.bytes.get(range)?).ok()
    }

    /// A member that is a struct, or an array of structs.
    pub fn nested<T, I: PlainInit<T>>(&self, name: &str) -> Option<I> {
        let place = self.find(name)?;
        Some(I::read(&RegisteredPart { place, ..*self }))
    }

    /// A member that is a callback.
    pub fn callback<P: ProgramName>(&self, name: &str) -> Option<Option<P>> {
        match self.value.read(self.find(name)?).ok()? {
            Value::None => Some(None),
            Value::Callback(name) => P::from_name(&name).map(Some),
            _ => None,
        }
    }

    /// An element, where this is an array.
    pub(crate) fn element(&self, index: usize) -> Option<RegisteredPart<'a>> {
        let btf = &self.value.btf;
        let Shape::Array { element, len } = shape(btf, self.place.ty).ok()? else {
            return None;
        };
        let index = u64::try_from(index).ok()?;
        if index >= len.into() {
            return None;
        }
        let place = self.place.element(btf, element, index).ok()?;
        Some(RegisteredPart { place, ..*self })
    }
}

impl fmt::Debug for RegisteredValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut value = f.debug_struct("RegisteredValue");
        value.field("map", &self.map).field("state", &self.state);
        for (name, member) in self.members().unwrap_or_default() {
            value.field(&name, &member);
        }
        value.finish()
    }
}

impl fmt::Debug for RegisteredPart<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RegisteredPart")
            .field("type", &self.value.btf.c_name(self.place.ty))
            .finish_non_exhaustive()
    }
}
