//! Inits: what to change of struct_ops maps and variables, as structs of `Option`s. Nothing for an object
//! without struct_ops maps.

mod members;
mod skeleton;

use super::fields::{BESIDE, type_name};
use super::writer::{Writer, string};
use crate::model::{Skeleton, StructDef, TypeDef, TypeRef};
use crate::names::{UniqueNames, identifier, init_name};
use members::{Member, members};
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
    fn field(&self, member: &Member<'_>) -> (String, String) {
        let (ty, nested) = match (member.ty, self.nested_type(member.ty)) {
            (TypeRef::Callback, _) => ("Option<Program>".to_owned(), false),
            (TypeRef::Bool, _) if member.is_bitfield() => ("bool".to_owned(), false),
            (_, Some(ty)) => (ty, true),
            (ty, None) => (type_name(ty, BESIDE).to_string(), false),
        };
        (ty, member.kind(nested))
    }

    fn nested_type(&self, ty: &TypeRef) -> Option<String> {
        match ty {
            TypeRef::Array { element, len } => {
                Some(format!("[{}; {len}]", self.nested_type(element)?))
            }
            TypeRef::Named { rust_name, .. } => {
                let name = self.nested.get(rust_name.as_str())?;
                Some(identifier(name).to_string())
            }
            _ => None,
        }
    }

    /// `mod init`
    pub(super) fn module(&self, out: &mut Writer) {
        let skeleton = self.skeleton;
        out.gap();
        out.doc("What to change of the `struct_ops` maps and the variables. `None` keeps what the C source has.");
        out.block("pub mod init", |out| {
            out.line("use ::libbpf_safe as bpf;");
            self.programs(out);
            for (shadow, name) in skeleton.shadows.iter().zip(&self.shadows) {
                let target = Target {
                    module: "shadow",
                    note: "",
                    limit: u64::MAX,
                };
                self.structure(shadow, name, &target, out);
            }
            for (section, name) in skeleton.sections.iter().zip(&self.sections) {
                let target = Target {
                    module: "sections",
                    note: " Those that are larger than 4096 bytes are not among them.",
                    limit: MAX_VARIABLE,
                };
                if let Some(name) = name {
                    self.structure(&section.variables, name, &target, out);
                }
            }
            for definition in &skeleton.types {
                let TypeDef::Struct(definition) = definition else {
                    continue;
                };
                let target = Target {
                    module: "types",
                    note: "",
                    limit: u64::MAX,
                };
                if let Some(name) = self.nested.get(definition.rust_name.as_str()) {
                    self.structure(definition, name, &target, out);
                }
            }
        });
    }

    fn programs(&self, out: &mut Writer) {
        let programs = struct_ops_programs(self.skeleton);
        out.gap();
        out.doc("The `struct_ops` programs, to be made callbacks.");
        out.line("#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]");
        if programs.is_empty() {
            out.line("pub enum Program {}");
        } else {
            out.block("pub enum Program", |out| {
                for program in &programs {
                    out.doc(format_args!("`{}`", program.name));
                    out.line(format_args!("{},", identifier(&program.rust_name)));
                }
            });
        }
        out.gap();
        let names = programs.iter().map(|program| {
            let (name, c_name) = (identifier(&program.rust_name), string(&program.name));
            format!("{name} as {c_name}")
        });
        let names: Vec<_> = names.collect();
        out.list("bpf::program_names!(Program {", "});", 0, &names);
    }

    /// One init.
    fn structure(&self, definition: &StructDef, name: &str, target: &Target, out: &mut Writer) {
        let (name, of) = (identifier(name), identifier(&definition.rust_name));
        let members = members(definition, target.limit);
        let fields: Vec<_> = members.iter().map(|member| self.field(member)).collect();
        out.gap();
        out.doc(format_args!("{}.{}", definition.description, target.note));
        out.line("#[derive(Clone, Debug, Default, PartialEq)]");
        if members.is_empty() {
            out.line(format_args!("pub struct {name} {{}}"));
        } else {
            out.block(format_args!("pub struct {name}"), |out| {
                for (member, (ty, _)) in members.iter().zip(&fields) {
                    out.doc(member.doc);
                    out.field(identifier(&member.rust_name), format_args!("Option<{ty}>"));
                }
            });
        }
        let module = target.module;
        let with = if module == "shadow" {
            " with Program"
        } else {
            ""
        };
        out.gap();
        let head =
            format_args!("bpf::init!({name} for [super::{module}::{of}]{with} {{").to_string();
        out.within(head, "});", |out| {
            for (member, (_, kind)) in members.iter().zip(&fields) {
                let (name, key) = (identifier(&member.rust_name), string(&member.key));
                out.line(format_args!("{name} as {key}: {kind},"));
            }
        });
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
