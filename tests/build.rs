//! Compiles the tests' BPF sources, with skelgen as a user would.

use std::env;
use std::error::Error;
use std::path::PathBuf;
use std::process::Command;

/// `tests/bpf/NAME.bpf.c`, each with a skeleton in `src/skeletons.rs`.
const SKELETONS: &[&str] = &[
    "kfunc",
    "lacking",
    "misfits",
    "small_maps",
    "tcp_shadow",
    "verifier",
];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=build.rs");
    let sources = SKELETONS
        .iter()
        .map(|name| PathBuf::from(format!("bpf/{name}.bpf.c")));
    skelgen::Builder::new().sources(sources).build()?;
    object("no_btf", "no_btf", "bpf", &[])?;
    object("lacking", "other_order", OTHER_ORDER, &["-g"])
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
