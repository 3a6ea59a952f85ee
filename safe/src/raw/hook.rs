//! `BPF_PROG_ATTACH` and its kin: attachments without a link, and what is attached.

use super::attach::Multi;
use super::{Errno, Result, check, last_errno};
use libbpf_ffi as ffi;
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd};

/// What `bpf_prog_query_opts` says.
#[derive(Debug, Default)]
pub(crate) struct Attached {
    pub(crate) revision: u64,
    pub(crate) flags: u32,
    pub(crate) program_ids: Vec<u32>,
    /// The lists below are as long as this one, or empty where they were not asked for.
    pub(crate) program_flags: Vec<u32>,
    pub(crate) link_ids: Vec<u32>,
    pub(crate) link_flags: Vec<u32>,
}

/// Which lists a query is for, beside that of the programs: old kernels refuse those that they do not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lists {
    /// Since Linux 6.6, where the hook has links in an order.
    Links,
    /// Since Linux 6.0, of cgroups.
    Flags,
    Programs,
}

/// `bpf_prog_query_opts`, with room for so many programs; with ENOSPC where there are more. `target` is a descriptor or
/// a device's index.
pub(crate) fn query(
    target: i32,
    attach_type: u32,
    query_flags: u32,
    lists: Lists,
    room: usize,
) -> Result<Attached> {
    let mut found = Attached::default();
    let count = u32::try_from(room).map_err(|_| Errno(libc::E2BIG))?;
    found.program_ids.resize(room, 0);
    let mut options = ffi::bpf_prog_query_opts {
        sz: size_of::<ffi::bpf_prog_query_opts>() as _,
        query_flags,
        prog_ids: found.program_ids.as_mut_ptr(),
        ..Default::default()
    };
    options.__bindgen_anon_1.count = count;
    if lists != Lists::Programs {
        found.program_flags.resize(room, 0);
        options.prog_attach_flags = found.program_flags.as_mut_ptr();
    }
    if lists == Lists::Links {
        found.link_ids.resize(room, 0);
        options.link_ids = found.link_ids.as_mut_ptr();
        found.link_flags.resize(room, 0);
        options.link_attach_flags = found.link_flags.as_mut_ptr();
    }
    // SAFETY: bpf_prog_query_opts takes numbers, and arrays of count elements, which are as long as room.
    let result = check(unsafe { ffi::bpf_prog_query_opts(target, attach_type, &mut options) });
    // SAFETY: both members of the union are the same u32.
    let found_count = unsafe { options.__bindgen_anon_1.count };
    result?;
    if found_count > count {
        return Err(Errno(libc::ENOSPC));
    }
    for list in [
        &mut found.program_ids,
        &mut found.program_flags,
        &mut found.link_ids,
        &mut found.link_flags,
    ] {
        list.truncate(found_count as usize);
    }
    found.revision = options.revision;
    found.flags = options.attach_flags;
    Ok(found)
}

/// `bpf_prog_attach_opts`
pub(crate) fn attach(
    program: BorrowedFd<'_>,
    target: i32,
    attach_type: u32,
    multi: Multi,
    replace: Option<BorrowedFd<'_>>,
) -> Result<()> {
    let mut options = ffi::bpf_prog_attach_opts {
        sz: size_of::<ffi::bpf_prog_attach_opts>() as _,
        flags: multi.flags,
        relative_fd: multi.relative_fd as i32,
        relative_id: multi.relative_id,
        expected_revision: multi.expected_revision,
        ..Default::default()
    };
    if let Some(replace) = replace {
        options.flags |= ffi::BPF_F_REPLACE;
        options.__bindgen_anon_1.replace_fd = replace.as_raw_fd();
    }
    // SAFETY: bpf_prog_attach_opts takes numbers and reads the options during the call.
    check(unsafe { ffi::bpf_prog_attach_opts(program.as_raw_fd(), target, attach_type, &options) })
        .map(drop)
}

/// `bpf_prog_detach_opts`
pub(crate) fn detach(
    program: Option<BorrowedFd<'_>>,
    target: i32,
    attach_type: u32,
    multi: Multi,
) -> Result<()> {
    let options = ffi::bpf_prog_detach_opts {
        sz: size_of::<ffi::bpf_prog_detach_opts>() as _,
        flags: multi.flags,
        relative_fd: multi.relative_fd as i32,
        relative_id: multi.relative_id,
        expected_revision: multi.expected_revision,
        ..Default::default()
    };
    let program = program.map_or(0, |program| program.as_raw_fd());
    // SAFETY: bpf_prog_detach_opts takes numbers and reads the options during the call.
    check(unsafe { ffi::bpf_prog_detach_opts(program, target, attach_type, &options) }).map(drop)
}

/// `bpf_link_create`, for a device and with flags: libbpf's function for XDP passes none on.
pub(crate) fn link_to_device(
    program: BorrowedFd<'_>,
    device: i32,
    attach_type: u32,
    flags: u32,
) -> Result<OwnedFd> {
    let options = ffi::bpf_link_create_opts {
        sz: size_of::<ffi::bpf_link_create_opts>() as _,
        flags,
        ..Default::default()
    };
    // SAFETY: bpf_link_create takes numbers and reads the options during the call.
    let fd =
        check(unsafe { ffi::bpf_link_create(program.as_raw_fd(), device, attach_type, &options) })?;
    // SAFETY: a fresh descriptor that nobody else owns.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}

/// What `bpf_task_fd_query` says.
#[derive(Debug, Default)]
pub(crate) struct TaskFd {
    pub(crate) program_id: u32,
    pub(crate) kind: u32,
    pub(crate) name: Vec<u8>,
    pub(crate) offset: u64,
    pub(crate) address: u64,
}

/// `bpf_task_fd_query`
pub(crate) fn task_fd(process: i32, fd: i32) -> Result<TaskFd> {
    let mut found = TaskFd {
        name: vec![0; libc::PATH_MAX as usize],
        ..TaskFd::default()
    };
    let mut length = found.name.len() as u32;
    // SAFETY: bpf_task_fd_query takes numbers, writes at most length bytes to the buffer, and numbers to the others.
    check(unsafe {
        ffi::bpf_task_fd_query(
            process,
            fd,
            0,
            found.name.as_mut_ptr().cast(),
            &mut length,
            &mut found.program_id,
            &mut found.kind,
            &mut found.offset,
            &mut found.address,
        )
    })?;
    // The length is without the NUL.
    found.name.truncate(length as usize);
    Ok(found)
}

/// `setsockopt`, for one of those that attach a program to a socket, or detach one.
pub(crate) fn set_socket_option(
    socket: BorrowedFd<'_>,
    option: libc::c_int,
    program: Option<BorrowedFd<'_>>,
) -> Result<()> {
    let value: libc::c_int = program.map_or(0, |program| program.as_raw_fd());
    // SAFETY: setsockopt reads an int during the call.
    let returned = unsafe {
        libc::setsockopt(
            socket.as_raw_fd(),
            libc::SOL_SOCKET,
            option,
            (&raw const value).cast(),
            size_of_val(&value) as libc::socklen_t,
        )
    };
    if returned < 0 {
        return Err(last_errno());
    }
    Ok(())
}
