//! The global variables after load: cells.

use super::fields::{BESIDE, repr, size_doc, split_names, type_name};
use super::proof;
use super::writer::{Writer, string};
use crate::model::{Field, FieldRole, Section, Skeleton};
use crate::names::identifier;

/// `mod live`: the variables of each data section, each in a cell. That the layout is that of `mod sections`,
/// the macro `live!` asserts.
pub(super) fn write(skeleton: &Skeleton, out: &mut Writer) {
    let mut sections = shared(skeleton).peekable();
    if sections.peek().is_none() {
        return;
    }
    out.gap();
    out.doc(
        "The global variables after load, section by section: cells, which BPF programs share.",
    );
    out.block("pub mod live", |out| {
        out.line("use ::libbpf_safe as bpf;");
        for section in sections {
            section_struct(section, out);
        }
    });
}

/// The sections that have a field in the loaded skeleton.
pub(super) fn shared(skeleton: &Skeleton) -> impl Iterator<Item = &Section> {
    skeleton.sections.iter().filter(|section| section.is_shared)
}

fn section_struct(section: &Section, out: &mut Writer) {
    let definition = &section.variables;
    let name = identifier(&definition.rust_name);
    out.gap();
    size_doc(definition, out);
    out.line(repr(definition));
    out.block(format_args!("pub struct {name}"), |out| {
        for field in &definition.fields {
            field_in_cell(section, field, out);
        }
    });
    let (members, padding) = split_names(definition);
    let head = format_args!("live!({name} of super::sections::{name}").to_string();
    proof::call(head, &members, &padding, &[], out);
}

fn field_in_cell(section: &Section, field: &Field, out: &mut Writer) {
    let ty = if section.variables.packed {
        // No reference can be had to a field that is not aligned, and a cell without one is of no use.
        format!("[u8; {}]", field.ty.size())
    } else {
        type_name(&field.ty, BESIDE).to_string()
    };
    let is_padding = field.role == FieldRole::Padding;
    if is_padding {
        out.line("#[doc(hidden)]");
    } else {
        out.doc(&field.doc);
    }
    let cell = if is_padding || section.kind.is_frozen() {
        "FrozenCell"
    } else {
        "LiveCell"
    };
    let name = identifier(&field.rust_name);
    out.field(name, format_args!("bpf::data::{cell}<{ty}>"));
}

/// The section's field in the loaded skeleton.
pub(super) fn field(section: &Section, out: &mut Writer) {
    let name = identifier(&section.variables.rust_name);
    out.doc(format_args!(
        "The variables in `{}`, as they are now.",
        section.name
    ));
    out.field(name, format_args!("bpf::data::LiveSection<live::{name}>"));
}

/// How that field is made from `object`.
pub(super) fn value(section: &Section, out: &mut Writer) {
    let name = identifier(&section.variables.rust_name);
    let c_name = string(&section.name);
    out.line(format_args!("{name}: object.live_section({c_name})?,"));
}
