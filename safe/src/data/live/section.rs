#![allow(unsafe_code)]

use super::Live;
use crate::error::{Error, ErrorKind, Result};
use crate::map::{Arena, Map, MapType};
use crate::raw::mapping::Mapping;
use std::fmt;
use std::ops::Deref;
use std::os::fd::AsFd;
use std::ptr::NonNull;
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
/// `start` has at least `size_of::<L>()` bytes, and at least `len`, aligned for `L` and writable where `L` wants that, that live as
/// long as `owner`; nothing in this process accesses them but by cells.
pub struct LiveSection<L> {
    pub(super) start: NonNull<L>,
    pub(super) len: usize,
    owner: Owner,
}

/// What keeps the memory.
#[derive(Clone)]
enum Owner {
    Mapping { _mapping: Arc<Mapping> },
    Arena { _arena: Arena },
}

// SAFETY: the memory is accessed by cells, which are Sync: `Live` wants that of L; its owners are Send.
unsafe impl<L: Live> Send for LiveSection<L> {}
// SAFETY: as above; its owners are Sync.
unsafe impl<L: Live> Sync for LiveSection<L> {}

impl<L: Live> LiveSection<L> {
    /// Maps the only element of an array, from its start to the end of what is `offset` bytes into it.
    /// `section` is the section's name in the ELF file.
    pub(crate) fn new(map: &Map, section: &str, offset: usize) -> Result<LiveSection<L>> {
        let operation = || format!("map section `{section}` into memory");
        let end = offset.saturating_add(size_of::<L>());
        let info = map.info();
        let room = info.value_size as usize;
        // The kernel maps whole pages: the room after the section, up to the struct's alignment, is there.
        let align = align_of::<L>().min(MAX_ALIGN);
        if info.map_type != MapType::ARRAY || room.next_multiple_of(align) < end {
            return Err(Error::new(
                operation(),
                ErrorKind::Mismatch {
                    what: format!("map `{}`", map.name()),
                    expected: format!("an array with values of {end} bytes"),
                    found: format!("{} with values of {room} bytes", info.map_type),
                },
            ));
        }
        let mapping = map_array(map, end.max(room), L::WRITABLE, &operation)?;
        // SAFETY: the mapping has at least `end` bytes, which offset is not beyond: mmap was told.
        let start = unsafe { mapping.address().byte_add(offset) }.cast::<L>();
        if !start.is_aligned() {
            return Err(misaligned::<L>(operation()));
        }
        // INVARIANT: the mapping has this size, as mmap was told, and this alignment; it was made for this
        // section and is in no other hands.
        Ok(LiveSection {
            start,
            len: room.saturating_sub(offset),
            owner: Owner::Mapping {
                _mapping: Arc::new(mapping),
            },
        })
    }

    /// The global variables of an arena, or one that is `offset` bytes into them.
    pub(crate) fn of_arena(arena: Arena, offset: usize) -> Result<LiveSection<L>> {
        let operation = || format!("use the variables of arena `{}`", arena.as_map().name());
        let variables = arena.variables();
        let offset = variables
            .and_then(|variables| variables.checked_add(offset))
            .ok_or_else(|| Error::new(operation(), ErrorKind::NotFound))?;
        let Some(start) = arena.pointer_at(offset, size_of::<L>()) else {
            return Err(Error::new(
                operation(),
                ErrorKind::Mismatch {
                    what: "room for them".into(),
                    expected: format!("{} bytes", size_of::<L>()),
                    found: format!("{} bytes", arena.len().saturating_sub(offset)),
                },
            ));
        };
        let start = start.cast::<L>();
        if !start.is_aligned() {
            return Err(misaligned::<L>(operation()));
        }
        // INVARIANT: the arena has so many bytes there, writable, as long as it lives, accessed by cells only.
        Ok(LiveSection {
            start,
            len: size_of::<L>(),
            owner: Owner::Arena { _arena: arena },
        })
    }
}

fn misaligned<L>(operation: String) -> Error {
    let reason = format!("its variables need an alignment of {}", align_of::<L>());
    Error::new(operation, ErrorKind::InvalidInput { reason })
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
        let reason = format!("map `{}` was created without BPF_F_MMAPABLE", map.name());
        let error = Error::new(operation(), ErrorKind::InvalidInput { reason });
        return Err(error.with_hint(if map.name().contains('.') {
            "libbpf shares no section whose variables are all `static`, and Linux before 5.5 no section at all"
        } else {
            "set map_flags in its declaration (since Linux 5.5), or look its elements up"
        }));
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
        // SAFETY: mmap's memory, by the type's invariants, lives as long as its owner and so as self; Live says that any bytes are
        // valid and all of them are in cells, so that they may change under a shared reference.
        unsafe { self.start.as_ref() }
    }
}

impl<L> Clone for LiveSection<L> {
    fn clone(&self) -> Self {
        // INVARIANT: the same memory of the same owner.
        LiveSection {
            start: self.start,
            len: self.len,
            owner: self.owner.clone(),
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
