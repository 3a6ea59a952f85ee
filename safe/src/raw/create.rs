//! Maps and programs without objects.

use super::{Result, check};
use crate::program::Instruction;
use libbpf_ffi as ffi;
use std::ffi::{CStr, c_char};
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd};
use std::ptr;

fn number(fd: Option<BorrowedFd<'_>>) -> u32 {
    fd.map_or(0, |fd| fd.as_raw_fd() as u32)
}

/// What `bpf_map_create` takes.
pub(crate) struct MapCreate<'a> {
    pub(crate) map_type: u32,
    pub(crate) name: Option<&'a CStr>,
    pub(crate) key_size: u32,
    pub(crate) value_size: u32,
    pub(crate) max_entries: u32,
    pub(crate) flags: u32,
    pub(crate) extra: u64,
    pub(crate) numa_node: u32,
    pub(crate) ifindex: u32,
    pub(crate) inner_map: Option<BorrowedFd<'a>>,
    pub(crate) btf: Option<(BorrowedFd<'a>, u32, u32)>,
    pub(crate) token: Option<BorrowedFd<'a>>,
    pub(crate) exclusive_program: Option<&'a [u8; 32]>,
}

/// `bpf_map_create`
pub(crate) fn create_map(map: &MapCreate<'_>) -> Result<OwnedFd> {
    let hash = map.exclusive_program;
    let options = ffi::bpf_map_create_opts {
        sz: size_of::<ffi::bpf_map_create_opts>() as ffi::size_t,
        btf_fd: number(map.btf.map(|(fd, ..)| fd)),
        btf_key_type_id: map.btf.map_or(0, |(_, key, _)| key),
        btf_value_type_id: map.btf.map_or(0, |(.., value)| value),
        inner_map_fd: number(map.inner_map),
        map_flags: map.flags | map.token.map_or(0, |_| ffi::BPF_F_TOKEN_FD),
        map_extra: map.extra,
        numa_node: map.numa_node,
        map_ifindex: map.ifindex,
        token_fd: number(map.token),
        excl_prog_hash: hash.map_or(ptr::null(), |hash| hash.as_ptr().cast()),
        excl_prog_hash_size: hash.map_or(0, |hash| hash.len() as u32),
        ..Default::default()
    };
    // SAFETY: bpf_map_create takes numbers, and reads a name, and options with a hash of the size given, during the call.
    let fd = check(unsafe {
        ffi::bpf_map_create(
            map.map_type,
            map.name.map_or(ptr::null(), CStr::as_ptr),
            map.key_size,
            map.value_size,
            map.max_entries,
            &options,
        )
    })?;
    // SAFETY: a fresh descriptor that nobody else owns.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}

/// What `bpf_prog_load` takes.
pub(crate) struct ProgramLoad<'a> {
    pub(crate) program_type: u32,
    pub(crate) name: Option<&'a CStr>,
    pub(crate) license: &'a CStr,
    pub(crate) instructions: &'a [Instruction],
    pub(crate) attach_type: u32,
    pub(crate) flags: u32,
    pub(crate) ifindex: u32,
    pub(crate) attach_btf_id: u32,
    pub(crate) attach_program: Option<BorrowedFd<'a>>,
    pub(crate) attach_btf: Option<BorrowedFd<'a>>,
    pub(crate) descriptors: Option<&'a [i32]>,
    /// Whether the kernel is told how many there are.
    pub(crate) counted: bool,
    pub(crate) token: Option<BorrowedFd<'a>>,
}

/// `bpf_prog_load`; the log is written to the buffer where there is one, and the level is not 0. The second number is
/// how large the log would have been, where the kernel says so.
pub(crate) fn load_program(
    program: &ProgramLoad<'_>,
    log_level: u32,
    log: &mut [u8],
) -> (Result<OwnedFd>, usize) {
    let size = u32::try_from(log.len()).unwrap_or(u32::MAX);
    let with_log = log_level != 0 && size != 0;
    let mut options = ffi::bpf_prog_load_opts {
        sz: size_of::<ffi::bpf_prog_load_opts>() as ffi::size_t,
        expected_attach_type: program.attach_type,
        prog_flags: program.flags | program.token.map_or(0, |_| ffi::BPF_F_TOKEN_FD),
        prog_ifindex: program.ifindex,
        attach_btf_id: program.attach_btf_id,
        attach_prog_fd: number(program.attach_program),
        attach_btf_obj_fd: number(program.attach_btf),
        fd_array: program.descriptors.map_or(ptr::null(), <[i32]>::as_ptr),
        // Kernels before 6.14 take no other than 0.
        fd_array_cnt: match program.descriptors {
            Some(all) if program.counted => all.len() as u32,
            _ => 0,
        },
        log_level: if with_log { log_level } else { 0 },
        log_size: if with_log { size } else { 0 },
        log_buf: match with_log {
            true => log.as_mut_ptr().cast::<c_char>(),
            false => ptr::null_mut(),
        },
        token_fd: number(program.token),
        ..Default::default()
    };
    // SAFETY: bpf_prog_load reads the name, the license, the instructions, and what the options name, in the counts and
    // sizes that stand beside it, during the call; it writes to the log, up to its size.
    let fd = check(unsafe {
        ffi::bpf_prog_load(
            program.program_type,
            program.name.map_or(ptr::null(), CStr::as_ptr),
            program.license.as_ptr(),
            program.instructions.as_ptr().cast(),
            program.instructions.len() as ffi::size_t,
            &mut options,
        )
    });
    // SAFETY: a fresh descriptor that nobody else owns.
    let fd = fd.map(|fd| unsafe { OwnedFd::from_raw_fd(fd) });
    (fd, options.log_true_size as usize)
}

/// `bpf_raw_tracepoint_open_opts`
pub(crate) fn open_raw_tracepoint(
    program: BorrowedFd<'_>,
    name: &CStr,
    cookie: u64,
) -> Result<OwnedFd> {
    let mut options = ffi::bpf_raw_tp_opts {
        sz: size_of::<ffi::bpf_raw_tp_opts>() as ffi::size_t,
        tp_name: name.as_ptr(),
        cookie,
    };
    // SAFETY: bpf_raw_tracepoint_open_opts takes a descriptor, and reads options with a string during the call.
    let fd =
        check(unsafe { ffi::bpf_raw_tracepoint_open_opts(program.as_raw_fd(), &mut options) })?;
    // SAFETY: a fresh descriptor that nobody else owns.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}
