use crate::log::capture;
use crate::raw;
use libbpf_ffi as ffi;
use std::ffi::{CStr, CString};
use std::fmt;

/// The type of a program: `enum bpf_prog_type`, also of a kernel that is newer than this library.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[doc(alias = "bpf_prog_type")]
pub struct ProgramType(pub u32);

impl ProgramType {
    /// Filters of a socket's packets.
    #[doc(alias = "BPF_PROG_TYPE_SOCKET_FILTER")]
    pub const SOCKET_FILTER: ProgramType = ProgramType(ffi::BPF_PROG_TYPE_SOCKET_FILTER);
    /// Programs at functions of the kernel or of other programs (kprobe, uprobe, USDT).
    #[doc(alias = "BPF_PROG_TYPE_KPROBE")]
    pub const KPROBE: ProgramType = ProgramType(ffi::BPF_PROG_TYPE_KPROBE);
    /// Classifiers of traffic control (tc, tcx, netkit).
    #[doc(alias = "BPF_PROG_TYPE_SCHED_CLS")]
    pub const SCHED_CLS: ProgramType = ProgramType(ffi::BPF_PROG_TYPE_SCHED_CLS);
    /// Actions of traffic control.
    #[doc(alias = "BPF_PROG_TYPE_SCHED_ACT")]
    pub const SCHED_ACT: ProgramType = ProgramType(ffi::BPF_PROG_TYPE_SCHED_ACT);
    /// Programs at tracepoints.
    #[doc(alias = "BPF_PROG_TYPE_TRACEPOINT")]
    pub const TRACEPOINT: ProgramType = ProgramType(ffi::BPF_PROG_TYPE_TRACEPOINT);
    /// Programs at the driver's receive path.
    #[doc(alias = "BPF_PROG_TYPE_XDP")]
    pub const XDP: ProgramType = ProgramType(ffi::BPF_PROG_TYPE_XDP);
    /// Programs at perf events.
    #[doc(alias = "BPF_PROG_TYPE_PERF_EVENT")]
    pub const PERF_EVENT: ProgramType = ProgramType(ffi::BPF_PROG_TYPE_PERF_EVENT);
    /// Filters of a cgroup's packets.
    #[doc(alias = "BPF_PROG_TYPE_CGROUP_SKB")]
    pub const CGROUP_SKB: ProgramType = ProgramType(ffi::BPF_PROG_TYPE_CGROUP_SKB);
    /// Programs where sockets of a cgroup are made, bound and released.
    #[doc(alias = "BPF_PROG_TYPE_CGROUP_SOCK")]
    pub const CGROUP_SOCK: ProgramType = ProgramType(ffi::BPF_PROG_TYPE_CGROUP_SOCK);
    /// Programs at routes, for packets that come in.
    #[doc(alias = "BPF_PROG_TYPE_LWT_IN")]
    pub const LWT_IN: ProgramType = ProgramType(ffi::BPF_PROG_TYPE_LWT_IN);
    /// Programs at routes, for packets that go out.
    #[doc(alias = "BPF_PROG_TYPE_LWT_OUT")]
    pub const LWT_OUT: ProgramType = ProgramType(ffi::BPF_PROG_TYPE_LWT_OUT);
    /// Programs at routes, where packets are sent.
    #[doc(alias = "BPF_PROG_TYPE_LWT_XMIT")]
    pub const LWT_XMIT: ProgramType = ProgramType(ffi::BPF_PROG_TYPE_LWT_XMIT);
    /// Programs at what happens to TCP sockets of a cgroup.
    #[doc(alias = "BPF_PROG_TYPE_SOCK_OPS")]
    pub const SOCK_OPS: ProgramType = ProgramType(ffi::BPF_PROG_TYPE_SOCK_OPS);
    /// Programs at the streams of sockets in a map.
    #[doc(alias = "BPF_PROG_TYPE_SK_SKB")]
    pub const SK_SKB: ProgramType = ProgramType(ffi::BPF_PROG_TYPE_SK_SKB);
    /// Programs that allow a cgroup devices.
    #[doc(alias = "BPF_PROG_TYPE_CGROUP_DEVICE")]
    pub const CGROUP_DEVICE: ProgramType = ProgramType(ffi::BPF_PROG_TYPE_CGROUP_DEVICE);
    /// Programs at what is sent through sockets in a map.
    #[doc(alias = "BPF_PROG_TYPE_SK_MSG")]
    pub const SK_MSG: ProgramType = ProgramType(ffi::BPF_PROG_TYPE_SK_MSG);
    /// Programs of raw tracepoints.
    #[doc(alias = "BPF_PROG_TYPE_RAW_TRACEPOINT")]
    pub const RAW_TRACEPOINT: ProgramType = ProgramType(ffi::BPF_PROG_TYPE_RAW_TRACEPOINT);
    /// Programs where sockets of a cgroup bind, connect and send.
    #[doc(alias = "BPF_PROG_TYPE_CGROUP_SOCK_ADDR")]
    pub const CGROUP_SOCK_ADDR: ProgramType = ProgramType(ffi::BPF_PROG_TYPE_CGROUP_SOCK_ADDR);
    /// Programs at routes of segments (IPv6).
    #[doc(alias = "BPF_PROG_TYPE_LWT_SEG6LOCAL")]
    pub const LWT_SEG6LOCAL: ProgramType = ProgramType(ffi::BPF_PROG_TYPE_LWT_SEG6LOCAL);
    /// Decoders of infrared remote controls.
    #[doc(alias = "BPF_PROG_TYPE_LIRC_MODE2")]
    pub const LIRC_MODE2: ProgramType = ProgramType(ffi::BPF_PROG_TYPE_LIRC_MODE2);
    /// Programs that choose a socket of a reuseport group.
    #[doc(alias = "BPF_PROG_TYPE_SK_REUSEPORT")]
    pub const SK_REUSEPORT: ProgramType = ProgramType(ffi::BPF_PROG_TYPE_SK_REUSEPORT);
    /// Programs that take packets' headers apart.
    #[doc(alias = "BPF_PROG_TYPE_FLOW_DISSECTOR")]
    pub const FLOW_DISSECTOR: ProgramType = ProgramType(ffi::BPF_PROG_TYPE_FLOW_DISSECTOR);
    /// Programs where a cgroup reads and writes sysctls.
    #[doc(alias = "BPF_PROG_TYPE_CGROUP_SYSCTL")]
    pub const CGROUP_SYSCTL: ProgramType = ProgramType(ffi::BPF_PROG_TYPE_CGROUP_SYSCTL);
    /// Programs of raw tracepoints that may write to their arguments.
    #[doc(alias = "BPF_PROG_TYPE_RAW_TRACEPOINT_WRITABLE")]
    pub const RAW_TRACEPOINT_WRITABLE: ProgramType =
        ProgramType(ffi::BPF_PROG_TYPE_RAW_TRACEPOINT_WRITABLE);
    /// Programs where a cgroup gets and sets options of sockets.
    #[doc(alias = "BPF_PROG_TYPE_CGROUP_SOCKOPT")]
    pub const CGROUP_SOCKOPT: ProgramType = ProgramType(ffi::BPF_PROG_TYPE_CGROUP_SOCKOPT);
    /// Programs at functions and tracepoints by their BTF (fentry, fexit, tp_btf, iterators).
    #[doc(alias = "BPF_PROG_TYPE_TRACING")]
    pub const TRACING: ProgramType = ProgramType(ffi::BPF_PROG_TYPE_TRACING);
    /// Callbacks of a struct_ops map.
    #[doc(alias = "BPF_PROG_TYPE_STRUCT_OPS")]
    pub const STRUCT_OPS: ProgramType = ProgramType(ffi::BPF_PROG_TYPE_STRUCT_OPS);
    /// Functions in place of another program's (freplace).
    #[doc(alias = "BPF_PROG_TYPE_EXT")]
    pub const EXT: ProgramType = ProgramType(ffi::BPF_PROG_TYPE_EXT);
    /// Programs at security hooks.
    #[doc(alias = "BPF_PROG_TYPE_LSM")]
    pub const LSM: ProgramType = ProgramType(ffi::BPF_PROG_TYPE_LSM);
    /// Programs that choose the socket for a packet.
    #[doc(alias = "BPF_PROG_TYPE_SK_LOOKUP")]
    pub const SK_LOOKUP: ProgramType = ProgramType(ffi::BPF_PROG_TYPE_SK_LOOKUP);
    /// Programs that user space runs, with [`test_run`](super::Program::test_run).
    #[doc(alias = "BPF_PROG_TYPE_SYSCALL")]
    pub const SYSCALL: ProgramType = ProgramType(ffi::BPF_PROG_TYPE_SYSCALL);
    /// Programs at netfilter's hooks.
    #[doc(alias = "BPF_PROG_TYPE_NETFILTER")]
    pub const NETFILTER: ProgramType = ProgramType(ffi::BPF_PROG_TYPE_NETFILTER);

    /// The type of programs in sections of this name, such as `xdp.frags` or `tp_btf/sched_switch`; `None` where libbpf does
    /// not know such a section.
    ///
    /// ```
    /// use libbpf_safe::program::ProgramType;
    ///
    /// assert_eq!(ProgramType::of_section("xdp.frags"), Some(ProgramType::XDP));
    /// assert_eq!(ProgramType::of_section("my_own"), None);
    /// ```
    #[doc(alias = "libbpf_prog_type_by_name")]
    pub fn of_section(name: &str) -> Option<ProgramType> {
        let name = CString::new(name).ok()?;
        let (types, _) = capture(|| raw::probe::types_of_section(&name));
        types
            .ok()
            .map(|(program_type, _)| ProgramType(program_type))
    }

    /// libbpf's name, such as `struct_ops`; `None` for a type that it does not know.
    #[doc(alias = "libbpf_bpf_prog_type_str")]
    #[allow(unsafe_code)]
    pub fn name(self) -> Option<&'static str> {
        // SAFETY: libbpf_bpf_prog_type_str takes any number.
        let name = unsafe { ffi::libbpf_bpf_prog_type_str(self.0) };
        if name.is_null() {
            return None;
        }
        // SAFETY: libbpf_bpf_prog_type_str returns NULL or a string constant.
        unsafe { CStr::from_ptr(name) }.to_str().ok()
    }
}

impl fmt::Display for ProgramType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.pad(name),
            None => write!(f, "program type {}", self.0),
        }
    }
}

impl fmt::Debug for ProgramType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
