//! A type, decoded.

use super::composite::Composite;
use super::kind::{Kind, Linkage, TypeId};
use super::rows::{DataSection, Enum, FunctionProto};

/// One type of a BTF. Names borrow from the BTF, and are empty for what has no name.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Type<'a> {
    /// `void`, the type with id 0.
    Void,
    /// An integer, a character or a boolean.
    Int {
        /// The name in C, such as `unsigned int`.
        name: &'a str,
        /// The size in bytes.
        size: u32,
        /// How many bits of those bytes hold the value.
        bits: u8,
        /// Where those bits begin; zero except for the bitfields of old compilers.
        offset: u8,
        /// Whether the value is signed.
        signed: bool,
        /// Whether it is a character. Compilers seldom say so.
        is_char: bool,
        /// Whether it is a boolean.
        is_bool: bool,
    },
    /// A pointer.
    Pointer {
        /// What it points to.
        target: TypeId,
    },
    /// An array.
    Array {
        /// The type of the elements.
        element: TypeId,
        /// The type of the index, an integer of no consequence.
        index: TypeId,
        /// The number of elements; zero also if C leaves it open.
        len: u32,
    },
    /// A struct.
    Struct(Composite<'a>),
    /// A union.
    Union(Composite<'a>),
    /// An enum, of 32-bit or 64-bit values.
    Enum(Enum<'a>),
    /// A struct or union that is declared and not defined.
    Forward {
        /// The name, without `struct` or `union`.
        name: &'a str,
        /// Whether it is a union rather than a struct.
        is_union: bool,
    },
    /// A typedef.
    Typedef {
        /// The name it defines.
        name: &'a str,
        /// What that is a name for.
        target: TypeId,
    },
    /// A `volatile` type.
    Volatile {
        /// The type without the qualifier.
        target: TypeId,
    },
    /// A `const` type.
    Const {
        /// The type without the qualifier.
        target: TypeId,
    },
    /// A `restrict` pointer.
    Restrict {
        /// The type without the qualifier.
        target: TypeId,
    },
    /// A function.
    Function {
        /// The name.
        name: &'a str,
        /// Its type, a [`Type::FunctionProto`].
        proto: TypeId,
        /// Who can call it.
        linkage: Linkage,
    },
    /// A function's type.
    FunctionProto(FunctionProto<'a>),
    /// A global variable.
    Variable {
        /// The name.
        name: &'a str,
        /// Its type.
        ty: TypeId,
        /// Who can see it.
        linkage: Linkage,
    },
    /// A section of an object file, with the variables in it.
    DataSection(DataSection<'a>),
    /// A floating-point number.
    Float {
        /// The name in C, such as `double`.
        name: &'a str,
        /// The size in bytes.
        size: u32,
    },
    /// A `btf_decl_tag` attribute on a declaration.
    DeclTag {
        /// The text of the tag.
        name: &'a str,
        /// What is tagged: a struct, union, function, variable or typedef.
        target: TypeId,
        /// Which member or parameter of it is tagged, counting from zero; `None` if it is itself.
        component_index: Option<u32>,
        /// Whether the text is an attribute of C rather than of a `btf_decl_tag`.
        is_attribute: bool,
    },
    /// A `btf_type_tag` attribute on a type.
    TypeTag {
        /// The text of the tag.
        name: &'a str,
        /// The type without the tag.
        target: TypeId,
        /// Whether the text is an attribute of C rather than of a `btf_type_tag`.
        is_attribute: bool,
    },
}

impl<'a> Type<'a> {
    /// What sort of type it is.
    pub fn kind(&self) -> Kind {
        match self {
            Type::Void => Kind::Void,
            Type::Int { .. } => Kind::Int,
            Type::Pointer { .. } => Kind::Pointer,
            Type::Array { .. } => Kind::Array,
            Type::Struct(_) => Kind::Struct,
            Type::Union(_) => Kind::Union,
            Type::Enum(_) => Kind::Enum,
            Type::Forward { .. } => Kind::Forward,
            Type::Typedef { .. } => Kind::Typedef,
            Type::Volatile { .. } => Kind::Volatile,
            Type::Const { .. } => Kind::Const,
            Type::Restrict { .. } => Kind::Restrict,
            Type::Function { .. } => Kind::Function,
            Type::FunctionProto(_) => Kind::FunctionProto,
            Type::Variable { .. } => Kind::Variable,
            Type::DataSection(_) => Kind::DataSection,
            Type::Float { .. } => Kind::Float,
            Type::DeclTag { .. } => Kind::DeclTag,
            Type::TypeTag { .. } => Kind::TypeTag,
        }
    }

    /// The name, such as `sock` for `struct sock`; empty for what has none.
    pub fn name(&self) -> &'a str {
        match *self {
            Type::Int { name, .. }
            | Type::Forward { name, .. }
            | Type::Typedef { name, .. }
            | Type::Function { name, .. }
            | Type::Variable { name, .. }
            | Type::Float { name, .. }
            | Type::DeclTag { name, .. }
            | Type::TypeTag { name, .. } => name,
            Type::Struct(composite) | Type::Union(composite) => composite.name,
            Type::Enum(list) => list.name,
            Type::DataSection(section) => section.name,
            Type::Void
            | Type::Pointer { .. }
            | Type::Array { .. }
            | Type::Volatile { .. }
            | Type::Const { .. }
            | Type::Restrict { .. }
            | Type::FunctionProto(_) => "",
        }
    }
}
