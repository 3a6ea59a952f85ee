//! Listing what is in the kernel, by ids.

use crate::error::{Error, ErrorKind, Result};
use crate::raw::syscall;

/// What the kernel numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Listed {
    Programs,
    Maps,
    Links,
    BtfObjects,
}

/// All ids of a kind. An error is the last item.
pub(crate) fn ids(listed: Listed) -> impl Iterator<Item = Result<u32>> {
    let (next, what): (fn(u32) -> crate::raw::Result<u32>, _) = match listed {
        Listed::Programs => (syscall::next_program_id, "programs"),
        Listed::Maps => (syscall::next_map_id, "maps"),
        Listed::Links => (syscall::next_link_id, "links"),
        Listed::BtfObjects => (syscall::next_btf_id, "BTF objects"),
    };
    syscall::ids(next).map(move |id| {
        id.map_err(|errno| {
            Error::system(format!("list the kernel's {what}"), errno).with_privileges()
        })
    })
}

/// What these ids are of, without what has gone between the two calls, or is only being made: of a link the kernel then
/// says EAGAIN.
pub(crate) fn open<T>(
    ids: impl Iterator<Item = Result<u32>>,
    open: fn(u32) -> Result<T>,
) -> impl Iterator<Item = Result<T>> {
    ids.filter_map(move |id| match id.and_then(open) {
        Err(error) if is_not_there(&error) => None,
        found => Some(found),
    })
}

fn is_not_there(error: &Error) -> bool {
    *error.kind() == ErrorKind::NotFound || error.raw_os_error() == Some(libc::EAGAIN)
}
