//! Why a program cannot be attached by its section's name.

use super::ProgramType;
use crate::error::{Error, ErrorKind};
use crate::raw::Errno;
use libbpf_ffi as ffi;

/// The error for a program that was not attached. libbpf itself says nothing about a section that
/// names no hook; where the kernel refuses, it does.
pub(super) fn not_attached(
    operation: String,
    program_type: ProgramType,
    section: &str,
    errno: Errno,
    messages: Vec<String>,
) -> Error {
    let error = if errno.0 == libc::EOPNOTSUPP && messages.is_empty() {
        let (reason, hint) = no_hook(program_type, section);
        Error::new(operation, ErrorKind::InvalidInput { reason })
            .with_hint(hint)
            .with_errno(errno)
    } else {
        Error::system(operation, errno).with_privileges()
    };
    error.with_messages(messages)
}

fn no_hook(program_type: ProgramType, section: &str) -> (String, String) {
    if program_type.0 == ffi::BPF_PROG_TYPE_SYSCALL {
        return (
            format!("SEC(\"{section}\") is for programs that are run, not attached"),
            "run it with `Program::test_run`".into(),
        );
    }
    if let Some(place) = place_in_name(section) {
        return (
            format!("SEC(\"{section}\") does not say where"),
            format!("write SEC(\"{section}/{place}\")"),
        );
    }
    (
        format!(
            "SEC(\"{section}\") does not say where, and cannot: it is for {}, which only the program \
             that runs knows",
            place_at_run_time(program_type)
        ),
        match function_for(program_type, section) {
            Some(function) => format!("use `Program::{function}`"),
            None => "hand its descriptor, `Program::fd`, to what attaches it there".into(),
        },
    )
}

/// What stands behind the `/` in the sections that libbpf attaches by their name.
fn place_in_name(section: &str) -> Option<&'static str> {
    // `.s`, `.w`, `.multi`, `.session`: variants of one place.
    let mut words = section.split('.');
    Some(match words.next()? {
        "kprobe" | "kretprobe" | "fentry" | "fexit" | "fmod_ret" | "fsession" => "FUNCTION",
        "freplace" => "FUNCTION_OF_THE_OTHER_PROGRAM",
        "uprobe" | "uretprobe" => "PATH:FUNCTION",
        "ksyscall" | "kretsyscall" => "SYSTEM_CALL",
        "usdt" => "PATH:PROVIDER:NAME",
        "tp" | "tracepoint" => "CATEGORY/NAME",
        "raw_tp" | "raw_tracepoint" | "tp_btf" => "NAME",
        "lsm" => "HOOK",
        "iter" => "KIND",
        _ => return None,
    })
}

fn place_at_run_time(program_type: ProgramType) -> &'static str {
    match program_type.0 {
        ffi::BPF_PROG_TYPE_SCHED_CLS | ffi::BPF_PROG_TYPE_SCHED_ACT | ffi::BPF_PROG_TYPE_XDP => {
            "a network interface"
        }
        ffi::BPF_PROG_TYPE_CGROUP_DEVICE
        | ffi::BPF_PROG_TYPE_CGROUP_SKB
        | ffi::BPF_PROG_TYPE_CGROUP_SOCK
        | ffi::BPF_PROG_TYPE_CGROUP_SOCK_ADDR
        | ffi::BPF_PROG_TYPE_CGROUP_SOCKOPT
        | ffi::BPF_PROG_TYPE_CGROUP_SYSCTL
        | ffi::BPF_PROG_TYPE_SOCK_OPS
        | ffi::BPF_PROG_TYPE_LSM => "a cgroup",
        ffi::BPF_PROG_TYPE_SOCKET_FILTER | ffi::BPF_PROG_TYPE_SK_REUSEPORT => "a socket",
        ffi::BPF_PROG_TYPE_SK_MSG | ffi::BPF_PROG_TYPE_SK_SKB => "a map of sockets",
        ffi::BPF_PROG_TYPE_SK_LOOKUP
        | ffi::BPF_PROG_TYPE_FLOW_DISSECTOR
        | ffi::BPF_PROG_TYPE_NETFILTER => "a network namespace",
        ffi::BPF_PROG_TYPE_PERF_EVENT => "a perf event",
        ffi::BPF_PROG_TYPE_LWT_IN
        | ffi::BPF_PROG_TYPE_LWT_OUT
        | ffi::BPF_PROG_TYPE_LWT_XMIT
        | ffi::BPF_PROG_TYPE_LWT_SEG6LOCAL => "a route",
        _ => "a place",
    }
}

/// What attaches a program at a place that is known at run time.
fn function_for(program_type: ProgramType, section: &str) -> Option<&'static str> {
    Some(match program_type.0 {
        ffi::BPF_PROG_TYPE_XDP => "attach_xdp",
        ffi::BPF_PROG_TYPE_SCHED_CLS if section.starts_with("tcx") => "attach_tcx",
        ffi::BPF_PROG_TYPE_SCHED_CLS if section.starts_with("netkit") => "attach_netkit",
        ffi::BPF_PROG_TYPE_CGROUP_DEVICE
        | ffi::BPF_PROG_TYPE_CGROUP_SKB
        | ffi::BPF_PROG_TYPE_CGROUP_SOCK
        | ffi::BPF_PROG_TYPE_CGROUP_SOCK_ADDR
        | ffi::BPF_PROG_TYPE_CGROUP_SOCKOPT
        | ffi::BPF_PROG_TYPE_CGROUP_SYSCTL
        | ffi::BPF_PROG_TYPE_SOCK_OPS
        | ffi::BPF_PROG_TYPE_LSM => "attach_cgroup",
        ffi::BPF_PROG_TYPE_SK_MSG | ffi::BPF_PROG_TYPE_SK_SKB => "attach_sock_map",
        ffi::BPF_PROG_TYPE_SK_LOOKUP | ffi::BPF_PROG_TYPE_FLOW_DISSECTOR => {
            "attach_network_namespace"
        }
        ffi::BPF_PROG_TYPE_NETFILTER => "attach_netfilter",
        ffi::BPF_PROG_TYPE_PERF_EVENT => "attach_perf_event",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variants_of_a_section_have_its_place() {
        assert_eq!(place_in_name("fentry.s"), Some("FUNCTION"));
        assert_eq!(place_in_name("uprobe.multi.s"), Some("PATH:FUNCTION"));
        assert_eq!(place_in_name("xdp.frags"), None);
        assert_eq!(place_in_name("lsm_cgroup"), None);
        assert_eq!(place_in_name(""), None);
    }
}
