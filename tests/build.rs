//! Compiles the tests' BPF sources, with skelgen as a user would, and the C programs in `c/`.

#[path = "build/c_programs.rs"]
mod c_programs;
#[path = "src/layouts/mod.rs"]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]
#[allow(dead_code, unreachable_pub, unused_imports)]
mod layouts;
#[path = "src/sources.rs"]
#[allow(clippy::unwrap_used, unreachable_pub)]
mod sources;

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// `tests/bpf/NAME.bpf.c`, each with a skeleton in `src/skeletons.rs`.
const SKELETONS: &[&str] = &[
    "arena",
    "attach",
    "bpf_calls",
    "cgroup_hooks",
    "cgroup_local",
    "collection",
    "core",
    "functions",
    "globals",
    "hooks",
    "inode_storage",
    "instructions",
    "iterators",
    "kernel_functions",
    "kfunc",
    "lacking",
    "letters",
    "map_kinds",
    "members",
    "misfits",
    "module_ops",
    "moved_variable",
    "newer",
    "newer_version",
    "no_hook",
    "older_version",
    "other_version",
    "overwritten",
    "pinned",
    "preflight",
    "reads",
    "redirects",
    "renamed",
    "replacement",
    "rings",
    "scx_minimal",
    "sections",
    "small_maps",
    "sub_other",
    "tcp_shadow",
    "unloadable",
    "verifier",
    "young_maps",
];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=build.rs");
    let sources = SKELETONS
        .iter()
        .map(|name| PathBuf::from(format!("bpf/{name}.bpf.c")));
    skelgen::Builder::new()
        .sources(sources)
        .include_path("include")
        .include_path("kmod")
        .build()?;
    skelgen::Builder::new()
        .linked("sub_host", ["bpf/sub_host.bpf.c", "bpf/sub_library.bpf.c"])
        .build()?;
    skelgen::Builder::new()
        .source("bpf/sub_library.bpf.c")
        .subskeleton()
        .build()?;
    object("no_btf", "no_btf", "bpf", &[])?;
    object("made_up_kernel", "made_up_kernel", "bpf", &["-g"])?;
    object("untyped_extern", "untyped_extern", "bpf", &["-Iinclude"])?;
    object("refused", "refused", "bpf", &["-g", "-Iinclude"])?;
    object("subsystems", "subsystems", "bpf", &["-g"])?;
    object("lacking", "other_order", OTHER_ORDER, &["-g"])?;
    object("moved_variable", "other_variables", OTHER_ORDER, &["-g"])?;
    for folder in ["golden", "corpus", "corpus/kernel"] {
        println!("cargo:rerun-if-changed={folder}");
        whole_folder(Path::new(folder), folder, &[])?;
    }
    random_sources()?;
    random_layouts()?;
    c_programs::build()
}

/// Generates skeletons of all sources of a folder into one of this name, with a file `all.rs` that
/// includes them and lists their modules for a macro `skeletons!`.
fn whole_folder(sources: &Path, name: &str, arguments: &[&str]) -> Result<(), Box<dyn Error>> {
    let folder = Path::new(&env::var("OUT_DIR")?).join(name);
    let mut sources = fs::read_dir(sources)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<Vec<_>, _>>()?;
    sources.retain(|path| path.to_string_lossy().ends_with(".bpf.c"));
    sources.sort();
    let builder = skelgen::Builder::new()
        .sources(&sources)
        .include_path("include")
        .c_header()
        .out_dir(&folder);
    let builder = arguments
        .iter()
        .copied()
        .fold(builder, skelgen::Builder::clang_arg);
    builder.build()?;
    let mut all = String::new();
    let mut modules = Vec::new();
    for source in &sources {
        let name = source.file_name().ok_or("a source without a name")?;
        let name = name.to_string_lossy().replace(".bpf.c", ".skel.rs");
        let skeleton = folder.join(name);
        let text = fs::read_to_string(&skeleton)?;
        let module = text
            .lines()
            .find_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(" {"))
            .ok_or("a skeleton without a module")?;
        all += &format!("include!({skeleton:?});\n");
        modules.push(module.to_owned());
    }
    all += &format!("skeletons!({});\n", modules.join(", "));
    fs::write(folder.join("all.rs"), all)?;
    Ok(())
}

/// Skeletons of random sources, for `tests/corpus.rs`.
fn random_sources() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=src/sources.rs");
    println!("cargo:rerun-if-env-changed=SOURCE_SEEDS");
    let sources = Path::new(&env::var("OUT_DIR")?).join("random/sources");
    // Of other seeds, perhaps.
    if sources.exists() {
        fs::remove_dir_all(&sources)?;
    }
    fs::create_dir_all(&sources)?;
    for seed in sources::seeds()? {
        let (stem, text) = sources::source(seed);
        fs::write(sources.join(format!("{stem}.bpf.c")), text)?;
    }
    whole_folder(&sources, "random", &["-w"])
}

/// A skeleton of random types, and checks of it, for `tests/layouts.rs`.
fn random_layouts() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=src/layouts");
    println!("cargo:rerun-if-env-changed=LAYOUT_SEEDS");
    let out_dir = PathBuf::from(env::var_os("OUT_DIR").ok_or("OUT_DIR is not set")?);
    let source = out_dir.join("layouts.bpf.c");
    let types = layouts::Types::random(layouts::seeds()?);
    fs::write(&source, layouts::c::source(&types))?;
    let generated = skelgen::Builder::new()
        .source(source)
        .include_path("include")
        .clang_arg("-Wno-bitfield-constant-conversion")
        .c_header()
        .generate()?;
    for one in generated {
        let skeleton = fs::read_to_string(&one.skeleton)?;
        let checks = layouts::rust::checks(&types, "layouts", &skeleton)?;
        fs::write(out_dir.join("layouts_checks.rs"), checks)?;
        let program = layouts::c_header::program(&types);
        fs::write(out_dir.join("layouts_checks.c"), program)?;
    }
    Ok(())
}

/// BPF for machines of the other byte order.
const OTHER_ORDER: &str = if cfg!(target_endian = "little") {
    "bpfeb"
} else {
    "bpfel"
};

/// Compiles `bpf/SOURCE.bpf.c` to `NAME.bpf.o`, for objects that no skeleton can be made of. The headers are
/// those that skelgen has written by then.
fn object(
    source: &str,
    name: &str,
    target: &str,
    arguments: &[&str],
) -> Result<(), Box<dyn Error>> {
    let out_dir = PathBuf::from(env::var_os("OUT_DIR").ok_or("OUT_DIR is not set")?);
    let source = format!("bpf/{source}.bpf.c");
    println!("cargo:rerun-if-changed={source}");
    let status = Command::new(clang()?)
        .args(["-O2", "-c", "-mcpu=v3", "-target", target])
        .args(arguments)
        .arg("-I")
        .arg(out_dir.join("skelgen-include"))
        .arg("-o")
        .arg(out_dir.join(format!("{name}.bpf.o")))
        .arg(&source)
        .status()?;
    if !status.success() {
        return Err(format!("clang does not compile {source}").into());
    }
    Ok(())
}

/// What skelgen takes, too: `CLANG`, `clang`, or the newest with a number.
fn clang() -> Result<String, Box<dyn Error>> {
    if let Ok(clang) = env::var("CLANG") {
        return Ok(clang);
    }
    std::iter::once("clang".to_owned())
        .chain((11..=40).rev().map(|version| format!("clang-{version}")))
        .find(|clang| Command::new(clang).arg("--version").output().is_ok())
        .ok_or_else(|| "there is no clang".into())
}
