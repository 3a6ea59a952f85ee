//! The links of a skeleton, and how all of it is attached.

use super::doc::comment;
use crate::model::{Program, Skeleton, StructOpsMap};
use crate::names::identifier;
use proc_macro2::TokenStream;
use quote::quote;

/// The struct `Links`, and `attach` and `detach` of the skeleton. A program that is a callback has no link of its
/// own: its map has.
pub(super) fn write(skeleton: &Skeleton) -> TokenStream {
    let programs: Vec<&Program> = skeleton
        .programs
        .iter()
        .filter(|program| !program.is_struct_ops)
        .collect();
    let maps = &skeleton.struct_ops;
    let program_fields = programs.iter().map(|program| {
        let name = identifier(&program.rust_name);
        let doc = comment(&format!(
            "Of `{}`, in `SEC(\"{}\")`",
            program.name, program.section
        ));
        quote! {
            #[doc = #doc]
            pub #name: Option<bpf::link::Link>
        }
    });
    let (map_field, map_struct) = struct_ops(maps);
    let attach = attach(&programs, maps);
    quote! {
        /// What is attached: a link for each program that is, and for each `struct_ops` map. They can be taken out
        /// and kept.
        #[derive(Debug, Default)]
        pub struct Links {
            #(#program_fields,)*
            #map_field
        }

        #map_struct

        impl Skeleton {
            #attach

            /// Detaches all that `links` holds. What was taken out stays attached.
            pub fn detach(&mut self) {
                self.links = Links::default();
            }
        }
    }
}

fn struct_ops(maps: &[StructOpsMap]) -> (TokenStream, TokenStream) {
    if maps.is_empty() {
        return (quote!(), quote!());
    }
    let fields = maps.iter().map(|map| {
        let name = identifier(&map.rust_name);
        let doc = comment(&format!("Of `struct {} {}`", map.type_name, map.name));
        quote! {
            #[doc = #doc]
            pub #name: Option<bpf::struct_ops::StructOpsLink>
        }
    });
    (
        quote! {
            /// Of the `struct_ops` maps.
            pub struct_ops: StructOpsLinks,
        },
        quote! {
            /// The links of the `struct_ops` maps.
            #[derive(Debug, Default)]
            pub struct StructOpsLinks {
                #(#fields,)*
            }
        },
    )
}

fn attach(programs: &[&Program], maps: &[StructOpsMap]) -> TokenStream {
    let doc = quote! {
        /// Attaches every program where its section says, and every `struct_ops` map, and keeps the links in `links`.
        ///
        /// What has a link already, what was not loaded or created, what has its autoattach off, and a program whose
        /// section names no place, is left alone: attaching twice is harmless.
        ///
        /// # Errors
        ///
        /// Something cannot be attached, and the error names it. What this call has attached by then is detached again.
    };
    if programs.is_empty() && maps.is_empty() {
        return quote! {
            #doc
            pub fn attach(&mut self) -> bpf::Result<()> {
                Ok(())
            }
        };
    }
    let names = programs
        .iter()
        .map(|program| identifier(&program.rust_name));
    let new_programs = names
        .clone()
        .map(|name| quote!(#name: attach_program(&self.programs.#name, &self.links.#name)?));
    let keep_programs = names.map(|name| {
        quote! {
            if new.#name.is_some() {
                self.links.#name = new.#name;
            }
        }
    });
    let map_names = maps.iter().map(|map| identifier(&map.rust_name));
    let new_maps = map_names.clone().map(|name| {
        quote!(#name: attach_struct_ops(&self.struct_ops.#name, &self.links.struct_ops.#name)?)
    });
    let new_maps = if maps.is_empty() {
        quote!()
    } else {
        quote!(struct_ops: StructOpsLinks { #(#new_maps),* },)
    };
    let keep_maps = map_names.map(|name| {
        quote! {
            if new.struct_ops.#name.is_some() {
                self.links.struct_ops.#name = new.struct_ops.#name;
            }
        }
    });
    let import_program = (!programs.is_empty()).then(|| {
        quote!(
            use bpf::skeleton::attach_program;
        )
    });
    let import_map = (!maps.is_empty()).then(|| {
        quote!(
            use bpf::skeleton::attach_struct_ops;
        )
    });
    quote! {
        #doc
        pub fn attach(&mut self) -> bpf::Result<()> {
            #import_program
            #import_map
            let new = Links {
                #(#new_programs,)*
                #new_maps
            };
            #(#keep_programs)*
            #(#keep_maps)*
            Ok(())
        }
    }
}
