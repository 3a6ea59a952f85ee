//! The structs and enums of the C source.

use super::fields::{self, BESIDE, HERE, int_name, repr, size_doc, split_names};
use super::writer::{Writer, c_string};
use super::{accessors, proof};
use crate::model::{EnumDef, Field, FieldRole, Skeleton, StructDef, TypeDef, TypeRef};
use crate::names::{UniqueNames, identifier};
use std::fmt::Display;

/// `mod types`: what maps, sections and shadows reach.
pub(super) fn write_types(skeleton: &Skeleton, out: &mut Writer) {
    if skeleton.types.is_empty() {
        return;
    }
    out.gap();
    out.doc("The C types that maps, sections and `struct_ops` maps are made of.");
    out.block("pub mod types", |out| {
        out.line("use ::libbpf_safe as bpf;");
        for definition in &skeleton.types {
            match definition {
                TypeDef::Struct(definition) => plain_struct(definition, HERE, out),
                TypeDef::Enum(definition) => enumeration(definition, out),
            }
        }
    });
}

/// `mod sections`: the variables of each data section.
pub(super) fn write_sections(skeleton: &Skeleton, out: &mut Writer) {
    if skeleton.sections.is_empty() {
        return;
    }
    out.gap();
    out.doc("The global variables, section by section.");
    out.block("pub mod sections", |out| {
        out.line("use ::libbpf_safe as bpf;");
        for section in &skeleton.sections {
            plain_struct(&section.variables, BESIDE, out);
        }
    });
}

/// `mod shadow`: the struct_ops types.
pub(super) fn write_shadows(skeleton: &Skeleton, out: &mut Writer) {
    if skeleton.shadows.is_empty() {
        return;
    }
    out.gap();
    out.doc("The `struct_ops` types, as they are borrowed between open and load.");
    out.block("pub mod shadow", |out| {
        out.line("use ::libbpf_safe as bpf;");
        for definition in &skeleton.shadows {
            shadow(definition, out);
        }
    });
}

/// A struct that is valid for every bit pattern.
fn plain_struct(definition: &StructDef, types: &str, out: &mut Writer) {
    let name = identifier(&definition.rust_name);
    out.gap();
    size_doc(definition, out);
    out.line("#[derive(Clone, Copy, PartialEq)]");
    out.line(repr(definition));
    item(
        format_args!("pub struct {name}"),
        &definition.fields,
        out,
        |out| {
            for field in &definition.fields {
                fields::write(field, types, "", out);
            }
        },
    );
    let (members, padding) = split_names(definition);
    let shown = &definition.accessors;
    proof::call(
        format_args!("plain!({name}"),
        &members,
        &padding,
        shown,
        out,
    );
    accessors::write(definition, "", types, out);
    proof::layout(definition, "", out);
}

/// A struct or enum, which may be empty.
fn item<T>(head: impl Display, of: &[T], out: &mut Writer, inside: impl FnOnce(&mut Writer)) {
    if of.is_empty() {
        out.line(format_args!("{head} {{}}"));
    } else {
        out.block(head, inside);
    }
}

fn enumeration(definition: &EnumDef, out: &mut Writer) {
    let name = identifier(&definition.rust_name);
    let int = int_name(definition.bits, definition.signed);
    out.gap();
    out.doc(format_args!("{}.", definition.description));
    out.line("#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]");
    out.line("#[repr(transparent)]");
    out.line(format_args!("pub struct {name}(pub {int});"));
    let mut names = UniqueNames::fields();
    let values = definition.values.iter();
    let constants: Vec<_> = values.map(|(c_name, _)| names.unique(c_name)).collect();
    let constants: Vec<_> = constants.iter().map(|name| identifier(name)).collect();
    if !constants.is_empty() {
        out.gap();
        out.block(format_args!("impl {name}"), |out| {
            for (constant, (c_name, value)) in constants.iter().zip(&definition.values) {
                out.doc(format_args!("`{c_name}`"));
                let value = int_literal(*value);
                out.line(format_args!("pub const {constant}: Self = Self({value});"));
            }
        });
    }
    out.gap();
    out.within(
        format_args!("bpf::plain_enum!({name}({int}) {{"),
        "});",
        |out| {
            for constant in &constants {
                out.line(format_args!("{constant},"));
            }
        },
    );
}

/// With separators, where it is long.
fn int_literal(value: i128) -> String {
    let digits = value.unsigned_abs().to_string();
    let mut literal = String::from(if value < 0 { "-" } else { "" });
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && digits.len() > 5 && (digits.len() - index) % 3 == 0 {
            literal.push('_');
        }
        literal.push(digit);
    }
    literal
}

fn shadow(definition: &StructDef, out: &mut Writer) {
    let name = identifier(&definition.rust_name);
    let marker = lifetime_marker(definition);
    out.gap();
    size_doc(definition, out);
    out.line("///");
    out.doc("A change takes effect at load. What is not changed stays as the C source has it.");
    out.line(repr(definition));
    out.block(format_args!("pub struct {name}<'open>"), |out| {
        for field in &definition.fields {
            let note = if is_pointer(&field.ty) {
                "; the kernel takes none here: leave it null"
            } else {
                ""
            };
            fields::write(field, BESIDE, note, out);
        }
        if let Some(marker) = &marker {
            out.line("#[doc(hidden)]");
            out.field(marker, "::core::marker::PhantomData<&'open ()>");
        }
    });
    let (_, mut hidden) = split_names(definition);
    hidden.extend(marker);
    // libbpf looks for members by name among those of the struct itself.
    let members = definition.fields.iter().filter_map(|field| {
        let name = identifier(&field.rust_name);
        match field.role {
            FieldRole::Member => Some(format!("{name} as {}", c_string(&field.name))),
            FieldRole::Promoted => Some(name.to_string()),
            FieldRole::Storage | FieldRole::Padding => None,
        }
    });
    let members: Vec<_> = members.collect();
    let head = format!("shadow!({name} as {}", c_string(&definition.c_name));
    proof::call(head, &members, &hidden, &definition.accessors, out);
    accessors::write(definition, "<'_>", BESIDE, out);
    proof::layout(definition, "<'_>", out);
}

/// Pointers that are no callbacks, also in arrays.
fn is_pointer(ty: &TypeRef) -> bool {
    match ty {
        TypeRef::Pointer => true,
        TypeRef::Array { element, .. } => is_pointer(element),
        _ => false,
    }
}

/// The lifetime must be used, also where there is no callback to use it.
fn lifetime_marker(definition: &StructDef) -> Option<String> {
    let is_callback = |field: &Field| matches!(field.ty, TypeRef::Callback);
    if definition.fields.iter().any(is_callback) {
        return None;
    }
    let mut name = "_open".to_owned();
    while definition
        .fields
        .iter()
        .any(|field| field.rust_name == name)
    {
        name.insert(0, '_');
    }
    Some(name)
}
