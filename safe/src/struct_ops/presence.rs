//! What becomes of what the kernel lacks, and the report of it.

use crate::raw::shadow::Problem;
use libbpf_ffi::ext;
use std::fmt;

/// What becomes of a part of a struct_ops map that the running kernel lacks: a member that is set, the
/// whole type, or links.
///
/// It can be said for an object ([`OpenOptions::presence`](crate::OpenOptions::presence)), for a map and for
/// a member ([`OpenObject::set_presence`](crate::OpenObject::set_presence),
/// [`set_member_presence`](crate::OpenObject::set_member_presence)); the narrower word counts.
///
/// | the kernel lacks | `Require` | `Warn` and `Drop` |
/// |---|---|---|
/// | a member that is set | load fails, and names it | the member is cleared; the program of a callback is not loaded, unless it is needed elsewhere |
/// | the map's type | load fails, and names it | the map is not created, nor are programs loaded that only it needs |
/// | links (before Linux 6.4) | load fails, and says so | a map in `.struct_ops.link` is created as one in `.struct_ops`, which registers without a link |
///
/// Everything that was left out is in [`Object::dropped`](crate::Object::dropped). A member that the kernel
/// has in another kind or size is no lack: load fails whatever was said, because libbpf would carry over
/// nothing of that map, and what the member means there is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[doc(alias = "bpf_struct_ops_shadow__set_presence")]
pub enum Presence {
    /// The kernel must have it: load fails otherwise.
    #[default]
    Require,
    /// As [`Drop`](Presence::Drop), and the report is among the
    /// [messages](crate::Object::messages) of load, too.
    Warn,
    /// It is left out, and reported.
    Drop,
}

impl Presence {
    pub(crate) fn to_c(self) -> u32 {
        match self {
            Presence::Require => ext::BPF_STRUCT_OPS_REQUIRE,
            Presence::Warn => ext::BPF_STRUCT_OPS_WARN,
            Presence::Drop => ext::BPF_STRUCT_OPS_DROP,
        }
    }

    pub(crate) fn from_c(presence: u32) -> Presence {
        match presence {
            ext::BPF_STRUCT_OPS_WARN => Presence::Warn,
            ext::BPF_STRUCT_OPS_DROP => Presence::Drop,
            _ => Presence::Require,
        }
    }
}

/// What was left out of a struct_ops map, because the kernel lacks it. `Display` says it in one line.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Dropped {
    /// What the kernel lacks.
    pub kind: DroppedKind,
    /// The map.
    pub map: String,
    /// Its C type, without `struct`.
    pub type_name: String,
    /// The member; empty where it is not about one.
    pub member: String,
    /// The program of a callback that was cleared; empty where there was none.
    pub program: String,
    /// What the member was set to, as it stands in memory; empty where it is not about one.
    pub value: Vec<u8>,
    text: String,
}

/// What the kernel lacks of a struct_ops map.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DroppedKind {
    /// The type: the map was not created.
    Type,
    /// Links: the map registers without one.
    Link,
    /// A member, which was cleared.
    Member,
}

impl Dropped {
    pub(crate) fn new(problem: Problem) -> Dropped {
        Dropped {
            kind: match problem.kind {
                ext::BPF_STRUCT_OPS_KERNEL_NO_TYPE => DroppedKind::Type,
                ext::BPF_STRUCT_OPS_KERNEL_NO_LINK => DroppedKind::Link,
                _ => DroppedKind::Member,
            },
            map: problem.map,
            type_name: problem.type_name,
            member: problem.member,
            program: problem.program,
            value: problem.value,
            text: problem.text,
        }
    }
}

impl fmt::Display for Dropped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
