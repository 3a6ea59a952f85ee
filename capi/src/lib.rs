//! Objects that code in C and code in Rust of one program use together: handles for C, and what the header
//! `libbpf_safe.h` declares.
//!
//! A program in Rust with code in C lends C what it has opened:
//!
//! ```no_run
//! use bpf_safe::{Open, libbpf_safe_open};
//! use libbpf_safe::OpenObject;
//! use std::ffi::c_int;
//!
//! unsafe extern "C" {
//!     // int configure(struct libbpf_safe_open *open);
//!     fn configure(open: *mut libbpf_safe_open) -> c_int;
//! }
//!
//! let mut open = OpenObject::from_file("demo.bpf.o")?;
//! let mut handle = Open::lent(open.lend()?);
//! // SAFETY: configure() follows libbpf_safe.h: it keeps nothing of the handle.
//! let returned = unsafe { configure(handle.as_ptr()) };
//! drop(handle);
//! let object = open.load()?;
//! # Ok::<(), libbpf_safe::Error>(())
//! ```
//!
//! A program in C links the library `libbpf_safe` (`pkg-config --libs libbpf-safe`), which `make install` installs, or a
//! static library in Rust that depends on this crate.
//!
//! Build scripts of packages that depend on this one directly have `DEP_LIBBPF_SAFE_CAPI_INCLUDE` (the folder of
//! `libbpf_safe.h`), `DEP_LIBBPF_SAFE_CAPI_EXTENSION_INCLUDE` (that of `libbpf_struct_ops.h`) and
//! `DEP_LIBBPF_SAFE_CAPI_LIBBPF_INCLUDE` (that of libbpf's headers).

mod error;
mod loaded;
mod open;
mod opts;
mod struct_ops;
mod text;

pub use error::{libbpf_safe__abi_version, libbpf_safe__error};
pub use loaded::{
    Links, LoadedObject, libbpf_safe_links__detach, libbpf_safe_object, libbpf_safe_object__attach,
    libbpf_safe_object__bpf_object, libbpf_safe_object__close, libbpf_safe_object__map_fd,
    libbpf_safe_object__program_fd,
};
pub use open::{
    Open, libbpf_safe_open, libbpf_safe_open__bpf_object, libbpf_safe_open__close,
    libbpf_safe_open__file, libbpf_safe_open__load, libbpf_safe_open__mem,
    libbpf_safe_open__shadow,
};
pub use opts::OpenOpts;
pub use struct_ops::libbpf_safe_open__struct_ops;
