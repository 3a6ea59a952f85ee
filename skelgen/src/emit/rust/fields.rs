//! Types where they are used, and the fields of structs.

use super::writer::Writer;
use crate::model::{Field, FieldRole, StructDef, TypeRef};
use crate::names::identifier;
use std::fmt::{self, Display, Formatter};

/// The path of the named types, from the module that has them.
pub(super) const HERE: &str = "";
/// The path of the named types, from the modules beside theirs.
pub(super) const BESIDE: &str = "super::types::";
/// The path of the named types, from the skeleton's own module.
pub(super) const BELOW: &str = "types::";

/// A type where it is used. `types` is the path of the module that has the named ones.
pub(super) fn type_name<'a>(ty: &'a TypeRef, types: &'a str) -> TypeName<'a> {
    TypeName { ty, types }
}

#[derive(Debug, Clone, Copy)]
pub(super) struct TypeName<'a> {
    ty: &'a TypeRef,
    types: &'a str,
}

impl Display for TypeName<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let types = self.types;
        match self.ty {
            TypeRef::Int { bits, signed } => f.write_str(&int_name(*bits, *signed)),
            TypeRef::Float { bits } => write!(f, "f{bits}"),
            TypeRef::Bool => f.write_str("bpf::data::Bool"),
            TypeRef::Pointer => f.write_str("bpf::data::Pointer"),
            TypeRef::Callback => f.write_str("Option<bpf::struct_ops::StructOpsProgram<'open>>"),
            TypeRef::CharArray { len } => write!(f, "bpf::data::CharArray<{len}>"),
            TypeRef::Array { element, len } => write!(f, "[{}; {len}]", type_name(element, types)),
            TypeRef::Opaque { unit, len } => write!(f, "[{}; {len}]", int_name(unit * 8, false)),
            TypeRef::Named { rust_name, .. } => write!(f, "{types}{}", identifier(rust_name)),
        }
    }
}

pub(super) fn int_name(bits: u32, signed: bool) -> String {
    format!("{}{bits}", if signed { 'i' } else { 'u' })
}

/// `note` follows the C declaration in the documentation.
pub(super) fn write(field: &Field, types: &str, note: &str, out: &mut Writer) {
    match field.role {
        FieldRole::Member | FieldRole::Promoted | FieldRole::Storage => {
            out.doc(format_args!("{}{note}", field.doc));
        }
        FieldRole::Padding => out.line("#[doc(hidden)]"),
    }
    out.field(identifier(&field.rust_name), type_name(&field.ty, types));
}

pub(super) fn repr(definition: &StructDef) -> &'static str {
    if definition.packed {
        "#[repr(C, packed)]"
    } else {
        "#[repr(C)]"
    }
}

/// What a struct is, and its size.
pub(super) fn size_doc(definition: &StructDef, out: &mut Writer) {
    let bytes = if definition.size == 1 {
        "byte"
    } else {
        "bytes"
    };
    let StructDef {
        description, size, ..
    } = definition;
    out.doc(format_args!("{description}, {size} {bytes}."));
}

/// The names of the fields that are members, and of the others.
pub(super) fn split_names(definition: &StructDef) -> (Vec<String>, Vec<String>) {
    let is_member = |field: &&Field| matches!(field.role, FieldRole::Member | FieldRole::Promoted);
    let (members, others): (Vec<_>, Vec<_>) = definition.fields.iter().partition(is_member);
    let names = |fields: Vec<&Field>| {
        let names = fields.iter().map(|field| identifier(&field.rust_name));
        names.map(|name| name.to_string()).collect()
    };
    (names(members), names(others))
}
