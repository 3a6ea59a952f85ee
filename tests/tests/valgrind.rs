//! The handles under valgrind: no invalid access, no leak, and no race.

#![forbid(unsafe_code)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use libbpf_tests::features::STRUCT_OPS_LINKS;
use libbpf_tests::kernel::{Case, Needs, run_cases};
use std::io::ErrorKind;
use std::process::{Command, ExitCode};

fn main() -> ExitCode {
    // valgrind is not for guests: it is slow enough without emulation.
    let outside = |name, test: fn()| {
        Case::new(name, Needs::Kernel, test)
            .with_tool("valgrind")
            .needing(&[STRUCT_OPS_LINKS])
    };
    run_cases(vec![
        outside("handles_touch_no_freed_memory", || {
            run(MEMCHECK, "drops");
        }),
        // Reading, attaching and detaching need no lock that helgrind could not see: they change
        // nothing in the object.
        outside("handles_of_one_object_do_not_race", || {
            run(HELGRIND, "shared");
        }),
        outside("objects_do_not_race", || run(HELGRIND, "apart")),
    ])
}

const MEMCHECK: &[&str] = &[
    "--tool=memcheck",
    "--leak-check=full",
    "--errors-for-leak-kinds=definite,indirect",
    concat!(
        "--suppressions=",
        env!("CARGO_MANIFEST_DIR"),
        "/memcheck.supp"
    ),
];

/// The suppressions say what valgrind cannot know.
const HELGRIND: &[&str] = &[
    "--tool=helgrind",
    concat!(
        "--suppressions=",
        env!("CARGO_MANIFEST_DIR"),
        "/helgrind.supp"
    ),
];

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
