//! What cannot be supported says why, in one line that also says what to do.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use libbpf_safe::{ErrorKind, OpenObject, OpenOptions};
use libbpf_tests::project::{Project, text};
use libbpf_tests::skeletons::moved_variable;
use skelgen::Builder;
use std::path::Path;
use std::process::Command;

/// `lacking.bpf.c`, compiled for machines of the other byte order.
const OTHER_ORDER: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/other_order.bpf.o"));
/// `moved_variable.bpf.c` likewise.
const OTHER_VARIABLES: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/other_variables.bpf.o"));
/// `untyped_extern.bpf.c` without BTF.
const UNTYPED_EXTERN: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/untyped_extern.bpf.o"));
const NATIVE: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/lacking.bpf.o"));

/// What skelgen says of this source, which clang compiles.
fn refusal(source: &str, arguments: &[&str]) -> String {
    let project = Project::new(&[
        ("part.bpf.c", &format!("#include \"small.h\"\n{source}")),
        // In place of the kernel's, which takes a second to make, and which nothing here includes.
        ("vmlinux.h", ""),
    ]);
    let builder = Builder::new()
        .source(project.path("part.bpf.c"))
        .include_path(project.path(""))
        .include_path(Path::new(env!("CARGO_MANIFEST_DIR")).join("include"))
        .out_dir(project.path("out"));
    let builder = arguments
        .iter()
        .fold(builder, |builder, &argument| builder.clang_arg(argument));
    let error = builder.generate().unwrap_err();
    let line = error.to_string();
    assert!(!line.contains('\n'), "{line}");
    line
}

/// The line has all of these words.
fn says(line: &str, words: &[&str]) {
    for word in words {
        assert!(line.contains(word), "{word} is not in: {line}");
    }
}

#[test]
fn an_object_that_needs_another_says_what_and_that_it_wants_linking() {
    let parts = [
        (
            "extern int limit; SEC(\"tc\") int one(void *ctx) { return limit; }",
            "'limit'",
        ),
        (
            "extern int count(int by); SEC(\"tc\") int one(void *ctx) { return count(2); }",
            "'count'",
        ),
        (
            "extern struct { __uint(type, BPF_MAP_TYPE_HASH); __type(key, int); __type(value, int); \
             __uint(max_entries, 8); } flows SEC(\".maps\"); \
             SEC(\"tc\") int one(void *ctx) { return ((long (*)(void *, void *))2)(&flows, ctx); }",
            "'.maps'",
        ),
        (
            "extern int shared SEC(\".data.shared\"); SEC(\"tc\") int one(void *ctx) { return shared; }",
            "'.data.shared'",
        ),
    ];
    for (source, name) in parts {
        let line = refusal(source, &[]);
        says(
            &line,
            &[
                "`part`",
                name,
                "another object",
                "skelgen link",
                "Builder::linked",
            ],
        );
    }
}

#[test]
fn an_object_whose_externs_have_no_types_asks_for_them() {
    let source =
        "extern int limit SEC(\".ksyms\"); SEC(\"tc\") int one(void *ctx) { return *(&limit); }";
    says(&refusal(source, &["-g0"]), &["part.bpf.c", "no BTF", "-g"]);
    let error = OpenObject::from_bytes("untyped", UNTYPED_EXTERN).unwrap_err();
    let line = error.to_string();
    says(&line, &["`untyped`", "'limit'", "-g"]);
    assert!(!line.contains("link") && !line.contains('\n'), "{line}");
}

#[test]
fn what_libbpf_does_not_take_is_named_with_what_it_does() {
    let legacy = "struct { int type, key, value, entries; } flows SEC(\"maps\") = { 1, 4, 4, 8 };";
    says(
        &refusal(legacy, &[]),
        &[
            "`part`",
            "legacy map definitions",
            "'maps'",
            "SEC(\".maps\")",
        ],
    );
    let hidden =
        "static __attribute__((noinline, used)) SEC(\"tc\") int one(void *ctx) { return 0; }";
    says(
        &refusal(hidden, &[]),
        &["`part`", "'one'", "is static", "without `static`"],
    );
}

/// Its symbol table (`SHT_SYMTAB`) is called one of a program's own (`SHT_PROGBITS`).
fn without_symbols() -> Vec<u8> {
    let number = |at: usize| usize::from(u16::from_ne_bytes([NATIVE[at], NATIVE[at + 1]]));
    let (headers, count) = (number(40), number(60));
    let table = (0..count)
        .map(|index| headers + 64 * index + 4)
        .find(|&kind| number(kind) == 2)
        .unwrap();
    let mut object = NATIVE.to_vec();
    object[table] = 1;
    object
}

#[test]
fn an_object_without_symbols_asks_for_them() {
    let stripped = without_symbols();
    let error = OpenObject::from_bytes("stripped", &stripped).unwrap_err();
    let line = error.to_string();
    says(&line, &["`stripped`", "symbol table", "llvm-strip -g"]);
    assert!(!line.contains('\n'), "{line}");
}

#[test]
fn a_skeleton_in_rust_compiles_only_for_machines_of_its_byte_order() {
    let project = Project::new(&[]);
    let compile = |name: &str, object: &[u8]| {
        let skeleton = skelgen::rust_skeleton(name, object, "none.bpf.o").unwrap();
        project.write("skeleton.rs", &skeleton);
        let output = Command::new("rustc")
            .args(["--edition", "2024", "--crate-type", "lib", "skeleton.rs"])
            .current_dir(project.path("."))
            .output()
            .unwrap();
        text(&output.stderr)
    };
    let other = if cfg!(target_endian = "little") {
        "big"
    } else {
        "little"
    };
    let said = format!("error: the BPF object `other` was compiled for {other}-endian machines");
    let errors = compile("other", OTHER_ORDER);
    assert!(errors.lines().any(|line| line == said), "{errors}");
    // That one fails, too, for want of libbpf-safe.
    let errors = compile("native", NATIVE);
    assert!(
        errors.contains("error") && !errors.contains("-endian"),
        "{errors}"
    );
}

#[test]
fn a_header_compiles_only_for_machines_of_its_byte_order() {
    let project = Project::new(&[]);
    let compile = |name: &str, object: &[u8]| {
        for header in [
            skelgen::c_skeleton(name, object),
            skelgen::c_subskeleton(name, object),
        ] {
            project.write("header.c", &header.unwrap());
            let output = Command::new(env!("C_COMPILER"))
                .args(["-fsyntax-only", "-I", env!("C_INCLUDE")])
                .args(["-isystem", env!("C_LIBBPF_INCLUDE"), "header.c"])
                .current_dir(project.path("."))
                .output()
                .unwrap();
            let errors = text(&output.stderr);
            let said = errors.contains(&format!("the BPF object {name} was compiled for"));
            assert_eq!(said, name == "other", "{errors}");
            assert_eq!(output.status.success(), name == "native", "{errors}");
        }
    };
    compile("other", OTHER_ORDER);
    compile("native", NATIVE);
}

#[test]
fn a_skeleton_lends_no_variables_of_the_other_byte_order() {
    let error =
        moved_variable::OpenSkeleton::open_bytes(OTHER_VARIABLES, &OpenOptions::new()).unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::OtherByteOrder, "{error:?}");
    let line = error.to_string();
    says(&line, &["`moved_variable`", "byte order", "-target bpf"]);
    assert!(!line.contains('\n'), "{line}");
}
