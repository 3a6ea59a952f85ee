use super::super::Program;
use super::MultiOptions;
use crate::error::Result;
use crate::link::Link;
use crate::map::Map;
use libbpf_ffi as ffi;
use std::os::fd::AsFd;

/// How to attach to a cgroup: `struct bpf_cgroup_opts`.
#[derive(Debug, Clone, Copy, Default)]
#[doc(alias = "bpf_cgroup_opts")]
pub struct CgroupOptions<'a> {
    /// Where among the cgroup's other programs. Since Linux 6.17.
    pub order: MultiOptions<'a>,
    /// Run before the programs of cgroups below, not after. Since Linux 6.15.
    #[doc(alias = "BPF_F_PREORDER")]
    pub preorder: bool,
}

/// Where in netfilter to attach: `struct bpf_netfilter_opts`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[doc(alias = "bpf_netfilter_opts")]
pub struct NetfilterOptions {
    /// The protocol family: 2 is IPv4, 10 IPv6.
    pub family: u32,
    /// The hook: 0 prerouting, 1 input, 2 forward, 3 output, 4 postrouting.
    pub hook: u32,
    /// Smaller ones run first; neither the smallest nor the greatest number.
    pub priority: i32,
    /// Defragment packets first. Since Linux 6.6.
    #[doc(alias = "BPF_F_NETFILTER_IP_DEFRAG")]
    pub defragment: bool,
}

/// Programs on packets and sockets.
impl Program {
    /// Attaches an XDP program to a network device, by the device's index.
    ///
    /// Since Linux 5.9.
    ///
    /// # Errors
    ///
    /// There is no such device, it has an XDP program already, or the program is of another type.
    #[doc(alias = "bpf_program__attach_xdp")]
    pub fn attach_xdp(&self, device_index: u32) -> Result<Link> {
        let device = self.device(device_index)?;
        self.attach_with(|program| program.xdp(device))
    }

    /// Attaches a traffic-control program (`SEC("tcx/ingress")`, `SEC("tcx/egress")`) to a network device, by
    /// the device's index.
    ///
    /// Since Linux 6.6.
    ///
    /// # Errors
    ///
    /// There is no such device, or nothing at the position's anchor, the revision is another one, or the
    /// program is of another type.
    #[doc(alias = "bpf_program__attach_tcx")]
    pub fn attach_tcx(&self, device_index: u32, options: &MultiOptions<'_>) -> Result<Link> {
        let device = self.device(device_index)?;
        let multi = options.to_raw()?;
        self.attach_with(|program| program.tcx(device, multi))
    }

    /// Attaches a program (`SEC("netkit/primary")`, `SEC("netkit/peer")`) to a netkit device, by the index of
    /// the primary device.
    ///
    /// Since Linux 6.7.
    ///
    /// # Errors
    ///
    /// As [`attach_tcx`](Program::attach_tcx), or the device is no netkit.
    #[doc(alias = "bpf_program__attach_netkit")]
    pub fn attach_netkit(&self, device_index: u32, options: &MultiOptions<'_>) -> Result<Link> {
        let device = self.device(device_index)?;
        let multi = options.to_raw()?;
        self.attach_with(|program| program.netkit(device, multi))
    }

    /// Attaches to the cgroup whose folder this is, for its tasks and those of cgroups below.
    ///
    /// Since Linux 5.7.
    ///
    /// # Errors
    ///
    /// The descriptor is of no folder of cgroup2, or the program is none for cgroups.
    #[doc(alias = "bpf_program__attach_cgroup")]
    #[doc(alias = "bpf_program__attach_cgroup_opts")]
    pub fn attach_cgroup(&self, folder: impl AsFd, options: &CgroupOptions<'_>) -> Result<Link> {
        let mut multi = options.order.to_raw()?;
        if options.preorder {
            multi.flags |= ffi::BPF_F_PREORDER;
        }
        self.attach_with(|program| program.cgroup(folder.as_fd(), multi))
    }

    /// Attaches a flow dissector or an `sk_lookup` program to the network namespace that the descriptor is of,
    /// such as that of `/proc/self/ns/net`.
    ///
    /// Since Linux 5.8.
    ///
    /// # Errors
    ///
    /// The descriptor is of no network namespace, or the program is of another type.
    #[doc(alias = "bpf_program__attach_netns")]
    pub fn attach_network_namespace(&self, namespace: impl AsFd) -> Result<Link> {
        self.attach_with(|program| program.network_namespace(namespace.as_fd()))
    }

    /// Attaches a program on messages or streams (`sk_msg`, `sk_skb`) to the sockets in a map.
    ///
    /// Since Linux 6.10.
    ///
    /// # Errors
    ///
    /// The map holds no sockets, has such a program already, or the program is of another type.
    #[doc(alias = "bpf_program__attach_sockmap")]
    pub fn attach_sock_map(&self, map: &Map) -> Result<Link> {
        self.attach_with(|program| program.sock_map(map.as_fd()))
    }

    /// Attaches to a hook of netfilter, in the caller's network namespace.
    ///
    /// Since Linux 6.4.
    ///
    /// # Errors
    ///
    /// The hook has a program of this priority already, or the program is of another type.
    #[doc(alias = "bpf_program__attach_netfilter")]
    pub fn attach_netfilter(&self, options: &NetfilterOptions) -> Result<Link> {
        let flags = if options.defragment {
            ffi::BPF_F_NETFILTER_IP_DEFRAG
        } else {
            0
        };
        self.attach_with(|program| {
            program.netfilter(options.family, options.hook, options.priority, flags)
        })
    }
}
