//! From `struct bpf_link_info` to [`LinkDetails`].

use super::details::{IteratorInfo, LinkDetails, ProbedFunction};
use crate::program::attach::{AttachType, CgroupOrder};
use crate::raw::Result;
use crate::raw::link_info::{self as raw, Functions, Name};
use libbpf_ffi as ffi;
use std::ffi::OsString;
use std::os::fd::BorrowedFd;
use std::os::unix::ffi::OsStringExt;
use std::path::PathBuf;

/// What there is beside `info`, which was read without buffers.
pub(super) fn details(link: BorrowedFd<'_>, info: &ffi::bpf_link_info) -> Result<LinkDetails> {
    Ok(match info.type_ {
        ffi::BPF_LINK_TYPE_RAW_TRACEPOINT => {
            let (info, name) = raw::with_name(link, Name::RawTracepoint)?;
            LinkDetails::RawTracepoint {
                name: text(name),
                cookie: raw::raw_tracepoint(&info).cookie,
            }
        }
        ffi::BPF_LINK_TYPE_TRACING => {
            let part = raw::tracing(info);
            LinkDetails::Tracing {
                attach_type: AttachType(part.attach_type),
                target_object_id: part.target_obj_id,
                target_type_id: part.target_btf_id,
                cookie: part.cookie,
            }
        }
        ffi::BPF_LINK_TYPE_CGROUP => {
            let part = raw::cgroup(info);
            LinkDetails::Cgroup {
                cgroup_id: part.cgroup_id,
                attach_type: AttachType(part.attach_type),
            }
        }
        ffi::BPF_LINK_TYPE_ITER => {
            let (info, name) = raw::with_name(link, Name::Iterator)?;
            let target = text(name);
            LinkDetails::Iterator {
                through: iterated(&target, &info),
                target,
            }
        }
        ffi::BPF_LINK_TYPE_NETNS => {
            let part = raw::netns(info);
            LinkDetails::NetworkNamespace {
                inode: part.netns_ino,
                attach_type: AttachType(part.attach_type),
            }
        }
        ffi::BPF_LINK_TYPE_XDP => LinkDetails::Xdp {
            device: raw::xdp(info).ifindex,
        },
        ffi::BPF_LINK_TYPE_STRUCT_OPS => LinkDetails::StructOps {
            map_id: raw::struct_ops(info).map_id,
        },
        ffi::BPF_LINK_TYPE_NETFILTER => {
            let part = raw::netfilter(info);
            LinkDetails::Netfilter {
                family: part.pf,
                hook: part.hooknum,
                priority: part.priority,
                defragment: part.flags & ffi::BPF_F_NETFILTER_IP_DEFRAG != 0,
            }
        }
        ffi::BPF_LINK_TYPE_KPROBE_MULTI => kprobes(link, raw::kprobe_multi(info).count)?,
        ffi::BPF_LINK_TYPE_UPROBE_MULTI => uprobes(link, raw::uprobe_multi(info).count)?,
        ffi::BPF_LINK_TYPE_PERF_EVENT => perf_event(link, info)?,
        ffi::BPF_LINK_TYPE_TCX => {
            let part = raw::tcx(info);
            LinkDetails::Tcx {
                device: part.ifindex,
                attach_type: AttachType(part.attach_type),
            }
        }
        ffi::BPF_LINK_TYPE_NETKIT => {
            let part = raw::netkit(info);
            LinkDetails::Netkit {
                device: part.ifindex,
                attach_type: AttachType(part.attach_type),
            }
        }
        ffi::BPF_LINK_TYPE_SOCKMAP => {
            let part = raw::sockmap(info);
            LinkDetails::SockMap {
                map_id: part.map_id,
                attach_type: AttachType(part.attach_type),
            }
        }
        _ => LinkDetails::Unknown,
    })
}

fn kprobes(link: BorrowedFd<'_>, count: u32) -> Result<LinkDetails> {
    // Kernels before 6.6 do not say.
    if count == 0 {
        return Ok(LinkDetails::Unknown);
    }
    let functions = raw::kprobes(link, count)?;
    let part = raw::kprobe_multi(&functions.info);
    Ok(LinkDetails::KprobeMulti {
        functions: probed(&functions),
        on_return: part.flags & ffi::BPF_F_KPROBE_MULTI_RETURN != 0,
        missed: part.missed,
    })
}

fn uprobes(link: BorrowedFd<'_>, count: u32) -> Result<LinkDetails> {
    // Kernels before 6.8 do not say.
    if count == 0 {
        return Ok(LinkDetails::Unknown);
    }
    let functions = raw::uprobes(link, count)?;
    let part = raw::uprobe_multi(&functions.info);
    Ok(LinkDetails::UprobeMulti {
        functions: probed(&functions),
        path: path(functions.path),
        on_return: part.flags & ffi::BPF_F_UPROBE_MULTI_RETURN != 0,
        process: Some(part.pid).filter(|&id| id != 0),
    })
}

fn probed(functions: &Functions) -> Vec<ProbedFunction> {
    let counters = functions.reference_counters.iter();
    let beside = counters.zip(&functions.cookies);
    functions
        .places
        .iter()
        .zip(beside)
        .map(|(&place, (&reference_counter, &cookie))| ProbedFunction {
            place,
            reference_counter,
            cookie,
        })
        .collect()
}

/// Kernels before 6.6 do not say of which type, which is 0 then.
fn perf_event(link: BorrowedFd<'_>, info: &ffi::bpf_link_info) -> Result<LinkDetails> {
    let kind = raw::perf_event(info).type_;
    Ok(match kind {
        ffi::BPF_PERF_EVENT_KPROBE | ffi::BPF_PERF_EVENT_KRETPROBE => {
            let (info, name) = raw::with_name(link, Name::Kprobe)?;
            let part = raw::kprobe(&info);
            LinkDetails::Kprobe {
                function: text(name),
                offset: part.offset,
                address: part.addr,
                on_return: kind == ffi::BPF_PERF_EVENT_KRETPROBE,
                missed: part.missed,
                cookie: part.cookie,
            }
        }
        ffi::BPF_PERF_EVENT_UPROBE | ffi::BPF_PERF_EVENT_URETPROBE => {
            let (info, name) = raw::with_name(link, Name::Uprobe)?;
            let part = raw::uprobe(&info);
            LinkDetails::Uprobe {
                path: path(name),
                offset: part.offset,
                reference_counter: part.ref_ctr_offset,
                on_return: kind == ffi::BPF_PERF_EVENT_URETPROBE,
                cookie: part.cookie,
            }
        }
        ffi::BPF_PERF_EVENT_TRACEPOINT => {
            let (info, name) = raw::with_name(link, Name::Tracepoint)?;
            LinkDetails::Tracepoint {
                name: text(name),
                cookie: raw::tracepoint(&info).cookie,
            }
        }
        ffi::BPF_PERF_EVENT_EVENT => {
            let part = raw::event(info);
            LinkDetails::PerfEvent {
                event_type: part.type_,
                config: part.config,
                cookie: part.cookie,
            }
        }
        _ => LinkDetails::Unknown,
    })
}

/// What an iterator's link has depends on the iterator.
fn iterated(target: &str, info: &ffi::bpf_link_info) -> IteratorInfo {
    match target {
        "bpf_map_elem" | "bpf_sk_storage_map" | "sockmap" => {
            IteratorInfo::Map(raw::iterated_map(info).map_id)
        }
        "cgroup" => {
            let part = raw::iterated_cgroup(info);
            IteratorInfo::Cgroups {
                cgroup_id: part.cgroup_id,
                order: CgroupOrder::from_c(part.order),
            }
        }
        "task" | "task_file" | "task_vma" => {
            let part = raw::iterated_task(info);
            match (part.tid, part.pid) {
                (0, 0) => IteratorInfo::All,
                (thread, process) => IteratorInfo::Tasks { thread, process },
            }
        }
        _ => IteratorInfo::All,
    }
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8_lossy(&bytes).into_owned()
}

fn path(bytes: Vec<u8>) -> PathBuf {
    PathBuf::from(OsString::from_vec(bytes))
}
