use crate::log::capture;
use crate::raw;
use libbpf_ffi as ffi;
use std::ffi::{CStr, CString};
use std::fmt;

/// A kind of hook: `enum bpf_attach_type`, also of a kernel that is newer than this library.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[doc(alias = "bpf_attach_type")]
pub struct AttachType(pub u32);

macro_rules! attach_types {
    ($($(#[$doc:meta])* $name:ident = $c:ident,)*) => {
        impl AttachType {
            $($(#[$doc])* pub const $name: AttachType = AttachType(ffi::$c);)*
        }
    };
}

attach_types! {
    /// Packets that sockets of a cgroup receive.
    CGROUP_INET_INGRESS = BPF_CGROUP_INET_INGRESS,
    /// Packets that sockets of a cgroup send.
    CGROUP_INET_EGRESS = BPF_CGROUP_INET_EGRESS,
    /// Sockets that are created in a cgroup.
    CGROUP_INET_SOCK_CREATE = BPF_CGROUP_INET_SOCK_CREATE,
    /// Sockets of a cgroup that are closed.
    CGROUP_INET_SOCK_RELEASE = BPF_CGROUP_INET_SOCK_RELEASE,
    /// What happens to TCP connections of a cgroup (`sockops`).
    CGROUP_SOCK_OPS = BPF_CGROUP_SOCK_OPS,
    /// Access to device files in a cgroup.
    CGROUP_DEVICE = BPF_CGROUP_DEVICE,
    /// `bind` in a cgroup, IPv4.
    CGROUP_INET4_BIND = BPF_CGROUP_INET4_BIND,
    /// `bind` in a cgroup, IPv6.
    CGROUP_INET6_BIND = BPF_CGROUP_INET6_BIND,
    /// After `bind` in a cgroup, IPv4.
    CGROUP_INET4_POST_BIND = BPF_CGROUP_INET4_POST_BIND,
    /// After `bind` in a cgroup, IPv6.
    CGROUP_INET6_POST_BIND = BPF_CGROUP_INET6_POST_BIND,
    /// `connect` in a cgroup, IPv4.
    CGROUP_INET4_CONNECT = BPF_CGROUP_INET4_CONNECT,
    /// `connect` in a cgroup, IPv6.
    CGROUP_INET6_CONNECT = BPF_CGROUP_INET6_CONNECT,
    /// `connect` in a cgroup, Unix sockets.
    CGROUP_UNIX_CONNECT = BPF_CGROUP_UNIX_CONNECT,
    /// `sendmsg` in a cgroup, UDP over IPv4.
    CGROUP_UDP4_SENDMSG = BPF_CGROUP_UDP4_SENDMSG,
    /// `sendmsg` in a cgroup, UDP over IPv6.
    CGROUP_UDP6_SENDMSG = BPF_CGROUP_UDP6_SENDMSG,
    /// `sendmsg` in a cgroup, Unix sockets.
    CGROUP_UNIX_SENDMSG = BPF_CGROUP_UNIX_SENDMSG,
    /// `recvmsg` in a cgroup, UDP over IPv4.
    CGROUP_UDP4_RECVMSG = BPF_CGROUP_UDP4_RECVMSG,
    /// `recvmsg` in a cgroup, UDP over IPv6.
    CGROUP_UDP6_RECVMSG = BPF_CGROUP_UDP6_RECVMSG,
    /// `recvmsg` in a cgroup, Unix sockets.
    CGROUP_UNIX_RECVMSG = BPF_CGROUP_UNIX_RECVMSG,
    /// `getpeername` in a cgroup, IPv4.
    CGROUP_INET4_GETPEERNAME = BPF_CGROUP_INET4_GETPEERNAME,
    /// `getpeername` in a cgroup, IPv6.
    CGROUP_INET6_GETPEERNAME = BPF_CGROUP_INET6_GETPEERNAME,
    /// `getpeername` in a cgroup, Unix sockets.
    CGROUP_UNIX_GETPEERNAME = BPF_CGROUP_UNIX_GETPEERNAME,
    /// `getsockname` in a cgroup, IPv4.
    CGROUP_INET4_GETSOCKNAME = BPF_CGROUP_INET4_GETSOCKNAME,
    /// `getsockname` in a cgroup, IPv6.
    CGROUP_INET6_GETSOCKNAME = BPF_CGROUP_INET6_GETSOCKNAME,
    /// `getsockname` in a cgroup, Unix sockets.
    CGROUP_UNIX_GETSOCKNAME = BPF_CGROUP_UNIX_GETSOCKNAME,
    /// Reads and writes of `/proc/sys` in a cgroup.
    CGROUP_SYSCTL = BPF_CGROUP_SYSCTL,
    /// `getsockopt` in a cgroup.
    CGROUP_GETSOCKOPT = BPF_CGROUP_GETSOCKOPT,
    /// `setsockopt` in a cgroup.
    CGROUP_SETSOCKOPT = BPF_CGROUP_SETSOCKOPT,
    /// An LSM hook, for tasks of a cgroup.
    LSM_CGROUP = BPF_LSM_CGROUP,
    /// An LSM hook.
    LSM_MAC = BPF_LSM_MAC,
    /// Where messages begin and end in the streams of a map's sockets.
    SK_SKB_STREAM_PARSER = BPF_SK_SKB_STREAM_PARSER,
    /// What becomes of messages in the streams of a map's sockets.
    SK_SKB_STREAM_VERDICT = BPF_SK_SKB_STREAM_VERDICT,
    /// What becomes of what a map's sockets receive.
    SK_SKB_VERDICT = BPF_SK_SKB_VERDICT,
    /// What becomes of what a map's sockets send.
    SK_MSG_VERDICT = BPF_SK_MSG_VERDICT,
    /// Infrared receivers.
    LIRC_MODE2 = BPF_LIRC_MODE2,
    /// How packets of a network namespace are taken apart.
    FLOW_DISSECTOR = BPF_FLOW_DISSECTOR,
    /// Which socket of a network namespace a packet is for.
    SK_LOOKUP = BPF_SK_LOOKUP,
    /// Which socket of a group a packet is for.
    SK_REUSEPORT_SELECT = BPF_SK_REUSEPORT_SELECT,
    /// The same, also where a connection moves to another socket.
    SK_REUSEPORT_SELECT_OR_MIGRATE = BPF_SK_REUSEPORT_SELECT_OR_MIGRATE,
    /// The receive path of a network device.
    XDP = BPF_XDP,
    /// Packets that are redirected to an element of a device map.
    XDP_DEVMAP = BPF_XDP_DEVMAP,
    /// Packets that are redirected to an element of a CPU map.
    XDP_CPUMAP = BPF_XDP_CPUMAP,
    /// What comes in at a network device.
    TCX_INGRESS = BPF_TCX_INGRESS,
    /// What goes out at a network device.
    TCX_EGRESS = BPF_TCX_EGRESS,
    /// What goes out at the primary device of a netkit pair.
    NETKIT_PRIMARY = BPF_NETKIT_PRIMARY,
    /// What goes out at the peer of a netkit pair.
    NETKIT_PEER = BPF_NETKIT_PEER,
    /// A hook of netfilter.
    NETFILTER = BPF_NETFILTER,
    /// A typed tracepoint.
    TRACE_RAW_TP = BPF_TRACE_RAW_TP,
    /// The entry of a function.
    TRACE_FENTRY = BPF_TRACE_FENTRY,
    /// The return of a function.
    TRACE_FEXIT = BPF_TRACE_FEXIT,
    /// Both, of one call.
    TRACE_FSESSION = BPF_TRACE_FSESSION,
    /// The result of a function.
    MODIFY_RETURN = BPF_MODIFY_RETURN,
    /// An iterator.
    TRACE_ITER = BPF_TRACE_ITER,
    /// Many kernel functions.
    TRACE_KPROBE_MULTI = BPF_TRACE_KPROBE_MULTI,
    /// The entries and returns of many kernel functions.
    TRACE_KPROBE_SESSION = BPF_TRACE_KPROBE_SESSION,
    /// Many functions of a file.
    TRACE_UPROBE_MULTI = BPF_TRACE_UPROBE_MULTI,
    /// The entries and returns of many functions of a file.
    TRACE_UPROBE_SESSION = BPF_TRACE_UPROBE_SESSION,
    /// A perf event.
    PERF_EVENT = BPF_PERF_EVENT,
    /// A struct_ops map.
    STRUCT_OPS = BPF_STRUCT_OPS,
}

impl AttachType {
    /// Where programs in sections of this name are attached, such as `cgroup/connect4`; `None` where libbpf does not know
    /// such a section, or its programs are not attached by such a number (`kprobe/…`, `socket`).
    ///
    /// ```
    /// use libbpf_safe::program::attach::AttachType;
    ///
    /// let connect = AttachType::of_section("cgroup/connect4");
    /// assert_eq!(connect, Some(AttachType::CGROUP_INET4_CONNECT));
    /// assert_eq!(AttachType::of_section("my_own"), None);
    /// ```
    #[doc(alias = "libbpf_attach_type_by_name")]
    pub fn of_section(name: &str) -> Option<AttachType> {
        let name = CString::new(name).ok()?;
        let (attach_type, _) = capture(|| raw::probe::attach_type_of_section(&name));
        attach_type.ok().map(AttachType)
    }

    /// libbpf's name, such as `tcx_ingress`; `None` for a type that it does not know.
    #[doc(alias = "libbpf_bpf_attach_type_str")]
    #[allow(unsafe_code)]
    pub fn name(self) -> Option<&'static str> {
        // SAFETY: libbpf_bpf_attach_type_str takes any number.
        let name = unsafe { ffi::libbpf_bpf_attach_type_str(self.0) };
        if name.is_null() {
            return None;
        }
        // SAFETY: libbpf_bpf_attach_type_str returns NULL or a string constant.
        unsafe { CStr::from_ptr(name) }.to_str().ok()
    }
}

impl fmt::Display for AttachType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.pad(name),
            None => write!(f, "attach type {}", self.0),
        }
    }
}

impl fmt::Debug for AttachType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
