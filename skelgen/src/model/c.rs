//! What a header for C consists of: the declarations that C has, unlike Rust, so that nothing is lost.

use super::{ByteOrder, LayoutDef};

/// Everything that a header is made of.
#[derive(Debug)]
pub(crate) struct Header {
    /// The object's name as an identifier.
    pub(crate) name: String,
    pub(crate) byte_order: ByteOrder,
    /// In an order that compiles.
    pub(crate) types: Vec<Definition>,
    /// How many of these, the first, variables reach.
    pub(crate) variable_types: usize,
    /// Names of types here, with those that the program has for them.
    pub(crate) aliases: Vec<(String, String)>,
    pub(crate) sections: Vec<Section>,
    /// The struct_ops maps with their types.
    pub(crate) shadows: Vec<Shadow>,
    /// What the extension is told of the types of struct_ops maps.
    pub(crate) layouts: Vec<LayoutDef>,
    pub(crate) maps: Vec<Part>,
    pub(crate) programs: Vec<Part>,
}

/// A map or program: its name for libbpf, and its name in the header.
#[derive(Debug)]
pub(crate) struct Part {
    pub(crate) name: String,
    pub(crate) c_name: String,
}

/// A data section.
#[derive(Debug)]
pub(crate) struct Section {
    /// Such as `.rodata`.
    pub(crate) name: String,
    /// Its field, such as `rodata`.
    pub(crate) c_name: String,
    /// The field of its map.
    pub(crate) map: String,
    /// Its variables.
    pub(crate) variables: Definition,
    /// Where BTF has them, with their sizes. Symbols have the last word about where they are, but BTF is what a
    /// program can hold against that of another object.
    pub(crate) places: Vec<(String, u32, u32)>,
    /// Those that other files of the source can see.
    pub(crate) exported: Vec<Exported>,
}

/// A global variable that is not `static`.
#[derive(Debug)]
pub(crate) struct Exported {
    pub(crate) name: String,
    pub(crate) c_name: String,
    pub(crate) ty: CType,
    /// In bytes.
    pub(crate) size: u64,
}

/// A struct_ops map.
#[derive(Debug)]
pub(crate) struct Shadow {
    /// The map.
    pub(crate) part: Part,
    pub(crate) definition: Definition,
    /// The name of its layout in [`Header::layouts`].
    pub(crate) layout: Option<String>,
}

/// A type that the header defines.
#[derive(Debug)]
pub(crate) struct Definition {
    /// Its name here.
    pub(crate) c_name: String,
    /// How it is declared.
    pub(crate) form: Form,
    /// What the object's source calls it, where the program that includes the header may have it, too.
    pub(crate) source_name: Option<String>,
    pub(crate) kind: DefinitionKind,
    /// In bytes.
    pub(crate) size: u64,
}

/// Whether a type has a tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// `struct name`
    Tag,
    /// `name`
    Typedef,
}

#[derive(Debug)]
pub(crate) enum DefinitionKind {
    Composite(Body),
    Enum {
        /// As small as its values allow.
        is_packed: bool,
        constants: Vec<(String, i128)>,
    },
}

/// A struct or union, without its name.
#[derive(Debug, Clone)]
pub(crate) struct Body {
    pub(crate) is_union: bool,
    /// Packed, and then aligned to so many bytes.
    pub(crate) packed: Option<u64>,
    pub(crate) members: Vec<Member>,
}

#[derive(Debug, Clone)]
pub(crate) enum Member {
    Named {
        name: String,
        ty: CType,
        /// In bits, of a bitfield.
        width: Option<u64>,
        /// In bytes; of no meaning for a bitfield.
        offset: u64,
        /// In bytes.
        size: u64,
    },
    /// An anonymous struct or union.
    Anonymous {
        body: Body,
        /// In bytes.
        offset: u64,
    },
    /// Bytes that no member covers.
    Padding(u64),
    /// Bits that no member covers: fewer than a byte has.
    PaddingBits(u64),
}

/// A type where it is used.
#[derive(Debug, Clone)]
pub(crate) struct CType {
    /// Such as `unsigned int` or `struct tcp__event`.
    pub(crate) words: String,
    /// Of an array.
    pub(crate) dimensions: Vec<u32>,
}

impl CType {
    pub(crate) fn words(words: impl Into<String>) -> CType {
        CType {
            words: words.into(),
            dimensions: Vec::new(),
        }
    }
}

impl Definition {
    /// How it is used, such as `struct tcp__event`.
    pub(crate) fn words(&self) -> String {
        let keyword = match (&self.kind, self.form) {
            (_, Form::Typedef) => return self.c_name.clone(),
            (DefinitionKind::Composite(body), Form::Tag) => body.keyword(),
            (DefinitionKind::Enum { .. }, Form::Tag) => "enum",
        };
        format!("{keyword} {}", self.c_name)
    }
}

impl Body {
    pub(crate) fn keyword(&self) -> &'static str {
        if self.is_union { "union" } else { "struct" }
    }
}
