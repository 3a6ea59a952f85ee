//! Arithmetic on live integers.

#![allow(unsafe_code)]

use super::LiveCell;
use crate::data::Pod;
use std::sync::atomic::{
    AtomicI8, AtomicI16, AtomicI32, AtomicI64, AtomicU8, AtomicU16, AtomicU32, AtomicU64, Ordering,
};

mod sealed {
    pub trait Integer: Sized {
        /// # Safety
        ///
        /// As `words::write`.
        unsafe fn fetch_add(at: *mut Self, value: Self) -> Self;
        /// # Safety
        ///
        /// As `words::write`.
        unsafe fn fetch_sub(at: *mut Self, value: Self) -> Self;
        /// # Safety
        ///
        /// As `words::write`.
        unsafe fn fetch_and(at: *mut Self, value: Self) -> Self;
        /// # Safety
        ///
        /// As `words::write`.
        unsafe fn fetch_or(at: *mut Self, value: Self) -> Self;
        /// # Safety
        ///
        /// As `words::write`.
        unsafe fn fetch_xor(at: *mut Self, value: Self) -> Self;
        /// # Safety
        ///
        /// As `words::write`.
        unsafe fn fetch_max(at: *mut Self, value: Self) -> Self;
        /// # Safety
        ///
        /// As `words::write`.
        unsafe fn fetch_min(at: *mut Self, value: Self) -> Self;
    }
}

/// An integer of one word: those of Rust, up to 64 bits. No other type can be one.
pub trait LiveInteger: Pod + sealed::Integer {}

macro_rules! integer {
    ($($ty:ident $atomic:ident),*) => {$(
        impl LiveInteger for $ty {}
        integer!(@ $ty $atomic fetch_add fetch_sub fetch_and fetch_or fetch_xor fetch_max fetch_min);
    )*};
    (@ $ty:ident $atomic:ident $($operation:ident)*) => {
        impl sealed::Integer for $ty {
            $(unsafe fn $operation(at: *mut Self, value: Self) -> Self {
                // SAFETY: the atomic has the integer's layout; the caller promises aligned memory that is
                // accessed by atomics only.
                unsafe { $atomic::from_ptr(at) }.$operation(value, Ordering::SeqCst)
            })*
        }
    };
}
integer!(
    u8 AtomicU8, u16 AtomicU16, u32 AtomicU32, u64 AtomicU64,
    i8 AtomicI8, i16 AtomicI16, i32 AtomicI32, i64 AtomicI64
);

macro_rules! operations {
    ($($(#[$attribute:meta])* $operation:ident;)*) => {
        /// Each is one atomic operation, also towards BPF programs that use `__sync_fetch_and_add` and
        /// its like on the variable, and sequentially consistent. All return the value before.
        impl<T: LiveInteger> LiveCell<T> {
            $(
                $(#[$attribute])*
                pub fn $operation(&self, value: T) -> T {
                    // SAFETY: the operation wants what words::write wants: aligned memory that only atomics
                    // access, which a cell sees to.
                    unsafe { T::$operation(self.as_ptr(), value) }
                }
            )*
        }
    };
}
operations! {
    /// Adds; wraps around at the end.
    fetch_add;
    /// Subtracts; wraps around at the end.
    fetch_sub;
    /// Keeps the bits that are in `value`, too.
    fetch_and;
    /// Sets the bits of `value`.
    fetch_or;
    /// Toggles the bits of `value`.
    fetch_xor;
    /// Sets it to the larger one.
    fetch_max;
    /// Sets it to the smaller one.
    fetch_min;
}
