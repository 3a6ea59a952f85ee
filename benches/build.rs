//! Compiles the benchmarks' programs, with skeletons for this library and for libbpf-rs; programs that grow; and the
//! objects that generators are measured with.

use std::error::Error;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs};

#[path = "../tests/src/layouts/mod.rs"]
#[allow(dead_code, unreachable_pub, unused_imports)]
mod layouts;
#[path = "../tests/src/sources.rs"]
#[allow(dead_code)]
mod sources;

const PROGRAMS: &[&str] = &["plain", "core", "minimal", "maps"];
/// How many maps, and how many programs, an object has.
const SIZES: &[usize] = &[10, 100, 1000];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=bpf");
    println!("cargo:rerun-if-changed=../tests/corpus");
    println!("cargo:rerun-if-changed=../tests/src/sources.rs");
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let sources = PROGRAMS
        .iter()
        .map(|name| PathBuf::from(format!("bpf/{name}.bpf.c")));
    skelgen::Builder::new().sources(sources).build()?;
    for name in PROGRAMS.iter().filter(|name| **name != "maps") {
        libbpf_cargo::SkeletonBuilder::new()
            .obj(out.join(format!("{name}.bpf.o")))
            .generate(out.join(format!("{name}.rs.skel.rs")))?;
    }
    reading(&out.join("reading"))?;
    growing(&out.join("growing"))?;
    corpus(&out.join("corpus"))
}

/// Structs of the kernel, and a member of each.
const READ: &[(&str, &str)] = &[
    ("task_struct", "pid"),
    ("file", "f_flags"),
    ("inode", "i_ino"),
    ("dentry", "d_flags"),
    ("sk_buff", "len"),
    ("sock", "sk_rcvbuf"),
    ("mm_struct", "total_vm"),
    ("cred", "securebits"),
    ("super_block", "s_magic"),
    ("net_device", "ifindex"),
];

/// `task_struct.bpf.c` and so on: objects that ask different things of the kernel's BTF.
fn reading(folder: &Path) -> Result<(), Box<dyn Error>> {
    fs::create_dir_all(folder)?;
    let mut files = Vec::new();
    for (name, member) in READ {
        let file = folder.join(format!("{name}.bpf.c"));
        let text = format!("#define TYPE {name}\n#define MEMBER {member}\n#include \"read.h\"\n");
        fs::write(&file, text)?;
        files.push(file);
    }
    skelgen::Builder::new()
        .sources(files)
        .include_path("bpf")
        .out_dir(folder)
        .build()?;
    Ok(())
}

/// `maps_10.bpf.c` and so on.
fn growing(folder: &Path) -> Result<(), Box<dyn Error>> {
    fs::create_dir_all(folder)?;
    let mut files = Vec::new();
    for &size in SIZES {
        let mut maps = String::from(BEFORE);
        let mut programs = maps.clone();
        for index in 0..size {
            write!(maps, "{MAP} map_{index} SEC(\".maps\");\n")?;
            write!(
                programs,
                "SEC(\"socket\")\nint program_{index}(void *ctx)\n{{\n\treturn {index};\n}}\n"
            )?;
        }
        for (what, text) in [("maps", maps), ("programs", programs)] {
            let file = folder.join(format!("{what}_{size}.bpf.c"));
            fs::write(&file, text)?;
            files.push(file);
        }
    }
    skelgen::Builder::new()
        .sources(files)
        .include_path("bpf")
        .out_dir(folder)
        .build()?;
    Ok(())
}

const BEFORE: &str = "#include \"types.h\"\n#include <bpf/bpf_helpers.h>\nchar LICENSE[] SEC(\"license\") = \"GPL\";\n";
const MAP: &str = "struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 1); __type(key, __u32); __type(value, __u64); }";

/// The tests' sources, and random ones.
fn corpus(folder: &Path) -> Result<(), Box<dyn Error>> {
    fs::create_dir_all(folder.join("sources"))?;
    let mut files = Vec::new();
    for tests in ["../tests/corpus", "../tests/corpus/kernel"] {
        for entry in fs::read_dir(tests)? {
            let path = entry?.path();
            if path.to_string_lossy().ends_with(".bpf.c") {
                files.push(path);
            }
        }
    }
    for seed in 0..40 {
        let (stem, text) = sources::source(seed);
        let file = folder.join(format!("sources/{stem}.bpf.c"));
        fs::write(&file, text)?;
        files.push(file);
    }
    files.sort();
    let mut seen = std::collections::HashSet::new();
    files.retain(|file| seen.insert(file.file_name().map(ToOwned::to_owned)));
    skelgen::Builder::new()
        .sources(files)
        .include_path("../tests/include")
        .clang_arg("-w")
        .out_dir(folder)
        .build()?;
    Ok(())
}
