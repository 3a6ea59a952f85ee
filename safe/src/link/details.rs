use crate::program::attach::{AttachType, CgroupOrder};
use std::path::PathBuf;

/// Where a link is attached: what `struct bpf_link_info` has for its type.
///
/// Indices of network devices are as `if_nametoindex` tells them. Cookies are what the program gets from
/// `bpf_get_attach_cookie`, 0 for none.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum LinkDetails {
    /// At a raw tracepoint, or a typed one.
    RawTracepoint {
        /// Such as `sys_enter`.
        name: String,
        /// Told since Linux 6.17, 0 before.
        cookie: u64,
    },
    /// `fentry`, `fexit`, `fmod_ret`, `fsession`, LSM, `freplace`.
    Tracing {
        /// Which of them.
        attach_type: AttachType,
        /// The id of the program whose function is replaced or traced; of a kernel function the id of the BTF that
        /// has it. Since Linux 5.13.
        target_object_id: u32,
        /// The type of the function in that BTF. Since Linux 5.13.
        target_type_id: u32,
        /// Told since Linux 6.17, 0 before.
        cookie: u64,
    },
    /// To a cgroup.
    Cgroup {
        /// The cgroup's id: the inode of its folder; 0 once the cgroup is removed.
        cgroup_id: u64,
        /// At which of its hooks.
        attach_type: AttachType,
    },
    /// An iterator.
    Iterator {
        /// What stands behind `iter/` in its section, such as `task`.
        target: String,
        /// What it was told to go through.
        through: IteratorInfo,
    },
    /// To a network namespace.
    NetworkNamespace {
        /// The inode of its file in `/proc/PID/ns/net`; 0 once it is gone.
        inode: u32,
        /// The flow dissector, or `sk_lookup`.
        attach_type: AttachType,
    },
    /// To the receive path of a network device.
    Xdp {
        /// The device's index; 0 once it is gone.
        device: u32,
    },
    /// A struct_ops map.
    StructOps {
        /// The map in force; 0 where the link was detached.
        map_id: u32,
    },
    /// To a hook of netfilter.
    Netfilter {
        /// The protocol family: 2 is IPv4, 10 IPv6.
        family: u32,
        /// The hook: 0 prerouting, 1 input, 2 forward, 3 output, 4 postrouting.
        hook: u32,
        /// Smaller ones run first.
        priority: i32,
        /// Whether packets are defragmented first.
        defragment: bool,
    },
    /// At many kernel functions. Since Linux 6.6.
    KprobeMulti {
        /// The functions, by address. Addresses are 0 for those who may not see them in `/proc/kallsyms`.
        functions: Vec<ProbedFunction>,
        /// At their returns, not at their entries.
        on_return: bool,
        /// How often the program did not run because a program of its kind ran already. Since Linux 6.7.
        missed: u64,
    },
    /// At many functions of a file. Since Linux 6.8.
    UprobeMulti {
        /// The file.
        path: PathBuf,
        /// The functions, by offset in the file.
        functions: Vec<ProbedFunction>,
        /// At their returns, not at their entries.
        on_return: bool,
        /// The process by its id; `None` for all.
        process: Option<u32>,
    },
    /// At a kernel function. Since Linux 6.6.
    Kprobe {
        /// The function's name.
        function: String,
        /// In bytes from its start.
        offset: u32,
        /// Where that is; 0 for those who may not see it in `/proc/kallsyms`.
        address: u64,
        /// At its return, not at its entry.
        on_return: bool,
        /// How often the program did not run because a program of its kind ran already. Since Linux 6.7.
        missed: u64,
        /// Since Linux 6.9, 0 before.
        cookie: u64,
    },
    /// At a function of a file. Since Linux 6.6.
    Uprobe {
        /// The file.
        path: PathBuf,
        /// In bytes from the file's start.
        offset: u32,
        /// The place in the file of the counter that says whether somebody looks; 0 for none. Told since Linux 6.16, 0
        /// before.
        reference_counter: u64,
        /// At its return, not at its entry.
        on_return: bool,
        /// Since Linux 6.9, 0 before.
        cookie: u64,
    },
    /// At a tracepoint. Since Linux 6.6.
    Tracepoint {
        /// Without its category.
        name: String,
        /// Since Linux 6.9, 0 before.
        cookie: u64,
    },
    /// At another perf event. Since Linux 6.6.
    PerfEvent {
        /// `PERF_TYPE_…`: hardware, software and so on.
        event_type: u32,
        /// Which event of this type.
        config: u64,
        /// Since Linux 6.9, 0 before.
        cookie: u64,
    },
    /// To the traffic control of a network device.
    Tcx {
        /// The device's index; 0 once it is gone.
        device: u32,
        /// Ingress or egress.
        attach_type: AttachType,
    },
    /// To a netkit device.
    Netkit {
        /// The device's index; 0 once it is gone.
        device: u32,
        /// Primary or peer.
        attach_type: AttachType,
    },
    /// To a map of sockets.
    SockMap {
        /// The map's id.
        map_id: u32,
        /// Which of its hooks.
        attach_type: AttachType,
    },
    /// Of a type that this library does not know, or that this kernel tells nothing of.
    Unknown,
}

/// A function among many that a program is attached to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct ProbedFunction {
    /// In the kernel its address, in a file the offset in bytes from the file's start.
    pub place: u64,
    /// In a file, the place of the counter that says whether somebody looks; 0 for none.
    pub reference_counter: u64,
    /// What the program gets from `bpf_get_attach_cookie`; 0 for none. Of kernel functions since Linux 6.9.
    pub cookie: u64,
}

/// What an iterator was told to go through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum IteratorInfo {
    /// All there is.
    All,
    /// The map with this id.
    Map(u32),
    /// Cgroups. Since Linux 6.1.
    Cgroups {
        /// The first one's id.
        cgroup_id: u64,
        /// And which others.
        order: CgroupOrder,
    },
    /// Tasks. Since Linux 6.1.
    Tasks {
        /// Only the thread with this id; 0 for all.
        thread: u32,
        /// Only threads of the process with this id; 0 for all.
        process: u32,
    },
}
