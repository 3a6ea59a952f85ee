#![allow(unsafe_code)]

use super::Live;
use crate::error::{Error, ErrorKind, Result};
use crate::map::{Map, MapType};
use crate::raw::mapping::Mapping;
use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;
use std::os::fd::AsFd;
use std::sync::Arc;

/// A data section of a loaded object, such as `.bss`: a struct of cells, shared with the BPF programs.
///
/// A skeleton has one for each of its sections: `skeleton.bss.packets.get()`. It is a mapping of its own: it
/// outlives the skeleton and the object, goes to other threads, and is cheap to clone. `.rodata` and
/// `.kconfig` are mapped for reading only.
///
/// Since Linux 5.5: older kernels cannot map the memory of maps, and loading the skeleton fails.
///
/// # Invariants
///
/// `mapping` starts with at least `size_of::<L>()` bytes, aligned for `L` and writable where `L` wants that;
/// nothing in this process accesses it but by cells.
pub struct LiveSection<L> {
    mapping: Arc<Mapping>,
    variables: PhantomData<fn() -> L>,
}

impl<L: Live> LiveSection<L> {
    /// Maps the only element of an array. `section` is the section's name in the ELF file.
    pub(crate) fn new(map: &Map, section: &str) -> Result<LiveSection<L>> {
        let operation = || format!("map section `{section}` into memory");
        let info = map.info();
        let room = info.value_size as usize;
        // The kernel maps whole pages: the room after the section, up to the struct's alignment, is there.
        let align = align_of::<L>().min(MAX_ALIGN);
        if info.map_type != MapType::ARRAY || room.next_multiple_of(align) < size_of::<L>() {
            return Err(Error::new(
                operation(),
                ErrorKind::Mismatch {
                    what: format!("map `{}`", map.name()),
                    expected: format!("an array with values of {} bytes", size_of::<L>()),
                    found: format!("{} with values of {room} bytes", info.map_type),
                },
            ));
        }
        let mapping = map_array(map, size_of::<L>(), L::WRITABLE, &operation)?;
        if mapping.address().addr().get() % align_of::<L>() != 0 {
            return Err(Error::new(
                operation(),
                ErrorKind::InvalidInput {
                    reason: format!("its variables need an alignment of {}", align_of::<L>()),
                },
            ));
        }
        // INVARIANT: the mapping has this size, as mmap was told, and this alignment; it was made for this
        // section and is in no other hands.
        Ok(LiveSection {
            mapping: Arc::new(mapping),
            variables: PhantomData,
        })
    }
}

/// No C type that BPF has is aligned to more, and a page is a multiple of it.
const MAX_ALIGN: usize = 16;

/// Maps the values of an array from the first one on.
pub(crate) fn map_array(
    map: &Map,
    length: usize,
    writable: bool,
    operation: &dyn Fn() -> String,
) -> Result<Mapping> {
    if map.info().create_flags & libbpf_ffi::BPF_F_MMAPABLE == 0 {
        return Err(Error::new(
            operation(),
            ErrorKind::InvalidInput {
                reason: format!(
                    "map `{}` was created without BPF_F_MMAPABLE, which Linux 5.5 was the first to have",
                    map.name()
                ),
            },
        )
        .with_hint("set map_flags in its declaration, or look its elements up"));
    }
    Mapping::new(map.as_fd(), length, writable).map_err(|errno| {
        let error = Error::system(operation(), errno);
        if writable && errno.0 == libc::EPERM {
            return error
                .with_hint("user space may read it only: load froze it, or it was declared so");
        }
        error
    })
}

impl<L: Live> Deref for LiveSection<L> {
    type Target = L;

    fn deref(&self) -> &L {
        // SAFETY: mmap's memory, by the type's invariants, lives as long as self; Live says that any bytes are
        // valid and all of them are in cells, so that they may change under a shared reference.
        unsafe { self.mapping.address().cast().as_ref() }
    }
}

impl<L> Clone for LiveSection<L> {
    fn clone(&self) -> Self {
        // INVARIANT: the same mapping, for the same type.
        LiveSection {
            mapping: Arc::clone(&self.mapping),
            variables: PhantomData,
        }
    }
}

/// The values are in `{:?}` of what it derefs to.
impl<L> fmt::Debug for LiveSection<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LiveSection")
            .field("bytes", &size_of::<L>())
            .finish_non_exhaustive()
    }
}
