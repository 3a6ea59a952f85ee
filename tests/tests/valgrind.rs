//! The handles under valgrind: no invalid access and no leak.

#![forbid(unsafe_code)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use libbpf_tests::kernel_tests;
use std::io::ErrorKind;
use std::process::Command;

kernel_tests![handles_touch_no_freed_memory];

const MEMCHECK: &[&str] = &[
    "--tool=memcheck",
    "--leak-check=full",
    "--errors-for-leak-kinds=definite,indirect",
];

fn handles_touch_no_freed_memory() {
    run(MEMCHECK, "drops");
}

/// Runs a scenario of `src/bin/handles.rs`.
fn run(tool: &[&str], scenario: &str) {
    let output = Command::new("valgrind")
        .args(["--quiet", "--error-exitcode=9"])
        .args(tool)
        .arg(env!("CARGO_BIN_EXE_handles"))
        .arg(scenario)
        .output();
    let output = match output {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            panic!(
                "valgrind is missing: `make deps` installs it (Debian: apt-get install valgrind)"
            )
        }
        output => output.unwrap(),
    };
    assert!(
        output.status.success(),
        "valgrind ends with {}:\n{}{}",
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}
