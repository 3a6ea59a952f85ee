//! What the struct_ops types were, for objects of other versions of the source.

use super::blocks::Blocks;
use super::types::c_string;
use crate::model::{LayoutDef, LayoutMember, Skeleton};
use crate::names::prefixed;
use proc_macro2::TokenStream;
use quote::quote;

/// `mod layouts`.
pub(super) fn write(skeleton: &Skeleton, blocks: &mut Blocks) -> TokenStream {
    if skeleton.layouts.is_empty() {
        return quote!();
    }
    let layouts = skeleton
        .layouts
        .iter()
        .map(|definition| layout(definition, blocks));
    quote! {
        /// The `struct_ops` types as they were: an object of another version is held against them at open.
        mod layouts {
            use ::libbpf_safe::struct_ops::{MemberKind, MemberLayout, TypeLayout};
            #(#layouts)*
        }
    }
}

/// The name of a layout's static.
pub(super) fn static_name(layout: &str) -> TokenStream {
    let name = prefixed("of", layout);
    quote!(layouts::#name)
}

fn layout(definition: &LayoutDef, blocks: &mut Blocks) -> TokenStream {
    let name = prefixed("of", &definition.name);
    let size = definition.size;
    if definition.members.is_empty() {
        return quote!(pub(super) static #name: TypeLayout = TypeLayout::new(#size, &[]););
    }
    let mut lines = vec![format!(
        "pub(super) static {name}: TypeLayout = TypeLayout::new({size}, &["
    )];
    lines.extend(
        definition
            .members
            .iter()
            .map(|member| format!("    {},", self::member(member))),
    );
    lines.push("]);".to_owned());
    blocks.add(lines)
}

fn member(member: &LayoutMember) -> String {
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
            format!(
                "MemberLayout::new({name}, {declaration}, MemberKind::{kind:?}, {offset}, {size}){}{}",
                elements.unwrap_or_default(),
                nested.unwrap_or_default()
            )
        }
        LayoutMember::Bitfield {
            name,
            declaration,
            first,
            width,
        } => {
            let (name, declaration) = (c_string(name), c_string(declaration));
            format!("MemberLayout::bitfield({name}, {declaration}, {first}, {width})")
        }
        LayoutMember::Union {
            offset,
            size,
            members,
        } => {
            let members = prefixed("of", members);
            format!("MemberLayout::anonymous_union({offset}, {size}, &{members})")
        }
    }
}
