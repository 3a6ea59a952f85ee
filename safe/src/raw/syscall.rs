//! libbpf's wrappers of single `bpf()` commands, on descriptors.

use super::{Result, check};
use libbpf_ffi as ffi;
use std::ffi::c_void;
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd};
use std::ptr;

/// `bpf_map_get_info_by_fd`
pub(crate) fn map_info(map: BorrowedFd<'_>) -> Result<ffi::bpf_map_info> {
    let mut info = ffi::bpf_map_info::default();
    let mut size = size_of_val(&info) as u32;
    // SAFETY: bpf_map_get_info_by_fd writes at most size bytes to info.
    check(unsafe { ffi::bpf_map_get_info_by_fd(map.as_raw_fd(), &mut info, &mut size) })?;
    Ok(info)
}

/// `bpf_prog_get_info_by_fd`, with no arrays asked for
pub(crate) fn program_info(program: BorrowedFd<'_>) -> Result<ffi::bpf_prog_info> {
    let mut info = ffi::bpf_prog_info::default();
    let mut size = size_of_val(&info) as u32;
    // SAFETY: bpf_prog_get_info_by_fd writes at most size bytes to info; all its array pointers and
    // counts are zero.
    check(unsafe { ffi::bpf_prog_get_info_by_fd(program.as_raw_fd(), &mut info, &mut size) })?;
    Ok(info)
}

/// `bpf_link_get_info_by_fd`, with no strings asked for
pub(crate) fn link_info(link: BorrowedFd<'_>) -> Result<ffi::bpf_link_info> {
    let mut info = ffi::bpf_link_info::default();
    let mut size = size_of_val(&info) as u32;
    // SAFETY: bpf_link_get_info_by_fd writes at most size bytes to info; its pointers are NULL.
    check(unsafe { ffi::bpf_link_get_info_by_fd(link.as_raw_fd(), &mut info, &mut size) })?;
    Ok(info)
}

/// The map that a link of a struct_ops map refers to: its id.
pub(crate) fn struct_ops_map_id(info: &ffi::bpf_link_info) -> Option<u32> {
    if info.type_ != ffi::BPF_LINK_TYPE_STRUCT_OPS {
        return None;
    }
    // SAFETY: the kernel fills in struct_ops for this type of link, and every bit pattern is a u32.
    Some(unsafe { info.__bindgen_anon_1.struct_ops.map_id })
}

/// `bpf_enable_stats`
pub(crate) fn enable_run_time_stats() -> Result<OwnedFd> {
    // SAFETY: bpf_enable_stats takes a number.
    let fd = check(unsafe { ffi::bpf_enable_stats(ffi::BPF_STATS_RUN_TIME) })?;
    // SAFETY: a fresh descriptor that nobody else owns.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}

/// `bpf_map_lookup_elem`
///
/// # Safety
///
/// `key` has the map's key size, and `value` room for what the kernel writes: the value size, for
/// a map that is not per CPU.
pub(crate) unsafe fn map_lookup(map: BorrowedFd<'_>, key: &[u8], value: &mut [u8]) -> Result<()> {
    // SAFETY: the caller's promise about the sizes.
    check(unsafe {
        ffi::bpf_map_lookup_elem(
            map.as_raw_fd(),
            key.as_ptr().cast(),
            value.as_mut_ptr().cast(),
        )
    })
    .map(drop)
}

/// `bpf_map_update_elem`
///
/// # Safety
///
/// `key` has the map's key size, and `value` what the kernel reads: the value size, for a map that
/// is not per CPU.
pub(crate) unsafe fn map_update(
    map: BorrowedFd<'_>,
    key: &[u8],
    value: &[u8],
    flags: u64,
) -> Result<()> {
    // SAFETY: the caller's promise about the sizes.
    check(unsafe {
        ffi::bpf_map_update_elem(
            map.as_raw_fd(),
            key.as_ptr().cast(),
            value.as_ptr().cast(),
            flags,
        )
    })
    .map(drop)
}

/// `bpf_map_delete_elem`
///
/// # Safety
///
/// `key` has the map's key size.
pub(crate) unsafe fn map_delete(map: BorrowedFd<'_>, key: &[u8]) -> Result<()> {
    // SAFETY: the caller's promise about the size.
    check(unsafe { ffi::bpf_map_delete_elem(map.as_raw_fd(), key.as_ptr().cast()) }).map(drop)
}

/// Where a batch starts and where the next one will.
pub(crate) struct BatchCursor<'a> {
    /// `None` for the first batch.
    pub(crate) from: Option<&'a [u8]>,
    pub(crate) to: &'a mut [u8],
}

/// `bpf_map_lookup_batch`: how many elements were written, and why it stopped short.
///
/// # Safety
///
/// `keys` has room for `count` keys and `values` for `count` values of a map that is not per CPU;
/// both sides of the cursor have at least 4 bytes and at least the key size.
pub(crate) unsafe fn map_lookup_batch(
    map: BorrowedFd<'_>,
    cursor: BatchCursor<'_>,
    keys: &mut [u8],
    values: &mut [u8],
    mut count: u32,
) -> (u32, Result<()>) {
    let from = cursor.from.map_or(ptr::null_mut(), |from| {
        from.as_ptr().cast_mut().cast::<c_void>()
    });
    // SAFETY: the caller's promise about the sizes; the kernel only reads from `from`.
    let result = check(unsafe {
        ffi::bpf_map_lookup_batch(
            map.as_raw_fd(),
            from,
            cursor.to.as_mut_ptr().cast(),
            keys.as_mut_ptr().cast(),
            values.as_mut_ptr().cast(),
            &mut count,
            ptr::null(),
        )
    });
    (count, result.map(drop))
}
