//! What a skeleton consists of, as plain data: the middle between reading an object and writing code.
//!
//! Names are the C source's, beside the Rust names that types and fields get.

mod byte_order;
pub(crate) mod c;
mod layout;
mod layouts;
mod types;
mod used;

pub(crate) use byte_order::ByteOrder;
pub(crate) use layout::{Placed, struct_fields};
pub(crate) use layouts::{LayoutDef, LayoutKind, LayoutMember};
pub(crate) use types::{Accessor, EnumDef, Field, FieldRole, Place, StructDef, TypeDef, TypeRef};
pub(crate) use used::{Used, UsedMap, UsedVariable};

/// Everything that is generated from one object.
#[derive(Debug)]
pub(crate) struct Skeleton {
    /// The object's name, from its file's: any string.
    pub(crate) name: String,
    pub(crate) byte_order: ByteOrder,
    /// Types that maps, sections and shadows reach, in an order that does not depend on the machine.
    pub(crate) types: Vec<TypeDef>,
    pub(crate) shadows: Vec<StructDef>,
    /// Of the shadows, and of what they nest.
    pub(crate) layouts: Vec<LayoutDef>,
    pub(crate) sections: Vec<Section>,
    pub(crate) maps: Vec<Map>,
    pub(crate) struct_ops: Vec<StructOpsMap>,
    pub(crate) programs: Vec<Program>,
}

/// A data section.
#[derive(Debug)]
pub(crate) struct Section {
    /// Such as `.rodata`.
    pub(crate) name: String,
    pub(crate) kind: SectionKind,
    /// Name, offset and size of each variable, as BTF has them.
    pub(crate) places: Vec<(String, u32, u32)>,
    /// Whether user space shares it after load; libbpf lets it where a variable is not `static`.
    pub(crate) is_shared: bool,
    /// Its variables, as the fields of a struct.
    pub(crate) variables: StructDef,
}

/// What user space may do with a section.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SectionKind {
    /// `.data`, `.bss`: set it at any time.
    Variables,
    /// `.rodata`: set it before load, and read it after.
    Constants,
    /// `.kconfig`: read it after load, which sets it.
    Kconfig,
    /// `.addr_space.1`, the variables of the arena: set it at any time.
    Arena,
}

impl SectionKind {
    /// Whether user space can set it before load.
    pub(crate) fn is_settable(self) -> bool {
        self != SectionKind::Kconfig
    }

    /// Whether load ends all changes.
    pub(crate) fn is_frozen(self) -> bool {
        matches!(self, SectionKind::Constants | SectionKind::Kconfig)
    }
}

#[derive(Debug)]
pub(crate) struct Map {
    pub(crate) name: String,
    pub(crate) rust_name: String,
    pub(crate) kind: MapKind,
    /// The kernel's name of the type, for the documentation.
    pub(crate) type_name: String,
}

/// The handle that a map gets.
#[derive(Debug)]
pub(crate) enum MapKind {
    /// A type of libbpf-safe's `map` module, and what it is generic over.
    Typed {
        handle: &'static str,
        parameters: Vec<Parameter>,
    },
    /// The memory that programs and user space share.
    Arena,
    /// By bytes.
    Other,
}

/// What a handle is generic over.
#[derive(Debug)]
pub(crate) enum Parameter {
    /// A type of the object.
    Type(TypeRef),
    /// A type of libbpf-safe's `map` module.
    Library(&'static str),
}

#[derive(Debug)]
pub(crate) struct StructOpsMap {
    pub(crate) name: String,
    pub(crate) rust_name: String,
    /// The C name of the type.
    pub(crate) type_name: String,
    /// The Rust name of the type: that of a struct in [`Skeleton::shadows`].
    pub(crate) shadow: String,
    /// The name of its layout in [`Skeleton::layouts`].
    pub(crate) layout: Option<String>,
}

#[derive(Debug)]
pub(crate) struct Program {
    pub(crate) name: String,
    pub(crate) rust_name: String,
    pub(crate) section: String,
    pub(crate) is_struct_ops: bool,
}
