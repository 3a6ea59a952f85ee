//! Typed Rust skeletons for BPF programs, from their C source.
//!
//! Used from a build script ([`Builder`]), or as the command `skelgen`
//! (`cargo install skelgen --features cli`). What is generated needs the crate `libbpf-safe`.
//!
//! ```no_run
//! // build.rs
//! fn main() -> Result<(), skelgen::Error> {
//!     skelgen::Builder::new().source("src/bpf/tcp_cc.bpf.c").build()
//! }
//! ```
//!
//! The way of an object: *read* (libbpf opens it, the reader of BTF walks the types that its maps, data
//! sections and struct_ops maps reach), *model* (plain data: structs with explicit padding), *emit*
//! (lines, laid out as rustfmt does). The same object gives the same bytes on any machine.

mod builder;
mod c_names;
mod compile;
mod emit;
mod error;
mod files;
mod linked;
mod memory;
mod model;
mod names;
mod read;
mod vmlinux;

pub use builder::{Builder, Generated};
pub use error::{Error, Result};
#[doc(hidden)]
pub use files::{read as read_file, write_if_changed as write_file};
pub use memory::{c_skeleton, c_subskeleton, rust_skeleton, rust_subskeleton};
pub use vmlinux::vmlinux_header;
