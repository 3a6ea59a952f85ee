use crate::error::{Error, ErrorKind, Result};
use crate::raw::{self, syscall};
use libbpf_ffi as ffi;
use std::fmt;
use std::os::fd::BorrowedFd;

/// What the kernel knows about a link: `struct bpf_link_info`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
#[doc(alias = "bpf_link_info")]
pub struct LinkInfo {
    /// The id, unique while the link is in the kernel.
    pub id: u32,
    /// The type.
    pub link_type: LinkType,
    /// The program's id; 0 for a struct_ops link.
    pub program_id: u32,
    /// The map's id, for a struct_ops link.
    pub struct_ops_map_id: Option<u32>,
}

/// The type of a link: `enum bpf_link_type`.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[doc(alias = "bpf_link_type")]
pub struct LinkType(pub u32);

impl LinkType {
    /// A struct_ops map.
    pub const STRUCT_OPS: LinkType = LinkType(ffi::BPF_LINK_TYPE_STRUCT_OPS);
    /// A raw tracepoint, with BTF or without.
    pub const RAW_TRACEPOINT: LinkType = LinkType(ffi::BPF_LINK_TYPE_RAW_TRACEPOINT);
}

impl fmt::Debug for LinkType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::STRUCT_OPS => f.write_str("struct_ops"),
            Self::RAW_TRACEPOINT => f.write_str("raw_tracepoint"),
            LinkType(number) => write!(f, "link type {number}"),
        }
    }
}

impl LinkInfo {
    pub(crate) fn read(link: Option<&raw::link::Link>, operation: &str) -> Result<LinkInfo> {
        let fd = link.and_then(raw::link::Link::fd).ok_or_else(|| {
            Error::new(
                operation,
                ErrorKind::InvalidInput {
                    reason: "there is no link in the kernel".into(),
                },
            )
        })?;
        Self::of(fd, operation)
    }

    pub(crate) fn of(fd: BorrowedFd<'_>, operation: &str) -> Result<LinkInfo> {
        let info = syscall::link_info(fd).map_err(|errno| Error::system(operation, errno))?;
        Ok(LinkInfo {
            id: info.id,
            link_type: LinkType(info.type_),
            program_id: info.prog_id,
            struct_ops_map_id: syscall::struct_ops_map_id(&info),
        })
    }
}
