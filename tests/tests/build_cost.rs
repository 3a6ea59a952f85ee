//! What a build of the demo compiles.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeSet;
use std::process::Command;

/// Every crate, build scripts' included, that a build of this package compiles.
fn crates(package: &str) -> BTreeSet<String> {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--package", package, "--edges", "normal,build"])
        .args([
            "--prefix",
            "none",
            "--format",
            "{p}",
            "--offline",
            "--locked",
        ])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .filter_map(|line| {
            let mut words = line.split_whitespace();
            Some(format!("{} {}", words.next()?, words.next()?))
        })
        .collect()
}

#[test]
fn the_demo_compiles_at_most_45_crates() {
    let crates = crates("tcp_cc");
    assert!(
        crates.iter().any(|name| name.starts_with("libbpf-sys ")),
        "{crates:#?}"
    );
    assert!(crates.len() <= 45, "{} crates: {crates:#?}", crates.len());
}

#[test]
fn skelgen_brings_at_most_30_crates() {
    let crates = crates("skelgen");
    assert!(
        crates.iter().any(|name| name.starts_with("unicode-ident ")),
        "{crates:#?}"
    );
    assert!(crates.len() <= 30, "{} crates: {crates:#?}", crates.len());
}

/// They take longer to compile than all that is generated takes.
#[test]
fn skelgen_brings_no_crates_for_macros() {
    for name in crates("skelgen") {
        for heavy in ["syn ", "quote ", "proc-macro2 ", "prettyplease "] {
            assert!(!name.starts_with(heavy), "{name}");
        }
    }
}

#[test]
fn a_second_build_does_nothing() {
    let build = || {
        let output = Command::new(env!("CARGO"))
            .args(["build", "--package", "tcp_cc", "--offline", "--locked"])
            .args(["--message-format", "json"])
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .output()
            .unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{errors}");
        String::from_utf8(output.stdout).unwrap()
    };
    build();
    let messages = build();
    let fresh = messages.matches("\"fresh\":true").count();
    assert!(fresh > 10, "{messages}");
    assert!(!messages.contains("\"fresh\":false"), "{messages}");
}
