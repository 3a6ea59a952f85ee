//! Memory that others write meanwhile, read and written by atomic words.
//!
//! A value that fits in one word, and is aligned to it, is one access; any other is as many as it has
//! words of its alignment. Every access is atomic, so threads of this process do not race, and none is
//! left out or drawn out of a loop by the compiler.

#![allow(unsafe_code)]

use bytemuck::{Pod, Zeroable, bytes_of, bytes_of_mut};
use std::sync::atomic::{AtomicU8, AtomicU16, AtomicU32, AtomicU64, Ordering};

/// Whether a value is one word, so that each access is of all of it.
pub(super) const fn is_single<T>() -> bool {
    size_of::<T>() == align_of::<T>() && matches!(size_of::<T>(), 1 | 2 | 4 | 8)
}

macro_rules! by_words {
    ($ty:ty, $copy:ident($($argument:expr),*)) => {
        match align_of::<$ty>() {
            1 => $copy!(AtomicU8, u8, $ty, $($argument),*),
            2 => $copy!(AtomicU16, u16, $ty, $($argument),*),
            4 => $copy!(AtomicU32, u32, $ty, $($argument),*),
            _ => $copy!(AtomicU64, u64, $ty, $($argument),*),
        }
    };
}

macro_rules! read {
    ($atomic:ty, $word:ty, $ty:ty, $from:expr, $to:expr, $order:expr) => {
        for index in 0..size_of::<$ty>() / size_of::<$word>() {
            // SAFETY: the word is a part of both values, whose alignment is at least its own; the caller
            // of `read` promises that the memory is accessed by such atomics only.
            unsafe {
                let word = $from.cast::<$word>().add(index);
                let word = <$atomic>::from_ptr(word).load($order);
                $to.cast::<$word>().add(index).write(word);
            }
        }
    };
}

macro_rules! write {
    ($atomic:ty, $word:ty, $ty:ty, $from:expr, $to:expr, $order:expr) => {
        for index in 0..size_of::<$ty>() / size_of::<$word>() {
            // SAFETY: as in `read!`.
            unsafe {
                let word = $from.cast::<$word>().add(index).read();
                let to = $to.cast::<$word>().add(index);
                <$atomic>::from_ptr(to).store(word, $order);
            }
        }
    };
}

/// # Safety
///
/// `from` is aligned and can be read; this process accesses the memory by the functions here only.
pub(super) unsafe fn read<T: Pod>(from: *mut T, order: Ordering) -> T {
    let mut value = T::zeroed();
    let to = &raw mut value;
    by_words!(T, read(from, to, order));
    value
}

/// # Safety
///
/// `to` is aligned and can be written; this process accesses the memory by the functions here only.
pub(super) unsafe fn write<T: Pod>(to: *mut T, value: T, order: Ordering) {
    let from = &raw const value;
    by_words!(T, write(from, to, order));
}

/// The same bits as another type of this size.
fn bits<T: Pod, U: Pod + Zeroable>(value: T) -> U {
    let mut result = U::zeroed();
    let to = bytes_of_mut(&mut result).iter_mut();
    for (to, from) in to.zip(bytes_of(&value)) {
        *to = *from;
    }
    result
}

macro_rules! by_size {
    ($ty:ty, $call:ident) => {{
        const {
            assert!(
                is_single::<$ty>(),
                "it takes more than one word: no access is of all of it"
            )
        };
        match size_of::<$ty>() {
            1 => $call!(AtomicU8),
            2 => $call!(AtomicU16),
            4 => $call!(AtomicU32),
            _ => $call!(AtomicU64),
        }
    }};
}

/// # Safety
///
/// As [`write`].
pub(super) unsafe fn swap<T: Pod>(at: *mut T, value: T) -> T {
    macro_rules! swap {
        ($atomic:ty) => {
            // SAFETY: the word is all of the value, of the same alignment; and the caller's promise.
            bits(unsafe { <$atomic>::from_ptr(at.cast()) }.swap(bits(value), Ordering::SeqCst))
        };
    }
    by_size!(T, swap)
}

/// # Safety
///
/// As [`write`].
pub(super) unsafe fn compare_exchange<T: Pod>(at: *mut T, current: T, new: T) -> Result<T, T> {
    macro_rules! compare_exchange {
        ($atomic:ty) => {
            // SAFETY: the word is all of the value, of the same alignment; and the caller's promise.
            unsafe { <$atomic>::from_ptr(at.cast()) }
                .compare_exchange(
                    bits(current),
                    bits(new),
                    Ordering::SeqCst,
                    Ordering::SeqCst,
                )
                .map(bits)
                .map_err(bits)
        };
    }
    by_size!(T, compare_exchange)
}
