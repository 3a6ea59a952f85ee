//! The structs and enums of the C source.

use super::accessors;
use super::blocks::Blocks;
use super::doc::comment;
use crate::model::{Accessor, EnumDef, Field, FieldRole, Skeleton, StructDef, TypeDef, TypeRef};
use crate::names::{UniqueNames, identifier};
use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::quote;
use std::ffi::CString;

/// A type where it is used. `types` is the path of the module that has the named ones.
pub(super) fn type_tokens(ty: &TypeRef, types: &TokenStream) -> TokenStream {
    match ty {
        TypeRef::Int { bits, signed } => {
            let name = Ident::new(&int_name(*bits, *signed), Span::call_site());
            quote!(#name)
        }
        TypeRef::Float { bits } => {
            let name = Ident::new(&format!("f{bits}"), Span::call_site());
            quote!(#name)
        }
        TypeRef::Bool => quote!(bpf::data::Bool),
        TypeRef::Pointer => quote!(bpf::data::Pointer),
        TypeRef::Callback => {
            quote!(Option<bpf::struct_ops::StructOpsProgram<'open>>)
        }
        TypeRef::CharArray { len } => {
            let len = Literal::u32_unsuffixed(*len);
            quote!(bpf::data::CharArray<#len>)
        }
        TypeRef::Array { element, len } => {
            let element = type_tokens(element, types);
            let len = Literal::u32_unsuffixed(*len);
            quote!([#element; #len])
        }
        TypeRef::Opaque { unit, len } => {
            let unit = Ident::new(&int_name(unit * 8, false), Span::call_site());
            let len = Literal::u32_unsuffixed(*len);
            quote!([#unit; #len])
        }
        TypeRef::Named { rust_name, .. } => {
            let name = identifier(rust_name);
            quote!(#types #name)
        }
    }
}

fn int_name(bits: u32, signed: bool) -> String {
    format!("{}{bits}", if signed { 'i' } else { 'u' })
}

/// `note` follows the C declaration in the documentation.
fn field_tokens(field: &Field, types: &TokenStream, note: &str) -> TokenStream {
    let name = identifier(&field.rust_name);
    let ty = type_tokens(&field.ty, types);
    match field.role {
        FieldRole::Member | FieldRole::Promoted | FieldRole::Storage => {
            let doc = comment(&format!("{}{note}", field.doc));
            quote! {
                #[doc = #doc]
                pub #name: #ty
            }
        }
        FieldRole::Padding => quote! {
            #[doc(hidden)]
            pub #name: #ty
        },
    }
}

pub(super) fn repr(definition: &StructDef) -> TokenStream {
    if definition.packed {
        quote!(#[repr(C, packed)])
    } else {
        quote!(#[repr(C)])
    }
}

/// Size, alignment and every offset, as C has them.
fn layout_assertions(definition: &StructDef, lifetime: &str, blocks: &mut Blocks) -> TokenStream {
    let name = format!("{}{lifetime}", identifier(&definition.rust_name));
    let StructDef { size, align, .. } = definition;
    // Imported, because a type of the C source may have these names too.
    let functions = if definition.fields.is_empty() {
        "{align_of, size_of}"
    } else {
        "{align_of, offset_of, size_of}"
    };
    let mut lines = vec![
        "const _: () = {".to_owned(),
        format!("    use ::core::mem::{functions};"),
    ];
    lines.extend([
        format!("    assert!(size_of::<{name}>() == {size});"),
        format!("    assert!(align_of::<{name}>() == {align});"),
    ]);
    lines.extend(definition.fields.iter().map(|field| {
        let field_name = identifier(&field.rust_name);
        format!(
            "    assert!(offset_of!({name}, {field_name}) == {});",
            field.offset
        )
    }));
    lines.push("};".to_owned());
    blocks.add(lines)
}

/// A call of one of libbpf-safe's macros, a field a line; after them the fields that `Debug` leaves out, and
/// the functions that it shows.
pub(super) fn proof(
    head: &str,
    members: Vec<String>,
    hidden: &[Ident],
    shown: &[Accessor],
    blocks: &mut Blocks,
) -> TokenStream {
    let mut lines = vec![format!("bpf::{head} {{")];
    lines.extend(members.into_iter().map(|member| format!("    {member},")));
    if !hidden.is_empty() || !shown.is_empty() {
        let hidden: Vec<_> = hidden.iter().map(Ident::to_string).collect();
        lines.push(format!("    ; {}", hidden.join(", ")).trim_end().to_owned());
    }
    if !shown.is_empty() {
        let shown = shown
            .iter()
            .map(|accessor| format!("{}()", identifier(&accessor.getter)));
        lines.push(format!("    ; {}", shown.collect::<Vec<_>>().join(", ")));
    }
    lines.push("});".to_owned());
    blocks.add(lines)
}

/// The fields with these roles, and the names of the others.
pub(super) fn split_fields<'a>(
    definition: &'a StructDef,
    roles: &[FieldRole],
) -> (Vec<&'a Field>, Vec<Ident>) {
    let (members, others): (Vec<&Field>, Vec<&Field>) = definition
        .fields
        .iter()
        .partition(|field| roles.contains(&field.role));
    let others = others
        .iter()
        .map(|field| identifier(&field.rust_name))
        .collect();
    (members, others)
}

pub(super) fn size_doc(definition: &StructDef) -> String {
    let bytes = if definition.size == 1 {
        "byte"
    } else {
        "bytes"
    };
    comment(&format!(
        "{}, {} {bytes}.",
        definition.description, definition.size
    ))
}

/// A struct that is valid for every bit pattern.
fn plain_struct(definition: &StructDef, types: &TokenStream, blocks: &mut Blocks) -> TokenStream {
    let name = identifier(&definition.rust_name);
    let doc = size_doc(definition);
    let repr = repr(definition);
    let fields = definition
        .fields
        .iter()
        .map(|field| field_tokens(field, types, ""));
    let assertions = layout_assertions(definition, "", blocks);
    let (members, padding) = split_fields(definition, &[FieldRole::Member, FieldRole::Promoted]);
    let members = members
        .iter()
        .map(|field| identifier(&field.rust_name).to_string());
    let proof = proof(
        &format!("plain!({name}"),
        members.collect(),
        &padding,
        &definition.accessors,
        blocks,
    );
    let accessors = accessors::write(definition, "", types, blocks);
    quote! {
        #[doc = #doc]
        #[derive(Clone, Copy, PartialEq)]
        #repr
        pub struct #name {
            #(#fields,)*
        }
        #proof
        #accessors
        #assertions
    }
}

fn enumeration(definition: &EnumDef, blocks: &mut Blocks) -> TokenStream {
    let name = identifier(&definition.rust_name);
    let doc = comment(&format!("{}.", definition.description));
    let int = Ident::new(
        &int_name(definition.bits, definition.signed),
        Span::call_site(),
    );
    let mut names = UniqueNames::fields();
    let constants: Vec<(Ident, TokenStream, String)> = definition
        .values
        .iter()
        .map(|(c_name, value)| {
            let constant = identifier(&names.unique(c_name));
            (constant, int_literal(*value), c_name.clone())
        })
        .collect();
    let declarations = constants.iter().map(|(constant, value, c_name)| {
        let doc = comment(&format!("`{c_name}`"));
        quote! {
            #[doc = #doc]
            pub const #constant: Self = Self(#value);
        }
    });
    let listed = constants.iter().map(|(constant, ..)| constant.to_string());
    let proof = proof(
        &format!("plain_enum!({name}({int})"),
        listed.collect(),
        &[],
        &[],
        blocks,
    );
    let implementation = if constants.is_empty() {
        quote!()
    } else {
        quote! {
            impl #name {
                #(#declarations)*
            }
        }
    };
    quote! {
        #[doc = #doc]
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(transparent)]
        pub struct #name(pub #int);
        #implementation
        #proof
    }
}

/// With separators, where it is long.
fn int_literal(value: i128) -> TokenStream {
    let digits = value.unsigned_abs().to_string();
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && digits.len() > 5 && (digits.len() - index) % 3 == 0 {
            grouped.push('_');
        }
        grouped.push(digit);
    }
    let magnitude = grouped
        .parse::<Literal>()
        .unwrap_or_else(|_| Literal::u128_unsuffixed(value.unsigned_abs()));
    if value < 0 {
        quote!(-#magnitude)
    } else {
        quote!(#magnitude)
    }
}

/// `mod types`: what maps, sections and shadows reach.
pub(super) fn write_types(skeleton: &Skeleton, blocks: &mut Blocks) -> TokenStream {
    if skeleton.types.is_empty() {
        return quote!();
    }
    let here = quote!();
    let definitions = skeleton.types.iter().map(|definition| match definition {
        TypeDef::Struct(definition) => plain_struct(definition, &here, blocks),
        TypeDef::Enum(definition) => enumeration(definition, blocks),
    });
    quote! {
        /// The C types that maps, sections and `struct_ops` maps are made of.
        pub mod types {
            use ::libbpf_safe as bpf;
            #(#definitions)*
        }
    }
}

/// `mod sections`: the variables of each data section.
pub(super) fn write_sections(skeleton: &Skeleton, blocks: &mut Blocks) -> TokenStream {
    if skeleton.sections.is_empty() {
        return quote!();
    }
    let types = quote!(super::types::);
    let definitions = skeleton
        .sections
        .iter()
        .map(|section| plain_struct(&section.variables, &types, blocks));
    quote! {
        /// The global variables, section by section.
        pub mod sections {
            use ::libbpf_safe as bpf;
            #(#definitions)*
        }
    }
}

/// `mod shadow`: the struct_ops types.
pub(super) fn write_shadows(skeleton: &Skeleton, blocks: &mut Blocks) -> TokenStream {
    if skeleton.shadows.is_empty() {
        return quote!();
    }
    let definitions = skeleton
        .shadows
        .iter()
        .map(|definition| shadow(definition, blocks));
    quote! {
        /// The `struct_ops` types, as they are borrowed between open and load.
        pub mod shadow {
            use ::libbpf_safe as bpf;
            #(#definitions)*
        }
    }
}

fn shadow(definition: &StructDef, blocks: &mut Blocks) -> TokenStream {
    let name = identifier(&definition.rust_name);
    let doc = size_doc(definition);
    let repr = repr(definition);
    let types = quote!(super::types::);
    let fields = definition.fields.iter().map(|field| {
        let note = if is_pointer(&field.ty) {
            "; the kernel takes none here: leave it null"
        } else {
            ""
        };
        field_tokens(field, &types, note)
    });
    let assertions = layout_assertions(definition, "<'_>", blocks);
    let (members, mut hidden) = split_fields(definition, &[FieldRole::Member, FieldRole::Promoted]);
    let marker = lifetime_marker(definition);
    hidden.extend(marker.clone());
    let marker = marker.map(|marker| {
        quote! {
            #[doc(hidden)]
            pub #marker: ::core::marker::PhantomData<&'open ()>,
        }
    });
    let members = members.iter().map(|field| {
        let name = identifier(&field.rust_name);
        // libbpf looks for members by name among those of the struct itself.
        match field.role {
            FieldRole::Promoted => name.to_string(),
            _ => format!("{name} as {}", c_string(&field.name)),
        }
    });
    let head = format!("shadow!({name} as {}", c_string(&definition.c_name));
    let proof = proof(
        &head,
        members.collect(),
        &hidden,
        &definition.accessors,
        blocks,
    );
    let accessors = accessors::write(definition, "<'_>", &types, blocks);
    quote! {
        #[doc = #doc]
        #[doc = ""]
        #[doc = " A change takes effect at load. What is not changed stays as the C source has it."]
        #repr
        pub struct #name<'open> {
            #(#fields,)*
            #marker
        }
        #proof
        #accessors
        #assertions
    }
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
fn lifetime_marker(definition: &StructDef) -> Option<Ident> {
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
    Some(identifier(&name))
}

/// C names have no NUL inside.
pub(super) fn c_string(name: &str) -> Literal {
    Literal::c_string(&CString::new(name).unwrap_or_default())
}
