//! The functions for members that share their bytes with others.

use super::blocks::Blocks;
use super::doc::comment;
use super::types::type_tokens;
use crate::model::{Accessor, Place, StructDef, TypeRef};
use crate::names::identifier;
use proc_macro2::{Literal, TokenStream};
use quote::quote;

/// Calls of libbpf-safe's macros that write the functions, an accessor a line.
pub(super) fn write(
    definition: &StructDef,
    lifetime: &str,
    types: &TokenStream,
    blocks: &mut Blocks,
) -> TokenStream {
    let name = format!("{}{lifetime}", identifier(&definition.rust_name));
    let declaration = Literal::string(&definition.declaration);
    let groups = [
        (format!("members!({name}"), None, Group::Borrowed),
        (format!("members!({name}"), Some("copied:"), Group::Copied),
        (
            format!("bitfields!({name} as {declaration}"),
            None,
            Group::Bits,
        ),
    ];
    let calls = groups.into_iter().filter_map(|(head, first, group)| {
        let accessors: Vec<_> = definition
            .accessors
            .iter()
            .filter(|accessor| Group::of(accessor) == group)
            .collect();
        if accessors.is_empty() {
            return None;
        }
        let mut lines = vec![format!("bpf::{head} {{")];
        lines.extend(first.map(|first| format!("    {first}")));
        for accessor in accessors {
            lines.push(format!("    ///{}", comment(&accessor.doc)));
            lines.push(format!("    {}", entry(accessor, types)));
        }
        lines.push("});".to_owned());
        Some(blocks.add(lines))
    });
    let calls: Vec<_> = calls.collect();
    quote!(#(#calls)*)
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

fn entry(accessor: &Accessor, types: &TokenStream) -> String {
    let (get, set) = (identifier(&accessor.getter), identifier(&accessor.setter));
    match accessor.place {
        Place::Borrowed { offset } | Place::Copied { offset } => {
            let ty = text(&type_tokens(&accessor.ty, types));
            format!("{get}, {set}: {ty} => {offset};")
        }
        Place::Bits { first, end } => {
            let name = Literal::string(&accessor.name);
            let ty = match accessor.ty {
                TypeRef::Bool => "bool".to_owned(),
                ref ty => text(&type_tokens(ty, types)),
            };
            format!("{get}, {set} as {name}: {ty} => {first}..{end};")
        }
    }
}

/// A type as one writes it.
fn text(ty: &TokenStream) -> String {
    let alias = quote!(type T = #ty;);
    let written = syn::parse2(alias).map(|file| prettyplease::unparse(&file));
    let text = written.as_deref().unwrap_or_default();
    let text = text
        .strip_prefix("type T = ")
        .and_then(|text| text.strip_suffix(";\n"));
    // A type that does not parse, which none should, is still a type.
    let words = text.map_or_else(|| ty.to_string(), str::to_owned);
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}
