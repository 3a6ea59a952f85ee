//! Compiles the C programs in `c/`, which use the extension without any Rust, and their BPF objects.

use std::env;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::Command;

/// `c/NAME.c`, with what else of `c/` it is made of.
const PROGRAMS: &[(&str, &[&str])] = &[
    ("borrowed", &["common.c"]),
    ("broken_objects", &["common.c"]),
    ("commit", &["common.c", "tcp_ops.c"]),
    ("description", &["common.c", "tcp_ops.c", ALLOCATIONS]),
    ("headers", &["common.c", "kernel_value.c"]),
    ("hostile", &["common.c"]),
    ("kernels", &["common.c", "tcp_ops.c"]),
    ("presence", &["common.c"]),
    ("shadow", &["common.c", "kernel_value.c"]),
    ("skeleton", &["common.c"]),
    ("text", &["common.c", ALLOCATIONS]),
    ("versions", &["common.c"]),
];

/// Takes the place of these functions, in the extension and in libbpf.
const ALLOCATIONS: &str = "allocations.c";
const WRAPPED: &str = "-Wl,--wrap=malloc,--wrap=calloc,--wrap=strdup";

/// `bpf/NAME.bpf.c`, with clang's arguments. None of them includes a `vmlinux.h`.
const OBJECTS: &[(&str, &[&str])] = &[
    ("c_bitfield", &["-g"]),
    ("c_doubled", &["-g"]),
    ("c_moved", &["-g"]),
    ("c_no_btf", &[]),
    ("c_no_value", &["-g"]),
    ("c_older", &["-g"]),
    ("c_optional", &["-g"]),
    ("c_shapes", &["-g"]),
    ("c_tcp", &["-g"]),
    ("c_testmod", &["-g"]),
    ("c_types", &["-g"]),
    ("c_versions", &["-g"]),
    ("c_versions_plain", &["-g"]),
];

/// Those of [`OBJECTS`] that programs include the generated header of.
const HEADERS: &[&str] = &["c_older", "c_shapes", "c_tcp", "c_testmod"];

/// Objects of `c/drop_in`, for programs that both bpftool's and skelgen's headers are for.
const DROP_IN: &[&str] = &[
    "arena",
    "congestion",
    "packets",
    "rings",
    "shadows",
    "variables",
];

pub(crate) fn build() -> Result<(), Box<dyn Error>> {
    let sources = DROP_IN
        .iter()
        .map(|name| PathBuf::from(format!("c/drop_in/{name}.bpf.c")));
    skelgen::Builder::new()
        .sources(sources)
        .only_c_header()
        .out_dir(Path::new(&variable("OUT_DIR")?).join("drop_in"))
        .generate()?;
    let drop_in = Path::new(&variable("OUT_DIR")?).join("drop_in");
    skelgen::Builder::new()
        .object(drop_in.join("variables.bpf.o"))
        .c_name("view")
        .only_c_subskeleton()
        .out_dir(&drop_in)
        .generate()?;
    println!("cargo:rerun-if-changed=build/c_programs.rs");
    println!("cargo:rerun-if-changed=c");
    println!("cargo:rerun-if-changed=bpf/c_plain.h");
    let out = PathBuf::from(variable("OUT_DIR")?);
    for (name, arguments) in OBJECTS {
        object(name, arguments, &out)?;
    }
    let objects = HEADERS.iter().map(|name| out.join(format!("{name}.bpf.o")));
    objects
        .fold(skelgen::Builder::new(), skelgen::Builder::object)
        .only_c_header()
        .generate()?;

    let include = variable("DEP_LIBBPF_FFI_INCLUDE")?;
    let libbpf_include = variable("DEP_LIBBPF_FFI_LIBBPF_INCLUDE")?;
    let lib = variable("DEP_LIBBPF_FFI_LIB")?;
    let libbpf_lib = variable("DEP_LIBBPF_FFI_LIBBPF_LIB")?;
    // A new build of either is a new program. What is linked is always there: cargo built it first.
    println!("cargo:rerun-if-changed={lib}/libbpf_ext.a");
    println!("cargo:rerun-if-changed={libbpf_lib}/libbpf.a");
    for (name, parts) in PROGRAMS {
        run(cc::Build::new()
            .get_compiler()
            .to_command()
            .args(["-std=gnu11", "-g", "-Wall", "-Wextra", "-Werror"])
            // Shadow info leaves at zero what it does not say.
            .arg("-Wno-missing-field-initializers")
            .args(["-I", &include, "-isystem", &libbpf_include])
            .arg("-I")
            .arg(&out)
            .arg(format!("c/{name}.c"))
            .args(parts.iter().map(|part| format!("c/{part}")))
            .arg("-o")
            .arg(out.join(name))
            .args(["-L", &lib, "-L", &libbpf_lib])
            .args(["-lbpf_ext", "-lbpf", "-lelf", "-lz", "-lpthread"])
            .args(parts.contains(&ALLOCATIONS).then_some(WRAPPED)))?;
    }

    mixed(&include, &libbpf_include, &out)?;

    // For probes in user space, without anything of libbpf's.
    run(cc::Build::new()
        .get_compiler()
        .to_command()
        .args(["-std=gnu11", "-O1", "-g", "-Wall", "-Wextra", "-Werror"])
        .arg("c/probed.c")
        .arg("-o")
        .arg(out.join("probed")))?;

    // For the tests: that the headers compile alone, and what the archive defines.
    println!("cargo:rustc-env=C_INCLUDE={include}");
    println!("cargo:rustc-env=C_LIBBPF_INCLUDE={libbpf_include}");
    println!("cargo:rustc-env=C_LIB={lib}");
    println!("cargo:rustc-env=C_LIBBPF_LIB={libbpf_lib}");
    for (variable, cpp) in [("C_COMPILER", false), ("CXX_COMPILER", true)] {
        let compiler = cc::Build::new().cpp(cpp).get_compiler();
        println!("cargo:rustc-env={variable}={}", compiler.path().display());
    }
    Ok(())
}

/// An object with a skeleton in Rust and one in C, and code in C for a program in Rust: `tests/mixed.rs`.
fn mixed(include: &str, libbpf_include: &str, out: &Path) -> Result<(), Box<dyn Error>> {
    skelgen::Builder::new()
        .source("bpf/mixed.bpf.c")
        .c_header()
        .build()?;
    cc::Build::new()
        .file("c/mixed.c")
        .include(include)
        .include(out)
        .flag("-isystem")
        .flag(libbpf_include)
        .flag("-Wno-unused-function")
        .extra_warnings(true)
        .warnings_into_errors(true)
        .compile("mixed");
    Ok(())
}

fn object(name: &str, arguments: &[&str], out: &Path) -> Result<(), Box<dyn Error>> {
    let source = format!("bpf/{name}.bpf.c");
    println!("cargo:rerun-if-changed={source}");
    run(Command::new(clang()?)
        .args([
            "-O2", "-c", "-target", "bpf", "-mcpu=v3", "-Wall", "-Werror",
        ])
        .args(arguments)
        .arg("-o")
        .arg(out.join(format!("{name}.bpf.o")))
        .arg(&source))
}

/// What skelgen takes, too: `CLANG`, `clang`, or the newest with a number.
fn clang() -> Result<String, Box<dyn Error>> {
    println!("cargo:rerun-if-env-changed=CLANG");
    if let Ok(clang) = env::var("CLANG") {
        return Ok(clang);
    }
    std::iter::once("clang".to_owned())
        .chain((11..=40).rev().map(|version| format!("clang-{version}")))
        .find(|clang| Command::new(clang).arg("--version").output().is_ok())
        .ok_or_else(|| "there is no clang".into())
}

fn run(command: &mut Command) -> Result<(), Box<dyn Error>> {
    let status = command.status()?;
    if !status.success() {
        return Err(format!("failed: {command:?}").into());
    }
    Ok(())
}

fn variable(name: &str) -> Result<String, Box<dyn Error>> {
    env::var(name).map_err(|_| format!("{name} is not set").into())
}
