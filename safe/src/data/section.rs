//! Data sections between open and load, as the generated struct of their variables.

#![allow(unsafe_code)]

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
/// prevents. The section was claimed for this slot, so no other reference to the bytes exists.
pub(crate) struct SectionSlot<T> {
    value: NonNull<u8>,
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
        let is_section = |map: MapRef<'_>| {
            map.is_internal() && is_name_of(map.name().to_bytes(), object.name(), section)
        };
        let Some(index) = object.object().maps().position(is_section) else {
            return cannot(ErrorKind::NotFound);
        };
        let Some((value, size)) = object.map(index)?.initial_value() else {
            return cannot(ErrorKind::NotFound);
        };
        // libbpf maps whole pages: the room after the section, up to the struct's alignment, is there.
        if size.next_multiple_of(align_of::<T>().min(MAX_ALIGN)) < size_of::<T>() {
            return cannot(ErrorKind::Mismatch {
                what: "size of the section".into(),
                expected: format!("{} bytes", size_of::<T>()),
                found: size.to_string(),
            });
        }
        if value.as_ptr().addr() % align_of::<T>() != 0 {
            return cannot(ErrorKind::InvalidInput {
                reason: format!("its variables need an alignment of {}", align_of::<T>()),
            });
        }
        object.claim_map(index)?;
        // INVARIANT: bpf_map__initial_value gave the mapping of an internal map: it has this size, rounded
        // up to whole pages, and only a change of the value size, which this library refuses for internal maps, moves it before
        // load. Claimed just now.
        Ok(SectionSlot {
            value,
            object: Arc::clone(object),
            variables: PhantomData,
        })
    }

    pub(crate) fn object(&self) -> &Arc<OpenInner> {
        &self.object
    }

    pub(crate) fn get_mut(&mut self) -> &mut T {
        // SAFETY: bpf_map__initial_value's buffer, by the type's invariants; T is valid for every bit
        // pattern, and &mut self makes the reference unique.
        unsafe { self.value.cast().as_mut() }
    }
}

/// No C type that BPF has is aligned to more, and a page is a multiple of it.
const MAX_ALIGN: usize = 16;

/// libbpf calls the map of `.rodata.mine` by its own name, and that of `.rodata` "object.rodata", with
/// the beginning of the object's name, and `_` where the kernel allows no such letter.
pub(crate) fn is_name_of(map: &[u8], object: &str, section: &str) -> bool {
    let Some(beginning) = map.strip_suffix(section.as_bytes()) else {
        return false;
    };
    let same = |(&of_map, of_object): (&u8, u8)| of_map == of_object || of_map == b'_';
    beginning.is_empty()
        || (beginning.len() <= object.len() && beginning.iter().zip(object.bytes()).all(same))
}

impl<T> fmt::Debug for SectionSlot<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SectionSlot")
            .field("object", &self.object.name())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::is_name_of;

    #[test]
    fn sections_are_told_apart() {
        assert!(is_name_of(b"cubic.rodata", "cubic", ".rodata"));
        assert!(is_name_of(
            b"a_rathe.rodata",
            "a_rather_long_name",
            ".rodata"
        ));
        assert!(is_name_of(b"my_dash.data", "my-dash", ".data"));
        assert!(is_name_of(b".hidden.bss", ".hidden", ".bss"));
        assert!(is_name_of(b".data.mine", "cubic", ".data.mine"));
        assert!(!is_name_of(b".rodata.data", "cubic", ".data"));
        assert!(!is_name_of(b"cubic.rodata", "cubic", ".data"));
    }
}
