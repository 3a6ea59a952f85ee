//! What subsystems are known to refuse without a text, told by preflight for those that few kernels have.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, clippy::panic)]

use libbpf_safe::btf::KernelBtf;
use libbpf_safe::struct_ops::{Finding, FindingKind};
use libbpf_safe::{OpenObject, Result};
use libbpf_tests::kernel_tests;

kernel_tests![
    each_subsystem_has_its_rules,
    each_rule_is_told_with_what_was_found,
    what_keeps_the_rules_is_let_be,
];

/// Each rule that a map of the object breaks.
fn findings() -> Result<Vec<Finding>> {
    let path = concat!(env!("OUT_DIR"), "/subsystems.bpf.o");
    let mut object = OpenObject::from_file(path)?;
    let report = object.preflight(&KernelBtf::from_file(path)?)?;
    let rules = report.findings().iter();
    Ok(rules
        .filter(|finding| finding.kind == FindingKind::Rule)
        .cloned()
        .collect())
}

/// Map and text of each.
fn broken_rules() -> Result<Vec<(String, String)>> {
    let findings = findings()?.into_iter();
    Ok(findings
        .map(|finding| (finding.map, finding.expected))
        .collect())
}

/// And how sure it is: of some release, or what this kernel's BTF says.
fn each_rule_is_told_with_what_was_found() {
    let findings = findings().unwrap();
    let refused = "the subsystem refuses it when it is attached";
    for (map, member, found, hint) in [
        (
            "scheduler_wrong",
            "name",
            "\"a scheduler\"",
            ", as of Linux 7.3",
        ),
        ("scheduler_wrong", "flags", "0x181", ""),
        ("hid_wrong", "hid_id", "zero", ", as of Linux 6.18"),
        ("hid_wrong", "flags", "0x9", ", as of Linux 6.18"),
        ("qdisc_wrong", "enqueue", "none", ", as of Linux 6.18"),
        ("qdisc_wrong", "priv_size", "0x8", ", as of Linux 6.18"),
    ] {
        let finding = findings
            .iter()
            .find(|finding| finding.map == map && finding.member == member)
            .unwrap();
        assert_eq!(finding.found, found, "{finding}");
        assert_eq!(finding.hint, format!("{refused}{hint}"), "{finding}");
    }
}

fn each_subsystem_has_its_rules() {
    let broken = broken_rules().unwrap();
    for (map, expected) in [
        (
            "scheduler_wrong",
            &[
                "`name` is \"a scheduler\", and ' ' is not allowed: only letters, digits, `_` and `.` are",
                "`flags` has 0x180 set, and this kernel's SCX_OPS_ALL_FLAGS is 0x7f",
                "`list` must stay zero",
            ][..],
        ),
        (
            "hid_wrong",
            &[
                "`hid_id` must be set",
                "`flags` has 0x1 set, and Linux 6.18 knows 0x8",
                "`list` must stay zero",
            ],
        ),
        (
            "qdisc_wrong",
            &[
                "`id` has no terminating NUL",
                "callback `enqueue` is required",
                "callback `dequeue` is required",
                "callback `init` is required",
                "callback `reset` is required",
                "callback `destroy` is required",
                "`priv_size` must stay zero",
                "`static_flags` must stay zero",
            ],
        ),
        (
            "handshake_wrong",
            &[
                "`name` is empty",
                "`flags` has 0xfffffffe set, and Linux 6.19 knows 0x1",
                "`list` must stay zero",
            ],
        ),
        (
            "ring_wrong",
            &["callback `loop_step` is required", "`priv` must stay zero"],
        ),
        ("new_wrong", &["`setting` most likely has to stay zero"]),
    ] {
        let of_map: Vec<&str> = broken
            .iter()
            .filter(|(name, _)| name == map)
            .map(|(_, text)| text.as_str())
            .collect();
        assert_eq!(of_map, expected, "{map}");
    }
}

fn what_keeps_the_rules_is_let_be() {
    let broken = broken_rules().unwrap();
    assert!(!broken.is_empty());
    let right: Vec<_> = broken
        .iter()
        .filter(|(map, _)| map.ends_with("_right"))
        .collect();
    assert!(right.is_empty(), "{right:?}");
}
