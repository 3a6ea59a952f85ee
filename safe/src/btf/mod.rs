//! Reading BTF, the BPF Type Format: the description of C types that the kernel publishes in
//! `/sys/kernel/btf/` and that compilers put into the `.BTF` section of BPF objects.
//!
//! [`Btf::parse`] checks the whole of the bytes once: every record, name and type reference. What
//! it accepts can then be read without further errors, apart from what only a type's shape can
//! cause (a cycle, a type without a size). No input, however broken, makes this module panic or
//! loop without bound. Either byte order can be read on any machine.
//!
//! ```
//! use libbpf_safe::btf::{Btf, Kind, Type};
//!
//! // A BTF with a single type, `int`: the header, the types, the strings.
//! let mut bytes = vec![0x9f, 0xeb, 1, 0];
//! for word in [24, 0, 16, 16, 5u32] {
//!     bytes.extend(word.to_le_bytes());
//! }
//! for word in [1, 1 << 24, 4, 1 << 24 | 32u32] {
//!     bytes.extend(word.to_le_bytes());
//! }
//! bytes.extend(b"\0int\0");
//!
//! let btf = Btf::parse(bytes)?;
//! let int = btf.find("int", Kind::Int).ok_or("there is no int")?;
//! assert!(matches!(btf.get(int)?, Type::Int { size: 4, signed: true, .. }));
//! assert_eq!(btf.c_name(int), "int");
//!
//! // The running kernel's own types, if it publishes them.
//! if let Ok(bytes) = std::fs::read("/sys/kernel/btf/vmlinux") {
//!     let kernel = Btf::parse(bytes)?;
//!     if let Some(id) = kernel.find("list_head", Kind::Struct) {
//!         let Type::Struct(list) = kernel.get(id)? else { unreachable!() };
//!         for member in list.members() {
//!             assert_eq!(kernel.c_name(member.ty), "struct list_head *");
//!         }
//!     }
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod align;
mod build;
mod c;
mod c_name;
mod check;
mod composite;
mod decode;
mod error;
mod ext;
mod file;
mod find;
mod format;
mod header;
mod kernel;
mod kind;
mod layout;
mod libbpf;
mod lines;
mod loaded;
mod minimal;
mod object;
mod offsets;
mod part;
mod record;
mod rewrite;
mod rows;
mod source;
mod strings;
mod subset;
mod types;
mod words;
mod writer;

#[cfg(test)]
mod tests;

pub use self::build::{Builder, Field, IntEncoding};
pub use self::composite::{Composite, Member};
pub use self::error::BtfError;
pub use self::ext::{BtfExt, FunctionInfo, LineInfo, Relocation, RelocationKind};
pub use self::file::Btf;
pub use self::format::DataFormat;
pub use self::kernel::KernelBtf;
pub(crate) use self::kernel::pointed_function;
pub use self::kind::{Kind, Linkage, TypeId};
pub(crate) use self::minimal::Offer;
pub use self::minimal::{Minimal, MinimalCache};
pub use self::object::{BtfObject, BtfObjectInfo};
pub use self::rows::{DataSection, Enum, EnumValue, FunctionProto, Param, SectionEntry};
pub use self::types::Type;
pub use self::words::Endian;
