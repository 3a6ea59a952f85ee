use super::{LinkDetails, read};
use crate::error::{Error, ErrorKind, Result};
use crate::raw::{self, link_info};
use libbpf_ffi as ffi;
use std::ffi::CStr;
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
    /// Where it is attached.
    pub details: LinkDetails,
}

/// The type of a link: `enum bpf_link_type`, also of a kernel that is newer than this library.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[doc(alias = "bpf_link_type")]
pub struct LinkType(pub u32);

impl LinkType {
    /// A raw tracepoint, with BTF or without.
    pub const RAW_TRACEPOINT: LinkType = LinkType(ffi::BPF_LINK_TYPE_RAW_TRACEPOINT);
    /// A function of the kernel or of another program, an LSM hook.
    pub const TRACING: LinkType = LinkType(ffi::BPF_LINK_TYPE_TRACING);
    /// A cgroup.
    pub const CGROUP: LinkType = LinkType(ffi::BPF_LINK_TYPE_CGROUP);
    /// An iterator.
    pub const ITERATOR: LinkType = LinkType(ffi::BPF_LINK_TYPE_ITER);
    /// A network namespace.
    pub const NETWORK_NAMESPACE: LinkType = LinkType(ffi::BPF_LINK_TYPE_NETNS);
    /// The receive path of a network device.
    pub const XDP: LinkType = LinkType(ffi::BPF_LINK_TYPE_XDP);
    /// A perf event: kprobes, uprobes and tracepoints, too.
    pub const PERF_EVENT: LinkType = LinkType(ffi::BPF_LINK_TYPE_PERF_EVENT);
    /// Many kernel functions.
    pub const KPROBE_MULTI: LinkType = LinkType(ffi::BPF_LINK_TYPE_KPROBE_MULTI);
    /// A struct_ops map.
    pub const STRUCT_OPS: LinkType = LinkType(ffi::BPF_LINK_TYPE_STRUCT_OPS);
    /// A hook of netfilter.
    pub const NETFILTER: LinkType = LinkType(ffi::BPF_LINK_TYPE_NETFILTER);
    /// The traffic control of a network device.
    pub const TCX: LinkType = LinkType(ffi::BPF_LINK_TYPE_TCX);
    /// Many functions of a file.
    pub const UPROBE_MULTI: LinkType = LinkType(ffi::BPF_LINK_TYPE_UPROBE_MULTI);
    /// A netkit device.
    pub const NETKIT: LinkType = LinkType(ffi::BPF_LINK_TYPE_NETKIT);
    /// A map of sockets.
    pub const SOCK_MAP: LinkType = LinkType(ffi::BPF_LINK_TYPE_SOCKMAP);

    /// libbpf's name, such as `raw_tracepoint`; `None` for a type that it does not know.
    #[doc(alias = "libbpf_bpf_link_type_str")]
    #[allow(unsafe_code)]
    pub fn name(self) -> Option<&'static str> {
        // SAFETY: libbpf_bpf_link_type_str takes any number.
        let name = unsafe { ffi::libbpf_bpf_link_type_str(self.0) };
        if name.is_null() {
            return None;
        }
        // SAFETY: libbpf_bpf_link_type_str returns NULL or a string constant.
        unsafe { CStr::from_ptr(name) }.to_str().ok()
    }
}

impl fmt::Display for LinkType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.pad(name),
            None => write!(f, "link type {}", self.0),
        }
    }
}

impl fmt::Debug for LinkType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl LinkInfo {
    /// The id of the map in force, for a struct_ops link.
    pub fn struct_ops_map_id(&self) -> Option<u32> {
        match self.details {
            LinkDetails::StructOps { map_id } => Some(map_id),
            _ => None,
        }
    }

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
        let read = || {
            let info = link_info::plain(fd)?;
            Ok(LinkInfo {
                id: info.id,
                link_type: LinkType(info.type_),
                program_id: info.prog_id,
                details: read::details(fd, &info)?,
            })
        };
        read().map_err(|errno| Error::system(operation, errno))
    }
}
