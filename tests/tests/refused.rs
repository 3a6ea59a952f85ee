//! What subsystems refuse with a bare errno: each rule is broken on a kernel that has the subsystem, seen refused
//! there, and explained by us; preflight knew it. Those that this kernel lacks run in guests: `make test-kernels`.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, clippy::panic)]

use io_uring::IoUring;
use libbpf_safe::btf::KernelBtf;
use libbpf_safe::struct_ops::by_name::Value;
use libbpf_safe::struct_ops::{FindingKind, StructOpsLink};
use libbpf_safe::{ErrorKind, OpenObject, Result};
use libbpf_tests::features::Feature;
use libbpf_tests::kernel_tests;
use std::os::fd::AsRawFd;
use std::sync::OnceLock;

kernel_tests![
    congestion_controls_are_refused_as_explained,
    the_flags_of_a_congestion_control_differ_by_release,
    schedulers_are_refused_as_explained needs Feature::StructOps("sched_ext_ops"),
    queueing_disciplines_are_refused_as_explained needs Feature::StructOps("Qdisc_ops"),
    rings_are_refused_as_explained needs Feature::StructOps("io_uring_bpf_ops"),
];

const OBJECT: &str = concat!(env!("OUT_DIR"), "/refused.bpf.o");

fn kernel() -> &'static KernelBtf {
    static KERNEL: OnceLock<KernelBtf> = OnceLock::new();
    KERNEL.get_or_init(|| KernelBtf::running().unwrap())
}

fn open(map: &str, changes: &[(&str, Value)]) -> Result<OpenObject> {
    let mut open = OpenObject::from_file(OBJECT)?;
    open.map_mut(map)?.set_autocreate(true)?;
    let mut ops = open.struct_ops(map)?;
    for (path, value) in changes {
        ops.set(path, value.clone())?;
    }
    Ok(open)
}

fn attach(map: &str, changes: &[(&str, Value)]) -> Result<StructOpsLink> {
    open(map, changes)?.load()?.struct_ops(map)?.attach()
}

/// The kernel refuses it with EINVAL, the error says exactly these reasons, and preflight says them, too.
fn refused(map: &str, changes: &[(&str, Value)], expected: &[&str]) {
    let report = open(map, changes).unwrap().preflight(kernel()).unwrap();
    let error = attach(map, changes).unwrap_err();
    assert_eq!(error.raw_os_error(), Some(22), "EINVAL: {error}");
    let ErrorKind::StructOpsRefused {
        map: named,
        reasons,
        ..
    } = error.kind()
    else {
        panic!("{error:?}");
    };
    assert_eq!(named, map);
    assert_eq!(reasons, expected);
    let rules = report.findings().iter();
    let rules: Vec<_> = rules
        .filter(|finding| finding.kind == FindingKind::Rule)
        .map(|finding| finding.expected.as_str())
        .collect();
    assert_eq!(rules, expected, "{report}");
}

/// The kernel refuses it with this errno, which the error explains.
fn refused_with(map: &str, changes: &[(&str, Value)], errno: i32, words: &str) {
    let error = attach(map, changes).unwrap_err();
    assert_eq!(error.raw_os_error(), Some(errno), "{error}");
    assert!(error.to_string().contains(words), "{error}");
}

fn text(text: &str) -> Value {
    Value::Text(text.into())
}

const NO_PROGRAM: Value = Value::None;

fn congestion_controls_are_refused_as_explained() {
    drop(attach("tcp", &[]).unwrap());
    for (changes, reasons) in [
        (
            &[("ssthresh", NO_PROGRAM)][..],
            &["callback `ssthresh` is required"][..],
        ),
        (
            &[("undo_cwnd", NO_PROGRAM)],
            &["callback `undo_cwnd` is required"],
        ),
        (
            &[("cong_avoid", NO_PROGRAM)],
            &["one of the callbacks `cong_avoid` and `cong_control` is required"],
        ),
        (&[("key", Value::Int(7))], &["`key` must stay zero"]),
        (&[("name", text(""))], &["`name` is empty"]),
        (
            &[("name", Value::Bytes(vec![b'x'; 16]))],
            &["`name` has no terminating NUL"],
        ),
        (
            &[("name", text("a-b")), ("undo_cwnd", NO_PROGRAM)],
            &[
                "`name` is \"a-b\", and '-' is not allowed: only letters, digits, `_` and `.` are",
                "callback `undo_cwnd` is required",
            ],
        ),
        (
            &[("flags", Value::Int(0x8000_0001))],
            &["`flags` has 0x80000000 set, and Linux 6.18 knows 0x1f"],
        ),
    ] {
        refused("tcp", changes, reasons);
    }
}

/// The kernel has macros for them, which its BTF lacks: what the table says is of one release.
fn the_flags_of_a_congestion_control_differ_by_release() {
    let mut taken = 0;
    for bit in 0..8 {
        match attach("tcp", &[("flags", Value::Int(1 << bit))]) {
            Ok(_) => taken |= 1 << bit,
            Err(error) => {
                let ErrorKind::StructOpsRefused { reasons, .. } = error.kind() else {
                    panic!("{error:?}");
                };
                assert!(reasons.iter().all(|reason| reason.starts_with("`flags` ")));
            }
        }
    }
    println!("flags that are taken: {taken:#x}");
    let expected = if Feature::Linux(6, 18).is_there() {
        0x1f
    } else {
        3
    };
    assert_eq!(taken, expected, "{taken:#x}");
}

fn schedulers_are_refused_as_explained() {
    refused(
        "scheduler",
        &[("name", text("a scheduler"))],
        &[
            "`name` is \"a scheduler\", and ' ' is not allowed: only letters, digits, `_` and `.` are",
        ],
    );
    refused("scheduler", &[("name", text(""))], &["`name` is empty"]);

    // This kernel's own constant, whatever the release.
    let known = (kernel().vmlinux().types())
        .find_map(|(_, ty)| match ty {
            libbpf_safe::btf::Type::Enum(list) => list
                .values()
                .find(|value| value.name == "SCX_OPS_ALL_FLAGS"),
            _ => None,
        })
        .unwrap()
        .value;
    let unknown = (0..63)
        .map(|bit| 1i128 << bit)
        .find(|bit| known & bit == 0)
        .unwrap();
    refused(
        "scheduler",
        &[("flags", Value::Int(unknown | 1))],
        &[&format!(
            "`flags` has {unknown:#x} set, and this kernel's SCX_OPS_ALL_FLAGS is {known:#x}"
        )],
    );
    for (member, value) in [("timeout_ms", 30_001), ("dispatch_max_batch", 1 << 31)] {
        let words = "`timeout_ms` may be at most 30 seconds";
        refused_with("scheduler", &[(member, Value::Int(value))], 7, words);
    }
}

fn queueing_disciplines_are_refused_as_explained() {
    let link = attach("qdisc", &[]).unwrap();
    refused_with(
        "qdisc",
        &[],
        17,
        "the kernel has another one of the name \"t_refused\"",
    );
    drop(link);
    for callback in ["enqueue", "dequeue", "init", "reset", "destroy"] {
        let reason = format!("callback `{callback}` is required");
        refused("qdisc", &[(callback, NO_PROGRAM)], &[&reason]);
    }
    for member in ["priv_size", "static_flags"] {
        let reason = format!("`{member}` must stay zero");
        refused("qdisc", &[(member, Value::Int(1))], &[&reason]);
    }
    refused("qdisc", &[("id", text(""))], &["`id` is empty"]);
    refused(
        "qdisc",
        &[("id", text("a/b"))],
        &["`id` is \"a/b\", and '/' is not allowed: only letters, digits, `_` and `.` are"],
    );
}

/// Where `loop_step` is empty the kernel, 7.3, warns in its log: that is not tried.
fn rings_are_refused_as_explained() {
    let of = |descriptor: i32| [("ring_fd", Value::Int(descriptor.into()))];
    refused_with(
        "ring",
        &of(9999),
        9,
        "`ring_fd` is no descriptor of this process",
    );
    let null = std::fs::File::open("/dev/null").unwrap();
    let no_ring = "`ring_fd` has to be of an io_uring";
    refused_with("ring", &of(null.as_raw_fd()), 95, no_ring);
    let other: IoUring = IoUring::new(2).unwrap();
    refused_with(
        "ring",
        &of(other.as_raw_fd()),
        95,
        "IORING_SETUP_DEFER_TASKRUN",
    );

    let ring: IoUring = IoUring::builder()
        .setup_single_issuer()
        .setup_defer_taskrun()
        .build(2)
        .unwrap();
    let link = attach("ring", &of(ring.as_raw_fd())).unwrap();
    refused_with(
        "ring",
        &of(ring.as_raw_fd()),
        16,
        "the ring has another map already",
    );
    drop(link);
    drop(attach("ring", &of(ring.as_raw_fd())).unwrap());
}
