//! Attaching programs, a file for each family.
//!
//! Methods of [`Program`] return a [`Link`] that owns the attachment and keeps the program's object. What has no link in
//! the kernel is an [`Attachment`]: of [`Hook`], [`XdpHook`], [`TcHook`], which also tell what others have attached.
//!
#![doc = include_str!("attach.md")]

mod attach_type;
mod attachment;
mod hook;
mod iterator;
mod kernel_probe;
mod network;
mod perf_event;
mod position;
mod socket;
mod task_fd;
mod tc;
mod trace;
mod user_probe;
mod xdp;

pub use self::attach_type::AttachType;
pub use self::attachment::Attachment;
pub use self::hook::{Attached, AttachedProgram, Hook, HookOptions, Place, Sharing};
pub use self::iterator::{CgroupOf, CgroupOrder, IteratorTarget, TaskOf};
pub use self::kernel_probe::{
    KprobeMulti, KprobeOptions, KsyscallOptions, ProbeMode, ProbeMultiOptions,
};
pub use self::network::{CgroupOptions, NetfilterOptions};
pub use self::perf_event::PerfEventOptions;
pub use self::position::{Anchor, MultiOptions, Position};
pub use self::socket::{detach_from_reuseport, detach_from_socket};
pub use self::task_fd::{TaskDescriptor, TaskEvent};
pub use self::tc::{QueueingDiscipline, TcFilter, TcHook, TcOptions, TcPoint};
pub use self::user_probe::{Process, UprobeMulti, UprobeOptions, UsdtOptions};
pub use self::xdp::{XdpHook, XdpMode, XdpReplace, XdpState};

use super::Program;
use crate::error::{Error, ErrorKind, Result};
use crate::link::Link;
use std::ffi::{CStr, CString};

impl Program {
    fn invalid(&self, reason: impl Into<String>) -> Error {
        Error::new(
            self.cannot("attach"),
            ErrorKind::InvalidInput {
                reason: reason.into(),
            },
        )
    }

    /// A name in C's terms.
    fn name_for_c(&self, what: &str, name: &str) -> Result<CString> {
        CString::new(name)
            .map_err(|_| self.invalid(format!("the {what} {name:?} has a NUL inside")))
    }

    fn names_for_c(&self, what: &str, names: &[&str]) -> Result<Vec<CString>> {
        names
            .iter()
            .map(|name| self.name_for_c(what, name))
            .collect()
    }

    /// The kernel's number of a device.
    fn device(&self, index: u32) -> Result<i32> {
        i32::try_from(index).map_err(|_| self.invalid(format!("{index} is no index of a device")))
    }

    /// That a list is there for each of `count` functions, or not at all.
    fn check_list(&self, what: &str, length: usize, count: usize) -> Result<()> {
        if length == 0 || length == count {
            return Ok(());
        }
        Err(self.invalid(format!("there are {length} {what} for {count} functions")))
    }
}

fn as_c_strs(strings: &[CString]) -> Vec<&CStr> {
    strings.iter().map(CString::as_c_str).collect()
}

/// Attaches where the section says, unless that names no place: then there is no link, and no error.
pub(crate) fn where_the_section_says(program: &Program) -> Result<Option<Link>> {
    match program.attach_with(|program| program.by_section()) {
        Ok(link) => Ok(Some(link)),
        Err(error) if names_no_place(program, &error) => Ok(None),
        Err(error) => Err(error),
    }
}

fn names_no_place(program: &Program, error: &Error) -> bool {
    match error.raw_os_error() {
        // libbpf says nothing where a section has no way to be attached by itself; the kernel's refusals it
        // reports.
        Some(libc::EOPNOTSUPP) => error.messages().is_empty(),
        // So the kernel asks an iterator which map it is to go through.
        Some(libc::EBADF) => program.section_name().starts_with("iter"),
        _ => false,
    }
}
