//! Arrays at the end of sections, which can be longer than the C source declares.

#![allow(unsafe_code)]

use super::{FrozenCell, Live, LiveCell, LiveSection};
use crate::data::Pod;
use std::slice;

mod sealed {
    pub trait Array {}
}

/// A cell of an array: a [`LiveCell`] or a [`FrozenCell`]. No other type can be one.
pub trait LiveArray: Live + sealed::Array {
    /// The cell of an element.
    type Element: Live;
}

impl<T: Pod, const N: usize> sealed::Array for LiveCell<[T; N]> {}
impl<T: Pod, const N: usize> LiveArray for LiveCell<[T; N]> {
    type Element = LiveCell<T>;
}

impl<T: Pod, const N: usize> sealed::Array for FrozenCell<[T; N]> {}
impl<T: Pod, const N: usize> LiveArray for FrozenCell<[T; N]> {
    type Element = FrozenCell<T>;
}

impl<L: Live> LiveSection<L> {
    /// An array of this section as far as the section goes: of one that
    /// [`OpenOptions::resize_section`](crate::OpenOptions::resize_section) made larger, all elements, where the
    /// struct has those that the C source declares.
    ///
    /// Nothing for an array that is not in this section.
    ///
    /// ```no_run
    /// # use libbpf_safe::data::{LiveCell, LiveSection};
    /// # #[derive(Clone, Copy)]
    /// # #[repr(C)]
    /// # struct Plain { counts: [u64; 1] }
    /// # libbpf_safe::plain!(Plain { counts });
    /// # #[repr(C)]
    /// # struct Counts { counts: LiveCell<[u64; 1]> }
    /// # libbpf_safe::live!(Counts of Plain { counts });
    /// # fn section() -> LiveSection<Counts> { unimplemented!() }
    /// let section = section(); // __u64 counts[1] SEC(".bss.counts");
    /// let counts = section.whole_array(&section.counts);
    /// let sum: u64 = counts.iter().map(|count| count.get()).sum();
    /// ```
    pub fn whole_array<A: LiveArray>(&self, array: &A) -> &[A::Element] {
        let address = std::ptr::from_ref(array).addr();
        let offset = address.checked_sub(self.start.addr().get());
        let room = offset.and_then(|offset| self.len.checked_sub(offset));
        let count = room.and_then(|room| room.checked_div(size_of::<A::Element>()));
        let (Some(offset), Some(count)) = (offset, count) else {
            return &[];
        };
        if A::WRITABLE && !L::WRITABLE {
            return &[];
        }
        // SAFETY: the section's memory has `len` bytes, which offset is not beyond.
        let first = unsafe { self.start.as_ptr().byte_add(offset) };
        // SAFETY: mmap's memory has room for so many elements from there on, and lives as long as self. It is aligned for
        // them, as a reference to an array of them was there. An element is a cell, so that it may change, and
        // can be set where the section is writable only, which was looked at; any bytes are one.
        unsafe { slice::from_raw_parts(first.cast(), count) }
    }
}
