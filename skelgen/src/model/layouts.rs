/// The layout of a C struct, as it is held against another version's.
#[derive(Debug)]
pub(crate) struct LayoutDef {
    /// In Rust, unique among layouts.
    pub(crate) name: String,
    /// In bytes.
    pub(crate) size: u32,
    pub(crate) members: Vec<LayoutMember>,
}

/// A member as C finds it.
#[derive(Debug)]
pub(crate) enum LayoutMember {
    Named {
        name: String,
        /// In C.
        declaration: String,
        /// Of an array, that of its elements.
        kind: LayoutKind,
        /// In bytes.
        offset: u32,
        /// In bytes.
        size: u32,
        /// Of an array, over all dimensions.
        elements: Option<u32>,
        /// The layout of a struct, by its name.
        nested: Option<String>,
    },
    Bitfield {
        name: String,
        declaration: String,
        /// As BTF counts.
        first: u32,
        /// In bits.
        width: u32,
    },
    /// A union without a name.
    Union {
        /// In bytes.
        offset: u32,
        /// In bytes.
        size: u32,
        /// Its layout, by its name.
        members: String,
    },
}

/// The variants of libbpf-safe's `MemberKind`.
#[derive(Debug, Clone, Copy)]
pub(crate) enum LayoutKind {
    Int,
    Enum,
    Float,
    Pointer,
    Callback,
    Struct,
    Union,
    Any,
}
