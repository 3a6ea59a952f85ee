//! Devices, cgroups, network namespaces, maps of sockets, netfilter.

use super::super::Result;
use super::super::link::Link;
use super::{Attaching, made};
use libbpf_ffi as ffi;
use std::os::fd::{AsRawFd, BorrowedFd};

/// Where among several programs one goes: the fields that tcx, netkit and cgroups share.
#[derive(Clone, Copy, Default)]
pub(crate) struct Multi {
    pub(crate) flags: u32,
    pub(crate) relative_fd: u32,
    pub(crate) relative_id: u32,
    pub(crate) expected_revision: u64,
}

impl Attaching<'_> {
    /// `bpf_program__attach_xdp`
    pub(crate) fn xdp(self, device: i32) -> Result<Link> {
        // SAFETY: bpf_program__attach_xdp takes a program of a loaded object, by the type invariant, and a
        // number.
        made(unsafe { ffi::bpf_program__attach_xdp(self.as_ptr(), device) })
    }

    /// `bpf_program__attach_tcx`
    pub(crate) fn tcx(self, device: i32, multi: Multi) -> Result<Link> {
        let options = ffi::bpf_tcx_opts {
            sz: size_of::<ffi::bpf_tcx_opts>() as _,
            flags: multi.flags,
            relative_fd: multi.relative_fd,
            relative_id: multi.relative_id,
            expected_revision: multi.expected_revision,
            ..Default::default()
        };
        // SAFETY: bpf_program__attach_tcx takes a program of a loaded object, by the type invariant, and a
        // number, and reads the options during the call.
        made(unsafe { ffi::bpf_program__attach_tcx(self.as_ptr(), device, &options) })
    }

    /// `bpf_program__attach_netkit`
    pub(crate) fn netkit(self, device: i32, multi: Multi) -> Result<Link> {
        let options = ffi::bpf_netkit_opts {
            sz: size_of::<ffi::bpf_netkit_opts>() as _,
            flags: multi.flags,
            relative_fd: multi.relative_fd,
            relative_id: multi.relative_id,
            expected_revision: multi.expected_revision,
            ..Default::default()
        };
        // SAFETY: bpf_program__attach_netkit takes a program of a loaded object, by the type invariant, and a
        // number, and reads the options during the call.
        made(unsafe { ffi::bpf_program__attach_netkit(self.as_ptr(), device, &options) })
    }

    /// `bpf_program__attach_cgroup_opts`
    pub(crate) fn cgroup(self, cgroup: BorrowedFd<'_>, multi: Multi) -> Result<Link> {
        let options = ffi::bpf_cgroup_opts {
            sz: size_of::<ffi::bpf_cgroup_opts>() as _,
            flags: multi.flags,
            relative_fd: multi.relative_fd,
            relative_id: multi.relative_id,
            expected_revision: multi.expected_revision,
            ..Default::default()
        };
        // SAFETY: bpf_program__attach_cgroup_opts takes a program of a loaded object, by the type invariant,
        // and a descriptor, and reads the options during the call.
        made(unsafe {
            ffi::bpf_program__attach_cgroup_opts(self.as_ptr(), cgroup.as_raw_fd(), &options)
        })
    }

    /// `bpf_program__attach_netns`
    pub(crate) fn network_namespace(self, namespace: BorrowedFd<'_>) -> Result<Link> {
        // SAFETY: bpf_program__attach_netns takes a program of a loaded object, by the type invariant, and a
        // descriptor.
        made(unsafe { ffi::bpf_program__attach_netns(self.as_ptr(), namespace.as_raw_fd()) })
    }

    /// `bpf_program__attach_sockmap`
    pub(crate) fn sock_map(self, map: BorrowedFd<'_>) -> Result<Link> {
        // SAFETY: bpf_program__attach_sockmap takes a program of a loaded object, by the type invariant, and
        // a descriptor.
        made(unsafe { ffi::bpf_program__attach_sockmap(self.as_ptr(), map.as_raw_fd()) })
    }

    /// `bpf_program__attach_netfilter`
    pub(crate) fn netfilter(
        self,
        family: u32,
        hook: u32,
        priority: i32,
        flags: u32,
    ) -> Result<Link> {
        let options = ffi::bpf_netfilter_opts {
            sz: size_of::<ffi::bpf_netfilter_opts>() as _,
            pf: family,
            hooknum: hook,
            priority,
            flags,
        };
        // SAFETY: bpf_program__attach_netfilter takes a program of a loaded object, by the type invariant,
        // and reads the options during the call.
        made(unsafe { ffi::bpf_program__attach_netfilter(self.as_ptr(), &options) })
    }
}
