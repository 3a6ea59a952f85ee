//! What the kernel tells of a link beyond its id: `struct bpf_link_info` has a part for each type of link.

use super::{Errno, Result, check};
use libbpf_ffi as ffi;
use std::os::fd::{AsRawFd, BorrowedFd};

/// Names and paths are no longer, with their NUL: `PATH_MAX`.
const NAME: usize = 4096;

/// Which of a link's names is asked for: where the pointer to the buffer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Name {
    RawTracepoint,
    Iterator,
    Kprobe,
    Uprobe,
    Tracepoint,
}

/// What the kernel has for each function of a link at many.
pub(crate) struct Functions {
    pub(crate) info: ffi::bpf_link_info,
    /// Of kprobes addresses, of uprobes offsets in the file.
    pub(crate) places: Vec<u64>,
    /// Only of uprobes.
    pub(crate) reference_counters: Vec<u64>,
    pub(crate) cookies: Vec<u64>,
    /// Only of uprobes.
    pub(crate) path: Vec<u8>,
}

/// `bpf_link_get_info_by_fd`
///
/// # Safety
///
/// Each pointer in `info` is NULL, or that of a buffer as long as the length or count beside it says.
unsafe fn read(link: BorrowedFd<'_>, info: &mut ffi::bpf_link_info) -> Result<()> {
    let mut size = size_of_val(info) as u32;
    // SAFETY: bpf_link_get_info_by_fd writes at most size bytes to info, and to the buffers that it names, which the
    // caller promises are as long as it says.
    check(unsafe { ffi::bpf_link_get_info_by_fd(link.as_raw_fd(), info, &mut size) }).map(drop)
}

/// What is known of a link, with no strings and arrays asked for.
pub(crate) fn plain(link: BorrowedFd<'_>) -> Result<ffi::bpf_link_info> {
    let mut info = ffi::bpf_link_info::default();
    // SAFETY: the pointers in it are NULL.
    unsafe { read(link, &mut info) }?;
    Ok(info)
}

/// With one of its names.
pub(crate) fn with_name(link: BorrowedFd<'_>, name: Name) -> Result<(ffi::bpf_link_info, Vec<u8>)> {
    let mut buffer = vec![0; NAME];
    let (address, length) = (buffer.as_mut_ptr() as u64, NAME as u32);
    let mut info = ffi::bpf_link_info::default();
    let part = &mut info.__bindgen_anon_1;
    match name {
        Name::RawTracepoint => {
            part.raw_tracepoint.tp_name = address;
            part.raw_tracepoint.tp_name_len = length;
        }
        Name::Iterator => {
            part.iter.target_name = address;
            part.iter.target_name_len = length;
        }
        Name::Kprobe => {
            part.perf_event.__bindgen_anon_1.kprobe.func_name = address;
            part.perf_event.__bindgen_anon_1.kprobe.name_len = length;
        }
        Name::Uprobe => {
            part.perf_event.__bindgen_anon_1.uprobe.file_name = address;
            part.perf_event.__bindgen_anon_1.uprobe.name_len = length;
        }
        Name::Tracepoint => {
            part.perf_event.__bindgen_anon_1.tracepoint.tp_name = address;
            part.perf_event.__bindgen_anon_1.tracepoint.name_len = length;
        }
    }
    // SAFETY: one pointer is set, to a buffer of the length beside it.
    unsafe { read(link, &mut info) }?;
    Ok((info, until_nul(buffer)))
}

/// With the places of so many kprobes.
pub(crate) fn kprobes(link: BorrowedFd<'_>, count: u32) -> Result<Functions> {
    let mut functions = Functions::new(count);
    let part = &mut functions.info.__bindgen_anon_1;
    part.kprobe_multi.count = count;
    part.kprobe_multi.addrs = functions.places.as_mut_ptr() as u64;
    part.kprobe_multi.cookies = functions.cookies.as_mut_ptr() as u64;
    // SAFETY: both arrays have count elements.
    match unsafe { read(link, &mut functions.info) } {
        // Its structure ends before the cookies.
        Err(Errno(libc::E2BIG)) => {
            functions.info = ffi::bpf_link_info::default();
            let part = &mut functions.info.__bindgen_anon_1;
            part.kprobe_multi.count = count;
            part.kprobe_multi.addrs = functions.places.as_mut_ptr() as u64;
            // SAFETY: the array has count elements.
            unsafe { read(link, &mut functions.info) }?;
        }
        other => other?,
    }
    Ok(functions)
}

/// With the places of so many uprobes.
pub(crate) fn uprobes(link: BorrowedFd<'_>, count: u32) -> Result<Functions> {
    let mut functions = Functions::new(count);
    functions.path = vec![0; NAME];
    let part = &mut functions.info.__bindgen_anon_1;
    part.uprobe_multi.count = count;
    part.uprobe_multi.offsets = functions.places.as_mut_ptr() as u64;
    part.uprobe_multi.ref_ctr_offsets = functions.reference_counters.as_mut_ptr() as u64;
    part.uprobe_multi.cookies = functions.cookies.as_mut_ptr() as u64;
    part.uprobe_multi.path = functions.path.as_mut_ptr() as u64;
    part.uprobe_multi.path_size = NAME as u32;
    // SAFETY: the arrays have count elements each, and the path's buffer path_size bytes.
    unsafe { read(link, &mut functions.info) }?;
    functions.path = until_nul(functions.path);
    Ok(functions)
}

impl Functions {
    fn new(count: u32) -> Functions {
        Functions {
            info: ffi::bpf_link_info::default(),
            places: vec![0; count as usize],
            reference_counters: vec![0; count as usize],
            cookies: vec![0; count as usize],
            path: Vec::new(),
        }
    }
}

fn until_nul(mut text: Vec<u8>) -> Vec<u8> {
    let end = text.iter().position(|&byte| byte == 0);
    text.truncate(end.unwrap_or(text.len()));
    text
}

macro_rules! parts {
    ($($name:ident: $type:ident),* $(,)?) => { $(
        pub(crate) fn $name(info: &ffi::bpf_link_info) -> ffi::$type {
            // SAFETY: the whole of a bpf_link_info from bpf_link_get_info_by_fd is initialised, and every part of its
            // union consists of integers.
            unsafe { info.__bindgen_anon_1.$name }
        }
    )* };
}

parts![
    raw_tracepoint: bpf_link_info__bindgen_ty_1__bindgen_ty_1,
    tracing: bpf_link_info__bindgen_ty_1__bindgen_ty_2,
    cgroup: bpf_link_info__bindgen_ty_1__bindgen_ty_3,
    iter: bpf_link_info__bindgen_ty_1__bindgen_ty_4,
    netns: bpf_link_info__bindgen_ty_1__bindgen_ty_5,
    xdp: bpf_link_info__bindgen_ty_1__bindgen_ty_6,
    struct_ops: bpf_link_info__bindgen_ty_1__bindgen_ty_7,
    netfilter: bpf_link_info__bindgen_ty_1__bindgen_ty_8,
    kprobe_multi: bpf_link_info__bindgen_ty_1__bindgen_ty_9,
    uprobe_multi: bpf_link_info__bindgen_ty_1__bindgen_ty_10,
    perf_event: bpf_link_info__bindgen_ty_1__bindgen_ty_11,
    tcx: bpf_link_info__bindgen_ty_1__bindgen_ty_12,
    netkit: bpf_link_info__bindgen_ty_1__bindgen_ty_13,
    sockmap: bpf_link_info__bindgen_ty_1__bindgen_ty_14,
];

macro_rules! inner_parts {
    ($($function:ident: $outer:ident.$union:ident.$name:ident: $type:ident),* $(,)?) => { $(
        pub(crate) fn $function(info: &ffi::bpf_link_info) -> ffi::$type {
            let outer = $outer(info);
            // SAFETY: as for the outer union.
            unsafe { outer.$union.$name }
        }
    )* };
}

inner_parts![
    uprobe: perf_event.__bindgen_anon_1.uprobe:
        bpf_link_info__bindgen_ty_1__bindgen_ty_11__bindgen_ty_1__bindgen_ty_1,
    kprobe: perf_event.__bindgen_anon_1.kprobe:
        bpf_link_info__bindgen_ty_1__bindgen_ty_11__bindgen_ty_1__bindgen_ty_2,
    tracepoint: perf_event.__bindgen_anon_1.tracepoint:
        bpf_link_info__bindgen_ty_1__bindgen_ty_11__bindgen_ty_1__bindgen_ty_3,
    event: perf_event.__bindgen_anon_1.event:
        bpf_link_info__bindgen_ty_1__bindgen_ty_11__bindgen_ty_1__bindgen_ty_4,
    iterated_map: iter.__bindgen_anon_1.map:
        bpf_link_info__bindgen_ty_1__bindgen_ty_4__bindgen_ty_1__bindgen_ty_1,
    iterated_cgroup: iter.__bindgen_anon_2.cgroup:
        bpf_link_info__bindgen_ty_1__bindgen_ty_4__bindgen_ty_2__bindgen_ty_1,
    iterated_task: iter.__bindgen_anon_2.task:
        bpf_link_info__bindgen_ty_1__bindgen_ty_4__bindgen_ty_2__bindgen_ty_2,
];
