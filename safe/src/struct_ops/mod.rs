//! struct_ops: a kernel table of callbacks, implemented by BPF programs.
//!
//! Before load, the value of a struct_ops map is changed through its *shadow copy*, a generated struct
//! that implements [`Shadow`]. After load, a [`StructOpsMap`] is attached, which registers it with its
//! kernel subsystem, and the [`StructOpsLink`] keeps it there.

mod callback;
mod explain;
mod flavour;
mod layout;
mod link;
mod map;
mod preflight;
mod presence;
mod rules;
mod shadow;
mod slot;

pub use self::callback::StructOpsProgram;
pub use self::layout::{MemberKind, MemberLayout, TypeLayout};
pub use self::link::StructOpsLink;
pub use self::map::StructOpsMap;
pub(crate) use self::preflight::preflight;
pub use self::preflight::{Finding, FindingKind, Preflight, Severity};
pub use self::presence::{Dropped, DroppedKind, Presence};
pub use self::shadow::{Layout, Member, Shadow, ShadowField};
pub(crate) use self::slot::ShadowSlot;
