//! What the running kernel can do: found out by trying, or from its BTF.
//!
//! ```no_run
//! use libbpf_safe::map::MapType;
//! use libbpf_safe::probe::{self, Helper};
//! use libbpf_safe::program::ProgramType;
//!
//! if !probe::map_type(MapType::ARENA)? {
//!     println!("no arenas: Linux 6.9 or later has them");
//! }
//! if probe::helper(ProgramType::XDP, Helper::XDP_LOAD_BYTES)? {
//!     println!("packets of several fragments can be read");
//! }
//! # Ok::<(), libbpf_safe::Error>(())
//! ```
//!
//! What is neither a type nor a helper shows in the kernel's BTF: [`KernelBtf::has_constant`] for commands, kinds of links,
//! places to attach to and flags, [`KernelBtf::has_function`] for functions that programs call (kfuncs), and
//! [`KernelBtf::has_struct_ops_type`]. That works for other kernels, too, from a file.

mod helper;
mod helper_names;
mod kernel;

pub use self::helper::Helper;

use crate::btf::KernelBtf;
use crate::error::{Error, ErrorKind, Result, has_bpf};
use crate::log::capture;
use crate::map::MapType;
use crate::program::ProgramType;
use crate::raw::{self, Errno};

/// Whether the kernel has programs of a type: loads a small one.
///
/// # Errors
///
/// libbpf does not know the type, or the caller lacks `CAP_BPF`, so that a refusal would mean nothing.
#[doc(alias = "libbpf_probe_bpf_prog_type")]
pub fn program_type(program_type: ProgramType) -> Result<bool> {
    let operation =
        || format!("find out whether the kernel has programs of the type {program_type}");
    answer(operation, || raw::probe::program_type(program_type.0))
}

/// Whether the kernel has maps of a type: creates a small one.
///
/// # Errors
///
/// libbpf does not know the type, or the caller lacks `CAP_BPF`, so that a refusal would mean nothing.
#[doc(alias = "libbpf_probe_bpf_map_type")]
pub fn map_type(map_type: MapType) -> Result<bool> {
    let operation = || format!("find out whether the kernel has maps of the type {map_type}");
    answer(operation, || raw::probe::map_type(map_type.0))
}

/// Whether programs of a type may call a helper: loads a small one that does.
///
/// # Errors
///
/// It cannot be found out for tracing, LSM, struct_ops and extension programs, whose small ones would not load
/// (EOPNOTSUPP); or the caller lacks `CAP_BPF`, so that a refusal would mean nothing.
#[doc(alias = "libbpf_probe_bpf_helper")]
pub fn helper(program_type: ProgramType, helper: Helper) -> Result<bool> {
    let operation =
        || format!("find out whether programs of the type {program_type} may call {helper}");
    answer(operation, || raw::probe::helper(program_type.0, helper.0))
}

/// libbpf takes a refusal for want of permission for a "no".
fn answer(
    operation: impl Fn() -> String,
    probe: impl FnOnce() -> raw::Result<bool>,
) -> Result<bool> {
    if !has_bpf() {
        return Err(Error::new(operation(), ErrorKind::PermissionDenied).with_privileges());
    }
    let (found, messages) = capture(probe);
    found.map_err(|errno| {
        let error = Error::system(operation(), errno).with_messages(messages);
        match errno {
            Errno(libc::EOPNOTSUPP) => {
                error.with_hint("libbpf cannot try it: no small program of the type loads")
            }
            _ => error,
        }
    })
}
