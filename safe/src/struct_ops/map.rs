#![allow(unsafe_code)]

use super::StructOpsLink;
use super::explain;
use super::presence::DroppedKind;
use crate::error::{Error, ErrorKind, Result};
use crate::log::capture;
use crate::map::{Map, MapType};
use crate::object::LoadedInner;
use crate::raw::Errno;
use crate::raw::map::{MapAddress, MapRef};
use std::fmt;
use std::sync::Arc;

/// A struct_ops map of an object that is loaded.
///
/// Cheap to clone. It keeps its object in the kernel.
///
/// # Invariants
///
/// `map` is of `object`, and of type `BPF_MAP_TYPE_STRUCT_OPS`.
#[derive(Clone)]
#[doc(alias = "BPF_MAP_TYPE_STRUCT_OPS")]
pub struct StructOpsMap {
    object: Arc<LoadedInner>,
    map: MapAddress,
}

impl StructOpsMap {
    /// The address comes from a map of this object.
    pub(crate) fn new(object: Arc<LoadedInner>, map: MapAddress) -> Result<StructOpsMap> {
        let this = StructOpsMap { object, map };
        let found = MapType(this.map().kind());
        if found != MapType::STRUCT_OPS {
            return Err(Error::new(
                this.cannot("use"),
                ErrorKind::Mismatch {
                    what: "type of the map".into(),
                    expected: MapType::STRUCT_OPS.to_string(),
                    found: found.to_string(),
                },
            ));
        }
        // INVARIANT: the only caller, Object::struct_ops, takes the address from this object.
        Ok(this)
    }

    pub(super) fn map(&self) -> MapRef<'_> {
        // SAFETY: MapAddress::of wants the map's own object: the type invariant.
        unsafe { self.map.of(self.object.object()) }
    }

    pub(super) fn object(&self) -> &Arc<LoadedInner> {
        &self.object
    }

    pub(super) fn cannot(&self, what: &str) -> String {
        format!(
            "{what} struct_ops map `{}` of object `{}`",
            self.name(),
            self.object.name()
        )
    }

    /// The name of the C variable.
    #[doc(alias = "bpf_map__name")]
    pub fn name(&self) -> &str {
        self.map().name().to_str().unwrap_or_default()
    }

    /// Whether load created the map: a map in a `?` section is not, unless it was told to.
    pub fn is_created(&self) -> bool {
        self.map().fd().is_some()
    }

    /// Whether the map is in a `.struct_ops.link` section: then its attachment is a link in the kernel,
    /// which can be pinned and updated. Since Linux 6.4; on an older kernel it is not, where
    /// [`Presence`](super::Presence) let load create the map all the same.
    pub fn has_link(&self) -> bool {
        self.map().flags() & libbpf_ffi::BPF_F_LINK != 0
    }

    /// Whether attaching the whole object attaches the map.
    #[doc(alias = "bpf_map__autoattach")]
    pub fn autoattach(&self) -> bool {
        self.map().autoattach()
    }

    /// The map as the kernel has it, by bytes, with a descriptor of its own: its value starts with the
    /// reference count and the state, then the struct, with program ids in the place of callbacks.
    ///
    /// # Errors
    ///
    /// The map was not created.
    pub fn to_map(&self) -> Result<Map> {
        let fd = self.map().fd().ok_or_else(|| self.not_created("use"))?;
        let fd = fd
            .try_clone_to_owned()
            .map_err(|error| Error::system(self.cannot("use"), Errno::from(&error)))?;
        Map::from_fd(fd, Some(self.name()))
    }

    pub(super) fn not_created(&self, what: &str) -> Error {
        let mut dropped = self.object.dropped().iter();
        let lacking =
            dropped.find(|dropped| dropped.kind == DroppedKind::Type && dropped.map == self.name());
        let reason = match lacking {
            Some(dropped) => format!(
                "load left it out, because this kernel has no struct_ops type `{}`",
                dropped.type_name
            ),
            None => "load did not create it, because its autocreate was off".to_owned(),
        };
        Error::new(self.cannot(what), ErrorKind::InvalidInput { reason })
    }

    /// Registers the map with its kernel subsystem: from now on, the kernel calls its programs.
    ///
    /// It stays registered as long as the link is held. A map in a `.struct_ops.link` section can be
    /// attached again after that; one in a plain `.struct_ops` section cannot, the kernel takes it once.
    ///
    /// The kernel lets go of a `.struct_ops.link` map by itself when the process ends, however it ends. A
    /// plain one stays registered for ever after a process that was killed, or that forgot its link, until
    /// somebody opens it by its id and deletes its one element:
    /// `Map::from_id(id)?.delete_bytes(&[0; 4])`.
    ///
    /// # Errors
    ///
    /// The subsystem refuses: [`StructOpsRefused`](ErrorKind::StructOpsRefused) with the likely reasons,
    /// [`AlreadyExists`](ErrorKind::AlreadyExists) where it has one of this name.
    #[doc(alias = "bpf_map__attach_struct_ops")]
    pub fn attach(&self) -> Result<StructOpsLink> {
        if !self.is_created() {
            return Err(self.not_created("attach"));
        }
        let lock = self.object.lock();
        // SAFETY: bpf_map__attach_struct_ops wants a loaded object that outlives the link, which
        // StructOpsLink keeps.
        let (result, messages) = capture(|| unsafe { self.map().attach_struct_ops() });
        drop(lock);
        match result {
            Ok(link) => Ok(StructOpsLink::new(link, self.clone())),
            Err(errno) => Err(explain::not_attached(self, errno).with_messages(messages)),
        }
    }
}

impl fmt::Debug for StructOpsMap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StructOpsMap")
            .field("name", &self.name())
            .field("created", &self.is_created())
            .field("link", &self.has_link())
            .finish_non_exhaustive()
    }
}
