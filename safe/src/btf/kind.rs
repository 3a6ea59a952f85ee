//! The small vocabulary: type ids, kinds, linkage.

use std::fmt;

/// The number of a type within a BTF. Zero is `void`; the others count from one, and a split BTF's
/// own types follow those of its base.
///
/// An id means nothing outside the [`Btf`](super::Btf) it came from (and those split from it).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct TypeId(pub u32);

impl TypeId {
    /// The id of `void`.
    pub const VOID: TypeId = TypeId(0);

    /// Whether this is the id of `void`.
    pub fn is_void(self) -> bool {
        self == Self::VOID
    }
}

impl fmt::Display for TypeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// What sort of thing a BTF type is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// `void`, the type with id 0.
    Void,
    /// An integer, a character or a boolean.
    Int,
    /// A pointer.
    Pointer,
    /// An array.
    Array,
    /// A struct with its members.
    Struct,
    /// A union with its members.
    Union,
    /// An enum, of 32-bit (`ENUM`) or 64-bit (`ENUM64`) values alike.
    Enum,
    /// A struct or union that is declared and not defined.
    Forward,
    /// A typedef.
    Typedef,
    /// The `volatile` qualifier.
    Volatile,
    /// The `const` qualifier.
    Const,
    /// The `restrict` qualifier.
    Restrict,
    /// A function.
    Function,
    /// A function's type: what it takes and returns.
    FunctionProto,
    /// A global variable.
    Variable,
    /// A section of an object file, with the variables in it.
    DataSection,
    /// A floating-point number.
    Float,
    /// A `btf_decl_tag` attribute on a declaration.
    DeclTag,
    /// A `btf_type_tag` attribute on a type.
    TypeTag,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Kind::Void => "void",
            Kind::Int => "int",
            Kind::Pointer => "pointer",
            Kind::Array => "array",
            Kind::Struct => "struct",
            Kind::Union => "union",
            Kind::Enum => "enum",
            Kind::Forward => "forward declaration",
            Kind::Typedef => "typedef",
            Kind::Volatile => "volatile",
            Kind::Const => "const",
            Kind::Restrict => "restrict",
            Kind::Function => "function",
            Kind::FunctionProto => "function prototype",
            Kind::Variable => "variable",
            Kind::DataSection => "data section",
            Kind::Float => "float",
            Kind::DeclTag => "declaration tag",
            Kind::TypeTag => "type tag",
        })
    }
}

/// Who can see a function or a variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Linkage {
    /// Only its own file.
    Static,
    /// Every file; it is defined here.
    Global,
    /// It is defined elsewhere.
    Extern,
    /// A value this module has no name for.
    Other(u32),
}

impl From<u32> for Linkage {
    /// Names the number that BTF stores.
    fn from(value: u32) -> Self {
        match value {
            0 => Linkage::Static,
            1 => Linkage::Global,
            2 => Linkage::Extern,
            other => Linkage::Other(other),
        }
    }
}
