//! One source in BPF, with a skeleton in Rust and a header in C, and the code in C that includes it.

use std::env;
use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    skelgen::Builder::new()
        .source("src/bpf/paced.bpf.c")
        .c_header()
        .build()?;

    println!("cargo:rerun-if-changed=src/policy.c");
    println!("cargo:rerun-if-changed=src/policy.h");
    let mut policy = cc::Build::new();
    policy.file("src/policy.c").include(env::var("OUT_DIR")?);
    // libbpf_safe.h, libbpf_struct_ops.h, and libbpf's own.
    for include in ["INCLUDE", "EXTENSION_INCLUDE", "LIBBPF_INCLUDE"] {
        policy.include(env::var(format!("DEP_LIBBPF_SAFE_CAPI_{include}"))?);
    }
    // The header has functions for all that can be done with the object.
    policy.flag("-Wno-unused-function").compile("policy");
    Ok(())
}
