//! The feature `system`: which libbpf a build takes.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::process::Command;

/// Builds with a libbpf that is no more than its `.pc` file; what cargo says, which is no success.
fn refused(version: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let description =
        format!("Name: libbpf\nDescription: none\nVersion: {version}\nLibs: -lbpf\nCflags:\n");
    fs::write(folder.path().join("libbpf.pc"), description).unwrap();
    let output = Command::new(env!("CARGO"))
        .args(["check", "--package", "libbpf-ffi", "--offline", "--locked"])
        .args(["--no-default-features", "--features", "system"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env("PKG_CONFIG_PATH", folder.path())
        .env(
            "CARGO_TARGET_DIR",
            concat!(env!("CARGO_TARGET_TMPDIR"), "/system"),
        )
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success(), "{text}");
    text
}

#[test]
fn a_libbpf_out_of_range_is_refused_by_its_version() {
    for version in ["1.6.3", "2.0.0"] {
        let text = refused(version);
        let range = "the feature `system` needs libbpf >= 1.7, < 2.0 by pkg-config";
        assert!(text.contains(range), "{text}");
        assert!(text.contains(&format!("version '{version}'")), "{text}");
    }
}
