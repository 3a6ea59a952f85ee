//! Compiles the extension in `vendor/` against libbpf's headers, and hands both on to dependents.

use std::env;
use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

/// Sorted, so that two builds pass the same command lines.
const SOURCES: &[&str] = &[
    "struct_ops_btf.c",
    "struct_ops_check.c",
    "struct_ops_commit.c",
    "struct_ops_kernel.c",
    "struct_ops_layout.c",
    "struct_ops_match.c",
    "struct_ops_nested.c",
    "struct_ops_plan.c",
    "struct_ops_pointers.c",
    "struct_ops_presence.c",
    "struct_ops_problem.c",
    "struct_ops_shadow.c",
    "struct_ops_text.c",
    "struct_ops_type.c",
    "text.c",
];

/// What a `.bpf.c` may include from libbpf.
const BPF_HEADERS: &[&str] = &[
    "bpf_core_read.h",
    "bpf_endian.h",
    "bpf_helper_defs.h",
    "bpf_helpers.h",
    "bpf_tracing.h",
    "usdt.bpf.h",
];

fn main() -> Result<(), Box<dyn Error>> {
    let manifest = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?);
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let vendor = manifest.join("vendor");
    let libbpf_include = libbpf_include()?;

    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=vendor/include");
    println!("cargo:rerun-if-changed=vendor/src");

    let mut build = cc::Build::new();
    // Nothing of it is done often: where speed is asked for, it is better small.
    if matches!(env::var("OPT_LEVEL")?.as_str(), "2" | "3") {
        build.opt_level_str("s");
    }
    build
        .files(SOURCES.iter().map(|source| vendor.join("src").join(source)))
        .include(vendor.join("include"))
        .include(&libbpf_include)
        .warnings(true)
        .extra_warnings(true)
        .compile("bpf_ext");

    embed_headers(&libbpf_include, &out)?;
    // For the tests, which compile C themselves.
    println!(
        "cargo:rustc-env=LIBBPF_INCLUDE={}",
        libbpf_include.display()
    );
    println!("cargo:rustc-env=TARGET={}", env::var("TARGET")?);
    #[cfg(feature = "bindgen")]
    bindings::generate(&vendor.join("include"), &libbpf_include, &out)?;

    // DEP_LIBBPF_FFI_* of the packages that depend on this one directly.
    println!("cargo:include={}", vendor.join("include").display());
    println!("cargo:libbpf_include={}", libbpf_include.display());
    println!("cargo:lib={}", out.display());
    // libbpf-sys builds libbpf.a beside its headers; a system's is where the linker looks anyway.
    let lib = libbpf_include.parent();
    if let Some(lib) = lib.filter(|lib| lib.join("libbpf.a").exists()) {
        println!("cargo:libbpf_lib={}", lib.display());
    }
    Ok(())
}

#[cfg(not(feature = "system"))]
fn libbpf_include() -> Result<PathBuf, Box<dyn Error>> {
    let include = env::var("DEP_BPF_INCLUDE")
        .map_err(|_| "libbpf-sys did not say where libbpf's headers are (DEP_BPF_INCLUDE)")?;
    Ok(PathBuf::from(include))
}

/// The system's libbpf, in the range that the bindings and the extension hold for.
#[cfg(feature = "system")]
fn libbpf_include() -> Result<PathBuf, Box<dyn Error>> {
    let library = pkg_config::Config::new()
        .range_version("1.7".."2.0")
        .probe("libbpf")
        .map_err(|e| {
            format!("the feature `system` needs libbpf >= 1.7, < 2.0 by pkg-config: {e}")
        })?;
    let found = library
        .include_paths
        .iter()
        .find(|path| path.join("bpf/libbpf.h").exists())
        .cloned();
    Ok(found.unwrap_or_else(|| PathBuf::from("/usr/include")))
}

/// Writes `headers.rs`: the headers that BPF programs include, as strings. skelgen puts them on
/// clang's path, so that its users need no libbpf-dev.
fn embed_headers(libbpf_include: &Path, out: &Path) -> Result<(), Box<dyn Error>> {
    let mut code = String::from("&[\n");
    for header in BPF_HEADERS {
        let path = libbpf_include.join("bpf").join(header);
        if !path.exists() {
            return Err(format!("libbpf's header {} is missing", path.display()).into());
        }
        writeln!(code, "    ({header:?}, include_str!({path:?})),")?;
    }
    code.push_str("]\n");
    fs::write(out.join("headers.rs"), code)?;
    Ok(())
}

#[cfg(feature = "bindgen")]
mod bindings {
    use super::*;

    /// Only the extension's own names: libbpf's come from libbpf-sys.
    pub(crate) fn generate(
        include: &Path,
        libbpf_include: &Path,
        out: &Path,
    ) -> Result<(), Box<dyn Error>> {
        let bindings = bindgen::Builder::default()
            .header(path_str(&include.join("libbpf_struct_ops.h"))?)
            .header(path_str(&include.join("libbpf_text.h"))?)
            .clang_arg(format!("-I{}", include.display()))
            .clang_arg(format!("-I{}", libbpf_include.display()))
            .allowlist_file(".*/libbpf_struct_ops\\.h")
            .allowlist_file(".*/libbpf_text\\.h")
            .blocklist_type("bpf_map|bpf_object|bpf_program|btf|__u32|__u64")
            .raw_line("use libbpf_sys::{__u32, __u64, bpf_map, bpf_object, bpf_program, btf};")
            .default_enum_style(bindgen::EnumVariation::Consts)
            .prepend_enum_name(false)
            .size_t_is_usize(true)
            .generate_comments(false)
            // No version: another bindgen that makes the same of the headers is as good.
            .disable_header_comment()
            .layout_tests(true)
            .formatter(bindgen::Formatter::Prettyplease)
            .generate()?;
        fs::write(out.join("bindings.rs"), bindings.to_string())?;
        Ok(())
    }

    fn path_str(path: &Path) -> Result<&str, Box<dyn Error>> {
        path.to_str()
            .ok_or_else(|| format!("{} is not UTF-8", path.display()).into())
    }
}
