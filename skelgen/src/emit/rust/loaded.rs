//! The skeleton after load.

use super::doc::comment;
use super::types::type_tokens;
use super::{links, live};
use crate::model::{Map, MapKind, Parameter, Skeleton};
use crate::names::identifier;
use proc_macro2::TokenStream;
use quote::quote;

/// A handle of the loaded skeleton: its field, its type, and how it is made from `object`.
struct Handle {
    name: String,
    ty: TokenStream,
    make: TokenStream,
    doc: String,
}

pub(super) fn write(skeleton: &Skeleton) -> TokenStream {
    let struct_ops = skeleton.struct_ops.iter().map(|map| {
        let c_name = &map.name;
        Handle {
            name: map.rust_name.clone(),
            ty: quote!(bpf::struct_ops::StructOpsMap),
            make: quote!(object.struct_ops(#c_name)?),
            doc: format!("`struct {} {c_name}`", map.type_name),
        }
    });
    let programs = skeleton.programs.iter().map(|program| {
        let c_name = &program.name;
        Handle {
            name: program.rust_name.clone(),
            ty: quote!(bpf::Program),
            make: quote!(object.program(#c_name)?),
            doc: format!("`{c_name}`, in `SEC(\"{}\")`", program.section),
        }
    });
    let maps = skeleton.maps.iter().map(map_handle);
    let groups: Vec<(&str, &str, &str, Vec<Handle>)> = vec![
        (
            "StructOpsMaps",
            "struct_ops",
            "The `struct_ops` maps.",
            struct_ops.collect(),
        ),
        ("Programs", "programs", "The programs.", programs.collect()),
        ("Maps", "maps", "The maps.", maps.collect()),
    ];
    let groups: Vec<_> = groups
        .into_iter()
        .filter(|(.., handles)| !handles.is_empty())
        .collect();
    let fields = groups.iter().map(|(name, field, doc, _)| {
        let (name, field, doc) = (identifier(name), identifier(field), format!(" {doc}"));
        quote! {
            #[doc = #doc]
            pub #field: #name
        }
    });
    let values = groups.iter().map(|(name, field, _, handles)| {
        let (name, field) = (identifier(name), identifier(field));
        let values = handles.iter().map(|handle| {
            let (field, make) = (identifier(&handle.name), &handle.make);
            quote!(#field: #make)
        });
        quote!(#field: #name { #(#values),* })
    });
    let structs = groups
        .iter()
        .map(|(name, _, doc, handles)| group_struct(name, doc, handles));
    let links = links::write(skeleton);
    let sections = live::shared(skeleton).map(live::field);
    let section_values = live::shared(skeleton).map(live::value);
    quote! {
        /// The object, loaded. Every handle in it is owned, and can be taken out and kept.
        #[derive(Debug)]
        pub struct Skeleton {
            /// What is attached: dropping a link detaches.
            pub links: Links,
            #(#fields,)*
            #(#sections,)*
            /// The whole object, for what has no field here.
            pub object: bpf::Object,
        }

        impl Skeleton {
            fn new(object: bpf::Object) -> bpf::Result<Self> {
                Ok(Self {
                    links: Links::default(),
                    #(#values,)*
                    #(#section_values,)*
                    object,
                })
            }
        }

        #links

        #(#structs)*
    }
}

fn map_handle(map: &Map) -> Handle {
    let c_name = &map.name;
    let types = quote!(types::);
    let (ty, make) = match &map.kind {
        MapKind::Typed { handle, parameters } => {
            let handle = identifier(handle);
            let parameters = parameters.iter().map(|parameter| match parameter {
                Parameter::Type(ty) => type_tokens(ty, &types),
                Parameter::Library(name) => {
                    let name = identifier(name);
                    quote!(bpf::map::#name)
                }
            });
            let generics = if parameters.len() == 0 {
                quote!()
            } else {
                quote!(<#(#parameters),*>)
            };
            (
                quote!(bpf::map::#handle #generics),
                quote!(object.map(#c_name)?.try_into()?),
            )
        }
        MapKind::Arena => (quote!(bpf::map::Arena), quote!(object.arena(#c_name)?)),
        MapKind::Other => (quote!(bpf::map::Map), quote!(object.map(#c_name)?)),
    };
    Handle {
        name: map.rust_name.clone(),
        ty,
        make,
        doc: format!("`{c_name}`, of type `{}`", map.type_name),
    }
}

fn group_struct(name: &str, group_doc: &str, handles: &[Handle]) -> TokenStream {
    let (name, group_doc) = (identifier(name), format!(" {group_doc}"));
    let fields = handles.iter().map(|handle| {
        let (field, ty, doc) = (identifier(&handle.name), &handle.ty, comment(&handle.doc));
        quote! {
            #[doc = #doc]
            pub #field: #ty
        }
    });
    quote! {
        #[doc = #group_doc]
        #[derive(Debug, Clone)]
        pub struct #name {
            #(#fields,)*
        }
    }
}
