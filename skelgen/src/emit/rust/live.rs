//! The global variables after load: cells.

use super::blocks::Blocks;
use super::doc::comment;
use super::types::{proof, repr, size_doc, split_fields, type_tokens};
use crate::model::{Field, FieldRole, Section, Skeleton};
use crate::names::identifier;
use proc_macro2::{Literal, TokenStream};
use quote::quote;

/// `mod live`: the variables of each data section, each in a cell. That the layout is that of `mod sections`,
/// the macro `live!` asserts.
pub(super) fn write(skeleton: &Skeleton, blocks: &mut Blocks) -> TokenStream {
    let definitions: Vec<_> = shared(skeleton)
        .map(|section| section_struct(section, blocks))
        .collect();
    if definitions.is_empty() {
        return quote!();
    }
    quote! {
        /// The global variables after load, section by section: cells, which BPF programs share.
        pub mod live {
            use ::libbpf_safe as bpf;
            #(#definitions)*
        }
    }
}

/// The sections that have a field in the loaded skeleton.
pub(super) fn shared(skeleton: &Skeleton) -> impl Iterator<Item = &Section> {
    skeleton.sections.iter().filter(|section| section.is_shared)
}

fn section_struct(section: &Section, blocks: &mut Blocks) -> TokenStream {
    let definition = &section.variables;
    let name = identifier(&definition.rust_name);
    let doc = size_doc(definition);
    let repr = repr(definition);
    let fields = definition
        .fields
        .iter()
        .map(|field| field_tokens(section, field));
    let (members, padding) = split_fields(definition, &[FieldRole::Member]);
    let members = members
        .iter()
        .map(|field| identifier(&field.rust_name).to_string());
    let proof = proof(
        &format!("live!({name} of super::sections::{name}"),
        members.collect(),
        &padding,
        &[],
        blocks,
    );
    quote! {
        #[doc = #doc]
        #repr
        pub struct #name {
            #(#fields,)*
        }
        #proof
    }
}

fn field_tokens(section: &Section, field: &Field) -> TokenStream {
    let name = identifier(&field.rust_name);
    let ty = if section.variables.packed {
        // No reference can be had to a field that is not aligned, and a cell without one is of no use.
        let size = Literal::u64_unsuffixed(field.ty.size());
        quote!([u8; #size])
    } else {
        type_tokens(&field.ty, &quote!(super::types::))
    };
    if field.role == FieldRole::Padding {
        return quote! {
            #[doc(hidden)]
            pub #name: bpf::data::FrozenCell<#ty>
        };
    }
    let doc = comment(&field.doc);
    let cell = if section.kind.is_frozen() {
        quote!(FrozenCell)
    } else {
        quote!(LiveCell)
    };
    quote! {
        #[doc = #doc]
        pub #name: bpf::data::#cell<#ty>
    }
}

/// The section's field in the loaded skeleton.
pub(super) fn field(section: &Section) -> TokenStream {
    let name = identifier(&section.variables.rust_name);
    let doc = comment(&format!(
        "The variables in `{}`, as they are now.",
        section.name
    ));
    quote! {
        #[doc = #doc]
        pub #name: bpf::data::LiveSection<live::#name>
    }
}

/// How that field is made from `object`.
pub(super) fn value(section: &Section) -> TokenStream {
    let name = identifier(&section.variables.rust_name);
    let c_name = &section.name;
    quote!(#name: object.live_section(#c_name)?)
}
