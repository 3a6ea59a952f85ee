#![allow(unsafe_code)]

use super::words;
use crate::data::{Pod, Shown};
use std::cell::UnsafeCell;
use std::fmt;
use std::sync::atomic::Ordering;

/// A variable of a BPF program, or an element of an array that it shares: read and written at any time, here
/// and there.
///
/// A value of 1, 2, 4 or 8 bytes that is aligned to its size, such as an integer, an enum, a `bool` or a
/// pointer, is read and written at once. Any other is copied word by word, in words of its alignment:
/// what [`get`](LiveCell::get) returns can have parts of two values, one before and one after a change. Where
/// that matters, read the [members](crate::live_member) or [elements](LiveCell::elements) one by one, or
/// keep the value in a map with a `bpf_spin_lock`.
///
/// Nothing is cached: a loop that waits for a change sees it.
///
/// ```
/// use libbpf_safe::data::LiveCell;
///
/// let packets = LiveCell::new(40u64);
/// packets.fetch_add(2);
/// assert_eq!(packets.get(), 42);
/// ```
#[repr(transparent)]
pub struct LiveCell<T>(UnsafeCell<T>);

// SAFETY: every access through a shared reference is by atomic words.
unsafe impl<T: Pod> Sync for LiveCell<T> {}

impl<T: Pod> LiveCell<T> {
    /// A cell of one's own, such as for tests.
    pub const fn new(value: T) -> Self {
        LiveCell(UnsafeCell::new(value))
    }

    /// The value now.
    pub fn get(&self) -> T {
        // SAFETY: words::read wants aligned memory that only words:: accesses: a cell has no other access.
        unsafe { words::read(self.0.get(), Ordering::Relaxed) }
    }

    /// Sets the value.
    pub fn set(&self, value: T) {
        // SAFETY: words::write wants aligned memory that only words:: accesses: a cell has no other access,
        // and one in memory that cannot be written is a FrozenCell: the contract of `Live`.
        unsafe { words::write(self.0.get(), value, Ordering::Relaxed) }
    }

    /// The value now; what the BPF program wrote before it released this value, as with
    /// `smp_store_release`, can be read afterwards.
    pub fn get_acquire(&self) -> T {
        // SAFETY: as `get`.
        unsafe { words::read(self.0.get(), Ordering::Acquire) }
    }

    /// Sets the value; a BPF program that acquires it, as with `smp_load_acquire`, sees what was set before.
    pub fn set_release(&self, value: T) {
        // SAFETY: as `set`.
        unsafe { words::write(self.0.get(), value, Ordering::Release) }
    }

    /// Sets the value, and returns the one before. Does not compile for a value of more than one word.
    pub fn swap(&self, value: T) -> T {
        // SAFETY: as `set`.
        unsafe { words::swap(self.0.get(), value) }
    }

    /// Sets the value where it is `current`, bit by bit, and returns it; otherwise the value that it has is
    /// the error. Does not compile for a value of more than one word.
    ///
    /// # Errors
    ///
    /// The value, which is not `current`.
    pub fn compare_exchange(&self, current: T, new: T) -> Result<T, T> {
        // SAFETY: as `set`.
        unsafe { words::compare_exchange(self.0.get(), current, new) }
    }

    pub(super) fn as_ptr(&self) -> *mut T {
        self.0.get()
    }

    /// A part of the value that is a cell of its own. [`live_member!`](crate::live_member) calls it: the
    /// function names the member's type and is never called.
    #[doc(hidden)]
    pub fn member<U: Pod, const OFFSET: usize>(&self, _: fn(&T) -> *const U) -> &LiveCell<U> {
        const {
            assert!(
                OFFSET <= size_of::<T>() && size_of::<U>() <= size_of::<T>() - OFFSET,
                "the member is beyond the value's end"
            );
            assert!(
                OFFSET % align_of::<U>() == 0 && align_of::<U>() <= align_of::<T>(),
                "the member is not aligned: read the whole value"
            );
        }
        // SAFETY: OFFSET is within the value, so the pointer is of the same allocation.
        let member = unsafe { self.0.get().byte_add(OFFSET) };
        // SAFETY: the member lies within this cell and is aligned, as was asserted; any bytes are a U, and its
        // words are accessed by atomics only, as this cell's are.
        unsafe { &*member.cast::<LiveCell<U>>() }
    }
}

impl<T: Pod, const N: usize> LiveCell<[T; N]> {
    /// The elements of an array, each a cell.
    ///
    /// ```
    /// use libbpf_safe::data::LiveCell;
    ///
    /// let histogram = LiveCell::new([0u32; 8]);
    /// histogram.elements()[3].fetch_add(1);
    /// assert_eq!(histogram.get(), [0, 0, 0, 1, 0, 0, 0, 0]);
    /// ```
    pub fn elements(&self) -> &[LiveCell<T>] {
        // SAFETY: a cell is transparent, so that a cell of an array has the layout of an array of cells.
        let elements: &[LiveCell<T>; N] = unsafe { &*self.0.get().cast() };
        elements
    }

    /// An element of an array; `None` beyond its end.
    pub fn element(&self, index: usize) -> Option<&LiveCell<T>> {
        self.elements().get(index)
    }
}

impl<T: Pod + fmt::Debug> fmt::Debug for LiveCell<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Shown::new(size_of::<T>(), |f| self.get().fmt(f)).fmt(f)
    }
}

/// A variable that cannot be changed any more: in `.rodata` or `.kconfig`, after load.
#[repr(transparent)]
pub struct FrozenCell<T>(LiveCell<T>);

impl<T: Pod> FrozenCell<T> {
    /// A cell of one's own, such as for tests.
    pub const fn new(value: T) -> Self {
        FrozenCell(LiveCell::new(value))
    }

    /// The value.
    pub fn get(&self) -> T {
        self.0.get()
    }
}

impl<T: Pod, const N: usize> FrozenCell<[T; N]> {
    /// The elements of an array, each a cell.
    pub fn elements(&self) -> &[FrozenCell<T>] {
        let elements = self.0.elements();
        // SAFETY: a frozen cell is a transparent LiveCell.
        unsafe { &*(std::ptr::from_ref(elements) as *const [FrozenCell<T>]) }
    }

    /// An element of an array; `None` beyond its end.
    pub fn element(&self, index: usize) -> Option<&FrozenCell<T>> {
        self.elements().get(index)
    }
}

impl<T: Pod + fmt::Debug> fmt::Debug for FrozenCell<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Shown::new(size_of::<T>(), |f| self.get().fmt(f)).fmt(f)
    }
}
