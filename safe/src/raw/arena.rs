//! Objects with an arena: where libbpf mapped it, and where its global variables are.

use super::map::MapRef;
use super::object::Object;
use super::{Result, check};
use libbpf_ffi as ffi;
use std::ffi::c_int;
use std::ptr::{self, NonNull};

impl Object {
    /// The arena; libbpf allows one an object.
    pub(crate) fn arena(&self) -> Option<MapRef<'_>> {
        self.maps()
            .find(|map| map.kind() == ffi::BPF_MAP_TYPE_ARENA)
    }

    /// `bpf_object__load_skeleton`: loads the object, and says where libbpf put the arena's global variables.
    ///
    /// No other function tells: at the arena's start, or since libbpf 1.7 at its end where the kernel allows
    /// that. The skeleton is of one map, and gone after the call.
    pub(super) fn load_with_arena(&mut self) -> Result<Option<NonNull<u8>>> {
        let Some(arena) = self.arena() else {
            return Ok(None);
        };
        let mut map = arena.as_ptr();
        let name = arena.name().as_ptr();
        let mut object = self.as_ptr();
        let mut variables = ptr::null_mut();
        let mut maps = [ffi::bpf_map_skeleton {
            name,
            map: &mut map,
            mmaped: &mut variables,
            link: ptr::null_mut(),
        }];
        let mut skeleton = ffi::bpf_object_skeleton {
            sz: size_of::<ffi::bpf_object_skeleton>() as _,
            name,
            obj: &mut object,
            map_cnt: 1,
            map_skel_sz: size_of::<ffi::bpf_map_skeleton>() as c_int,
            maps: maps.as_mut_ptr(),
            ..Default::default()
        };
        // SAFETY: bpf_object__load_skeleton loads an open object that nobody else uses meanwhile (&mut self), and
        // reads and writes what the skeleton points to, all of it on this stack, during the call only.
        check(unsafe { ffi::bpf_object__load_skeleton(&mut skeleton) })?;
        Ok(NonNull::new(variables.cast()))
    }
}
