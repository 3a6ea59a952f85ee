/// A type where it is used.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum TypeRef {
    Int {
        bits: u32,
        signed: bool,
    },
    Float {
        bits: u32,
    },
    Bool,
    /// A pointer, opaque to user space.
    Pointer,
    /// A pointer to a function, as a member of a struct_ops type.
    Callback,
    /// `char[N]`
    CharArray {
        len: u32,
    },
    Array {
        element: Box<TypeRef>,
        len: u32,
    },
    /// Bytes in units that have the right alignment: what is not looked into.
    Opaque {
        unit: u32,
        len: u32,
    },
    /// A struct, union or enum in [`Skeleton::types`](super::Skeleton::types).
    Named {
        rust_name: String,
        size: u64,
        align: u64,
    },
}

impl TypeRef {
    /// In bytes.
    pub(crate) fn size(&self) -> u64 {
        match self {
            TypeRef::Int { bits, .. } | TypeRef::Float { bits } => u64::from(*bits) / 8,
            TypeRef::Bool => 1,
            TypeRef::Pointer | TypeRef::Callback => 8,
            TypeRef::CharArray { len } => u64::from(*len),
            TypeRef::Array { element, len } => element.size().saturating_mul(u64::from(*len)),
            TypeRef::Opaque { unit, len } => u64::from(*unit) * u64::from(*len),
            TypeRef::Named { size, .. } => *size,
        }
    }

    /// What Rust aligns the type to, in bytes.
    pub(crate) fn align(&self) -> u64 {
        match self {
            TypeRef::Int { .. } | TypeRef::Float { .. } => self.size(),
            TypeRef::Bool | TypeRef::CharArray { .. } => 1,
            TypeRef::Pointer | TypeRef::Callback => 8,
            TypeRef::Array { element, .. } => element.align(),
            TypeRef::Opaque { unit, .. } => u64::from(*unit),
            TypeRef::Named { align, .. } => *align,
        }
    }

    /// Bytes that are not looked into, of this size, in units of at most this alignment.
    pub(crate) fn opaque(size: u64, align: u64) -> TypeRef {
        let unit = [8, 4, 2]
            .into_iter()
            .find(|&unit| unit <= align && size % unit == 0)
            .unwrap_or(1);
        TypeRef::Opaque {
            unit: unit as u32,
            len: u32::try_from(size / unit).unwrap_or(u32::MAX),
        }
    }
}

#[derive(Debug)]
pub(crate) enum TypeDef {
    Struct(StructDef),
    Enum(EnumDef),
}

/// A struct, with padding made explicit: the fields fill it.
#[derive(Debug)]
pub(crate) struct StructDef {
    pub(crate) rust_name: String,
    /// The name in C; for an anonymous type, where it stands.
    pub(crate) c_name: String,
    /// What C calls it, such as `struct sock`; for an anonymous type, where it stands.
    pub(crate) declaration: String,
    /// For the documentation, such as "`struct sock`".
    pub(crate) description: String,
    pub(crate) fields: Vec<Field>,
    /// Members that are no fields.
    pub(crate) accessors: Vec<Accessor>,
    pub(crate) size: u64,
    pub(crate) align: u64,
    /// Rust would align a field elsewhere.
    pub(crate) packed: bool,
}

#[derive(Debug)]
pub(crate) struct Field {
    /// In C; made up for padding and what has no name. One C name can stand for several fields: static
    /// variables of different functions.
    pub(crate) name: String,
    /// In Rust, unique in its struct.
    pub(crate) rust_name: String,
    pub(crate) ty: TypeRef,
    /// In bytes.
    pub(crate) offset: u64,
    pub(crate) role: FieldRole,
    /// What the documentation says: the C declaration of its type.
    pub(crate) doc: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FieldRole {
    /// A member that C knows by name.
    Member,
    /// A member of a struct without a name, whose members C finds in its parent.
    Promoted,
    /// The bytes of a union.
    Storage,
    /// Bytes that no field covers: they may be those of accessors.
    Padding,
}

/// A member that shares its bytes with others: of a union, of a union without a name, or a bitfield.
#[derive(Debug)]
pub(crate) struct Accessor {
    /// In C.
    pub(crate) name: String,
    /// The Rust function that gives it, unique in its struct.
    pub(crate) getter: String,
    /// The Rust function that changes it.
    pub(crate) setter: String,
    /// Of a bitfield: an integer, a bool or an enum.
    pub(crate) ty: TypeRef,
    pub(crate) place: Place,
    /// What the documentation says: the C declaration of its type.
    pub(crate) doc: String,
}

/// Where a member is, from the start of its struct, and what can be done with it there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// Borrowed, at an offset in bytes.
    Borrowed { offset: u64 },
    /// Copied, because Rust would align it elsewhere.
    Copied { offset: u64 },
    /// A bitfield, from a bit up to another, counted as BTF does.
    Bits { first: u64, end: u64 },
}

#[derive(Debug)]
pub(crate) struct EnumDef {
    pub(crate) rust_name: String,
    pub(crate) description: String,
    pub(crate) bits: u32,
    pub(crate) signed: bool,
    pub(crate) values: Vec<(String, i128)>,
}
