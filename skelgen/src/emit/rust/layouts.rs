//! What the struct_ops types were, for objects of other versions of the source.

use super::writer::{Writer, c_string};
use crate::model::{LayoutDef, LayoutMember, Skeleton};
use crate::names::prefixed;

/// `mod layouts`.
pub(super) fn write(skeleton: &Skeleton, out: &mut Writer) {
    if skeleton.layouts.is_empty() {
        return;
    }
    out.gap();
    out.doc(
        "The `struct_ops` types as they were: an object of another version is held against them at open.",
    );
    // A member a line, which is how one looks for it.
    out.line("#[rustfmt::skip]");
    out.block("mod layouts", |out| {
        out.line("use ::libbpf_safe::struct_ops::{MemberKind, MemberLayout, TypeLayout};");
        for definition in &skeleton.layouts {
            layout(definition, out);
        }
    });
}

/// The name of a layout's static.
pub(super) fn static_name(layout: &str) -> String {
    format!("layouts::{}", prefixed("of", layout))
}

fn layout(definition: &LayoutDef, out: &mut Writer) {
    let name = prefixed("of", &definition.name);
    let size = definition.size;
    let head = format!("pub(super) static {name}: TypeLayout = TypeLayout::new({size}, &[");
    out.gap();
    if definition.members.is_empty() {
        return out.line(format_args!("{head}]);"));
    }
    out.within(head, "]);", |out| {
        for member in &definition.members {
            self::member(member, out);
        }
    });
}

fn member(member: &LayoutMember, out: &mut Writer) {
    match member {
        LayoutMember::Named {
            name,
            declaration,
            kind,
            offset,
            size,
            elements,
            nested,
        } => {
            let (name, declaration) = (c_string(name), c_string(declaration));
            let elements = elements.map(|count| format!(".elements({count})"));
            let nested = nested
                .as_ref()
                .map(|layout| format!(".nested(&{})", prefixed("of", layout)));
            out.line(format_args!(
                "MemberLayout::new({name}, {declaration}, MemberKind::{kind:?}, {offset}, {size}){}{},",
                elements.unwrap_or_default(),
                nested.unwrap_or_default()
            ));
        }
        LayoutMember::Bitfield {
            name,
            declaration,
            first,
            width,
        } => {
            let (name, declaration) = (c_string(name), c_string(declaration));
            out.line(format_args!(
                "MemberLayout::bitfield({name}, {declaration}, {first}, {width}),"
            ));
        }
        LayoutMember::Union {
            offset,
            size,
            members,
        } => {
            let members = prefixed("of", members);
            out.line(format_args!(
                "MemberLayout::anonymous_union({offset}, {size}, &{members}),"
            ));
        }
    }
}
