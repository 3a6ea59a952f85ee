//! Data sections between open and load, as the generated struct of their variables.

#![allow(unsafe_code)]

use super::arena_copy::ArenaCopy;
use crate::data::Pod;
use crate::error::{Error, ErrorKind, Result};
use crate::object::OpenInner;
use crate::raw::map::MapRef;
use std::fmt;
use std::marker::PhantomData;
use std::ptr::NonNull;
use std::sync::Arc;

/// The one access to a data section of an object that is open.
///
/// # Invariants
///
/// `value` points to at least `size_of::<T>()` bytes, aligned for `T`, that live and stay where they
/// are as long as `object` is open: load takes the object out of its `Arc`, which this reference
/// prevents. Where there is a `copy`, those are its bytes. The section was claimed for this slot, so no
/// other reference to the bytes exists.
pub(crate) struct SectionSlot<T> {
    value: NonNull<u8>,
    copy: Option<ArenaCopy>,
    object: Arc<OpenInner>,
    variables: PhantomData<fn() -> T>,
}

// SAFETY: the slot owns its section's bytes, which any thread may use, one at a time; T is Pod.
unsafe impl<T> Send for SectionSlot<T> {}
// SAFETY: with `&self` nothing can be reached.
unsafe impl<T> Sync for SectionSlot<T> {}

impl<T: Pod> SectionSlot<T> {
    /// Claims a data section by its name in the ELF file, such as `.rodata`.
    pub(crate) fn claim(object: &Arc<OpenInner>, section: &str) -> Result<SectionSlot<T>> {
        let cannot = |kind| {
            let operation = format!("use section `{section}` of object `{}`", object.name());
            Err(Error::new(operation, kind))
        };
        if section == ARENA_SECTION {
            return SectionSlot::claim_arena(object);
        }
        let Some(index) = object.section_map(section) else {
            return cannot(ErrorKind::NotFound);
        };
        let Some((value, size)) = object.map(index)?.initial_value() else {
            return cannot(ErrorKind::NotFound);
        };
        // libbpf maps whole pages: the room after the section, up to the struct's alignment, is there.
        if let Some(kind) = misfit::<T>(size) {
            return cannot(kind);
        }
        if value.as_ptr().addr() % align_of::<T>() != 0 {
            return cannot(ErrorKind::InvalidInput {
                reason: format!("its variables need an alignment of {}", align_of::<T>()),
            });
        }
        object.claim_map(index)?;
        // INVARIANT: bpf_map__initial_value gave the mapping of an internal map: it has this size, rounded
        // up to whole pages, and only a change of the value size moves it before load, which this library makes
        // right after open only. Claimed just now.
        Ok(SectionSlot {
            value,
            copy: None,
            object: Arc::clone(object),
            variables: PhantomData,
        })
    }

    /// Claims the variables of the arena: a copy of them, which goes back when the slot is dropped, before
    /// load. libbpf's buffer has their size to the byte, while `T` is as large as its alignment wants.
    fn claim_arena(object: &Arc<OpenInner>) -> Result<SectionSlot<T>> {
        let cannot = |kind| {
            let operation = format!("use the arena's variables in object `{}`", object.name());
            Error::new(operation, kind)
        };
        let arena = object.object().arena();
        let (to, size) = arena
            .and_then(MapRef::initial_value)
            .ok_or_else(|| cannot(ErrorKind::NotFound))?;
        if let Some(kind) = misfit::<T>(size) {
            return Err(cannot(kind));
        }
        if align_of::<T>() > MAX_ALIGN {
            return Err(cannot(ErrorKind::InvalidInput {
                reason: format!("they need an alignment of {}", align_of::<T>()),
            }));
        }
        object.claim_arena()?;
        // SAFETY: ArenaCopy::new wants bpf_map__initial_value's buffer, which has this size and stays until load, for
        // itself: claimed just now. The slot drops the copy before its share of the object.
        let copy = unsafe { ArenaCopy::new(to, size, size_of::<T>()) };
        // INVARIANT: the copy has room for T, is aligned to 16 and stays where it is: on the heap.
        Ok(SectionSlot {
            value: to,
            copy: Some(copy),
            object: Arc::clone(object),
            variables: PhantomData,
        })
    }

    pub(crate) fn object(&self) -> &Arc<OpenInner> {
        &self.object
    }

    pub(crate) fn get_mut(&mut self) -> &mut T {
        let value = match &mut self.copy {
            Some(copy) => copy.start(),
            None => self.value,
        };
        // SAFETY: bpf_map__initial_value's buffer, or the copy of it, by the type's invariants; T is valid for every
        // bit pattern, and &mut self makes the reference unique.
        unsafe { value.cast().as_mut() }
    }
}

/// Why a struct does not fit: it may be larger than its section by what its alignment asks for.
fn misfit<T>(size: usize) -> Option<ErrorKind> {
    let room = size.next_multiple_of(align_of::<T>().min(MAX_ALIGN));
    (room < size_of::<T>()).then(|| ErrorKind::Mismatch {
        what: "size of the section".into(),
        expected: format!("{} bytes", size_of::<T>()),
        found: size.to_string(),
    })
}

/// No C type that BPF has is aligned to more, and a page is a multiple of it.
const MAX_ALIGN: usize = 16;

/// The section of the variables of an arena.
pub(crate) const ARENA_SECTION: &str = ".addr_space.1";

impl<T> fmt::Debug for SectionSlot<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SectionSlot")
            .field("object", &self.object.name())
            .finish_non_exhaustive()
    }
}
