#![allow(unsafe_code)]

use super::{Map, MapDefinition, MapType};
use crate::btf::TypeId;
use crate::error::{Error, ErrorKind, Result};
use crate::object::{OpenInner, c_path};
use crate::raw::map::{MapAddress, MapRef};
use crate::raw::mapping::page_size;
use std::fmt;
use std::marker::PhantomData;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A map of an object that is open: what is set here takes effect at load.
#[doc(alias = "bpf_map")]
pub struct OpenMap<'open> {
    pub(super) object: &'open OpenInner,
    pub(super) map: MapRef<'open>,
    /// Nobody else has this map: a slot, or the whole object, is borrowed exclusively.
    unique: PhantomData<&'open mut ()>,
}

impl<'open> OpenMap<'open> {
    /// The caller sees to it that this is the only one for the map, which is of this object.
    pub(crate) fn new(object: &'open OpenInner, map: MapRef<'open>) -> Self {
        OpenMap {
            object,
            map,
            unique: PhantomData,
        }
    }

    /// The name of the C variable; for a data section, the section's name with libbpf's prefix.
    #[doc(alias = "bpf_map__name")]
    pub fn name(&self) -> &'open str {
        self.map.name().to_str().unwrap_or_default()
    }

    /// The map's type.
    #[doc(alias = "bpf_map__type")]
    pub fn map_type(&self) -> MapType {
        MapType(self.map.kind())
    }

    /// The size of a key in bytes.
    #[doc(alias = "bpf_map__key_size")]
    pub fn key_size(&self) -> u32 {
        self.map.key_size()
    }

    /// The size of a value in bytes.
    #[doc(alias = "bpf_map__value_size")]
    pub fn value_size(&self) -> u32 {
        self.map.value_size()
    }

    /// How many elements there can be.
    #[doc(alias = "bpf_map__max_entries")]
    pub fn max_entries(&self) -> u32 {
        self.map.max_entries()
    }

    /// The flags that the map will be created with (`BPF_F_…`).
    #[doc(alias = "bpf_map__map_flags")]
    pub fn create_flags(&self) -> u32 {
        self.map.flags()
    }

    /// The key's type in the object's BTF, where it has one.
    #[doc(alias = "bpf_map__btf_key_type_id")]
    pub fn btf_key_type(&self) -> Option<TypeId> {
        Some(TypeId(self.map.btf_key_type_id())).filter(|id| !id.is_void())
    }

    /// The value's type in the object's BTF, where it has one; for a data section, the section.
    #[doc(alias = "bpf_map__btf_value_type_id")]
    pub fn btf_value_type(&self) -> Option<TypeId> {
        Some(TypeId(self.map.btf_value_type_id())).filter(|id| !id.is_void())
    }

    /// Whether libbpf made the map for a data section.
    #[doc(alias = "bpf_map__is_internal")]
    pub fn is_internal(&self) -> bool {
        self.map.is_internal()
    }

    /// Whether load will create the map.
    #[doc(alias = "bpf_map__autocreate")]
    pub fn autocreate(&self) -> bool {
        self.map.autocreate()
    }

    /// Says whether load is to create this map.
    ///
    /// The programs that only a struct_ops map refers to are not loaded without it either. A program
    /// that uses another map is: the verifier then rejects it unless the use is dead code, such as
    /// behind a `const volatile` switch, and the error says which map it was.
    /// [`Loader::select`](crate::collection::Loader::select) finds out what goes together.
    ///
    /// # Errors
    ///
    /// None with this libbpf, before load.
    #[doc(alias = "bpf_map__set_autocreate")]
    pub fn set_autocreate(&mut self, autocreate: bool) -> Result<()> {
        // SAFETY: bpf_map__set_autocreate wants exclusive use of the map: this is its only OpenMap.
        unsafe { self.map.set_autocreate(autocreate) }.map_err(|errno| {
            Error::system(
                format!("set the autocreate of map `{}`", self.name()),
                errno,
            )
        })
    }

    /// Whether attaching the whole object attaches this struct_ops map.
    #[doc(alias = "bpf_map__autoattach")]
    pub fn autoattach(&self) -> bool {
        self.map.autoattach()
    }

    /// Says whether attaching the whole object is to attach this struct_ops map: `attach()` of a skeleton or
    /// of an [`Object`](crate::Object). It can be attached by itself either way.
    ///
    /// # Errors
    ///
    /// The map is no struct_ops map: others are not attached.
    #[doc(alias = "bpf_map__set_autoattach")]
    pub fn set_autoattach(&mut self, autoattach: bool) -> Result<()> {
        if self.map_type() != MapType::STRUCT_OPS {
            return Err(self.refused("set the autoattach of", "it is no struct_ops map"));
        }
        // SAFETY: bpf_map__set_autoattach wants exclusive use of the map: this is its only OpenMap.
        unsafe { self.map.set_autoattach(autoattach) }.map_err(|errno| {
            Error::system(
                format!("set the autoattach of map `{}`", self.name()),
                errno,
            )
        })
    }

    /// Sets how many elements there can be.
    ///
    /// # Errors
    ///
    /// The map is a data section or a struct_ops map, which have one element.
    #[doc(alias = "bpf_map__set_max_entries")]
    pub fn set_max_entries(&mut self, max_entries: u32) -> Result<()> {
        if self.is_internal() || self.map_type() == MapType::STRUCT_OPS {
            return Err(self.refused("resize", "it always has one element"));
        }
        if self.map_type() == MapType::ARENA {
            // libbpf looks at open only, and would copy the variables to beyond the arena's end at load.
            let room = (max_entries as usize).saturating_mul(page_size());
            let size = self.map.initial_value().map_or(0, |(_, size)| size);
            if room < size.max(1) {
                return Err(self.refused("resize", "it has no room for its variables then"));
            }
        }
        // SAFETY: bpf_map__set_max_entries wants exclusive use of a map that is not internal: this is
        // its only OpenMap, and it was just looked at.
        unsafe { self.map.set_max_entries(max_entries) }
            .map_err(|errno| Error::system(format!("resize map `{}`", self.name()), errno))
    }

    /// All that there is to say about the map, apart from the object.
    pub fn definition(&self) -> MapDefinition {
        MapDefinition {
            name: self.name().to_owned(),
            map_type: self.map_type(),
            key_size: self.key_size(),
            value_size: self.value_size(),
            max_entries: self.max_entries(),
            create_flags: self.create_flags(),
            map_extra: self.map.map_extra(),
            is_internal: self.is_internal(),
            autocreate: self.autocreate(),
            pin_path: self.pin_path(),
        }
    }

    /// Takes a map that is in the kernel in place of a new one: at load, programs get that one.
    ///
    /// It stays as it is: initial elements that the object file has for a map of maps are not put in.
    ///
    /// # Errors
    ///
    /// The maps differ ([`Mismatch`](ErrorKind::Mismatch) says in what); or this is a data section, an arena
    /// or a struct_ops map, whose memory goes with the object.
    #[doc(alias = "bpf_map__reuse_fd")]
    pub fn reuse(&mut self, with: &Map) -> Result<()> {
        self.definition().check_replacement(with)?;
        self.object.reuse(self.map.address(), with.clone());
        Ok(())
    }

    /// Where load pins the map, or takes what is pinned; `LIBBPF_PIN_BY_NAME` sets it in C.
    #[doc(alias = "bpf_map__pin_path")]
    pub fn pin_path(&self) -> Option<PathBuf> {
        self.map.pin_path()
    }

    /// Says where load is to pin the map. Where a map is pinned there already, load takes it in place of
    /// a new one, and fails if the two differ. `None`: nowhere. Since Linux 4.4; the place must be in a
    /// file system of the type `bpf`.
    ///
    /// # Errors
    ///
    /// The path has a NUL; or this is a data section, an arena or a struct_ops map, whose memory goes with
    /// the object.
    #[doc(alias = "bpf_map__set_pin_path")]
    pub fn set_pin_path(&mut self, path: Option<&Path>) -> Result<()> {
        let operation = format!("set the pin path of map `{}`", self.name());
        if path.is_some() {
            self.definition().check_shareable(&operation)?;
        }
        let path = path.map(|path| c_path(&operation, path)).transpose()?;
        // SAFETY: bpf_map__set_pin_path wants exclusive use of the map: this is its only OpenMap.
        unsafe { self.map.set_pin_path(path.as_deref()) }
            .map_err(|errno| Error::system(operation, errno))
    }

    pub(super) fn cannot(&self, what: &str) -> String {
        format!("{what} map `{}`", self.name())
    }

    pub(super) fn refused(&self, what: &str, reason: &str) -> Error {
        Error::new(
            self.cannot(what),
            ErrorKind::InvalidInput {
                reason: reason.into(),
            },
        )
    }
}

impl fmt::Debug for OpenMap<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenMap")
            .field("name", &self.name())
            .field("type", &self.map_type())
            .field("key_size", &self.key_size())
            .field("value_size", &self.value_size())
            .field("max_entries", &self.max_entries())
            .finish_non_exhaustive()
    }
}

/// The one access to a map of an object that is open; a skeleton keeps it.
///
/// # Invariants
///
/// `map` is of `object`, and was claimed for this slot.
#[derive(Debug)]
pub(crate) struct MapSlot {
    object: Arc<OpenInner>,
    map: MapAddress,
}

impl MapSlot {
    pub(crate) fn new(object: &Arc<OpenInner>, name: &str) -> Result<MapSlot> {
        let index = object.map_index(name)?;
        object.claim_map(index)?;
        let map = object.map(index)?.address();
        // INVARIANT: claimed right here; the address is this object's.
        Ok(MapSlot {
            object: Arc::clone(object),
            map,
        })
    }

    pub(crate) fn object(&self) -> &Arc<OpenInner> {
        &self.object
    }

    pub(crate) fn get_mut(&mut self) -> OpenMap<'_> {
        // SAFETY: MapAddress::of wants the map's own object: the type invariant.
        let map = unsafe { self.map.of(self.object.object()) };
        OpenMap::new(&self.object, map)
    }
}
