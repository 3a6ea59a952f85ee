//! What skelgen writes is no more than what an object needs; and where C's names lead in the documentation.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use skelgen::Builder;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// The skeleton of a source, and the size of its object.
fn generate(source: &str) -> (String, u64) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("it.bpf.c");
    fs::write(&path, source).unwrap();
    let include = Path::new(env!("CARGO_MANIFEST_DIR")).join("include");
    let builder = Builder::new().source(path).include_path(include);
    let generated = builder.out_dir(folder.path().join("out")).generate();
    let generated = generated.unwrap().remove(0);
    let text = fs::read_to_string(generated.skeleton).unwrap();
    (text, fs::metadata(generated.object).unwrap().len())
}

/// The names of the types in `mod types`.
fn types(skeleton: &str) -> Vec<&str> {
    let types = skeleton.split("pub mod types {").nth(1).unwrap_or_default();
    let types = types.split("\n    }\n").next().unwrap();
    let structs = types.lines().filter_map(|line| {
        let line = line.trim_start().strip_prefix("pub struct ")?;
        line.split(|letter: char| !letter.is_alphanumeric() && letter != '_')
            .next()
    });
    structs.collect()
}

const MANY_TYPES: &str = "#include \"vmlinux.h\"
#include <bpf/bpf_helpers.h>
struct inner { __u32 a; };
struct record { struct inner inner; struct task_struct *task; __u64 b; };
struct unused { struct record value; };
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct record);
} values SEC(\".maps\");
SEC(\"tp_btf/sched_switch\") int on_switch(__u64 *ctx)
{
	struct task_struct *task = (void *)ctx[1];
	struct unused unused = {};
	return task->pid + unused.value.b;
}
char LICENSE[] SEC(\"license\") = \"GPL\";
";

#[test]
fn only_types_that_users_can_reach_are_generated() {
    let (skeleton, _) = generate(MANY_TYPES);
    assert_eq!(types(&skeleton), ["inner", "record"], "{skeleton}");
    assert!(!skeleton.contains("pub struct task_struct"), "{skeleton}");
}

#[test]
fn an_object_of_a_megabyte_adds_nothing_to_its_skeleton() {
    const LARGE: &str = "const volatile char large[1 << 20] = { 1 };\n";
    let (small, _) = generate("const volatile char large[1 << 4] = { 1 };\n");
    let (large, object) = generate(LARGE);
    assert!(object > 1 << 20);
    assert!(large.len() < small.len() + 200, "{}", large.len());
    assert!(large.contains("include_bytes!"));
}

#[test]
fn anonymous_types_keep_their_names_when_others_come() {
    const HOLDER: &str = "struct holder { struct { int x; } inner; union { long y; } other[2]; };\n\
                          struct holder holder;\n";
    let (alone, _) = generate(HOLDER);
    let before = "struct { int first; } early; enum { ONE } kind;\n";
    let after = "struct { struct { int last; } deep; } late;\n";
    let (among_others, _) = generate(&format!("{before}{HOLDER}{after}"));
    let alone = types(&alone);
    assert!(alone.contains(&"holder_inner"), "{alone:?}");
    let others = types(&among_others);
    for name in alone {
        assert!(others.contains(&name), "{name} of {others:?}");
    }
}

/// Called by the library in passing, and of no interest by itself.
const INTERNAL: &[&str] = &[
    "bpf_link__fd",
    "bpf_link_get_next_id",
    "bpf_linker__free",
    "bpf_object__load_skeleton",
    "btf__free",
    "btf__load_module_btf",
    "btf__new",
    "btf__new_split",
    "btf__raw_data",
];

/// libbpf's functions that the raw layer calls, and the names that lead to a page of the documentation.
#[test]
fn functions_of_libbpf_are_found_by_their_names() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../safe/src");
    let mut called = BTreeSet::new();
    let mut aliases = BTreeSet::new();
    for file in rust_files(&source) {
        let text = fs::read_to_string(&file).unwrap();
        let names = text.split("doc(alias = \"").skip(1);
        aliases.extend(names.map(|rest| rest.split('"').next().unwrap().to_owned()));
        if file.starts_with(source.join("raw")) {
            let calls = text.split("ffi::").skip(1);
            called.extend(calls.filter_map(|rest| {
                let end = rest.find(|letter: char| !letter.is_alphanumeric() && letter != '_')?;
                let (name, rest) = rest.split_at(end);
                let of_libbpf = ["bpf_", "btf__", "libbpf_"];
                let of_libbpf = of_libbpf.iter().any(|prefix| name.starts_with(prefix));
                let own = name.contains("struct_ops_shadow");
                (rest.starts_with('(') && of_libbpf && !own).then(|| name.to_owned())
            }));
        }
    }
    assert!(called.len() > 60, "{called:?}");
    let missing: Vec<_> = called
        .difference(&aliases)
        .filter(|name| !INTERNAL.contains(&name.as_str()))
        .collect();
    assert!(missing.is_empty(), "no page is found by {missing:?}");
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(rust_files(&path));
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
    found
}
