//! Says where headers are.

use std::env;
use std::error::Error;
use std::path::PathBuf;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=build.rs");
    let include = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("include");
    // DEP_LIBBPF_SAFE_CAPI_* of the packages that depend on this one directly: all that code in C includes.
    println!("cargo:include={}", include.display());
    for (key, variable) in [
        ("libbpf_include", "DEP_LIBBPF_FFI_LIBBPF_INCLUDE"),
        ("extension_include", "DEP_LIBBPF_FFI_INCLUDE"),
    ] {
        println!("cargo:rerun-if-env-changed={variable}");
        println!("cargo:{key}={}", env::var(variable)?);
    }
    Ok(())
}
