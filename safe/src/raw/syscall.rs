//! libbpf's wrappers of single `bpf()` commands, on descriptors.

use super::{Errno, Result, check, last_errno};
use libbpf_ffi as ffi;
use std::ffi::CStr;
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};

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

/// `bpf_prog_get_info_by_fd`, for the type of the program's function in its BTF: 0 where it has none
pub(crate) fn program_function(program: BorrowedFd<'_>) -> Result<u32> {
    let mut function = ffi::bpf_func_info::default();
    let mut info = ffi::bpf_prog_info {
        nr_func_info: 1,
        func_info_rec_size: size_of_val(&function) as u32,
        func_info: (&raw mut function) as u64,
        ..Default::default()
    };
    let mut size = size_of_val(&info) as u32;
    // SAFETY: bpf_prog_get_info_by_fd writes at most size bytes to info, and at most one record of the size that is
    // given, to function; all other array pointers and counts are zero.
    check(unsafe { ffi::bpf_prog_get_info_by_fd(program.as_raw_fd(), &mut info, &mut size) })?;
    Ok(function.type_id)
}

/// `bpf_prog_get_info_by_fd`, for the ids of the program's maps
pub(crate) fn program_maps(program: BorrowedFd<'_>) -> Result<Vec<u32>> {
    let mut ids = vec![0_u32; program_info(program)?.nr_map_ids as usize];
    let mut info = ffi::bpf_prog_info {
        nr_map_ids: ids.len() as u32,
        map_ids: ids.as_mut_ptr() as u64,
        ..Default::default()
    };
    let mut size = size_of_val(&info) as u32;
    // SAFETY: bpf_prog_get_info_by_fd writes at most size bytes to info, and at most nr_map_ids ids to the array; all
    // other array pointers and counts are zero.
    check(unsafe { ffi::bpf_prog_get_info_by_fd(program.as_raw_fd(), &mut info, &mut size) })?;
    // A map may have been bound to it since, or none be left.
    ids.truncate(info.nr_map_ids as usize);
    Ok(ids)
}

/// `bpf_btf_get_fd_by_id`
pub(crate) fn btf_by_id(id: u32) -> Result<OwnedFd> {
    // SAFETY: bpf_btf_get_fd_by_id takes a number.
    let fd = check(unsafe { ffi::bpf_btf_get_fd_by_id(id) })?;
    // SAFETY: a fresh descriptor that nobody else owns.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}

/// `bpf_btf_get_info_by_fd`, with the name
pub(crate) fn btf_info(btf: BorrowedFd<'_>) -> Result<(ffi::bpf_btf_info, Vec<u8>)> {
    // A module's name is shorter than this.
    let mut name = vec![0_u8; 128];
    let mut info = ffi::bpf_btf_info {
        name: name.as_mut_ptr() as u64,
        name_len: name.len() as u32,
        ..Default::default()
    };
    let mut size = size_of_val(&info) as u32;
    // SAFETY: bpf_btf_get_info_by_fd writes at most size bytes to info and name_len bytes to the name; it is asked for no
    // bytes of the BTF.
    check(unsafe { ffi::bpf_btf_get_info_by_fd(btf.as_raw_fd(), &mut info, &mut size) })?;
    // The length is without the NUL.
    name.truncate(info.name_len as usize);
    Ok((info, name))
}

/// `bpf_map_get_next_id`: the lowest id above this one
pub(crate) fn next_map_id(id: u32) -> Result<u32> {
    let mut next = 0;
    // SAFETY: bpf_map_get_next_id takes a number and writes one.
    check(unsafe { ffi::bpf_map_get_next_id(id, &mut next) })?;
    Ok(next)
}

/// `bpf_prog_get_next_id`: the lowest id above this one
pub(crate) fn next_program_id(id: u32) -> Result<u32> {
    let mut next = 0;
    // SAFETY: bpf_prog_get_next_id takes a number and writes one.
    check(unsafe { ffi::bpf_prog_get_next_id(id, &mut next) })?;
    Ok(next)
}

/// `bpf_btf_get_next_id`: the lowest id above this one
pub(crate) fn next_btf_id(id: u32) -> Result<u32> {
    let mut next = 0;
    // SAFETY: bpf_btf_get_next_id takes a number and writes one.
    check(unsafe { ffi::bpf_btf_get_next_id(id, &mut next) })?;
    Ok(next)
}

/// `bpf_link_get_next_id`: the lowest id above this one
pub(crate) fn next_link_id(id: u32) -> Result<u32> {
    let mut next = 0;
    // SAFETY: bpf_link_get_next_id takes a number and writes one.
    check(unsafe { ffi::bpf_link_get_next_id(id, &mut next) })?;
    Ok(next)
}

/// `bpf_link_get_fd_by_id`
pub(crate) fn link_by_id(id: u32) -> Result<OwnedFd> {
    // SAFETY: bpf_link_get_fd_by_id takes a number.
    let fd = check(unsafe { ffi::bpf_link_get_fd_by_id(id) })?;
    // SAFETY: a fresh descriptor that nobody else owns.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}

/// `bpf_enable_stats`
pub(crate) fn enable_run_time_stats() -> Result<OwnedFd> {
    // SAFETY: bpf_enable_stats takes a number.
    let fd = check(unsafe { ffi::bpf_enable_stats(ffi::BPF_STATS_RUN_TIME) })?;
    // SAFETY: a fresh descriptor that nobody else owns.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}

/// `bpf_map_get_fd_by_id`
pub(crate) fn map_by_id(id: u32) -> Result<OwnedFd> {
    // SAFETY: bpf_map_get_fd_by_id takes a number.
    let fd = check(unsafe { ffi::bpf_map_get_fd_by_id(id) })?;
    // SAFETY: a fresh descriptor that nobody else owns.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}

/// `bpf_iter_create`
pub(crate) fn create_iterator(link: BorrowedFd<'_>) -> Result<OwnedFd> {
    // SAFETY: bpf_iter_create takes a descriptor.
    let fd = check(unsafe { ffi::bpf_iter_create(link.as_raw_fd()) })?;
    // SAFETY: a fresh descriptor that nobody else owns.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}

/// `bpf_obj_pin`
pub(crate) fn pin(fd: BorrowedFd<'_>, path: &CStr) -> Result<()> {
    // SAFETY: bpf_obj_pin takes a descriptor and reads the path during the call.
    check(unsafe { ffi::bpf_obj_pin(fd.as_raw_fd(), path.as_ptr()) }).map(drop)
}

/// `bpf_obj_get`
pub(crate) fn open_pinned(path: &CStr) -> Result<OwnedFd> {
    // SAFETY: bpf_obj_get reads the path during the call.
    let fd = check(unsafe { ffi::bpf_obj_get(path.as_ptr()) })?;
    // SAFETY: a fresh descriptor that nobody else owns.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}

/// `bpf_link_update`, from one struct_ops map to another; to fail where it is not `old` that is replaced
pub(crate) fn update_link(
    link: BorrowedFd<'_>,
    new: BorrowedFd<'_>,
    old: Option<BorrowedFd<'_>>,
) -> Result<()> {
    let options = ffi::bpf_link_update_opts {
        old_map_fd: old.map_or(0, |old| old.as_raw_fd() as u32),
        ..update_options(old)
    };
    // SAFETY: bpf_link_update takes descriptors and options that live during the call.
    check(unsafe { ffi::bpf_link_update(link.as_raw_fd(), new.as_raw_fd(), &options) }).map(drop)
}

/// `bpf_link_update`, from one program to another; to fail where it is not `old` that is replaced
pub(crate) fn update_link_program(
    link: BorrowedFd<'_>,
    new: BorrowedFd<'_>,
    old: Option<BorrowedFd<'_>>,
) -> Result<()> {
    let options = ffi::bpf_link_update_opts {
        old_prog_fd: old.map_or(0, |old| old.as_raw_fd() as u32),
        ..update_options(old)
    };
    // SAFETY: bpf_link_update takes descriptors and options that live during the call.
    check(unsafe { ffi::bpf_link_update(link.as_raw_fd(), new.as_raw_fd(), &options) }).map(drop)
}

fn update_options(old: Option<BorrowedFd<'_>>) -> ffi::bpf_link_update_opts {
    ffi::bpf_link_update_opts {
        sz: size_of::<ffi::bpf_link_update_opts>() as ffi::size_t,
        flags: if old.is_some() { ffi::BPF_F_REPLACE } else { 0 },
        ..Default::default()
    }
}

/// `bpf_link_detach`
pub(crate) fn detach_link(link: BorrowedFd<'_>) -> Result<()> {
    // SAFETY: bpf_link_detach takes a descriptor.
    check(unsafe { ffi::bpf_link_detach(link.as_raw_fd()) }).map(drop)
}

/// The command `BPF_PROG_ASSOC_STRUCT_OPS`. Not by libbpf's function, which an older libbpf of the system
/// would lack.
pub(crate) fn associate(program: BorrowedFd<'_>, map: BorrowedFd<'_>) -> Result<()> {
    const BPF_PROG_ASSOC_STRUCT_OPS: libc::c_int = 38;
    /// This command's part of `union bpf_attr`.
    #[repr(C)]
    struct Attributes {
        map_fd: u32,
        program_fd: u32,
        flags: u32,
    }
    let attributes = Attributes {
        map_fd: map.as_raw_fd() as u32,
        program_fd: program.as_raw_fd() as u32,
        flags: 0,
    };
    // SAFETY: bpf(2) reads as many bytes as it is told, which live during the call.
    let returned = unsafe {
        libc::syscall(
            libc::SYS_bpf,
            BPF_PROG_ASSOC_STRUCT_OPS,
            &raw const attributes,
            size_of::<Attributes>(),
        )
    };
    if returned < 0 {
        Err(last_errno())
    } else {
        Ok(())
    }
}

/// `bpf_map_freeze`
pub(crate) fn freeze_map(map: BorrowedFd<'_>) -> Result<()> {
    // SAFETY: bpf_map_freeze takes a descriptor.
    check(unsafe { ffi::bpf_map_freeze(map.as_raw_fd()) }).map(drop)
}

/// `bpf_prog_get_fd_by_id`
pub(crate) fn program_by_id(id: u32) -> Result<OwnedFd> {
    // SAFETY: bpf_prog_get_fd_by_id takes a number.
    let fd = check(unsafe { ffi::bpf_prog_get_fd_by_id(id) })?;
    // SAFETY: a fresh descriptor that nobody else owns.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}

/// `libbpf_num_possible_cpus`
pub(crate) fn possible_cpus() -> Result<usize> {
    // SAFETY: libbpf_num_possible_cpus takes nothing.
    let count = check(unsafe { ffi::libbpf_num_possible_cpus() })?;
    usize::try_from(count).map_err(|_| Errno(libc::EINVAL))
}

/// Numbers of others that may be among the free ones.
const OTHERS: usize = 64;

/// `getrlimit` and `poll`: whether, of the numbers that follow this descriptor's, `count - 1` are seen to be free and may be had.
pub(crate) fn are_free(first: RawFd, count: usize) -> bool {
    let mut limit = libc::rlimit {
        rlim_cur: 0,
        rlim_max: 0,
    };
    // SAFETY: getrlimit writes to a struct that lives during the call.
    if unsafe { libc::getrlimit(libc::RLIMIT_NOFILE, &mut limit) } < 0 {
        return false;
    }
    let numbers = (0..count.saturating_add(OTHERS))
        .skip(1)
        .filter_map(|more| first.checked_add(i32::try_from(more).ok()?));
    let mut entries: Vec<_> = numbers
        .filter(|&fd| libc::rlim_t::try_from(fd).is_ok_and(|fd| fd < limit.rlim_cur))
        .map(|fd| libc::pollfd {
            fd,
            events: 0,
            revents: 0,
        })
        .collect();
    // SAFETY: poll reads and writes as many entries as there are, and does not wait.
    let found = unsafe { libc::poll(entries.as_mut_ptr(), entries.len() as libc::nfds_t, 0) };
    // Each that is not open is told.
    let free = entries
        .iter()
        .filter(|entry| entry.revents == libc::POLLNVAL);
    found >= 0 && free.count() + 1 >= count
}

/// All ids of a kind, from the function that gives the next one. Where one cannot be had, it is the last item.
pub(crate) fn ids(next: fn(u32) -> Result<u32>) -> impl Iterator<Item = Result<u32>> {
    let mut last = Some(0);
    std::iter::from_fn(move || {
        let found = next(last?);
        last = found.ok();
        match found {
            Err(Errno(libc::ENOENT)) => None,
            found => Some(found),
        }
    })
}
