//! The skeleton between open and load.

use super::doc::comment;
use super::layouts::static_name;
use super::types::c_string;
use crate::model::{Skeleton, StructOpsMap};
use crate::names::{identifier, prefixed};
use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote;

/// One part of the object: what the skeleton claims, and what it lends out.
struct Part {
    /// Its field in the skeleton.
    slot: Ident,
    slot_type: TokenStream,
    /// How the skeleton gets it from `object`.
    claim: TokenStream,
    /// Its field where it is lent out.
    field: Ident,
    lent_type: TokenStream,
    /// How it is lent out.
    lend: TokenStream,
    doc: String,
}

pub(super) fn write(skeleton: &Skeleton) -> TokenStream {
    let struct_ops: Vec<Part> = skeleton.struct_ops.iter().map(struct_ops_part).collect();
    let programs: Vec<Part> = skeleton.programs.iter().map(program_part).collect();
    let maps: Vec<Part> = skeleton.maps.iter().map(map_part).collect();
    let sections: Vec<Part> = skeleton
        .sections
        .iter()
        .filter(|section| section.kind.is_settable())
        .map(section_part)
        .collect();

    let all = || {
        [&sections, &maps, &programs, &struct_ops]
            .into_iter()
            .flatten()
    };
    let slots = all().map(|part| {
        let (slot, ty) = (&part.slot, &part.slot_type);
        quote!(#slot: #ty)
    });
    let claims = all().map(|part| {
        let (slot, claim) = (&part.slot, &part.claim);
        quote!(#slot: #claim)
    });
    let section_layouts = skeleton.sections.iter().map(|section| {
        let name = &section.name;
        let places = section.places.iter().map(|(name, offset, size)| {
            let (offset, size) = (unsuffixed(*offset), unsuffixed(*size));
            quote!((#name, #offset, #size))
        });
        quote!(bpf::skeleton::SectionLayout { name: #name, variables: &[#(#places),*] })
    });
    let all_slots: Vec<_> = all().map(|part| &part.slot).collect();
    let shadows = skeleton.struct_ops.iter().map(|map| {
        let name = c_string(&map.name);
        let ty = identifier(&map.shadow);
        match &map.layout {
            Some(layout) => {
                let layout = static_name(layout);
                quote!(bpf::skeleton::ShadowMap::described::<shadow::#ty<'static>>(#name, &#layout))
            }
            None => quote!(bpf::skeleton::ShadowMap::of::<shadow::#ty<'static>>(#name)),
        }
    });

    let groups = [
        (
            "StructOps",
            "struct_ops",
            "The shadow copies of the `struct_ops` maps.",
            &struct_ops,
        ),
        (
            "OpenPrograms",
            "programs",
            "The programs, before load.",
            &programs,
        ),
        ("OpenMaps", "maps", "The maps, before load.", &maps),
    ];
    let groups: Vec<_> = groups
        .into_iter()
        .filter(|(.., parts)| !parts.is_empty())
        .collect();
    let group_structs = groups
        .iter()
        .map(|(name, _, doc, parts)| group_struct(name, doc, parts));
    let group_fields = groups.iter().map(|(name, field, doc, _)| {
        let (name, field) = (identifier(name), identifier(field));
        let doc = format!(" {doc}");
        quote! {
            #[doc = #doc]
            pub #field: #name<'open>
        }
    });
    let group_values = groups.iter().map(|(name, field, _, parts)| {
        let (name, field) = (identifier(name), identifier(field));
        let values = parts.iter().map(lend);
        quote!(#field: #name { #(#values),* })
    });
    let defaults = Defaults::of(skeleton);
    let Defaults {
        lent: lent_with_defaults,
        value: default_value,
        field: default_field,
        items: default_items,
    } = defaults;
    let section_fields = sections.iter().map(lent_field);
    let section_values = sections.iter().map(lend);
    let (marker_field, marker_value) = if groups.is_empty() && sections.is_empty() {
        (
            quote! {
                #[doc(hidden)]
                pub _open: ::core::marker::PhantomData<&'open ()>,
            },
            quote!(_open: ::core::marker::PhantomData,),
        )
    } else {
        (quote!(), quote!())
    };

    let presence = if struct_ops.is_empty() {
        quote!()
    } else {
        presence()
    };

    quote! {
        /// The object, open: nothing of it is in the kernel yet, and all of it can be changed.
        #[derive(Debug)]
        pub struct OpenSkeleton {
            object: bpf::skeleton::OpenSkeleton,
            #(#slots,)*
        }

        impl OpenSkeleton {
            /// Opens the object.
            ///
            /// # Errors
            ///
            /// libbpf does not understand it.
            pub fn open() -> bpf::Result<Self> {
                Self::open_with(&bpf::OpenOptions::new())
            }

            /// Opens the object with options.
            ///
            /// # Errors
            ///
            /// libbpf does not understand it, or an option.
            pub fn open_with(options: &bpf::OpenOptions) -> bpf::Result<Self> {
                bpf::skeleton::OpenSkeleton::open(NAME, OBJECT, options, Self::SHADOWS)
                    .and_then(Self::claim)
            }

            /// Opens an object from a file in place of the one in here: of another version of the source,
            /// perhaps. It has all that this skeleton has fields for.
            ///
            /// # Errors
            ///
            /// The file cannot be read, libbpf does not understand it, or it lacks something.
            pub fn open_file(
                path: impl AsRef<::std::path::Path>,
                options: &bpf::OpenOptions,
            ) -> bpf::Result<Self> {
                bpf::skeleton::OpenSkeleton::open_file(path.as_ref(), options, Self::SHADOWS, Self::SECTIONS)
                    .and_then(Self::claim)
            }

            /// Opens an object in memory in place of the one in here. The bytes are not needed afterwards.
            ///
            /// # Errors
            ///
            /// libbpf does not understand it, or it lacks something that this skeleton has a field for.
            pub fn open_bytes(bytes: &[u8], options: &bpf::OpenOptions) -> bpf::Result<Self> {
                bpf::skeleton::OpenSkeleton::open_bytes(NAME, bytes, options, Self::SHADOWS, Self::SECTIONS)
                    .and_then(Self::claim)
            }

            const SHADOWS: &'static [bpf::skeleton::ShadowMap] = &[#(#shadows),*];

            const SECTIONS: &'static [bpf::skeleton::SectionLayout] = &[#(#section_layouts),*];

            /// Takes all parts of the object that there are fields for.
            fn claim(object: bpf::skeleton::OpenSkeleton) -> bpf::Result<Self> {
                Ok(Self {
                    #(#claims,)*
                    object,
                })
            }

            /// All parts at once, each to be changed on its own.
            pub fn parts(&mut self) -> Parts<'_> {
                #lent_with_defaults
                Parts {
                    #(#group_values,)*
                    #default_value
                    #(#section_values,)*
                    #marker_value
                }
            }

            /// Holds the object, as it is set now, against a kernel: everything that will not work, before
            /// any call into the kernel.
            ///
            /// # Errors
            ///
            /// The kernel's BTF cannot be read.
            pub fn preflight(
                &mut self,
                kernel: &bpf::btf::KernelBtf,
            ) -> bpf::Result<bpf::struct_ops::Preflight> {
                self.object.preflight(kernel, &mut [#(&mut self.#all_slots),*])
            }

            /// What load will create and load now, and why.
            ///
            /// # Errors
            ///
            /// There is no memory left.
            pub fn plan(&mut self) -> bpf::Result<bpf::Plan> {
                self.object.plan(&mut [#(&mut self.#all_slots),*])
            }

            #presence

            /// Loads the object into the kernel.
            ///
            /// # Errors
            ///
            /// The kernel refuses; nothing of the object is left in it then.
            pub fn load(self) -> bpf::Result<Skeleton> {
                Skeleton::new(self.into_object().load()?)
            }

            /// Gives the parts up, so that the object can be loaded.
            fn into_object(self) -> bpf::skeleton::OpenSkeleton {
                self.object
            }
        }

        /// The parts of the object that can be changed before load.
        #[derive(Debug)]
        pub struct Parts<'open> {
            #(#group_fields,)*
            #default_field
            #(#section_fields,)*
            #marker_field
        }

        #(#group_structs)*
        #default_items
    }
}

/// What becomes of what the kernel lacks, by name: where it matters, names come from a table of versions.
fn presence() -> TokenStream {
    quote! {
        /// Says what becomes of a `struct_ops` map's type, its link and its members, where the kernel
        /// lacks them.
        ///
        /// # Errors
        ///
        /// There is no such map.
        pub fn set_presence(
            &mut self,
            map: &str,
            presence: bpf::struct_ops::Presence,
        ) -> bpf::Result<()> {
            self.object.set_presence(map, presence)
        }

        /// Says what becomes of a member of a `struct_ops` map, where the kernel lacks it.
        ///
        /// # Errors
        ///
        /// There is no such map or member.
        pub fn set_member_presence(
            &mut self,
            map: &str,
            member: &str,
            presence: bpf::struct_ops::Presence,
        ) -> bpf::Result<()> {
            self.object.set_member_presence(map, member, presence)
        }
    }
}

fn unsuffixed(number: u32) -> Literal {
    Literal::u32_unsuffixed(number)
}

fn lent_field(part: &Part) -> TokenStream {
    let (field, ty, doc) = (&part.field, &part.lent_type, comment(&part.doc));
    quote! {
        #[doc = #doc]
        pub #field: #ty
    }
}

fn lend(part: &Part) -> TokenStream {
    let (field, lend) = (&part.field, &part.lend);
    quote!(#field: #lend)
}

fn group_struct(name: &str, doc: &str, parts: &[Part]) -> TokenStream {
    let name = identifier(name);
    let doc = format!(" {doc}");
    let fields = parts.iter().map(lent_field);
    quote! {
        #[doc = #doc]
        #[derive(Debug)]
        pub struct #name<'open> {
            #(#fields,)*
        }
    }
}

fn struct_ops_part(map: &StructOpsMap) -> Part {
    let ty = identifier(&map.shadow);
    let c_name = &map.name;
    let slot = prefixed("shadow", &map.rust_name);
    Part {
        lend: quote!(#slot.0),
        slot,
        slot_type: quote!(bpf::skeleton::ShadowPart<shadow::#ty<'static>>),
        claim: quote!(object.shadow(#c_name)?),
        field: identifier(&map.rust_name),
        lent_type: quote!(&'open mut shadow::#ty<'open>),
        doc: format!("`struct {} {c_name}`", map.type_name),
    }
}

fn program_part(program: &crate::model::Program) -> Part {
    let c_name = &program.name;
    let (slot_type, claim, lent_type) = if program.is_struct_ops {
        (
            quote!(bpf::skeleton::StructOpsProgramPart),
            quote!(object.struct_ops_program(#c_name)?),
            quote!(bpf::OpenStructOpsProgram<'open>),
        )
    } else {
        (
            quote!(bpf::skeleton::ProgramPart),
            quote!(object.program(#c_name)?),
            quote!(bpf::OpenProgram<'open>),
        )
    };
    let slot = prefixed("program", &program.rust_name);
    Part {
        lend: quote!(self.#slot.get_mut()),
        slot,
        slot_type,
        claim,
        field: identifier(&program.rust_name),
        lent_type,
        doc: format!("`{c_name}`, in `SEC(\"{}\")`", program.section),
    }
}

fn map_part(map: &crate::model::Map) -> Part {
    let c_name = &map.name;
    let slot = prefixed("map", &map.rust_name);
    Part {
        lend: quote!(self.#slot.get_mut()),
        slot,
        slot_type: quote!(bpf::skeleton::MapPart),
        claim: quote!(object.map(#c_name)?),
        field: identifier(&map.rust_name),
        lent_type: quote!(bpf::map::OpenMap<'open>),
        doc: format!("`{c_name}`, of type `{}`", map.type_name),
    }
}

fn section_part(section: &crate::model::Section) -> Part {
    let variables = &section.variables;
    let ty = identifier(&variables.rust_name);
    let c_name = &section.name;
    let slot = prefixed("section", &variables.rust_name);
    Part {
        lend: quote!(self.#slot.get_mut()),
        slot,
        slot_type: quote!(bpf::skeleton::SectionPart<sections::#ty>),
        claim: quote!(object.section(#c_name)?),
        field: identifier(&variables.rust_name),
        lent_type: quote!(&'open mut sections::#ty),
        doc: format!("The variables in `{c_name}`."),
    }
}

/// What the object file says about struct_ops maps, beside what they are changed to.
#[derive(Default)]
struct Defaults {
    /// Lends each shadow copy together with its default.
    lent: TokenStream,
    /// In the parts.
    value: TokenStream,
    field: TokenStream,
    items: TokenStream,
}

impl Defaults {
    fn of(skeleton: &Skeleton) -> Defaults {
        let maps = &skeleton.struct_ops;
        if maps.is_empty() {
            return Defaults::default();
        }
        let slots: Vec<_> = maps
            .iter()
            .map(|map| prefixed("shadow", &map.rust_name))
            .collect();
        let names: Vec<_> = maps.iter().map(|map| identifier(&map.rust_name)).collect();
        let types = maps.iter().map(|map| identifier(&map.shadow));
        let docs = maps
            .iter()
            .map(|map| comment(&format!("`struct {} {}`", map.type_name, map.name)));
        Defaults {
            lent: quote! {
                #(let #slots = self.#slots.get_with_default();)*
            },
            value: quote! {
                defaults: Defaults { #(#names: #slots.1),* },
            },
            field: quote! {
                /// What the C source says about the `struct_ops` maps.
                pub defaults: Defaults<'open>,
            },
            items: quote! {
                /// What the C source says about the `struct_ops` maps: to be compared with, and to go back
                /// to, member by member or with `libbpf_safe::struct_ops::Shadow::copy_from`.
                #[derive(Debug, Clone, Copy)]
                pub struct Defaults<'open> {
                    #(
                        #[doc = #docs]
                        pub #names: &'open shadow::#types<'open>,
                    )*
                }

                impl OpenSkeleton {
                    /// What the C source says about the `struct_ops` maps.
                    #[must_use]
                    pub fn defaults(&self) -> Defaults<'_> {
                        Defaults { #(#names: self.#slots.default()),* }
                    }

                    /// Sets all `struct_ops` maps back to what the C source says.
                    pub fn reset_struct_ops(&mut self) {
                        let parts = self.parts();
                        #(
                            bpf::struct_ops::Shadow::copy_from(
                                parts.struct_ops.#names,
                                parts.defaults.#names,
                            );
                        )*
                    }
                }
            },
        }
    }
}
