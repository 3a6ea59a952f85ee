use crate::raw::shadow;
use libbpf_ffi::ext;
use std::fmt;
use std::path::PathBuf;

/// What kind of error it is.
///
/// Names are those of the C source: of maps, programs, structs and members.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The bytes or the file are not a BPF object that libbpf understands.
    InvalidObject {
        /// What libbpf found wrong.
        detail: String,
    },
    /// The BTF contradicts itself, or is of a version that is not known.
    InvalidBtf {
        /// What is wrong with it.
        detail: String,
    },
    /// The object was compiled for machines of the other byte order: it opens, and cannot be loaded.
    OtherByteOrder,
    /// The object file has no BTF, and cannot do without.
    ObjectBtfMissing,
    /// The running kernel does not offer its BTF.
    KernelBtfMissing,
    /// The kernel's verifier rejected a program.
    VerifierRejected {
        /// The program.
        program: String,
        /// The verifier's log.
        log: String,
    },
    /// A struct_ops map cannot be loaded as it stands.
    StructOps(StructOpsProblem),
    /// The kernel refused to register a struct_ops map; these rules of its subsystem are broken.
    StructOpsRefused {
        /// The map.
        map: String,
        /// The C type.
        type_name: String,
        /// The likely reasons, the likeliest first.
        reasons: Vec<String>,
    },
    /// A skeleton and the object or map that it is used with do not agree.
    Mismatch {
        /// What is being compared.
        what: String,
        /// What the Rust side was built for.
        expected: String,
        /// What the object or the kernel has.
        found: String,
    },
    /// The caller may not do this.
    PermissionDenied,
    /// There is no such thing.
    NotFound,
    /// There is such a thing already.
    AlreadyExists,
    /// There is not enough memory: for libbpf in this process, or in the kernel, whose limits on memory count, too.
    OutOfMemory,
    /// The arguments or the order of calls make no sense.
    InvalidInput {
        /// Why.
        reason: String,
    },
    /// Two object files that are linked contradict each other.
    LinkConflict {
        /// The function, variable or map.
        name: String,
        /// The file that has it already, where that is known.
        other: Option<PathBuf>,
        /// How they differ.
        reason: String,
    },
    /// Anything else that a system call or libbpf refused: the source has the reason.
    System,
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InvalidObject { detail } => {
                let detail = Detail(detail);
                write!(f, "it is not a BPF object that libbpf can open{detail}")
            }
            Self::InvalidBtf { detail } => write!(f, "the BTF is broken{}", Detail(detail)),
            Self::OtherByteOrder => {
                f.write_str("it was compiled for machines of the other byte order")
            }
            Self::ObjectBtfMissing => f.write_str("the object has no BTF"),
            Self::KernelBtfMissing => f.write_str("the running kernel offers no BTF"),
            Self::VerifierRejected { program, log } => {
                let log = Detail(last_words(log));
                write!(f, "the verifier rejected program `{program}`{log}")
            }
            Self::StructOps(problem) => fmt::Display::fmt(problem, f),
            Self::StructOpsRefused {
                type_name, reasons, ..
            } => {
                let reasons = reasons.join("; ");
                write!(f, "the kernel refused it as a `{type_name}`: {reasons}")
            }
            Self::Mismatch {
                what,
                expected,
                found,
            } => write!(f, "{what}: expected {expected}, found {found}"),
            Self::PermissionDenied => f.write_str("permission denied"),
            Self::NotFound => f.write_str("it does not exist"),
            Self::AlreadyExists => f.write_str("it exists already"),
            Self::OutOfMemory => f.write_str("there is not enough memory"),
            Self::InvalidInput { reason } => f.write_str(reason),
            Self::LinkConflict {
                name,
                other,
                reason,
            } => write!(f, "`{name}` {}: {reason}", Against(other)),
            Self::System => f.write_str("the system refused"),
        }
    }
}

impl std::error::Error for ErrorKind {}

impl From<StructOpsProblem> for ErrorKind {
    fn from(problem: StructOpsProblem) -> ErrorKind {
        ErrorKind::StructOps(problem)
    }
}

/// Which file it is in conflict with.
struct Against<'a>(&'a Option<PathBuf>);

impl fmt::Display for Against<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(path) => write!(f, "is in conflict with that of `{}`", path.display()),
            None => write!(f, "is in conflict with that of another file"),
        }
    }
}

/// `: detail`, or nothing.
struct Detail<T>(T);

impl<T: AsRef<str>> fmt::Display for Detail<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.as_ref() {
            "" => Ok(()),
            detail => write!(f, ": {detail}"),
        }
    }
}

/// The verifier's verdict is the last line that is no statistic.
fn last_words(log: &str) -> &str {
    log.lines()
        .rev()
        .map(str::trim)
        .find(|line| !line.is_empty() && !line.starts_with("processed "))
        .unwrap_or_default()
}

/// Why a struct_ops map cannot be loaded as it stands. `Display` says it in one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StructOpsProblem {
    /// What is wrong.
    pub kind: StructOpsProblemKind,
    /// The map.
    pub map: String,
    /// The C type, without `struct`; empty where there is none.
    pub type_name: String,
    /// The member; empty where it is not about one.
    pub member: String,
    /// The program; empty where it is not about one.
    pub program: String,
    text: String,
}

/// What is wrong with a struct_ops map.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StructOpsProblemKind {
    /// The skeleton has a map that the object does not have.
    NoMap,
    /// The skeleton has a member that the object's type does not have.
    NoMember,
    /// A member has another size in the object than in the skeleton.
    MemberSize,
    /// The skeleton's layout contradicts itself.
    BadLayout,
    /// A callback is set to a program of another object, or to one that is no struct_ops program.
    ForeignProgram,
    /// A pointer to data is not null.
    DataPointer,
    /// The type has a bitfield, which libbpf cannot carry to the kernel.
    Bitfield,
    /// A callback is set to a program whose autoload was switched off.
    ProgramOff,
    /// The kernel has no such struct_ops type.
    KernelNoType,
    /// The kernel's type lacks a member that is set.
    KernelNoMember,
    /// A member is of another kind in the kernel.
    KernelMemberKind,
    /// A member has another size in the kernel.
    KernelMemberSize,
    /// The object's BTF gives a member no size, or a place beyond the struct's end.
    BadType,
    /// The map is of the type struct_ops, but stands in no struct_ops section.
    NoValue,
    /// A program is set as two different callbacks.
    ProgramReused,
    /// A struct_ops program is to be loaded, but is no callback of a map that will be created.
    ProgramUnused,
    /// A member is of another kind in the object than in the skeleton.
    MemberKind,
    /// A callback within a nested struct is set.
    NestedCallback,
    /// The kernel has no links for struct_ops maps (before Linux 6.4).
    KernelNoLink,
    /// A member within a nested struct, which is set, is elsewhere in the kernel's.
    KernelMemberPlace,
    /// The type has several anonymous members, one of them set, which libbpf would copy over each other.
    KernelAnonymous,
    /// A shadow copy that others have made is in another layout than the skeleton's.
    OtherLayout,
    /// Something that this version does not know.
    Unknown,
}

impl StructOpsProblemKind {
    fn from_c(kind: u32) -> Self {
        match kind {
            ext::BPF_STRUCT_OPS_NO_MAP => Self::NoMap,
            ext::BPF_STRUCT_OPS_NO_MEMBER => Self::NoMember,
            ext::BPF_STRUCT_OPS_MEMBER_SIZE => Self::MemberSize,
            ext::BPF_STRUCT_OPS_BAD_INFO => Self::BadLayout,
            ext::BPF_STRUCT_OPS_FOREIGN_PROGRAM => Self::ForeignProgram,
            ext::BPF_STRUCT_OPS_DATA_POINTER => Self::DataPointer,
            ext::BPF_STRUCT_OPS_BITFIELD => Self::Bitfield,
            ext::BPF_STRUCT_OPS_PROGRAM_OFF => Self::ProgramOff,
            ext::BPF_STRUCT_OPS_KERNEL_NO_TYPE => Self::KernelNoType,
            ext::BPF_STRUCT_OPS_KERNEL_NO_MEMBER => Self::KernelNoMember,
            ext::BPF_STRUCT_OPS_KERNEL_MEMBER_KIND => Self::KernelMemberKind,
            ext::BPF_STRUCT_OPS_KERNEL_MEMBER_SIZE => Self::KernelMemberSize,
            ext::BPF_STRUCT_OPS_BAD_TYPE => Self::BadType,
            ext::BPF_STRUCT_OPS_NO_VALUE => Self::NoValue,
            ext::BPF_STRUCT_OPS_PROGRAM_REUSED => Self::ProgramReused,
            ext::BPF_STRUCT_OPS_PROGRAM_UNUSED => Self::ProgramUnused,
            ext::BPF_STRUCT_OPS_MEMBER_KIND => Self::MemberKind,
            ext::BPF_STRUCT_OPS_NESTED_CALLBACK => Self::NestedCallback,
            ext::BPF_STRUCT_OPS_KERNEL_NO_LINK => Self::KernelNoLink,
            ext::BPF_STRUCT_OPS_KERNEL_MEMBER_PLACE => Self::KernelMemberPlace,
            ext::BPF_STRUCT_OPS_KERNEL_ANONYMOUS => Self::KernelAnonymous,
            ext::BPF_STRUCT_OPS_OTHER_LAYOUT => Self::OtherLayout,
            _ => Self::Unknown,
        }
    }

    /// What a user can do about it.
    pub(crate) fn hint(self) -> Option<&'static str> {
        Some(match self {
            Self::NoMap
            | Self::NoMember
            | Self::MemberSize
            | Self::MemberKind
            | Self::OtherLayout => "generate the skeleton again from this object",
            Self::ForeignProgram => "use a struct_ops program of this object",
            Self::DataPointer | Self::NestedCallback => "leave it null",
            Self::Bitfield => "take the bitfield out of the C declaration",
            Self::ProgramOff => "set the callback to None, or leave the program's autoload alone",
            Self::KernelNoType => {
                "use a kernel that is built with this subsystem, or load its module first"
            }
            Self::KernelNoMember => {
                "leave the member zero or None for this kernel, let it be dropped (Presence::Drop), or use a newer \
                 kernel"
            }
            Self::KernelNoLink => {
                "allow it to be registered without a link (Presence::Drop), or use Linux 6.4 or later"
            }
            Self::KernelAnonymous => "leave these members zero, or give them names",
            Self::KernelMemberKind | Self::KernelMemberSize | Self::KernelMemberPlace => {
                "declare the member in C as this kernel does (its vmlinux.h says how)"
            }
            Self::NoValue => "declare the variable in SEC(\".struct_ops.link\")",
            Self::ProgramReused => "write a program for each callback",
            Self::ProgramUnused => "make it a callback, or leave its autoload alone",
            Self::BadLayout | Self::BadType | Self::Unknown => return None,
        })
    }
}

impl From<shadow::Problem> for StructOpsProblem {
    fn from(problem: shadow::Problem) -> Self {
        StructOpsProblem {
            kind: StructOpsProblemKind::from_c(problem.kind),
            map: problem.map,
            type_name: problem.type_name,
            member: problem.member,
            program: problem.program,
            text: problem.text,
        }
    }
}

impl fmt::Display for StructOpsProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::error::Error for StructOpsProblem {}
