//! What subsystems are known to refuse without a text, told by preflight for those that few kernels have.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, clippy::panic)]

use libbpf_safe::btf::KernelBtf;
use libbpf_safe::struct_ops::FindingKind;
use libbpf_safe::{OpenObject, Result};
use libbpf_tests::kernel_tests;

kernel_tests![each_subsystem_has_its_rules, what_keeps_the_rules_is_let_be];

/// Map and text of each rule that a map of the object breaks.
fn broken_rules() -> Result<Vec<(String, String)>> {
    let path = concat!(env!("OUT_DIR"), "/subsystems.bpf.o");
    let mut object = OpenObject::from_file(path)?;
    let report = object.preflight(&KernelBtf::from_file(path)?)?;
    let rules = report.findings().iter();
    Ok(rules
        .filter(|finding| finding.kind == FindingKind::Rule)
        .map(|finding| (finding.map.clone(), finding.expected.clone()))
        .collect())
}

fn each_subsystem_has_its_rules() {
    let broken = broken_rules().unwrap();
    for (map, expected) in [
        (
            "scheduler_wrong",
            &[
                "`name` is \"a scheduler\", and ' ' is not allowed: only letters, digits, `_` and `.` are",
                "`list` must stay zero",
            ][..],
        ),
        (
            "hid_wrong",
            &["`hid_id` must be set", "`list` must stay zero"],
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
            &["`name` is empty", "`list` must stay zero"],
        ),
        (
            "ring_wrong",
            &[
                "one of the callbacks `loop_step` and `poll_gate` is required",
                "`priv` must stay zero",
            ],
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
