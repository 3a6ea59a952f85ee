#![allow(unsafe_code)]

use std::ptr::{self, NonNull};

/// The variables of an arena before load: a copy, which goes back into libbpf's buffer on drop.
///
/// # Invariants
///
/// `to` has `size` bytes, which outlive this and which nobody else accesses; `words` has at least as many.
pub(super) struct ArenaCopy {
    words: Box<[u128]>,
    to: NonNull<u8>,
    size: usize,
}

impl ArenaCopy {
    /// A copy with room for `room` bytes, aligned to 16.
    ///
    /// # Safety
    ///
    /// `to` has `size` bytes, which outlive this and which nobody else accesses.
    pub(super) unsafe fn new(to: NonNull<u8>, size: usize, room: usize) -> ArenaCopy {
        let mut words = vec![0; size.max(room).div_ceil(size_of::<u128>())].into_boxed_slice();
        // SAFETY: the caller's promise; the words are new, and as many as size and room want.
        unsafe { ptr::copy_nonoverlapping(to.as_ptr(), words.as_mut_ptr().cast(), size) };
        // INVARIANT: the caller's promise.
        ArenaCopy { words, to, size }
    }

    pub(super) fn start(&mut self) -> NonNull<u8> {
        NonNull::from(&mut *self.words).cast()
    }
}

impl Drop for ArenaCopy {
    fn drop(&mut self) {
        // SAFETY: `to` has `size` bytes and the words have as many, by the type's invariants; they do not overlap:
        // the words are on the heap by themselves.
        unsafe {
            ptr::copy_nonoverlapping(self.words.as_ptr().cast(), self.to.as_ptr(), self.size);
        }
    }
}
