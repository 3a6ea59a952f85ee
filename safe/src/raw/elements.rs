//! libbpf's wrappers of the `bpf()` commands on the elements of a map.
//!
//! The kernel is told no sizes: it reads and writes as much as the map's type says. So all of these are
//! `unsafe`, and the caller owes the sizes. What the value's size is in them: that of the map's values;
//! for a map that is per CPU, that size rounded up to 8, for each possible CPU.

use super::{Result, check};
use libbpf_ffi as ffi;
use std::ffi::c_void;
use std::os::fd::{AsRawFd, BorrowedFd};
use std::ptr;

/// The kernel wants NULL where there is nothing, such as for the key of a queue.
fn pointer(bytes: &[u8]) -> *const c_void {
    if bytes.is_empty() {
        ptr::null()
    } else {
        bytes.as_ptr().cast()
    }
}

fn pointer_mut(bytes: &mut [u8]) -> *mut c_void {
    if bytes.is_empty() {
        ptr::null_mut()
    } else {
        bytes.as_mut_ptr().cast()
    }
}

/// `bpf_map_lookup_elem_flags`
///
/// # Safety
///
/// `key` has the map's key size, and `value` its value's size.
pub(crate) unsafe fn lookup(
    map: BorrowedFd<'_>,
    key: &[u8],
    value: &mut [u8],
    flags: u64,
) -> Result<()> {
    // SAFETY: the caller's promise about the sizes.
    check(unsafe {
        ffi::bpf_map_lookup_elem_flags(map.as_raw_fd(), pointer(key), pointer_mut(value), flags)
    })
    .map(drop)
}

/// `bpf_map_lookup_and_delete_elem_flags`
///
/// # Safety
///
/// `key` has the map's key size, and `value` its value's size.
pub(crate) unsafe fn lookup_and_delete(
    map: BorrowedFd<'_>,
    key: &[u8],
    value: &mut [u8],
    flags: u64,
) -> Result<()> {
    // SAFETY: the caller's promise about the sizes.
    check(unsafe {
        ffi::bpf_map_lookup_and_delete_elem_flags(
            map.as_raw_fd(),
            pointer(key),
            pointer_mut(value),
            flags,
        )
    })
    .map(drop)
}

/// `bpf_map_update_elem`
///
/// # Safety
///
/// `key` has the map's key size, and `value` its value's size.
pub(crate) unsafe fn update(
    map: BorrowedFd<'_>,
    key: &[u8],
    value: &[u8],
    flags: u64,
) -> Result<()> {
    // SAFETY: the caller's promise about the sizes.
    check(unsafe { ffi::bpf_map_update_elem(map.as_raw_fd(), pointer(key), pointer(value), flags) })
        .map(drop)
}

/// `bpf_map_delete_elem`
///
/// # Safety
///
/// `key` has the map's key size.
pub(crate) unsafe fn delete(map: BorrowedFd<'_>, key: &[u8]) -> Result<()> {
    // SAFETY: the caller's promise about the size.
    check(unsafe { ffi::bpf_map_delete_elem(map.as_raw_fd(), pointer(key)) }).map(drop)
}

/// `bpf_map_get_next_key`; from the first one where `key` is `None`.
///
/// # Safety
///
/// `key` and `next` have the map's key size.
pub(crate) unsafe fn next_key(
    map: BorrowedFd<'_>,
    key: Option<&[u8]>,
    next: &mut [u8],
) -> Result<()> {
    let key = key.map_or(ptr::null(), pointer);
    // SAFETY: the caller's promise about the sizes.
    check(unsafe { ffi::bpf_map_get_next_key(map.as_raw_fd(), key, pointer_mut(next)) }).map(drop)
}

/// Where a batch starts and where the next one will.
pub(crate) struct BatchCursor<'a> {
    /// `None` for the first batch.
    pub(crate) from: Option<&'a [u8]>,
    pub(crate) to: &'a mut [u8],
}

impl BatchCursor<'_> {
    fn from(&self) -> *mut c_void {
        // The kernel only reads from it.
        self.from
            .map_or(ptr::null_mut(), |from| from.as_ptr().cast_mut().cast())
    }
}

fn batch_options(flags: u64) -> ffi::bpf_map_batch_opts {
    ffi::bpf_map_batch_opts {
        sz: size_of::<ffi::bpf_map_batch_opts>() as u64,
        elem_flags: flags,
        flags: 0,
    }
}

/// `bpf_map_lookup_batch`: how many elements were written, and why it stopped short.
///
/// # Safety
///
/// `keys` has room for `count` keys and `values` for `count` values; both sides of the cursor have at
/// least 4 bytes and at least the key size.
pub(crate) unsafe fn lookup_batch(
    map: BorrowedFd<'_>,
    cursor: BatchCursor<'_>,
    keys: &mut [u8],
    values: &mut [u8],
    mut count: u32,
    flags: u64,
) -> (u32, Result<()>) {
    let options = batch_options(flags);
    // SAFETY: the caller's promise about the sizes; the kernel only reads from `from` and the options.
    let result = check(unsafe {
        ffi::bpf_map_lookup_batch(
            map.as_raw_fd(),
            cursor.from(),
            cursor.to.as_mut_ptr().cast(),
            keys.as_mut_ptr().cast(),
            values.as_mut_ptr().cast(),
            &mut count,
            &options,
        )
    });
    (count, result.map(drop))
}

/// `bpf_map_lookup_and_delete_batch`: how many elements were written, and why it stopped short.
///
/// # Safety
///
/// As [`lookup_batch`].
pub(crate) unsafe fn lookup_and_delete_batch(
    map: BorrowedFd<'_>,
    cursor: BatchCursor<'_>,
    keys: &mut [u8],
    values: &mut [u8],
    mut count: u32,
    flags: u64,
) -> (u32, Result<()>) {
    let options = batch_options(flags);
    // SAFETY: the caller's promise about the sizes; the kernel only reads from `from` and the options.
    let result = check(unsafe {
        ffi::bpf_map_lookup_and_delete_batch(
            map.as_raw_fd(),
            cursor.from(),
            cursor.to.as_mut_ptr().cast(),
            keys.as_mut_ptr().cast(),
            values.as_mut_ptr().cast(),
            &mut count,
            &options,
        )
    });
    (count, result.map(drop))
}

/// `bpf_map_update_batch`: how many elements were updated, and why it stopped short.
///
/// # Safety
///
/// `keys` has `count` keys and `values` `count` values.
pub(crate) unsafe fn update_batch(
    map: BorrowedFd<'_>,
    keys: &[u8],
    values: &[u8],
    mut count: u32,
    flags: u64,
) -> (u32, Result<()>) {
    let options = batch_options(flags);
    // SAFETY: the caller's promise about the sizes; bpf_map_update_batch reads the options meanwhile.
    let result = check(unsafe {
        ffi::bpf_map_update_batch(
            map.as_raw_fd(),
            keys.as_ptr().cast(),
            values.as_ptr().cast(),
            &mut count,
            &options,
        )
    });
    (count, result.map(drop))
}

/// `bpf_map_delete_batch`: how many elements were deleted, and why it stopped short.
///
/// # Safety
///
/// `keys` has `count` keys.
pub(crate) unsafe fn delete_batch(
    map: BorrowedFd<'_>,
    keys: &[u8],
    mut count: u32,
) -> (u32, Result<()>) {
    // SAFETY: the caller's promise about the size.
    let result = check(unsafe {
        ffi::bpf_map_delete_batch(
            map.as_raw_fd(),
            keys.as_ptr().cast(),
            &mut count,
            ptr::null(),
        )
    });
    (count, result.map(drop))
}
