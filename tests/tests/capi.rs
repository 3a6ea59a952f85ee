//! The library for C as it is installed: a program in C alone, with `pkg-config`, linked statically and shared.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use libbpf_tests::features::STRUCT_OPS_LINKS;
use libbpf_tests::kernel::{Case, Needs, has_congestion_control, run_cases};
use libbpf_tests::project::{Project, text};
use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::sync::{LazyLock, Mutex, MutexGuard};

const OUT: &str = env!("OUT_DIR");

macro_rules! case {
    ($needs:ident, $test:ident) => {
        Case::new(stringify!($test), Needs::$needs, $test).with_tool("cc")
    };
}

fn main() -> ExitCode {
    let links = &[STRUCT_OPS_LINKS];
    run_cases(vec![
        case!(
            Nothing,
            an_installed_library_exports_what_its_header_declares
        ),
        case!(Nothing, an_installed_header_compiles_in_every_standard),
        case!(Kernel, a_program_in_c_links_it_statically).needing(links),
        case!(Kernel, a_program_in_c_links_it_shared).needing(links),
        case!(Kernel, the_example_shows_one_object_from_both_sides).needing(links),
    ])
}

/// Where it is installed, as by a package's build; one test at a time.
fn installed() -> MutexGuard<'static, Project> {
    static PROJECT: LazyLock<Mutex<Project>> = LazyLock::new(|| {
        let project = Project::new(&[]);
        succeed(
            Command::new("make")
                .args(["install-capi", "PREFIX=/usr", "PROFILE=dev"])
                .arg(format!("CARGO={}", env!("CARGO")))
                .arg(format!("DESTDIR={}", project.path("root").display()))
                .current_dir(workspace()),
        );
        Mutex::new(project)
    });
    PROJECT.lock().unwrap()
}

fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// Runs a command; its standard output.
fn succeed(command: &mut Command) -> String {
    let output = command.output().unwrap();
    let said = text(&output.stderr);
    assert!(output.status.success(), "{command:?}: {said}");
    text(&output.stdout)
}

/// The functions that the header declares.
fn declared() -> BTreeSet<String> {
    let header = include_str!("../../capi/include/libbpf_safe.h");
    let words = header.split(|c: char| !c.is_alphanumeric() && c != '_' && c != '(');
    let calls = words.filter_map(|word| Some(word.split_once('(')?.0.to_owned()));
    calls
        .filter(|name| name.starts_with("libbpf_safe_") && name.contains("__"))
        .collect()
}

fn an_installed_library_exports_what_its_header_declares() {
    let project = installed();
    let usr = project.path("root/usr");
    let symbols = succeed(
        Command::new("nm")
            .args(["--dynamic", "--defined-only"])
            .arg(usr.join("lib/libbpf_safe.so")),
    );
    let exported: BTreeSet<String> = symbols
        .lines()
        .filter_map(|line| line.split_whitespace().nth(2))
        .map(str::to_owned)
        .collect();
    assert!(declared().len() > 12, "{:?}", declared());
    assert_eq!(exported, declared(), "and nothing of libbpf");
    let dynamic = succeed(
        Command::new("readelf")
            .arg("--dynamic")
            .arg(usr.join("lib/libbpf_safe.so")),
    );
    assert!(dynamic.contains("[libbpf_safe.so.1]"), "{dynamic}");
    let link = std::fs::read_link(usr.join("lib/libbpf_safe.so")).unwrap();
    assert_eq!(link, Path::new("libbpf_safe.so.1"));
}

fn an_installed_header_compiles_in_every_standard() {
    let project = installed();
    let include = project.path("root/usr/include/libbpf-safe");
    let source = project.path("source");
    std::fs::write(&source, "#include <libbpf_safe.h>\n").unwrap();
    for (compiler, language, standards) in [
        (env!("C_COMPILER"), "c", ["c99", "c11", "c17"]),
        (env!("CXX_COMPILER"), "c++", ["c++11", "c++17", "c++20"]),
    ] {
        for standard in standards {
            succeed(
                Command::new(compiler)
                    .arg(format!("-std={standard}"))
                    .args(["-Wall", "-Wextra", "-pedantic", "-Werror", "-fsyntax-only"])
                    .arg("-I")
                    .arg(&include)
                    .args(["-x", language])
                    .arg(&source),
            );
        }
    }
}

/// What `pkg-config` says, of what is below the root.
fn flags(project: &Project, package: &str) -> Vec<String> {
    let root = project.path("root");
    let said = succeed(
        Command::new("pkg-config")
            .args(["--cflags", "--libs", package])
            .env("PKG_CONFIG_LIBDIR", root.join("usr/lib/pkgconfig"))
            .env("PKG_CONFIG_SYSROOT_DIR", &root),
    );
    said.split_whitespace().map(str::to_owned).collect()
}

fn program(package: &str, arguments: &[&str], name: &str) {
    let project = installed();
    let binary: PathBuf = project.path(package);
    succeed(
        Command::new(env!("C_COMPILER"))
            .args(["-std=gnu11", "-Wall", "-Wextra", "-Werror"])
            .args(["-Wno-unused-function", "-I", OUT])
            .args(arguments)
            .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/c/linked.c"))
            .arg("-o")
            .arg(&binary)
            .args(flags(&project, package)),
    );
    let mut child = Command::new(&binary)
        .arg(format!("{OUT}/mixed.bpf.o"))
        .env("LD_LIBRARY_PATH", project.path("root/usr/lib"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut answers = child.stdin.take().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut next = || lines.next().and_then(Result::ok).unwrap_or_default();
    let attached = next();
    let is_there = has_congestion_control(name);
    let _ = writeln!(answers);
    let detached = next();
    let is_gone = !has_congestion_control(name);
    let _ = writeln!(answers);
    let status = child.wait().unwrap();
    assert!(status.success(), "{status}");
    assert_eq!((&*attached, is_there), ("attached", true));
    assert_eq!((&*detached, is_gone), ("detached", true));
}

fn a_program_in_c_links_it_statically() {
    program("libbpf-safe-static", &["-DLINKED_STATIC"], "t_linked");
}

fn a_program_in_c_links_it_shared() {
    program("libbpf-safe", &[], "t_linke");
}

/// What it prints of both sides: `what: A in Rust, B in C`.
fn the_example_shows_one_object_from_both_sides() {
    let mut cargo = Command::new(env!("CARGO"));
    cargo
        .args(["run", "--quiet", "--package", "mixed", "--offline"])
        .current_dir(workspace());
    let said = succeed(&mut cargo);
    assert!(
        said.contains("registered as \"paced_by_c\", with limited"),
        "{said}"
    );
    for (what, expected) in [
        ("map `paces`: id", None),
        ("window limit:", Some(12)),
        ("calls:", None),
    ] {
        let line = said.lines().find_map(|line| line.strip_prefix(what));
        let line = line.unwrap_or_else(|| panic!("no `{what}`: {said}"));
        let (in_rust, in_c) = line.split_once(" in Rust, ").unwrap();
        let in_c = in_c.strip_suffix(" in C").unwrap();
        let numbers: [u64; 2] = [in_rust, in_c].map(|number| number.trim().parse().unwrap());
        assert_eq!(numbers[0], numbers[1], "{line}");
        assert!(numbers[0] > 0, "{line}");
        assert!(expected.is_none_or(|expected| expected == numbers[0]));
    }
}
