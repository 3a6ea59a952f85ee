//! The functions for members that share their bytes with others.

use super::fields::type_name;
use super::writer::{Writer, string};
use crate::model::{Accessor, Place, StructDef, TypeRef};
use crate::names::identifier;

/// Calls of libbpf-safe's macros that write the functions, an accessor a line.
pub(super) fn write(definition: &StructDef, lifetime: &str, types: &str, out: &mut Writer) {
    let name = format!("{}{lifetime}", identifier(&definition.rust_name));
    let bits = format!("bitfields!({name} as {}", string(&definition.declaration));
    let members = format!("members!({name}");
    let groups = [
        (&members, None, Group::Borrowed),
        (&members, Some("copied:"), Group::Copied),
        (&bits, None, Group::Bits),
    ];
    for (head, first, group) in groups {
        let of_group = |accessor: &&Accessor| Group::of(accessor) == group;
        let mut accessors = definition.accessors.iter().filter(of_group).peekable();
        if accessors.peek().is_none() {
            continue;
        }
        out.gap();
        out.within(format_args!("bpf::{head} {{"), "});", |out| {
            if let Some(first) = first {
                out.line(first);
            }
            for accessor in accessors {
                out.doc(&accessor.doc);
                entry(accessor, types, out);
            }
        });
    }
}

/// What stands in one call of a macro.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Group {
    Borrowed,
    Copied,
    Bits,
}

impl Group {
    fn of(accessor: &Accessor) -> Group {
        match accessor.place {
            Place::Borrowed { .. } => Group::Borrowed,
            Place::Copied { .. } => Group::Copied,
            Place::Bits { .. } => Group::Bits,
        }
    }
}

fn entry(accessor: &Accessor, types: &str, out: &mut Writer) {
    let (get, set) = (identifier(&accessor.getter), identifier(&accessor.setter));
    let ty = type_name(&accessor.ty, types);
    match accessor.place {
        Place::Borrowed { offset } | Place::Copied { offset } => {
            out.line(format_args!("{get}, {set}: {ty} => {offset};"));
        }
        Place::Bits { first, end } => {
            let head = format_args!("{get}, {set} as {}", string(&accessor.name)).to_string();
            match accessor.ty {
                TypeRef::Bool => out.line(format_args!("{head}: bool => {first}..{end};")),
                _ => out.line(format_args!("{head}: {ty} => {first}..{end};")),
            }
        }
    }
}
