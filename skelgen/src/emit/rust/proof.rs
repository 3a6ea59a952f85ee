//! What the compiler is to prove of a struct: calls of libbpf-safe's macros, and where each field is.

use super::writer::{FIELDS, Writer};
use crate::model::{Accessor, StructDef};
use crate::names::identifier;
use std::fmt::Display;

/// A call of one of libbpf-safe's macros, a field a line; after them the fields that `Debug` leaves out, and
/// the functions that it shows.
pub(super) fn call(
    head: impl Display,
    members: &[impl Display],
    hidden: &[String],
    shown: &[Accessor],
    out: &mut Writer,
) {
    out.gap();
    let head = format_args!("bpf::{head} {{");
    if hidden.is_empty() && shown.is_empty() {
        // To rustfmt, this is the value of a struct.
        return out.list(head, "});", FIELDS, members);
    }
    out.within(head, "});", |out| {
        for member in members {
            out.line(format_args!("{member},"));
        }
        let hidden = hidden.join(", ");
        out.line(format_args!("; {hidden}").to_string().trim_end());
        if !shown.is_empty() {
            let shown = shown.iter().map(|one| identifier(&one.getter));
            let shown: Vec<_> = shown.map(|getter| format!("{getter}()")).collect();
            out.line(format_args!("; {}", shown.join(", ")));
        }
    });
}

/// Size, alignment and every offset, as C has them.
pub(super) fn layout(definition: &StructDef, lifetime: &str, out: &mut Writer) {
    let name = format!("{}{lifetime}", identifier(&definition.rust_name));
    let StructDef { size, align, .. } = definition;
    // Imported, because a type of the C source may have these names too.
    let functions = if definition.fields.is_empty() {
        "{align_of, size_of}"
    } else {
        "{align_of, offset_of, size_of}"
    };
    out.gap();
    out.within("const _: () = {", "};", |out| {
        out.line(format_args!("use ::core::mem::{functions};"));
        out.line(format_args!("assert!(size_of::<{name}>() == {size});"));
        out.line(format_args!("assert!(align_of::<{name}>() == {align});"));
        for field in &definition.fields {
            let (member, offset) = (identifier(&field.rust_name), field.offset);
            out.line(format_args!(
                "assert!(offset_of!({name}, {member}) == {offset});"
            ));
        }
    });
}
