//! C programs that were written for bpftool's headers, unchanged with skelgen's: both run on the kernel and print
//! the same.

#![allow(clippy::unwrap_used, clippy::panic)]

use libbpf_tests::bpftool::Bpftool;
use libbpf_tests::features::{Feature, STRUCT_OPS_LINKS};
use libbpf_tests::kernel::{Case, Needs, run_cases};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use tempfile::TempDir;

const OUT: &str = concat!(env!("OUT_DIR"), "/drop_in");
const SOURCES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/c/drop_in");

/// Program, and the object that it is made for.
const PROGRAMS: &[(&str, &str)] = &[
    ("arena.c", "arena"),
    ("congestion.c", "congestion"),
    ("members.cpp", "variables"),
    ("packets.c", "packets"),
    ("rings.c", "rings"),
    ("shadows.c", "shadows"),
    ("variables.c", "variables"),
    ("view.c", "variables"),
];

fn main() -> ExitCode {
    let mut cases = Vec::new();
    let bpftool = Bpftool::find();
    for &(program, object) in PROGRAMS {
        let features: &[Feature] = match program {
            "arena.c" => &[Feature::Linux(6, 9)],
            "rings.c" => &[Feature::Linux(6, 1)],
            "shadows.c" => &[STRUCT_OPS_LINKS],
            _ => &[],
        };
        let needs_new = ["arena.c", "shadows.c"].contains(&program);
        let is_there = bpftool.clone().filter(|found| !needs_new || found.is_new());
        let name = format!("{program}_does_the_same_with_both_headers");
        let is_missing = is_there.is_none();
        let case = Case::new(name, Needs::Kernel, move || {
            same(&is_there.unwrap(), program, object);
        });
        let case = case.needing(features);
        // Without it they are counted as ignored, and a failure in CI; a guest has no compiler.
        let tool = if is_missing { "bpftool 7.5" } else { "cc" };
        cases.push(case.with_tool(tool));
    }
    cases.push(
        Case::new(
            "a_subskeleton_names_what_another_object_lacks",
            Needs::Nothing,
            lacking,
        )
        .with_tool("cc"),
    );
    run_cases(cases)
}

/// The view is of `variables`, and the object another.
const LACKING: &str = "
#include <errno.h>
#include <string.h>
#include <linux/types.h>
typedef __u64 u64;
typedef __u32 u32;
#include \"events.h\"
#include \"packets.skel.h\"
#include \"variables.subskel.h\"
int main(void)
{
	struct packets_bpf *skel = packets_bpf__open();

	errno = 0;
	if (!skel || view__open(skel->obj) || errno != ESRCH)
		return 1;
	packets_bpf__destroy(skel);
	return 0;
}
";

fn lacking() {
    let folder = TempDir::new().unwrap();
    let source = folder.path().join("lacking.c");
    fs::write(&source, LACKING).unwrap();
    let binary = compile(&source, Path::new(OUT), &folder.path().join("lacking"), &[]);
    let output = Command::new(binary).output().unwrap();
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}");
    for part in [
        "view: this object has no map '.data.tuned'",
        "view: this object has no program 'on_enter'",
        "view: this object has no variable 'calls' in section '.bss'",
        "view: this object has no variable 'wanted' in section '.rodata'",
    ] {
        assert!(text.lines().any(|line| line == part), "{part}:\n{text}");
    }
    // Not the one that it has.
    assert!(!text.contains("map '.bss'"), "{text}");
}

fn same(bpftool: &Bpftool, program: &str, object: &str) {
    let folder = TempDir::new().unwrap();
    let header = succeed(
        Command::new(&bpftool.path)
            .args(["gen", "skeleton"])
            .arg(format!("{OUT}/{object}.bpf.o")),
    );
    fs::write(folder.path().join(format!("{object}.skel.h")), header).unwrap();
    let view = succeed(
        Command::new(&bpftool.path)
            .args(["gen", "subskeleton"])
            .arg(format!("{OUT}/variables.bpf.o"))
            .args(["name", "view"]),
    );
    fs::write(folder.path().join("variables.subskel.h"), view).unwrap();
    let source = Path::new(SOURCES).join(program);
    let theirs = compile(&source, folder.path(), &folder.path().join("theirs"), &[]);
    let strict = ["-Wall", "-Wextra", "-Werror"];
    let ours = compile(
        &source,
        Path::new(OUT),
        &folder.path().join("ours"),
        &strict,
    );
    let expected = succeed(&mut Command::new(theirs));
    let found = succeed(&mut Command::new(ours));
    assert!(expected.lines().count() >= 3, "{expected}");
    assert_eq!(expected, found);
}

fn compile(source: &Path, headers: &Path, binary: &Path, warnings: &[&str]) -> PathBuf {
    let compiler = if source.extension().is_some_and(|ending| ending == "cpp") {
        env!("CXX_COMPILER")
    } else {
        env!("C_COMPILER")
    };
    succeed(
        Command::new(compiler)
            .args(warnings)
            .arg("-I")
            .arg(headers)
            .args(["-I", SOURCES, "-I", env!("C_INCLUDE")])
            .args(["-isystem", env!("C_LIBBPF_INCLUDE"), "-o"])
            .arg(binary)
            .arg(source)
            .args(["-L", env!("C_LIB"), "-L", env!("C_LIBBPF_LIB")])
            .args(["-lbpf_ext", "-lbpf", "-lelf", "-lz", "-lpthread"]),
    );
    binary.to_owned()
}

/// Runs a command; its standard output.
fn succeed(command: &mut Command) -> String {
    let output = command.output().unwrap();
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "{command:?}: {}\n{text}",
        output.status
    );
    String::from_utf8(output.stdout).unwrap()
}
