//! From BTF types to the model's: only those that are reached.

use super::ARENA_SECTION;
use super::enums::enum_values;
use super::members::{Members, accessors};
use super::places::Places;
use super::resolve::strip;
use super::symbols::Symbols;
use crate::error::{Error, Result};
use crate::model::{EnumDef, Field, FieldRole, Placed, StructDef, TypeDef, TypeRef, struct_fields};
use crate::names::{UniqueNames, sanitize};
use libbpf_safe::btf::{Btf, BtfError, Composite, Enum, Linkage, Type, TypeId};
use std::collections::{HashMap, HashSet};

/// Struct types reach each other only through pointers, which end the walk. Only a broken object nests
/// deeper than this, or without end.
const MAX_DEPTH: usize = 64;

pub(super) struct Types<'a> {
    btf: &'a Btf,
    names: UniqueNames,
    known: HashMap<TypeId, TypeRef>,
    definitions: Vec<TypeDef>,
    shadows: Vec<StructDef>,
    shadow_names: UniqueNames,
    shadow_ids: HashMap<TypeId, ShadowName>,
    section_names: UniqueNames,
    places: Places,
    /// What is being walked through.
    open: HashSet<TypeId>,
    depth: usize,
}

/// The names of a shadow struct.
#[derive(Clone)]
pub(super) struct ShadowName {
    pub(super) c_name: String,
    pub(super) rust_name: String,
}

impl<'a> Types<'a> {
    pub(super) fn new(btf: &'a Btf) -> Self {
        Types {
            btf,
            names: UniqueNames::types(),
            known: HashMap::new(),
            definitions: Vec::new(),
            shadows: Vec::new(),
            shadow_names: UniqueNames::types(),
            shadow_ids: HashMap::new(),
            section_names: UniqueNames::parts(),
            places: Places::of(btf),
            open: HashSet::new(),
            depth: 0,
        }
    }

    pub(super) fn btf(&self) -> &'a Btf {
        self.btf
    }

    pub(super) fn finish(self) -> (Vec<TypeDef>, Vec<StructDef>) {
        (self.definitions, self.shadows)
    }

    /// The type in the model; `path` names it where C does not.
    pub(super) fn type_ref(&mut self, id: TypeId, path: &str) -> Result<TypeRef> {
        let (resolved, name) = strip(self.btf, id)?;
        if let Some(known) = self.known.get(&resolved) {
            return Ok(known.clone());
        }
        let ty = self.within(resolved, |types| {
            types.convert(resolved, name.as_deref(), path)
        })?;
        if matches!(ty, TypeRef::Named { .. }) {
            self.known.insert(resolved, ty.clone());
        }
        Ok(ty)
    }

    /// Walks into a type, unless that would not end.
    pub(super) fn within<T>(
        &mut self,
        id: TypeId,
        walk: impl FnOnce(&mut Self) -> Result<T>,
    ) -> Result<T> {
        let broken = |reason: String| {
            Err(Error::Type {
                declaration: self.btf.c_name(id),
                reason,
            })
        };
        if self.depth >= MAX_DEPTH {
            return broken(format!("types nest more than {MAX_DEPTH} deep"));
        }
        if !self.open.insert(id) {
            return broken("it contains itself".to_owned());
        }
        self.depth += 1;
        let result = walk(self);
        self.depth -= 1;
        self.open.remove(&id);
        result
    }

    fn convert(&mut self, id: TypeId, typedef: Option<&str>, path: &str) -> Result<TypeRef> {
        let size = self.btf.size_of(id);
        Ok(match self.btf.get(id)? {
            Type::Int {
                is_bool: true,
                size: 1,
                ..
            } => TypeRef::Bool,
            Type::Int { size, signed, .. } if [1, 2, 4, 8, 16].contains(&size) => TypeRef::Int {
                bits: size * 8,
                signed,
            },
            Type::Float {
                size: size @ (4 | 8),
                ..
            } => TypeRef::Float { bits: size * 8 },
            Type::Pointer { .. } => TypeRef::Pointer,
            Type::Array { element, len, .. } if self.is_char(element)? => {
                TypeRef::CharArray { len }
            }
            Type::Array { element, len, .. } => TypeRef::Array {
                element: Box::new(self.type_ref(element, path)?),
                len,
            },
            Type::Struct(composite) | Type::Union(composite) => {
                self.composite(id, &composite, typedef, path)?
            }
            Type::Enum(definition) if [1, 2, 4, 8].contains(&definition.size) => {
                self.enumeration(&definition, typedef, path)
            }
            _ => TypeRef::opaque(size?, self.btf.align_of(id)?),
        })
    }

    fn is_char(&self, id: TypeId) -> Result<bool> {
        let id = self.btf.resolve(id)?;
        Ok(match self.btf.get(id)? {
            Type::Int {
                name,
                size: 1,
                is_char,
                ..
            } => is_char || name == "char",
            _ => false,
        })
    }

    fn composite(
        &mut self,
        id: TypeId,
        composite: &Composite<'_>,
        typedef: Option<&str>,
        path: &str,
    ) -> Result<TypeRef> {
        let c_name = name_of(composite.name, typedef, path);
        // Claimed before its members are, so that an anonymous member cannot take the name.
        let rust_name = self.names.unique(&c_name);
        let size = u64::from(composite.size);
        let keyword = if composite.is_union {
            "union"
        } else {
            "struct"
        };
        let description = match composite.name {
            "" => format!("`{c_name}`, an anonymous {keyword}"),
            name => format!("`{keyword} {name}`"),
        };
        let declaration = match composite.name {
            "" => c_name.clone(),
            name => format!("{keyword} {name}"),
        };
        let mut members = self.members(composite, &c_name, false)?;
        if composite.is_union {
            members.push(Placed {
                name: "bits".to_owned(),
                ty: TypeRef::opaque(size, members.align(size)),
                offset: 0,
                role: FieldRole::Storage,
                doc: "All bytes, which the members share.".to_owned(),
            });
        }
        let outline = Outline {
            rust_name: rust_name.clone(),
            c_name,
            declaration,
            description,
            size,
            max_align: self.places.align(id),
        };
        let (definition, _) = struct_def(outline, members);
        let ty = TypeRef::Named {
            rust_name,
            size,
            align: definition.align,
        };
        self.definitions.push(TypeDef::Struct(definition));
        Ok(ty)
    }

    fn enumeration(&mut self, definition: &Enum<'_>, typedef: Option<&str>, path: &str) -> TypeRef {
        let c_name = name_of(definition.name, typedef, path);
        let rust_name = self.names.unique(&c_name);
        let description = match definition.name {
            "" => format!("`{c_name}`, an anonymous enum"),
            name => format!("`enum {name}`"),
        };
        let size = u64::from(definition.size);
        let (signed, values) = enum_values(definition);
        self.definitions.push(TypeDef::Enum(EnumDef {
            rust_name: rust_name.clone(),
            description,
            bits: definition.size * 8,
            signed,
            values,
        }));
        TypeRef::Named {
            rust_name,
            size,
            align: size,
        }
    }

    /// The shadow struct of a struct_ops type.
    pub(super) fn shadow(&mut self, id: TypeId) -> Result<ShadowName> {
        let id = self.btf.resolve(id)?;
        if let Some(known) = self.shadow_ids.get(&id) {
            return Ok(known.clone());
        }
        let Type::Struct(composite) = self.btf.get(id)? else {
            return Err(Error::Type {
                declaration: self.btf.c_name(id),
                reason: "a struct_ops map must be a struct".to_owned(),
            });
        };
        let c_name = composite.name.to_owned();
        let name = ShadowName {
            rust_name: self.shadow_names.unique(&c_name),
            c_name,
        };
        let members = self.members(&composite, &name.c_name, true)?;
        let outline = Outline {
            rust_name: name.rust_name.clone(),
            c_name: name.c_name.clone(),
            declaration: format!("struct {}", name.c_name),
            description: format!("`struct {}`", name.c_name),
            size: u64::from(composite.size),
            max_align: self.places.align(id),
        };
        let (shadow, misfit) = struct_def(outline, members);
        if let Some(member) = misfit {
            return Err(Error::Type {
                declaration: format!("struct {}", name.c_name),
                reason: format!("its member `{member}` overlaps another, or its end"),
            });
        }
        self.shadows.push(shadow);
        self.shadow_ids.insert(id, name.clone());
        Ok(name)
    }

    /// A data section's variables as a struct of the section's size.
    pub(super) fn section(
        &mut self,
        id: TypeId,
        name: &str,
        size: u64,
        symbols: &Symbols,
    ) -> Result<StructDef> {
        let section_name = name;
        let Type::DataSection(section) = self.btf.get(id)? else {
            return Err(Error::Type {
                declaration: name.to_owned(),
                reason: "BTF does not describe it as a data section".to_owned(),
            });
        };
        let rust_name = self.section_names.unique(&sanitize(match name {
            ARENA_SECTION => "arena",
            name => name.trim_start_matches('.'),
        }));
        let mut variables = Vec::new();
        for entry in section.entries() {
            let Type::Variable { name, ty, linkage } = self.btf.get(entry.ty)? else {
                continue;
            };
            // Of `static` ones there may be several of a name, and a global one besides.
            let symbol = match linkage {
                Linkage::Global => symbols.offset(section_name, name),
                _ => None,
            };
            variables.push(Placed {
                name: name.to_owned(),
                ty: self.type_ref(ty, name)?,
                offset: symbol.unwrap_or_else(|| entry.offset.into()),
                role: FieldRole::Member,
                doc: format!("`{}`", self.btf.c_name(ty)),
            });
        }
        variables.sort_by_key(|variable| variable.offset);
        // As large as its alignment wants: libbpf maps whole pages for a section.
        let align = variables.iter().map(|variable| variable.ty.align()).max();
        let size = size.next_multiple_of(align.unwrap_or(1));
        let outline = Outline {
            rust_name,
            c_name: name.to_owned(),
            declaration: name.to_owned(),
            description: format!("The variables in `{name}`"),
            size,
            max_align: u64::MAX,
        };
        let (section, misfit) = struct_def(outline, Members::fields(variables));
        match misfit {
            Some(variable) => Err(Error::Type {
                declaration: variable,
                reason: format!(
                    "it overlaps another variable of `{name}`, or its end: is it defined in several files?"
                ),
            }),
            None => Ok(section),
        }
    }
}

fn name_of(c_name: &str, typedef: Option<&str>, path: &str) -> String {
    match (c_name, typedef) {
        ("", Some(typedef)) => typedef.to_owned(),
        ("", None) => path.to_owned(),
        (name, _) => name.to_owned(),
    }
}

/// What is known of a struct before its members.
struct Outline {
    rust_name: String,
    c_name: String,
    declaration: String,
    description: String,
    size: u64,
    /// What all its places have.
    max_align: u64,
}

/// The struct; and which member, if any, overlaps another or the end, and was given up for padding.
fn struct_def(outline: Outline, members: Members) -> (StructDef, Option<String>) {
    let Outline {
        size, max_align, ..
    } = outline;
    let align = members.align(size);
    let (placed, overlapping) = members.settle(size);
    let filled = struct_fields(placed, size, align, max_align);
    let mut names = UniqueNames::fields();
    let fields = filled
        .fields
        .into_iter()
        .map(|field| Field {
            rust_name: names.unique(&field.name),
            ..field
        })
        .collect();
    let (accessors, outside) = accessors(overlapping, size, filled.align);
    let definition = StructDef {
        rust_name: outline.rust_name,
        c_name: outline.c_name,
        declaration: outline.declaration,
        description: outline.description,
        fields,
        accessors,
        size,
        align: filled.align,
        packed: filled.packed,
    };
    (definition, filled.misfit.or(outside))
}

impl From<BtfError> for Error {
    fn from(error: BtfError) -> Error {
        Error::Btf(error)
    }
}
