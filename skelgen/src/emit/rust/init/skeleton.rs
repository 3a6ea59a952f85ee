//! The init of a whole skeleton.

use super::{Inits, struct_ops_programs};
use crate::emit::rust::blocks::Blocks;
use crate::emit::rust::doc::comment;
use crate::names::identifier;
use proc_macro2::{Ident, TokenStream};
use quote::quote;

/// A field of `SkeletonInit`.
struct Part {
    field: Ident,
    init: Ident,
    doc: String,
    apply: TokenStream,
}

impl Inits<'_> {
    /// `SkeletonInit`, and what an open skeleton does with it.
    pub(in crate::emit::rust) fn skeleton(&self, blocks: &mut Blocks) -> TokenStream {
        let parts = self.parts();
        let fields = parts.iter().map(|part| {
            let (name, init, doc) = (&part.field, &part.init, comment(&part.doc));
            quote! {
                #[doc = #doc]
                pub #name: init::#init
            }
        });
        let mut lines = vec!["bpf::skeleton_init!(SkeletonInit {".to_owned()];
        lines.extend(parts.iter().map(|part| {
            let key = part.field.to_string();
            format!("    {} as {:?},", part.field, key.trim_start_matches("r#"))
        }));
        lines.push("});".to_owned());
        let implementation = blocks.add(lines);
        let apply = self.apply(&parts);
        quote! {
            /// What to change of the object: the `struct_ops` maps and the variables. It is not changed by
            /// being applied.
            #[derive(Clone, Debug, Default, PartialEq)]
            pub struct SkeletonInit {
                #(#fields,)*
            }
            #implementation

            impl SkeletonInit {
                /// Opens the object, and changes what this says.
                ///
                /// # Errors
                ///
                /// As `OpenSkeleton::open` and `OpenSkeleton::apply`.
                pub fn open(&self) -> bpf::Result<OpenSkeleton> {
                    self.open_with(&bpf::OpenOptions::new())
                }

                /// Opens the object with options, and changes what this says.
                ///
                /// # Errors
                ///
                /// As `OpenSkeleton::open_with` and `OpenSkeleton::apply`.
                pub fn open_with(&self, options: &bpf::OpenOptions) -> bpf::Result<OpenSkeleton> {
                    let mut open = OpenSkeleton::open_with(options)?;
                    open.apply(self)?;
                    Ok(open)
                }

                /// Opens the object, changes what this says, and loads it.
                ///
                /// # Errors
                ///
                /// As `open` and `OpenSkeleton::load`.
                pub fn load(&self) -> bpf::Result<Skeleton> {
                    self.open()?.load()
                }

                /// Opens the object, changes what this says, loads it, and attaches it: its `links` are what
                /// is attached.
                ///
                /// # Errors
                ///
                /// As `load` and `Skeleton::attach`; then nothing is left in the kernel.
                pub fn load_and_attach(&self) -> bpf::Result<Skeleton> {
                    let mut skeleton = self.load()?;
                    skeleton.attach()?;
                    Ok(skeleton)
                }
            }

            #apply
        }
    }

    fn parts(&self) -> Vec<Part> {
        let skeleton = self.skeleton;
        let maps = skeleton.struct_ops.iter().zip(&self.map_fields);
        let maps = maps.filter_map(|(map, field)| {
            let mut shadows = skeleton.shadows.iter().zip(&self.shadows);
            let (_, init) = shadows.find(|(shadow, _)| shadow.rust_name == map.shadow)?;
            let of = identifier(&map.rust_name);
            Some(Part {
                field: identifier(field),
                init: identifier(init),
                doc: format!("`struct {} {}`", map.type_name, map.name),
                apply: quote!(bpf::struct_ops::init::Init::apply(&init.#of, parts.struct_ops.#of, &program)?),
            })
        });
        let sections = skeleton.sections.iter().zip(&self.sections);
        let sections = sections.zip(&self.section_fields);
        let sections = sections.filter_map(|((section, init), field)| {
            let of = identifier(&section.variables.rust_name);
            let field = identifier(field);
            Some(Part {
                init: identifier(init.as_ref()?),
                doc: format!("The variables in `{}`.", section.name),
                apply: quote!(bpf::struct_ops::init::PlainInit::apply(&init.#field, parts.#of)?),
                field,
            })
        });
        maps.chain(sections).collect()
    }

    fn apply(&self, parts: &[Part]) -> TokenStream {
        let applied = parts.iter().map(|part| &part.apply);
        let programs = struct_ops_programs(self.skeleton);
        // The compiler takes a binding of a variant's name for a slip.
        let mut name = "program".to_owned();
        while programs.iter().any(|program| program.rust_name == name) {
            name.push('_');
        }
        let name = identifier(&name);
        let bound = (!programs.is_empty()).then(|| quote!(let programs = &parts.programs;));
        let programs = programs.iter().map(|program| {
            let name = identifier(&program.rust_name);
            quote!(Program::#name => programs.#name.callback())
        });
        quote! {
            impl OpenSkeleton {
                /// Changes what the init says, and leaves the rest as it is.
                ///
                /// # Errors
                ///
                /// A value does not fit its member; its map or section is as it was then.
                pub fn apply(&mut self, init: &SkeletonInit) -> bpf::Result<()> {
                    use init::Program;
                    let parts = self.parts();
                    #bound
                    let program = |#name: Program| -> bpf::struct_ops::StructOpsProgram<'_> {
                        match #name {
                            #(#programs,)*
                        }
                    };
                    #(#applied;)*
                    Ok(())
                }
            }
        }
    }
}
