//! Raw bindings to libbpf 1.7 and to an extension of it for struct_ops shadow copies.
//!
//! libbpf itself comes from the crate [`libbpf_sys`], re-exported here as a whole. The extension,
//! in [`ext`], is C on libbpf's public API: the headers `libbpf_struct_ops.h` (shadow copies) and
//! `libbpf_text.h` (libbpf's log without `va_list`).
//!
//! Rust programs want the crate `libbpf-safe`. This one is for those who need what is not there yet.
//!
//! Build scripts of packages that depend on this one directly can use `DEP_LIBBPF_FFI_INCLUDE`
//! (the extension's headers), `DEP_LIBBPF_FFI_LIBBPF_INCLUDE` (libbpf's headers),
//! `DEP_LIBBPF_FFI_LIB` (the folder of `libbpf_ext.a`) and, except with the feature `system`,
//! `DEP_LIBBPF_FFI_LIBBPF_LIB` (the folder of `libbpf.a`) to compile C against the same library.

pub use libbpf_sys::*;

/// The extension in `vendor/`: see its headers for what each function does.
#[allow(unsafe_code, missing_docs, non_camel_case_types, unreachable_pub)]
#[allow(clippy::all, clippy::indexing_slicing, missing_debug_implementations)]
#[rustfmt::skip]
pub mod ext {
    #[cfg(feature = "bindgen")]
    include!(concat!(env!("OUT_DIR"), "/bindings.rs"));
    #[cfg(not(feature = "bindgen"))]
    include!("bindings.rs");
}

/// The headers that a `.bpf.c` includes as `<bpf/NAME>`: names and contents.
pub static BPF_HEADERS: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/headers.rs"));
