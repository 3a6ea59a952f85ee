//! Maps that load takes in place of new ones, or does without.

#![allow(unsafe_code)]

use super::open::OpenInner;
use crate::error::{Error, Result};
use crate::map::{Map, MapType, OpenMap};
use crate::program::KernelProgram;
use crate::raw::map::{MapAddress, MapRef};
use std::os::fd::AsFd;
use std::sync::PoisonError;

impl OpenInner {
    /// Notes it for load. `bpf_map__reuse_fd` right away would free the map's name, which is lent out, and
    /// put the types of another BTF in the place of the object's.
    pub(crate) fn reuse(&self, map: MapAddress, with: Map) {
        let mut reused = self.reused.lock().unwrap_or_else(PoisonError::into_inner);
        reused.push((map, with));
    }

    /// Notes it for load: until then libbpf would have the number of a descriptor that is not its own.
    pub(crate) fn set_inner_map(&self, map: MapAddress, like: Map) {
        let inner_maps = self.inner_maps.lock();
        let mut inner_maps = inner_maps.unwrap_or_else(PoisonError::into_inner);
        inner_maps.retain(|(other, _)| *other != map);
        inner_maps.push((map, like));
    }

    /// Calls what sets the target of a program, and keeps the target until load. One at a time: libbpf reads the BTF of
    /// the kernel and its modules into the object, whichever program is set.
    pub(crate) fn with_attach_target<T>(
        &self,
        target: Option<&KernelProgram>,
        set: impl FnOnce() -> T,
    ) -> T {
        let targets = self.attach_targets.lock();
        let mut targets = targets.unwrap_or_else(PoisonError::into_inner);
        targets.extend(target.cloned());
        set()
    }

    /// The names of all maps in C.
    pub(super) fn map_names(&self) -> Box<[Box<str>]> {
        let maps = self.object().maps().map(MapRef::name);
        maps.map(|name| name.to_str().unwrap_or_default().into())
            .collect()
    }

    /// libbpf puts the programs that C gives a program array into it also where the array was not created,
    /// and load fails then. It goes by the type, which is of no other use to such a map.
    pub(super) fn empty_program_arrays(&mut self, operation: &str) -> Result<()> {
        for map in self.object().maps() {
            if !map.autocreate() && MapType(map.kind()) == MapType::PROG_ARRAY {
                // SAFETY: bpf_map__set_type wants exclusive use of a map that has no memory of its own: the
                // object is held exclusively, and a program array has none.
                unsafe { map.set_type(MapType::ARRAY.0) }
                    .map_err(|errno| Error::system(operation, errno))?;
            }
        }
        Ok(())
    }

    /// Whether libbpf complains that it cannot bind `.rodata` to a program, which is for tools to see it with
    /// the program, where it is not there because it was not wanted.
    pub(super) fn is_of_uncreated(&self, message: &str) -> bool {
        let Some((_, rest)) = message.split_once("failed to bind map '") else {
            return false;
        };
        let section = rest.split('\'').next().unwrap_or_default().as_bytes();
        let mut maps = self.object().maps();
        maps.any(|map| !map.autocreate() && map.name().to_bytes().ends_with(section))
    }

    /// Tells libbpf. The maps stay open as long as this object, which load uses up.
    pub(super) fn apply_inner_maps(&mut self, operation: &str) -> Result<()> {
        let inner_maps = self.inner_maps.get_mut();
        let inner_maps = inner_maps.unwrap_or_else(PoisonError::into_inner).clone();
        for (address, like) in &inner_maps {
            // SAFETY: MapAddress::of wants the map's own object: OpenMap::set_inner_map gave one of this.
            let map = unsafe { address.of(self.object()) };
            // SAFETY: bpf_map__set_inner_map_fd wants exclusive use of the map, and a descriptor that is open
            // until load: the object is held exclusively, and keeps the map that the descriptor is of.
            unsafe { map.set_inner_map_fd(like.as_fd()) }
                .map_err(|errno| Error::system(operation, errno))?;
        }
        Ok(())
    }

    /// Tells libbpf; the last one for a map holds.
    pub(super) fn apply_reused(&mut self, operation: &str) -> Result<()> {
        let reused = self.reused.get_mut();
        let reused = std::mem::take(reused.unwrap_or_else(PoisonError::into_inner));
        for (address, with) in reused {
            // SAFETY: MapAddress::of wants the map's own object: OpenMap::reuse gave one of this.
            let map = unsafe { address.of(self.object()) };
            // Again: the map may have been changed since.
            OpenMap::new(self, map)
                .definition()
                .check_replacement(&with)?;
            // SAFETY: bpf_map__reuse_fd wants exclusive use of a map that is not internal, and that
            // nobody holds its name: the object is held exclusively, and the check was just passed.
            unsafe { map.reuse_fd(with.as_fd()) }
                .map_err(|errno| Error::system(operation, errno))?;
        }
        Ok(())
    }
}
