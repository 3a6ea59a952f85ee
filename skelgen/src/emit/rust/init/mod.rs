//! Inits: what to change of struct_ops maps and variables, as structs of `Option`s. Nothing for an object
//! without struct_ops maps.

mod members;
mod skeleton;

use super::blocks::Blocks;
use super::doc::comment;
use super::types::type_tokens;
use crate::model::{Skeleton, StructDef, TypeDef, TypeRef};
use crate::names::{UniqueNames, identifier, init_name};
use members::{Member, members};
use proc_macro2::{Literal, TokenStream};
use quote::quote;
use std::collections::{BTreeMap, HashSet};

/// A variable that is larger than this many bytes has no field: an init is a value, which may be on the
/// stack, and what is large is no setting.
const MAX_VARIABLE: u64 = 4096;

/// The inits of one skeleton.
pub(super) struct Inits<'a> {
    skeleton: &'a Skeleton,
    names: UniqueNames,
    /// Inits of structs of the module `types`, by the structs' names.
    nested: BTreeMap<&'a str, String>,
    shadows: Vec<String>,
    /// One for each section; none where no variable is small enough.
    sections: Vec<Option<String>>,
    /// The fields of `SkeletonInit`: of the maps, then of the sections.
    map_fields: Vec<String>,
    section_fields: Vec<String>,
}

impl<'a> Inits<'a> {
    /// What is to be generated; `None` for nothing.
    pub(super) fn plan(skeleton: &'a Skeleton) -> Option<Inits<'a>> {
        if skeleton.struct_ops.is_empty() {
            return None;
        }
        let mut inits = Inits {
            skeleton,
            names: UniqueNames::inits(),
            nested: BTreeMap::new(),
            shadows: Vec::new(),
            sections: Vec::new(),
            map_fields: Vec::new(),
            section_fields: Vec::new(),
        };
        for shadow in &skeleton.shadows {
            let name = inits.names.unique(&init_name(&shadow.rust_name));
            inits.shadows.push(name);
        }
        for section in &skeleton.sections {
            let variables = &section.variables;
            let members = members(variables, MAX_VARIABLE);
            let name = (section.kind.is_settable() && !members.is_empty())
                .then(|| inits.names.unique(&init_name(&variables.rust_name)));
            inits.sections.push(name);
        }
        inits.find_nested();
        let mut fields = UniqueNames::fields();
        for map in &skeleton.struct_ops {
            inits.map_fields.push(fields.unique(&map.rust_name));
        }
        for section in &skeleton.sections {
            let name = fields.unique(&section.variables.rust_name);
            inits.section_fields.push(name);
        }
        Some(inits)
    }

    /// The structs that shadows and variables have within them.
    fn find_nested(&mut self) {
        let skeleton = self.skeleton;
        let shadows = skeleton.shadows.iter().map(|shadow| (shadow, u64::MAX));
        let sections = skeleton.sections.iter();
        let sections = sections.filter(|section| section.kind.is_settable());
        let sections = sections.map(|section| (&section.variables, MAX_VARIABLE));
        let mut left: Vec<_> = shadows.chain(sections).collect();
        let mut found = HashSet::new();
        while let Some((definition, limit)) = left.pop() {
            for member in members(definition, limit) {
                if let Some(inner) = self.definition(member.ty) {
                    if found.insert(inner.rust_name.as_str()) {
                        left.push((inner, u64::MAX));
                    }
                }
            }
        }
        // In the order of the types, whatever led to them.
        for definition in &skeleton.types {
            if let TypeDef::Struct(definition) = definition {
                if found.contains(definition.rust_name.as_str()) {
                    let name = self.names.unique(&init_name(&definition.rust_name));
                    self.nested.insert(&definition.rust_name, name);
                }
            }
        }
    }

    /// The struct that a member is, or an array of it.
    fn definition(&self, ty: &TypeRef) -> Option<&'a StructDef> {
        match ty {
            TypeRef::Array { element, .. } => self.definition(element),
            TypeRef::Named { rust_name, .. } => {
                self.skeleton.types.iter().find_map(|found| match found {
                    TypeDef::Struct(found) if found.rust_name == *rust_name => Some(found),
                    _ => None,
                })
            }
            _ => None,
        }
    }

    /// What the field of a member holds, and how it is applied.
    fn field(&self, member: &Member<'_>) -> (TokenStream, String) {
        let (ty, nested) = match (member.ty, self.nested_type(member.ty)) {
            (TypeRef::Callback, _) => (quote!(Option<Program>), false),
            (TypeRef::Bool, _) if member.is_bitfield() => (quote!(bool), false),
            (_, Some(ty)) => (ty, true),
            (ty, None) => (type_tokens(ty, &quote!(super::types::)), false),
        };
        (ty, member.kind(nested))
    }

    fn nested_type(&self, ty: &TypeRef) -> Option<TokenStream> {
        match ty {
            TypeRef::Array { element, len } => {
                let element = self.nested_type(element)?;
                let len = Literal::u32_unsuffixed(*len);
                Some(quote!([#element; #len]))
            }
            TypeRef::Named { rust_name, .. } => {
                let name = identifier(self.nested.get(rust_name.as_str())?);
                Some(quote!(#name))
            }
            _ => None,
        }
    }

    /// `mod init`
    pub(super) fn module(&self, blocks: &mut Blocks) -> TokenStream {
        let skeleton = self.skeleton;
        let programs = self.programs(blocks);
        let shadows = skeleton.shadows.iter().zip(&self.shadows);
        let shadows: Vec<_> = shadows
            .map(|(shadow, name)| {
                let target = Target {
                    module: "shadow",
                    note: "",
                    limit: u64::MAX,
                };
                self.structure(shadow, name, &target, blocks)
            })
            .collect();
        let sections = skeleton.sections.iter().zip(&self.sections);
        let sections: Vec<_> = sections
            .filter_map(|(section, name)| {
                let target = Target {
                    module: "sections",
                    note: " Those that are larger than 4096 bytes are not among them.",
                    limit: MAX_VARIABLE,
                };
                Some(self.structure(&section.variables, name.as_ref()?, &target, blocks))
            })
            .collect();
        let nested: Vec<_> = skeleton
            .types
            .iter()
            .filter_map(|definition| {
                let TypeDef::Struct(definition) = definition else {
                    return None;
                };
                let name = self.nested.get(definition.rust_name.as_str())?;
                let target = Target {
                    module: "types",
                    note: "",
                    limit: u64::MAX,
                };
                Some(self.structure(definition, name, &target, blocks))
            })
            .collect();
        quote! {
            /// What to change of the `struct_ops` maps and the variables. `None` keeps what the C source has.
            pub mod init {
                use ::libbpf_safe as bpf;
                #programs
                #(#shadows)*
                #(#sections)*
                #(#nested)*
            }
        }
    }

    fn programs(&self, blocks: &mut Blocks) -> TokenStream {
        let programs = struct_ops_programs(self.skeleton);
        let variants = programs.iter().map(|program| {
            let doc = comment(&format!("`{}`", program.name));
            let name = identifier(&program.rust_name);
            quote! {
                #[doc = #doc]
                #name
            }
        });
        let lines = programs.iter().map(|program| {
            let name = identifier(&program.rust_name);
            format!("    {name} as {:?},", program.name)
        });
        let lines = std::iter::once("bpf::program_names!(Program {".to_owned())
            .chain(lines)
            .chain(["});".to_owned()]);
        let names = blocks.add(lines.collect());
        quote! {
            /// The `struct_ops` programs, to be made callbacks.
            #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
            pub enum Program {
                #(#variants,)*
            }
            #names
        }
    }

    /// One init.
    fn structure(
        &self,
        definition: &StructDef,
        name: &str,
        target: &Target,
        blocks: &mut Blocks,
    ) -> TokenStream {
        let name = identifier(name);
        let doc = comment(&format!("{}.{}", definition.description, target.note));
        let fields = members(definition, target.limit);
        let declarations = fields.iter().map(|member| {
            let (field_name, doc) = (identifier(&member.rust_name), comment(member.doc));
            let (ty, _) = self.field(member);
            quote! {
                #[doc = #doc]
                pub #field_name: Option<#ty>
            }
        });
        let module = target.module;
        let of = identifier(&definition.rust_name);
        let with = if module == "shadow" {
            " with Program"
        } else {
            ""
        };
        let mut lines = vec![format!(
            "bpf::init!({name} for [super::{module}::{of}]{with} {{"
        )];
        lines.extend(fields.iter().map(|member| {
            let (_, kind) = self.field(member);
            format!(
                "    {} as {:?}: {kind},",
                identifier(&member.rust_name),
                member.key
            )
        }));
        lines.push("});".to_owned());
        let implementation = blocks.add(lines);
        quote! {
            #[doc = #doc]
            #[derive(Clone, Debug, Default, PartialEq)]
            pub struct #name {
                #(#declarations,)*
            }
            #implementation
        }
    }
}

/// What inits of one kind have in common.
struct Target {
    module: &'static str,
    note: &'static str,
    limit: u64,
}

fn struct_ops_programs(skeleton: &Skeleton) -> Vec<&crate::model::Program> {
    let programs = skeleton.programs.iter();
    programs.filter(|program| program.is_struct_ops).collect()
}
