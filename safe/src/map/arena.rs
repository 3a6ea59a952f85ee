#![allow(unsafe_code)]

use super::{Map, MapType};
use crate::data::{LiveCell, Pod, Pointer};
use crate::error::{Error, ErrorKind, Result};
use crate::object::LoadedInner;
use crate::raw::mapping::page_size;
use std::fmt;
use std::fs;
use std::os::fd::{AsFd, BorrowedFd};
use std::ptr::NonNull;
use std::slice;
use std::sync::Arc;

/// Memory that BPF programs and this process share, at the same addresses: `BPF_MAP_TYPE_ARENA`, since
/// Linux 6.9.
///
/// It is reached by offsets from its start, in [cells](LiveCell); a pointer that a program has left somewhere
/// becomes an offset with [`offset_of`](Arena::offset_of). The arena's global variables (`__arena`) are in the
/// skeleton's field `arena`, beside `bss`.
///
/// A page is there from the first time that either side touches it, or that a program allocates it with
/// `bpf_arena_alloc_pages`; it is zero then. When a program has freed a page, the next touch makes it anew. Where
/// there is no memory left for a page, the kernel sends SIGSEGV.
///
/// Cheap to clone. It keeps its object in the kernel: libbpf maps an arena once, at load, and the kernel allows
/// a process no second place for it.
///
/// # Invariants
///
/// `start` is the arena's mapping of `len` bytes, writable, which lives as long as `object`; nothing in this
/// process accesses it but by cells.
#[derive(Clone)]
#[doc(alias = "BPF_MAP_TYPE_ARENA")]
pub struct Arena {
    map: Map,
    object: Arc<LoadedInner>,
    start: NonNull<u8>,
    len: usize,
}

// SAFETY: the mapping is the process's, not a thread's, and is accessed by cells only, which are Sync.
unsafe impl Send for Arena {}
// SAFETY: as above.
unsafe impl Sync for Arena {}

impl Arena {
    /// `map` is the arena of `object`.
    pub(crate) fn new(map: Map, object: Arc<LoadedInner>) -> Result<Arena> {
        let cannot = |kind| Error::new(map.cannot("use arena"), kind);
        let refused = |reason: &str| {
            cannot(ErrorKind::InvalidInput {
                reason: reason.into(),
            })
        };
        let info = map.info();
        if info.map_type != MapType::ARENA {
            return Err(cannot(ErrorKind::Mismatch {
                what: "type of the map".into(),
                expected: MapType::ARENA.to_string(),
                found: info.map_type.to_string(),
            }));
        }
        if info.create_flags & libbpf_ffi::BPF_F_SEGV_ON_FAULT != 0 {
            return Err(refused(
                "it was declared with BPF_F_SEGV_ON_FAULT: to touch a page that no program has allocated would end the \
                 process",
            ));
        }
        let len = (info.max_entries as usize).saturating_mul(page_size());
        let mapped = object
            .object()
            .arena()
            .and_then(|arena| arena.initial_value());
        match mapped {
            Some((start, _)) if is_mapped(start, len) => Ok(Arena {
                // INVARIANT: libbpf mapped it at load, as the list of mappings says, and unmaps it when the object is
                // closed. It lends the address to nobody else.
                start,
                len,
                map,
                object,
            }),
            _ => Err(refused(
                "libbpf has not mapped it, as it was taken from another object or a pin",
            )),
        }
    }

    /// How many bytes it has.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Never: the kernel creates no empty arena.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The value at an offset in bytes; `None` where it is not aligned, or extends beyond the arena.
    ///
    /// What is there is the programs' affair: any bytes are a `T`.
    pub fn cell<T: Pod>(&self, offset: usize) -> Option<&LiveCell<T>> {
        self.cells(offset, 1)?.first()
    }

    /// So many values in a row, from an offset in bytes; `None` where they are not aligned, or extend beyond
    /// the arena.
    pub fn cells<T: Pod>(&self, offset: usize, count: usize) -> Option<&[LiveCell<T>]> {
        let size = count.checked_mul(size_of::<T>())?;
        let first = self.pointer_at(offset, size)?.cast::<LiveCell<T>>();
        if !first.is_aligned() {
            return None;
        }
        // SAFETY: mmap's memory, from offset to end within the arena, is aligned, lives as long as self and is
        // accessed by cells only; any bytes are a T. A page that is not there yet is made when it is touched.
        Some(unsafe { slice::from_raw_parts(first.as_ptr(), count) })
    }

    /// The address of so many bytes; `None` where they extend beyond the arena.
    pub(crate) fn pointer_at(&self, offset: usize, size: usize) -> Option<NonNull<u8>> {
        if offset.checked_add(size)? > self.len {
            return None;
        }
        // SAFETY: mmap's memory has `len` bytes, which offset is not beyond.
        Some(unsafe { self.start.byte_add(offset) })
    }

    /// Where a pointer of a BPF program points to, in bytes from the start; `None` for one that points
    /// elsewhere, and for NULL.
    pub fn offset_of(&self, pointer: Pointer) -> Option<usize> {
        let address = usize::try_from(pointer.address()).ok()?;
        let offset = address.checked_sub(self.start.addr().get())?;
        (offset < self.len).then_some(offset)
    }

    /// The pointer that BPF programs have to an offset; `None` beyond the end.
    pub fn pointer_to(&self, offset: usize) -> Option<Pointer> {
        let address = self.start.addr().get().checked_add(offset)?;
        (offset < self.len).then(|| Pointer::from_address(address as u64))
    }

    /// The map, by bytes.
    pub fn as_map(&self) -> &Map {
        &self.map
    }

    /// Where libbpf put the global variables, as an offset.
    pub(crate) fn variables(&self) -> Option<usize> {
        let variables = self.object.object().arena_variables()?;
        self.offset_of(Pointer::from_address(variables.addr().get() as u64))
    }
}

impl AsFd for Arena {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.map.as_fd()
    }
}

impl fmt::Debug for Arena {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Arena")
            .field("map", &self.map)
            .field("len", &self.len)
            .finish_non_exhaustive()
    }
}

/// Whether there is a map's memory. Of an arena that it did not create libbpf has an address, too: that of the
/// variables before load, which are elsewhere and fewer.
fn is_mapped(start: NonNull<u8>, len: usize) -> bool {
    let start = start.addr().get();
    let Some(end) = start.checked_add(len) else {
        return false;
    };
    let mappings = fs::read_to_string("/proc/self/maps").unwrap_or_default();
    mappings
        .lines()
        .filter(|line| line.contains("bpf-map"))
        .filter_map(|line| line.split_whitespace().next()?.split_once('-'))
        .filter_map(|(from, to)| {
            let number = |text| usize::from_str_radix(text, 16).ok();
            Some((number(from)?, number(to)?))
        })
        .any(|(from, to)| from <= start && end <= to)
}
