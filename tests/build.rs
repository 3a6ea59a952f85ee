//! Compiles the tests' BPF sources, with skelgen as a user would, and the C programs in `c/`.

#[path = "build/c_programs.rs"]
mod c_programs;

use std::error::Error;
use std::path::PathBuf;

/// `tests/bpf/NAME.bpf.c`, each with a skeleton in `src/skeletons.rs`.
const SKELETONS: &[&str] = &["tcp_shadow"];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=build.rs");
    let sources = SKELETONS
        .iter()
        .map(|name| PathBuf::from(format!("bpf/{name}.bpf.c")));
    skelgen::Builder::new().sources(sources).build()?;
    c_programs::build()
}
