//! A safe, typed libbpf.

#![cfg_attr(not(target_pointer_width = "64"), allow(unused))]

#[cfg(not(target_pointer_width = "64"))]
compile_error!(
    "libbpf-safe needs a 64-bit target: callbacks in struct_ops maps are 8 bytes wide in BPF objects, \
     and pointers in this process"
);

pub mod btf;
pub mod data;
mod error;
pub mod link;
mod linker;
mod log;
pub mod map;
mod object;
pub mod program;
mod raw;
pub mod skeleton;
pub mod struct_ops;

pub use error::{Error, ErrorKind, Result, StructOpsProblem, StructOpsProblemKind};
pub use linker::Linker;
pub use object::{Object, OpenObject, OpenOptions};
pub use program::{OpenProgram, OpenStructOpsProgram, Program, enable_run_statistics};
