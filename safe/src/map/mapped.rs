#![allow(unsafe_code)]

use super::Array;
use crate::data::{LiveCell, Pod, map_array};
use crate::error::{Error, ErrorKind, Result};
use crate::raw::mapping::{Mapping, page_size};
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

/// The elements of an [`Array`], in memory that this process shares with BPF programs: read and written
/// without system calls.
///
/// It is made by [`Array::mapped`], outlives the array's handles, goes to other threads, and is cheap to
/// clone.
///
/// # Invariants
///
/// `mapping` starts with `len` elements, one every `STRIDE` bytes, each aligned for `V`; nothing in this
/// process accesses it but by cells.
#[doc(alias = "BPF_F_MMAPABLE")]
pub struct MappedArray<V> {
    mapping: Arc<Mapping>,
    len: usize,
    element: PhantomData<fn() -> V>,
}

/// The kernel aligns the elements of arrays to this.
const ELEMENT_ALIGN: usize = 8;

impl<V: Pod> Array<V> {
    /// Maps the elements into this process.
    ///
    /// Since Linux 5.5, for arrays that were declared with `__uint(map_flags, BPF_F_MMAPABLE)`.
    ///
    /// # Errors
    ///
    /// The array was declared without that flag, user space may not write to it, or `V` has an alignment above a page's.
    ///
    /// ```no_run
    /// use libbpf_safe::map::Array;
    /// # fn counts() -> libbpf_safe::Result<Array<u64>> { unimplemented!() }
    ///
    /// let counts = counts()?.mapped()?;
    /// let sum: u64 = counts.iter().map(|count| count.get()).sum();
    /// # Ok::<(), libbpf_safe::Error>(())
    /// ```
    pub fn mapped(&self) -> Result<MappedArray<V>> {
        let map = self.as_map();
        let operation = || map.cannot("map into memory the elements of");
        if align_of::<V>() > page_size() {
            let reason = format!(
                "an alignment of {} is more than that of a page",
                align_of::<V>()
            );
            return Err(Error::new(operation(), ErrorKind::InvalidInput { reason }));
        }
        let len = self.len() as usize;
        let mapping = map_array(
            map,
            MappedArray::<V>::STRIDE.saturating_mul(len),
            true,
            &operation,
        )?;
        // INVARIANT: Array has looked at the type and the value's size; the kernel puts the elements of an array
        // one every 8-byte multiple from the mapping's start. That start is a page's, which V is not aligned to more than,
        // and the size of V a multiple of its alignment, so all are aligned.
        Ok(MappedArray {
            mapping: Arc::new(mapping),
            len,
            element: PhantomData,
        })
    }
}

impl<V: Pod> MappedArray<V> {
    const STRIDE: usize = size_of::<V>().next_multiple_of(ELEMENT_ALIGN);

    /// How many elements there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Never: the kernel creates no empty array.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// An element; `None` beyond the end.
    pub fn get(&self, index: usize) -> Option<&LiveCell<V>> {
        if index >= self.len {
            return None;
        }
        // SAFETY: mmap's memory has `len` elements of `STRIDE` bytes: the type invariant.
        let element = unsafe { self.mapping.address().byte_add(index * Self::STRIDE) };
        // SAFETY: it is aligned, lives as long as self and is accessed by cells only, by the type invariant; any
        // bytes are a V.
        Some(unsafe { element.cast().as_ref() })
    }

    /// All elements, by index.
    pub fn iter(&self) -> impl Iterator<Item = &LiveCell<V>> {
        (0..self.len).filter_map(|index| self.get(index))
    }
}

impl<V> Clone for MappedArray<V> {
    fn clone(&self) -> Self {
        // INVARIANT: the same mapping, of the same elements.
        MappedArray {
            mapping: Arc::clone(&self.mapping),
            ..*self
        }
    }
}

impl<V> fmt::Debug for MappedArray<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MappedArray")
            .field("len", &self.len)
            .finish_non_exhaustive()
    }
}
