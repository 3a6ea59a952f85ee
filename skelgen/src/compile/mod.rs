//! From `.bpf.c` to an object file: clang, and the headers that it needs.

mod clang;
mod depfile;
mod headers;
mod kept;
mod target;

pub(crate) use clang::{Clang, Compiled};
pub(crate) use headers::{vmlinux_header, write_libbpf_headers, write_vmlinux_header};
pub(crate) use kept::Kept;
pub(crate) use target::Target;
