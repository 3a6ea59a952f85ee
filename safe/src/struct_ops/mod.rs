//! struct_ops: a kernel table of callbacks, implemented by BPF programs.
//!
//! Before load, the value of a struct_ops map is changed through its *shadow copy*, a generated struct
//! that implements [`Shadow`]; by values that say what to change ([`init`]); or by the names of its members
//! ([`by_name`]). After load, a [`StructOpsMap`] is attached, which registers it with its kernel subsystem,
//! and the [`StructOpsLink`] keeps it there. [`StructOpsMap::value`] reads what the kernel has.
//!
#![doc = include_str!("coverage.md")]

mod association;
pub mod by_name;
mod callback;
mod explain;
mod flavour;
pub mod init;
mod kernel_map;
mod layout;
mod link;
mod map;
mod pinned;
mod preflight;
mod presence;
mod rules;
mod shadow;
mod slot;
mod subsystems;

pub use self::by_name::{OpenStructOps, RegisteredValue, RegistrationState};
pub use self::callback::StructOpsProgram;
pub(crate) use self::flavour::essential_name;
pub use self::kernel_map::KernelStructOpsMap;
pub use self::layout::{MemberKind, MemberLayout, TypeLayout};
pub use self::link::StructOpsLink;
pub use self::map::StructOpsMap;
pub use self::pinned::SharedStructOpsLink;
pub(crate) use self::preflight::preflight;
pub use self::preflight::{Finding, FindingKind, Preflight, Severity};
pub use self::presence::{Dropped, DroppedKind, Presence};
pub use self::shadow::{Layout, Member, Shadow, ShadowField};
pub(crate) use self::slot::ShadowSlot;
