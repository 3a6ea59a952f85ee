//! What the kernel tells of a program's code.

use super::{Result, check};
use crate::program::Instruction;
use libbpf_ffi as ffi;
use std::os::fd::{AsRawFd, BorrowedFd};

/// The arrays that `struct bpf_prog_info` points to.
#[derive(Default)]
pub(crate) struct Code {
    pub(crate) instructions: Vec<Instruction>,
    pub(crate) machine_code: Vec<u8>,
    pub(crate) map_ids: Vec<u32>,
    pub(crate) functions: Vec<ffi::bpf_func_info>,
    pub(crate) function_addresses: Vec<u64>,
    pub(crate) function_sizes: Vec<u32>,
    pub(crate) lines: Vec<ffi::bpf_line_info>,
    pub(crate) line_addresses: Vec<u64>,
    pub(crate) btf_id: u32,
}

fn room<T: Default + Clone>(count: u32) -> Vec<T> {
    vec![T::default(); count as usize]
}

fn address<T>(room: &mut Vec<T>) -> u64 {
    room.as_mut_ptr() as u64
}

/// `bpf_prog_get_info_by_fd`, once for the sizes and once for the arrays
pub(crate) fn program_code(program: BorrowedFd<'_>) -> Result<Code> {
    let sizes = super::syscall::program_info(program)?;
    let mut code = Code {
        instructions: room(sizes.xlated_prog_len / size_of::<Instruction>() as u32),
        machine_code: room(sizes.jited_prog_len),
        map_ids: room(sizes.nr_map_ids),
        functions: room(sizes.nr_func_info),
        function_addresses: room(sizes.nr_jited_ksyms),
        function_sizes: room(sizes.nr_jited_func_lens),
        lines: room(sizes.nr_line_info),
        line_addresses: room(sizes.nr_jited_line_info),
        btf_id: sizes.btf_id,
    };
    let mut info = ffi::bpf_prog_info {
        xlated_prog_len: size_of_val(&*code.instructions) as u32,
        xlated_prog_insns: address(&mut code.instructions),
        jited_prog_len: code.machine_code.len() as u32,
        jited_prog_insns: address(&mut code.machine_code),
        nr_map_ids: code.map_ids.len() as u32,
        map_ids: address(&mut code.map_ids),
        nr_func_info: code.functions.len() as u32,
        func_info_rec_size: size_of::<ffi::bpf_func_info>() as u32,
        func_info: address(&mut code.functions),
        nr_jited_ksyms: code.function_addresses.len() as u32,
        jited_ksyms: address(&mut code.function_addresses),
        nr_jited_func_lens: code.function_sizes.len() as u32,
        jited_func_lens: address(&mut code.function_sizes),
        nr_line_info: code.lines.len() as u32,
        line_info_rec_size: size_of::<ffi::bpf_line_info>() as u32,
        line_info: address(&mut code.lines),
        nr_jited_line_info: code.line_addresses.len() as u32,
        jited_line_info_rec_size: size_of::<u64>() as u32,
        jited_line_info: address(&mut code.line_addresses),
        ..Default::default()
    };
    let mut size = size_of_val(&info) as u32;
    // SAFETY: bpf_prog_get_info_by_fd writes at most size bytes to info, and to each array that it names at most as many
    // elements, of the size that is given, as stand beside it: those of the vectors, which live and move nowhere.
    check(unsafe { ffi::bpf_prog_get_info_by_fd(program.as_raw_fd(), &mut info, &mut size) })?;
    // What the kernel does not show to this caller it counts as none; or it counts it, writes nothing, and takes away the
    // address that it did not write to.
    let shown = |to: u64, count: u32| if to == 0 { 0 } else { count as usize };
    let instructions = info.xlated_prog_len / size_of::<Instruction>() as u32;
    code.instructions
        .truncate(shown(info.xlated_prog_insns, instructions));
    code.machine_code
        .truncate(shown(info.jited_prog_insns, info.jited_prog_len));
    code.map_ids.truncate(shown(info.map_ids, info.nr_map_ids));
    code.functions
        .truncate(shown(info.func_info, info.nr_func_info));
    code.function_addresses
        .truncate(shown(info.jited_ksyms, info.nr_jited_ksyms));
    code.function_sizes
        .truncate(shown(info.jited_func_lens, info.nr_jited_func_lens));
    code.lines
        .truncate(shown(info.line_info, info.nr_line_info));
    code.line_addresses
        .truncate(shown(info.jited_line_info, info.nr_jited_line_info));
    Ok(code)
}

/// `bpf_prog_stream_read`: how many bytes were there
pub(crate) fn read_stream(
    program: BorrowedFd<'_>,
    stream: u32,
    buffer: &mut [u8],
) -> Result<usize> {
    let room = u32::try_from(buffer.len()).unwrap_or(u32::MAX);
    let to = buffer.as_mut_ptr().cast();
    let program = program.as_raw_fd();
    // SAFETY: bpf_prog_stream_read writes at most as many bytes as it is told, which the buffer has; no options.
    let read =
        unsafe { ffi::bpf_prog_stream_read(program, stream, to, room, std::ptr::null_mut()) };
    check(read).map(|read| read as usize)
}

/// `bpf_prog_bind_map`
pub(crate) fn bind_map(program: BorrowedFd<'_>, map: BorrowedFd<'_>) -> Result<()> {
    // SAFETY: bpf_prog_bind_map takes descriptors, and NULL for options.
    check(unsafe { ffi::bpf_prog_bind_map(program.as_raw_fd(), map.as_raw_fd(), std::ptr::null()) })
        .map(drop)
}
