//! The same program on the oldest and on the newest kernel: `make test-kernels` runs this on each.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use libbpf_tests::features::STRUCT_OPS_LINKS;
use libbpf_tests::kernel::has_congestion_control;
use libbpf_tests::kernel_tests;
use std::process::Command;

kernel_tests![the_same_program_runs_on_every_kernel_and_reports_what_it_dropped];

fn the_same_program_runs_on_every_kernel_and_reports_what_it_dropped() {
    let output = Command::new(env!("CARGO_BIN_EXE_on_any_kernel"))
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}{errors}");
    assert_eq!(errors, "");

    let (dropped, others): (Vec<_>, Vec<_>) =
        text.lines().partition(|line| line.starts_with("dropped: "));
    assert_eq!(others, ["carried: 1048576"]);
    // What no kernel has.
    let mut expected = 5;
    for name in [
        "'newer_callback'",
        "'newer_setting'",
        "'newer_text'",
        "map 'unknown'",
        "map 'also_unknown'",
    ] {
        let count = dropped.iter().filter(|line| line.contains(name)).count();
        assert_eq!(count, 1, "{name}: {text}");
    }
    // What only the oldest lacks.
    let link = dropped
        .iter()
        .filter(|line| line.contains("map 'carried'") && line.contains("link"));
    if STRUCT_OPS_LINKS.is_there() {
        assert_eq!(link.count(), 0, "{text}");
    } else {
        assert_eq!(link.count(), 1, "{text}");
        expected += 1;
    }
    assert_eq!(dropped.len(), expected, "{text}");
    assert!(!has_congestion_control("t_any_kernel"));
}
