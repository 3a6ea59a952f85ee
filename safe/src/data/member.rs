//! Members that share their bytes, with each other or with padding: of unions, and bitfields.
//!
//! Generated accessors call the functions here; there is no need to call them by hand. All of them are safe:
//! places are checked when the call is compiled.

#![allow(unsafe_code)]

use super::Pod;
use super::bitfield::{self, Bitfield, Order};
use crate::error::{Error, ErrorKind, Result};
use crate::struct_ops::ShadowField;
use std::{ptr, slice};

/// The member at an offset in bytes.
pub fn get<S: ShadowField, T: Pod, const OFFSET: usize>(parent: &S) -> &T {
    const { assert_aligned::<S, T>(OFFSET) };
    // SAFETY: inside `parent` and aligned, as asserted. The parent has no padding (ShadowField), so all
    // bytes are initialized, and T is valid for any of them (Pod).
    unsafe { &*ptr::from_ref(parent).wrapping_byte_add(OFFSET).cast::<T>() }
}

/// The member at an offset in bytes, to be changed.
pub fn get_mut<S: ShadowField, T: Pod, const OFFSET: usize>(parent: &mut S) -> &mut T {
    const { assert_aligned::<S, T>(OFFSET) };
    // SAFETY: as in `get`; what is written through it has no padding (Pod), and the parent is valid for
    // any bytes (ShadowField).
    unsafe { &mut *ptr::from_mut(parent).wrapping_byte_add(OFFSET).cast::<T>() }
}

/// A copy of the member at an offset in bytes, which need not be aligned.
pub fn copy<S: ShadowField, T: Pod, const OFFSET: usize>(parent: &S) -> T {
    const { assert_inside::<S, T>(OFFSET) };
    let member = ptr::from_ref(parent).wrapping_byte_add(OFFSET).cast::<T>();
    // SAFETY: as in `get`, but for the alignment, which read_unaligned does without.
    unsafe { member.read_unaligned() }
}

/// Replaces the member at an offset in bytes, which need not be aligned.
pub fn set<S: ShadowField, T: Pod, const OFFSET: usize>(parent: &mut S, value: T) {
    const { assert_inside::<S, T>(OFFSET) };
    let member = ptr::from_mut(parent).wrapping_byte_add(OFFSET).cast::<T>();
    // SAFETY: as in `get_mut`, but for the alignment, which write_unaligned does without.
    unsafe { member.write_unaligned(value) }
}

/// The bitfield from one bit, counted as BTF does, up to another.
pub fn bits<S: ShadowField, T: Bitfield, const FIRST: usize, const END: usize>(parent: &S) -> T {
    const { assert_bits::<S, T>(FIRST, END) };
    // SAFETY: the bytes of `parent`, all initialized, because it has no padding (ShadowField).
    let bytes = unsafe { slice::from_raw_parts(ptr::from_ref(parent).cast(), size_of::<S>()) };
    T::from_bits(
        bitfield::read(bytes, FIRST, END, Order::NATIVE),
        END - FIRST,
    )
}

/// Sets the bitfield from one bit, counted as BTF does, up to another.
///
/// # Errors
///
/// The value does not fit; nothing is changed then. `declaration` and `member` are for its text.
pub fn set_bits<S: ShadowField, T: Bitfield, const FIRST: usize, const END: usize>(
    parent: &mut S,
    value: T,
    declaration: &str,
    member: &str,
) -> Result<()> {
    const { assert_bits::<S, T>(FIRST, END) };
    let width = END - FIRST;
    let Some(value) = value.to_bits(width) else {
        return Err(misfit(declaration, member, value, width));
    };
    // SAFETY: the bytes of `parent`, all initialized; it is valid for any others (ShadowField).
    let bytes = unsafe { slice::from_raw_parts_mut(ptr::from_mut(parent).cast(), size_of::<S>()) };
    bitfield::write(bytes, FIRST, END, value, Order::NATIVE);
    Ok(())
}

/// Whether a member at this offset is inside its struct, at compile time.
pub const fn assert_inside<S, T>(offset: usize) {
    assert!(
        offset <= size_of::<S>() && size_of::<T>() <= size_of::<S>() - offset,
        "the member is not inside its struct"
    );
}

/// Whether a member at this offset is inside its struct and aligned, at compile time.
pub const fn assert_aligned<S, T>(offset: usize) {
    assert_inside::<S, T>(offset);
    assert!(
        offset % align_of::<T>() == 0 && align_of::<T>() <= align_of::<S>(),
        "the member is not aligned: it can only be copied"
    );
}

/// Whether a bitfield of these bits is inside its struct, and no wider than its type, at compile time.
pub const fn assert_bits<S, T>(first: usize, end: usize) {
    assert!(
        first < end && end <= 8 * size_of::<S>(),
        "the bitfield is not inside its struct"
    );
    assert!(
        end - first <= 8 * size_of::<T>(),
        "the bitfield is wider than its type"
    );
}

fn misfit<T: Bitfield>(declaration: &str, member: &str, value: T, width: usize) -> Error {
    let (lowest, highest) = T::range(width);
    let bits = if width == 1 { "bit" } else { "bits" };
    Error::new(
        format!("set bitfield `{member}` of `{declaration}`"),
        ErrorKind::InvalidInput {
            reason: format!(
                "{value:?} does not fit into {width} {bits}, which hold {lowest} to {highest}"
            ),
        },
    )
}
