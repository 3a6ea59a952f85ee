//! Shadow copies between open and load, as the generated struct.

#![allow(unsafe_code)]

use super::Shadow;
use crate::error::{Error, ErrorKind, Result};
use crate::map::MapType;
use crate::object::OpenInner;
use std::fmt;
use std::marker::PhantomData;
use std::ptr::NonNull;
use std::sync::Arc;

/// The one access to the shadow copy of a struct_ops map of an object that is open.
///
/// # Invariants
///
/// `value` and `default` point to `S::LAYOUT.size` bytes each, aligned to 16, that live and stay where
/// they are as long as `object` is open: load takes the object out of its `Arc`, which this reference
/// prevents. The map was claimed for this slot, so no other reference to `value` exists, and nothing
/// writes to `default`.
pub(crate) struct ShadowSlot<S> {
    value: NonNull<u8>,
    default: NonNull<u8>,
    object: Arc<OpenInner>,
    shadow: PhantomData<fn() -> S>,
}

// SAFETY: the slot owns its copy's bytes, which any thread may use, one at a time: integers and
// addresses that are never followed.
unsafe impl<S> Send for ShadowSlot<S> {}
// SAFETY: with `&self` only the default can be reached, which nothing writes to.
unsafe impl<S> Sync for ShadowSlot<S> {}

impl<S: Shadow> ShadowSlot<S> {
    /// Claims the shadow copy of a struct_ops map.
    pub(crate) fn claim(object: &Arc<OpenInner>, name: &str) -> Result<ShadowSlot<S>> {
        let index = object.map_index(name)?;
        let map = object.map(index)?;
        let shadow = object.shadow();
        let copies = shadow.initial_value(map).zip(shadow.default_value(map));
        let Some(((value, size), (default, default_size))) = copies else {
            return Err(mismatch(
                object,
                name,
                "type of the map",
                MapType::STRUCT_OPS.to_string(),
                MapType(map.kind()).to_string(),
            ));
        };
        let wanted = S::LAYOUT.size;
        if size != wanted || default_size != wanted {
            return Err(mismatch(
                object,
                name,
                "size of the shadow copy",
                format!("{wanted} bytes"),
                size.to_string(),
            ));
        }
        object.claim_map(index)?;
        // INVARIANT: bpf_struct_ops_shadow__initial_value and __default_value gave two buffers of this
        // size, from malloc, that live as long as the shadow, a part of the object; claimed just now.
        Ok(ShadowSlot {
            value,
            default,
            object: Arc::clone(object),
            shadow: PhantomData,
        })
    }

    pub(crate) fn object(&self) -> &Arc<OpenInner> {
        &self.object
    }

    pub(crate) fn get_mut(&mut self) -> &mut S::In<'_> {
        // SAFETY: the buffer of bpf_struct_ops_shadow__initial_value, by the type's invariants; Shadow
        // says that every bit pattern is valid, and &mut self makes the reference unique.
        unsafe { self.value.cast().as_mut() }
    }

    pub(crate) fn get_with_default(&mut self) -> (&mut S::In<'_>, &S::In<'_>) {
        // SAFETY: the buffer of bpf_struct_ops_shadow__initial_value, by the type's invariants; another
        // than the default's.
        let value = unsafe { self.value.cast().as_mut() };
        // SAFETY: the buffer of bpf_struct_ops_shadow__default_value, by the type's invariants.
        let default = unsafe { self.default.cast().as_ref() };
        (value, default)
    }

    pub(crate) fn default(&self) -> &S::In<'_> {
        // SAFETY: the buffer of bpf_struct_ops_shadow__default_value, by the type's invariants.
        unsafe { self.default.cast().as_ref() }
    }
}

fn mismatch(object: &OpenInner, name: &str, what: &str, expected: String, found: String) -> Error {
    Error::new(
        format!("use struct_ops map `{name}` of object `{}`", object.name()),
        ErrorKind::Mismatch {
            what: what.to_owned(),
            expected,
            found,
        },
    )
}

impl<S> fmt::Debug for ShadowSlot<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ShadowSlot")
            .field("object", &self.object.name())
            .finish_non_exhaustive()
    }
}
