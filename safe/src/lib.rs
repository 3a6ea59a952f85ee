//! A safe, typed libbpf: open BPF objects, set them up, load them into the kernel, attach them.
//!
//! Most programs use a *skeleton*, which `skelgen` generates from a `.bpf.c` file in a build script: a
//! type for the object while it is open, a type for it once it is loaded, and fields for its maps,
//! programs, variables and struct_ops maps. For a congestion control `demo` that is:
//!
//! ```ignore
//! include!(concat!(env!("OUT_DIR"), "/tcp_cc.skel.rs"));
//!
//! fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let mut open = tcp_cc::OpenSkeleton::open()?;
//!     let parts = open.parts();
//!     parts.rodata.window_limit = 100;                       // a global variable
//!     parts.struct_ops.demo.flags = 1;                       // a member of the struct_ops map
//!     parts.struct_ops.demo.name.set("bpf_demo")?;           // a char[16]
//!     parts.struct_ops.demo.cong_avoid = Some(parts.programs.eager.callback());
//!     parts.struct_ops.demo.set_state = None;
//!
//!     let skeleton = open.load()?;                           // `open` and `parts` are gone
//!     let link = skeleton.struct_ops.demo.attach()?;         // registered until `link` is dropped
//!     let counts = skeleton.maps.call_counts.lookup(&types::counted_callback::CALLBACK_CONG_AVOID)?;
//!     println!("{counts:?}");
//!     link.detach()?;
//!     Ok(())
//! }
//! ```
//!
//! The same without generated code, by name:
//!
//! ```no_run
//! use libbpf_safe::OpenObject;
//! use libbpf_safe::map::HashMap;
//!
//! fn main() -> libbpf_safe::Result<()> {
//!     let mut open = OpenObject::from_file("tcp_cc.bpf.o")?;
//!     open.map_mut("call_counts")?.set_max_entries(32)?;
//!     let object = open.load()?;
//!     let link = object.struct_ops("demo")?.attach()?;
//!     let counts: HashMap<u32, [u64; 3]> = object.map("call_counts")?.try_into()?;
//!     for count in counts.iter() {
//!         println!("{:?}", count?);
//!     }
//!     link.detach()
//! }
//! ```
//!
//! # The phases are types
//!
//! [`OpenObject`] → [`load`](OpenObject::load) → [`Object`]. What makes sense only before load exists only
//! on the open types: using a shadow copy after load, or attaching before it, does not compile. While an
//! object is open everything is borrowed from it. Once it is loaded, handles ([`map::Map`], [`Program`],
//! [`struct_ops::StructOpsMap`] and links) are owned: they are `Send` and `Sync`, keep what they need,
//! and can be stored together and dropped in any order.
//!
//! # Global variables
//!
//! Before load the variables of `.data`, `.bss`, `.rodata` and sections of the programs' own are plain fields:
//! `parts.rodata.limit = 100`. After load BPF programs use them, so they are cells, read and written by
//! atomics: `skeleton.bss.packets.get()`; those of `.rodata` and `.kconfig` can only be read. The sections are
//! handles like others, and outlive the rest. Without generated code, [`Object::variable`] finds one by name.
//! Arrays that are sized at run time: [`OpenOptions::resize_section`]. Arrays and arenas that user space maps:
//! [`map::MappedArray`], [`map::Arena`].
//!
//! # Errors
//!
//! An [`Error`] says what was attempted on which object, map or program, why it failed, and what to do.
//! Its `Debug` has the verifier's log and what libbpf said during that very call, so
//! `fn main() -> Result<(), Error>` is readable. Nothing is printed.
//!
//! # What it needs
//!
//! Linux on a 64-bit machine. Each function says from which version on. Loading wants `CAP_BPF` and what
//! the program types want beside it. The feature `vendored` (default) builds libbpf and uses the system's
//! libelf and zlib; `static` builds these, too; `system` uses an installed libbpf.

#![cfg_attr(not(target_pointer_width = "64"), allow(unused))]

#[cfg(not(target_pointer_width = "64"))]
compile_error!(
    "libbpf-safe needs a 64-bit target: callbacks in struct_ops maps are 8 bytes wide in BPF objects, \
     and pointers in this process"
);

pub mod btf;
pub mod collection;
#[doc = include_str!("cookbook.md")]
pub mod cookbook {}
pub mod data;
mod elf;
mod error;
pub mod ffi;
mod flags;
mod flow;
#[doc = include_str!("functions.md")]
pub mod functions {}
mod ids;
pub mod link;
mod linker;
pub mod log;
pub mod map;
#[doc = include_str!("migration.md")]
pub mod migration {}
mod object;
pub mod perf_buffer;
mod pin;
pub mod probe;
pub mod program;
#[doc = include_str!("promises.md")]
pub mod promises {}
mod raw;
pub mod ring_buffer;
pub mod skeleton;
pub mod struct_ops;
mod token;
mod version;

pub use collection::ObjectFile;
pub use error::{Error, ErrorKind, Result, StructOpsProblem, StructOpsProblemKind};
pub use linker::Linker;
pub use object::{Object, OpenObject, OpenOptions, PreparedObject};
pub use object::{Plan, PlanReason, PlannedMap, PlannedProgram};
pub use program::{OpenProgram, OpenStructOpsProgram, Program, enable_run_statistics};
pub use token::Token;
pub use version::{Version, libbpf_version, libbpf_version_text};
