//! Misuse is refused by the compiler.
//!
//! Every file in `ui/` is a program that says, at the end of the line that an error points to, which
//! error that is: `//~ E0505`. `E----` is an error that has no code, as those about lifetimes. Nothing
//! else may be wrong with it. The words of the compiler are its own affair, and change.

#![forbid(unsafe_code)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

/// Where a fixture goes wrong, and with which code.
type Errors = BTreeSet<(usize, String)>;

/// What the compiler said about the fixtures, by their names.
static FINDINGS: LazyLock<BTreeMap<String, Findings>> = LazyLock::new(check_all);

#[derive(Default)]
struct Findings {
    errors: Errors,
    /// Errors and warnings as the compiler puts them.
    rendered: String,
    warnings: usize,
}

#[test]
fn correct_programs_compile() {
    let ok = &FINDINGS["ok"];
    assert!(
        ok.errors.is_empty() && ok.warnings == 0,
        "ok.rs does not compile cleanly:\n{}",
        ok.rendered
    );
}

#[test]
fn misuse_is_refused() {
    let mut report = String::new();
    for (name, path) in fixtures() {
        let (expected, found) = (expected_errors(&path), &FINDINGS[&name]);
        assert_eq!(
            expected.is_empty(),
            name == "ok",
            "{name}.rs expects nothing"
        );
        for (line, code) in expected.difference(&found.errors) {
            writeln!(report, "ui/{name}.rs:{line}: {code} is missing").unwrap();
        }
        for (line, code) in found.errors.difference(&expected) {
            writeln!(report, "ui/{name}.rs:{line}: {code} is not expected").unwrap();
        }
        if expected != found.errors {
            report.push_str(&found.rendered);
        }
    }
    assert!(report.is_empty(), "{report}");
}

/// The fixtures' names and where they are.
fn fixtures() -> BTreeMap<String, PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("ui");
    fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .map(|path| (path.file_stem().unwrap().to_str().unwrap().to_owned(), path))
        .collect()
}

/// The marks of a fixture.
fn expected_errors(path: &Path) -> Errors {
    let text = fs::read_to_string(path).unwrap();
    let marks = text.lines().enumerate().filter_map(|(index, line)| {
        let (_, codes) = line.split_once("//~")?;
        Some(
            codes
                .split_whitespace()
                .map(move |code| (index + 1, code.to_owned())),
        )
    });
    marks.flatten().collect()
}

/// Has the compiler look at all fixtures, as the binaries of a package of their own: what depends on this
/// workspace from outside, as users do.
fn check_all() -> BTreeMap<String, Findings> {
    let package = Path::new(env!("CARGO_TARGET_TMPDIR")).join("ui");
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    let fixtures = fixtures();
    fs::create_dir_all(&package).unwrap();
    fs::write(package.join("Cargo.toml"), manifest(tests, &fixtures)).unwrap();
    // The same versions as in the workspace: they are here already.
    fs::copy(tests.join("../Cargo.lock"), package.join("Cargo.lock")).unwrap();

    // A folder of its own: whoever runs this test may hold the lock of the other.
    let output = Command::new(env!("CARGO"))
        .args([
            "check",
            "--offline",
            "--keep-going",
            "--message-format=json",
        ])
        .arg("--target-dir")
        .arg(package.join("target"))
        .current_dir(&package)
        .output()
        .unwrap();
    let mut findings: BTreeMap<String, Findings> = BTreeMap::new();
    for line in String::from_utf8(output.stdout).unwrap().lines() {
        let message: Value = serde_json::from_str(line).unwrap();
        let target = message["target"]["name"].as_str().unwrap_or_default();
        let Some(path) = fixtures.get(target) else {
            continue;
        };
        // One entry for every fixture that the compiler has looked at, with or without a message.
        let found = findings.entry(target.to_owned()).or_default();
        if message["reason"] == "compiler-message" {
            found.add(&message["message"], path);
        }
    }
    let missing: Vec<_> = fixtures
        .keys()
        .filter(|name| !findings.contains_key(*name))
        .collect();
    assert!(
        missing.is_empty(),
        "the compiler did not get to {missing:?}:\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
    findings
}

fn manifest(tests: &Path, fixtures: &BTreeMap<String, PathBuf>) -> String {
    let safe = tests.join("../safe");
    let mut manifest = format!(
        "[package]\n\
         name = \"ui\"\n\
         version = \"0.0.0\"\n\
         edition = \"2024\"\n\
         publish = false\n\
         \n\
         [workspace]\n\
         resolver = \"3\"\n\
         \n\
         [dependencies]\n\
         libbpf-safe = {{ path = {safe:?}, default-features = false, features = [\"vendored\"] }}\n\
         libbpf-tests = {{ path = {tests:?} }}\n"
    );
    for (name, path) in fixtures {
        let edition = edition(path);
        write!(
            manifest,
            "\n[[bin]]\nname = {name:?}\npath = {path:?}\nedition = \"{edition}\"\n"
        )
        .unwrap();
    }
    manifest
}

/// A fixture about an older edition says so in its first line.
fn edition(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    let first = text.lines().next().unwrap_or_default();
    first
        .strip_prefix("//! edition: ")
        .unwrap_or("2024")
        .to_owned()
}

impl Findings {
    fn add(&mut self, message: &Value, fixture: &Path) {
        let spans = message["spans"].as_array().unwrap();
        self.rendered
            .push_str(message["rendered"].as_str().unwrap_or_default());
        if message["level"] == "warning" {
            // Without a place it is the count of the warnings before.
            self.warnings += usize::from(!spans.is_empty());
            return;
        }
        // Notes, and the count of the errors at the end, have no place.
        let Some(primary) = spans.iter().find(|span| span["is_primary"] == true) else {
            return;
        };
        let code = message["code"]["code"].as_str().unwrap_or("E----");
        self.errors
            .insert((line_in(primary, fixture), code.to_owned()));
    }
}

/// The line in the fixture that a span is on; for one inside a macro, the line that the macro is called on.
fn line_in(span: &Value, fixture: &Path) -> usize {
    let mut span = span;
    loop {
        let file = Path::new(span["file_name"].as_str().unwrap());
        if file.file_name() == fixture.file_name()
            && file.parent().is_some_and(|p| p.ends_with("ui"))
        {
            return usize::try_from(span["line_start"].as_u64().unwrap()).unwrap();
        }
        let expansion = &span["expansion"]["span"];
        // Elsewhere, without a way back: line 0 is expected nowhere.
        if expansion.is_null() {
            return 0;
        }
        span = expansion;
    }
}
