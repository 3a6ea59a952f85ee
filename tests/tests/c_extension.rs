//! The extension from C: programs that have no Rust in them, each case once plain and once under valgrind.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use libbpf_tests::features::STRUCT_OPS_LINKS;
use libbpf_tests::kernel::{Case, Needs, run_cases};
use std::path::Path;
use std::process::{Command, ExitCode};

/// Program, case, what it needs, and the objects that it works on.
const CASES: &[(&str, &str, Needs, &[&str])] = &[
    ("borrowed", "views", Needs::Nothing, &[]),
    ("borrowed", "other_layouts", Needs::Nothing, &["c_tcp"]),
    ("borrowed", "other_objects", Needs::Nothing, &["c_moved"]),
    ("description", "defaults", Needs::Nothing, &["c_tcp"]),
    ("description", "misfits", Needs::Nothing, &["c_tcp"]),
    ("description", "broken_info", Needs::Nothing, &["c_tcp"]),
    ("description", "empty_info", Needs::Nothing, &["c_tcp"]),
    ("description", "out_of_memory", Needs::Nothing, &["c_tcp"]),
    ("commit", "commit_problems", Needs::Nothing, &["c_tcp"]),
    (
        "commit",
        "nothing_translated_on_failure",
        Needs::Nothing,
        &["c_tcp"],
    ),
    (
        "commit",
        "optional_sections",
        Needs::Nothing,
        &["c_optional"],
    ),
    ("commit", "nested", Needs::Nothing, &["c_types"]),
    ("kernels", "kernel_types", Needs::Nothing, &["c_types"]),
    ("kernels", "other_kernels", Needs::Nothing, &["c_tcp"]),
    (
        "broken_objects",
        "bitfield",
        Needs::Nothing,
        &["c_bitfield"],
    ),
    (
        "broken_objects",
        "no_value",
        Needs::Nothing,
        &["c_no_value", "c_no_btf"],
    ),
    ("broken_objects", "broken_btf", Needs::Nothing, &["c_tcp"]),
    ("text", "texts", Needs::Nothing, &[]),
    ("text", "log_text", Needs::Nothing, &[]),
    (
        "hostile",
        "changed_words",
        Needs::Nothing,
        &["c_versions_plain"],
    ),
    ("hostile", "doubled_types", Needs::Nothing, &["c_doubled"]),
    ("presence", "left_out", Needs::Nothing, &["c_tcp"]),
    ("presence", "missing_type", Needs::Nothing, &["c_tcp"]),
    ("presence", "narrower_word", Needs::Nothing, &["c_tcp"]),
    (
        "presence",
        "nested_elsewhere",
        Needs::Nothing,
        &["c_versions_plain"],
    ),
    ("presence", "plan", Needs::Nothing, &["c_tcp"]),
    ("skeleton", "set_members", Needs::Nothing, &[]),
    ("skeleton", "without_the_module", Needs::Kernel, &[]),
    ("versions", "defaults", Needs::Nothing, &["c_versions"]),
    (
        "versions",
        "carried_over",
        Needs::Nothing,
        &["c_versions", "c_versions_plain"],
    ),
    (
        "versions",
        "agreement_is_free",
        Needs::Nothing,
        &["c_versions"],
    ),
    ("versions", "misfits", Needs::Nothing, &["c_versions"]),
    (
        "versions",
        "inner_pointers",
        Needs::Nothing,
        &["c_versions"],
    ),
    ("headers", "rfc", Needs::Nothing, &[]),
    (
        "headers",
        "failures",
        Needs::Nothing,
        &["c_shapes", "c_moved"],
    ),
    ("headers", "variables", Needs::Kernel, &[]),
    ("headers", "tcp", Needs::Kernel, &[]),
    ("headers", "older_header", Needs::Kernel, &["c_tcp"]),
    ("shadow", "same_layout", Needs::Kernel, &["c_tcp"]),
    ("shadow", "older_layout", Needs::Kernel, &["c_tcp"]),
    ("shadow", "autoload", Needs::Kernel, &["c_tcp"]),
    ("shadow", "after_load", Needs::Kernel, &["c_tcp"]),
    ("shadow", "sizes", Needs::Kernel, &["c_tcp"]),
    ("shadow", "optional_maps", Needs::Kernel, &["c_optional"]),
];

const OUT: &str = env!("OUT_DIR");
const HEADERS: &[&str] = &["libbpf_struct_ops.h", "libbpf_text.h"];

fn main() -> ExitCode {
    let mut cases = Vec::new();
    for &(program, case, needs, objects) in CASES {
        let plain = move || run(&mut Command::new(in_out(program)), case, objects);
        // All that load have maps in `.struct_ops.link`.
        let features: &[_] = match needs {
            Needs::Kernel => &[STRUCT_OPS_LINKS],
            Needs::Nothing => &[],
        };
        let plain = Case::new(format!("{program}::{case}"), needs, plain);
        cases.push(plain.needing(features));
        // Thousands of objects, which take valgrind minutes.
        if case == "changed_words" {
            continue;
        }
        let name = format!("{program}::{case}::memcheck");
        let checked = move || {
            let mut valgrind = Command::new("valgrind");
            valgrind.args(["--quiet", "--error-exitcode=9", "--leak-check=full"]);
            run(valgrind.arg(in_out(program)), case, objects);
        };
        let checked = Case::new(name, needs, checked).with_tool("valgrind");
        cases.push(checked.needing(features));
    }
    let headers = Case::new(
        "headers_compile_alone",
        Needs::Nothing,
        headers_compile_alone,
    );
    cases.push(headers);
    let names = Case::new(
        "archive_keeps_to_its_names",
        Needs::Nothing,
        archive_keeps_to_its_names,
    );
    cases.push(names);
    run_cases(cases)
}

fn in_out(file: &str) -> String {
    format!("{OUT}/{file}")
}

fn run(command: &mut Command, case: &str, objects: &[&str]) {
    let objects = objects.iter().map(|name| in_out(&format!("{name}.bpf.o")));
    command.arg(case).args(objects);
    succeed(command);
}

/// Runs a command; its standard output.
fn succeed(command: &mut Command) -> String {
    let output = command.output().unwrap();
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        output.status.success(),
        "{command:?}: {}\n{text}",
        output.status
    );
    String::from_utf8(output.stdout).unwrap()
}

/// In old C, in new C and in C++, without a warning and without another header before them.
fn headers_compile_alone() {
    let languages = [
        (env!("C_COMPILER"), "c", "-std=c99"),
        (env!("C_COMPILER"), "c", "-std=c11"),
        (env!("CXX_COMPILER"), "c++", "-std=c++11"),
        (env!("CXX_COMPILER"), "c++", "-std=c++17"),
    ];
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("source");
    for header in HEADERS {
        std::fs::write(&source, format!("#include <{header}>\n")).unwrap();
        for (compiler, language, standard) in languages {
            succeed(
                Command::new(compiler)
                    .args([standard, "-Wall", "-Wextra", "-pedantic", "-Werror"])
                    .args(["-fsyntax-only", "-I", env!("C_INCLUDE")])
                    .args(["-x", language])
                    .arg(&source),
            );
        }
    }
}

/// A static library shares its names with whatever it is linked into.
fn archive_keeps_to_its_names() {
    let archive = Path::new(env!("C_LIB")).join("libbpf_ext.a");
    let symbols = succeed(
        Command::new("nm")
            .args(["--extern-only", "--defined-only"])
            .arg(archive),
    );
    let names: Vec<&str> = symbols
        .lines()
        .filter_map(|line| line.split_whitespace().nth(2))
        .collect();
    assert!(names.contains(&"bpf_struct_ops_shadow__new"), "{names:?}");
    for name in names {
        let ours = ["bpf_struct_ops_", "libbpf_text__", "struct_ops__"];
        assert!(ours.iter().any(|prefix| name.starts_with(prefix)), "{name}");
    }
}
