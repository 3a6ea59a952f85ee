//! From BTF types to definitions: only those that are reached.

use super::enums::packing;
use super::layout::{Laid, Placed, What, lay_out};
use super::words;
use crate::c_names::{UniqueCNames, identifier};
use crate::error::{Error, Result};
use crate::model::c::{Body, CType, Definition, DefinitionKind, Form, Member};
use crate::read::enums::enum_values;
use crate::read::places::Places;
use crate::read::resolve::{is_callback, strip};
use libbpf_safe::btf::{Btf, Composite, Enum, Type, TypeId};
use std::collections::{HashMap, HashSet};

/// As deep as types may nest. Pointers end the walk; only a broken object nests deeper, or without end.
const MAX_DEPTH: usize = 64;

/// More members than a type can have in BTF; anonymous ones that stand in each other come to more only in a
/// broken object.
const MAX_MEMBERS: usize = 1 << 17;

pub(super) struct Types<'a> {
    btf: &'a Btf,
    /// What all names begin with, such as `tcp__`.
    prefix: String,
    names: UniqueCNames,
    known: HashMap<TypeId, Described>,
    definitions: Vec<Definition>,
    places: Places,
    /// Whether the program that includes the header may have the types that are met now, too.
    may_be_the_programs: bool,
    /// Names that types have got, some of them because something points to them.
    claimed: HashMap<TypeId, Claimed>,
    aliases: Vec<(String, String)>,
    /// What is being walked through.
    open: HashSet<TypeId>,
    members: usize,
}

/// The name of a type, and what the source calls it where the program may have it.
#[derive(Clone)]
struct Claimed {
    c_name: String,
    form: Form,
    source_name: Option<String>,
}

/// A type where it is used.
#[derive(Clone)]
pub(super) struct Described {
    pub(super) ty: CType,
    /// In bytes.
    pub(super) size: u64,
    /// In bytes, in C.
    pub(super) align: u64,
}

impl<'a> Types<'a> {
    /// `names` are those that the header has already.
    pub(super) fn new(btf: &'a Btf, prefix: String, names: UniqueCNames) -> Self {
        Types {
            btf,
            prefix,
            names,
            known: HashMap::new(),
            definitions: Vec::new(),
            places: Places::of(btf),
            may_be_the_programs: true,
            claimed: HashMap::new(),
            aliases: Vec::new(),
            open: HashSet::new(),
            members: 0,
        }
    }

    pub(super) fn btf(&self) -> &'a Btf {
        self.btf
    }

    /// From here on only struct_ops types are walked: no skeleton before had those that they reach.
    /// How many definitions there are so far.
    pub(super) fn begin_shadows(&mut self) -> usize {
        self.may_be_the_programs = false;
        self.definitions.len()
    }

    /// The definitions, and the names that have others in the source: each here, and there.
    pub(super) fn finish(self) -> (Vec<Definition>, Vec<(String, String)>) {
        (self.definitions, self.aliases)
    }

    /// A type; `path` names it where C does not.
    pub(super) fn describe(&mut self, id: TypeId, path: &str) -> Result<Described> {
        let (resolved, typedef) = strip(self.btf, id)?;
        if let Some(known) = self.known.get(&resolved) {
            return Ok(known.clone());
        }
        let described = self.within(resolved, |types| {
            types.convert(resolved, typedef.as_deref(), path)
        })?;
        self.known.insert(resolved, described.clone());
        Ok(described)
    }

    /// Walks into a type, unless that would not end.
    fn within<T>(&mut self, id: TypeId, walk: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        if self.open.len() >= MAX_DEPTH {
            return Err(self.broken(id, format!("types nest more than {MAX_DEPTH} deep")));
        }
        if !self.open.insert(id) {
            return Err(self.broken(id, "it contains itself".to_owned()));
        }
        let result = walk(self);
        self.open.remove(&id);
        result
    }

    fn broken(&self, id: TypeId, reason: String) -> Error {
        Error::Type {
            declaration: self.btf.c_name(id),
            reason,
        }
    }

    fn convert(&mut self, id: TypeId, typedef: Option<&str>, path: &str) -> Result<Described> {
        let size = self.btf.size_of(id);
        let scalar = |words: &str, size: u64| Described {
            ty: CType::words(words),
            size,
            align: size,
        };
        match self.btf.get(id)? {
            Type::Int {
                is_bool: true,
                size: 1,
                ..
            } => return Ok(scalar("bool", 1)),
            Type::Int {
                name, size, signed, ..
            } => {
                if let Some(words) = words::int(name, size, signed) {
                    return Ok(scalar(words, size.into()));
                }
            }
            Type::Float { size: 4, .. } => return Ok(scalar("float", 4)),
            Type::Float { size: 8, .. } => return Ok(scalar("double", 8)),
            Type::Pointer { target } => {
                let words = self.pointee(target, path)?;
                return Ok(scalar(words.as_deref().unwrap_or("void *"), 8));
            }
            Type::Array { element, len, .. } => {
                let mut described = self.describe(element, path)?;
                described.ty.dimensions.insert(0, len);
                described.size = size?;
                return Ok(described);
            }
            Type::Struct(composite) | Type::Union(composite) => {
                return self.composite(id, &composite, typedef, path);
            }
            Type::Enum(definition) => {
                if let Some(described) = self.enumeration(id, &definition, typedef, path) {
                    return Ok(described);
                }
            }
            _ => {}
        }
        Ok(opaque(size?))
    }

    /// The name that a type gets, and what the source calls it; claimed before its members are walked.
    fn name(&mut self, id: TypeId, name: &str, typedef: Option<&str>, path: &str) -> Claimed {
        if let Some(claimed) = self.claimed.get(&id) {
            return claimed.clone();
        }
        let (source_name, form) = match (name, typedef) {
            ("", Some(typedef)) => (Some(typedef), Form::Typedef),
            ("", None) => (None, Form::Tag),
            (name, _) => (Some(name), Form::Tag),
        };
        let c_name = format!("{}{}", self.prefix, source_name.unwrap_or(path));
        let c_name = self.names.unique(&c_name);
        let source_name = source_name.filter(|_| self.may_be_the_programs);
        let source_name = source_name.map(str::to_owned);
        if let Some(source_name) = &source_name {
            self.aliases.push((c_name.clone(), source_name.clone()));
        }
        let claimed = Claimed {
            c_name,
            form,
            source_name,
        };
        self.claimed.insert(id, claimed.clone());
        claimed
    }

    /// What a pointer points to, as C has it before the star. `None` where C would need more than that: of
    /// functions and arrays, and of types that have no name.
    fn pointee(&mut self, target: TypeId, path: &str) -> Result<Option<String>> {
        let (id, typedef) = strip(self.btf, target)?;
        // Nobody has typed the pointers of struct_ops types before, and they are NULL.
        if !self.may_be_the_programs || self.open.len() >= MAX_DEPTH {
            return Ok(None);
        }
        let tag = |types: &mut Self, name: &str, is_union| {
            let claimed = types.name(id, name, None, path);
            let keyword = if is_union { "union" } else { "struct" };
            Some(format!("{keyword} {} *", claimed.c_name))
        };
        Ok(match self.btf.get(id)? {
            // Named only: whoever follows the pointer has the type.
            Type::Struct(one) | Type::Union(one) if !one.name.is_empty() => {
                tag(self, one.name, one.is_union)
            }
            Type::Forward { name, is_union } => tag(self, name, is_union),
            Type::Pointer { .. } | Type::Int { .. } | Type::Float { .. } | Type::Enum(_) => {
                self.pointer_to(target, path)?
            }
            Type::Struct(_) | Type::Union(_) if typedef.is_some() && !self.open.contains(&id) => {
                self.pointer_to(target, path)?
            }
            _ => None,
        })
    }

    /// To what is described in words, without dimensions.
    fn pointer_to(&mut self, target: TypeId, path: &str) -> Result<Option<String>> {
        let ty = self.describe(target, path)?.ty;
        let space = if ty.words.ends_with('*') { "" } else { " " };
        Ok(ty
            .dimensions
            .is_empty()
            .then(|| format!("{}{space}*", ty.words)))
    }

    fn composite(
        &mut self,
        id: TypeId,
        composite: &Composite<'_>,
        typedef: Option<&str>,
        path: &str,
    ) -> Result<Described> {
        let name = self.name(id, composite.name, typedef, path);
        let path = match composite.name {
            "" => typedef.unwrap_or(path),
            name => name,
        };
        let laid = self.body(id, composite, path, false)?;
        Ok(self.define(name, composite.size.into(), laid))
    }

    fn define(&mut self, name: Claimed, size: u64, laid: Laid) -> Described {
        let definition = Definition {
            c_name: name.c_name,
            form: name.form,
            source_name: name.source_name,
            kind: DefinitionKind::Composite(laid.body),
            size,
        };
        let ty = CType::words(definition.words());
        self.definitions.push(definition);
        Described {
            ty,
            size,
            align: laid.align,
        }
    }

    fn enumeration(
        &mut self,
        id: TypeId,
        definition: &Enum<'_>,
        typedef: Option<&str>,
        path: &str,
    ) -> Option<Described> {
        let (signed, values) = enum_values(definition);
        let size = definition.size;
        let Some(is_packed) = packing(size, &values) else {
            return integer(size, signed);
        };
        let name = self.name(id, definition.name, typedef, path);
        let constants = values
            .into_iter()
            .map(|(name, value)| (self.names.unique(&format!("{}{name}", self.prefix)), value))
            .collect();
        let definition = Definition {
            c_name: name.c_name,
            form: name.form,
            source_name: name.source_name,
            kind: DefinitionKind::Enum {
                is_packed,
                constants,
            },
            size: size.into(),
        };
        let ty = CType::words(definition.words());
        self.definitions.push(definition);
        Some(Described {
            ty,
            size: size.into(),
            align: size.into(),
        })
    }

    /// The members of a struct or union, laid out. Members that overlap where they must not, which only a
    /// broken object has, are given up for padding.
    fn body(
        &mut self,
        id: TypeId,
        composite: &Composite<'_>,
        path: &str,
        is_shadow: bool,
    ) -> Result<Laid> {
        self.members += 1 + composite.len();
        if self.members > MAX_MEMBERS {
            return Err(self.broken(id, format!("more than {MAX_MEMBERS} members are in others")));
        }
        let size = u64::from(composite.size);
        let mut members = Vec::with_capacity(composite.len());
        for member in composite.members() {
            let first = u64::from(member.bit_offset);
            let placed = |described: &Described, what| Placed {
                first,
                size: described.size,
                align: described.align,
                what,
            };
            let name = identifier(member.name);
            if let Some(width) = member.bitfield_size {
                let Some(described) = self.bits(member.ty)? else {
                    continue;
                };
                let width = u64::from(width);
                if !member.name.is_empty() && width > 0 && width <= 8 * described.size {
                    let ty = described.ty.clone();
                    members.push(placed(&described, What::Bits { name, ty, width }));
                }
            } else if member.name.is_empty() {
                if let Some((described, body)) = self.anonymous(member.ty, path)? {
                    members.push(placed(&described, What::Anonymous(body)));
                }
            } else if is_shadow && is_callback(self.btf, member.ty)? {
                let ty = CType::words("struct bpf_program *");
                let described = Described {
                    ty: ty.clone(),
                    size: 8,
                    align: 8,
                };
                members.push(placed(&described, What::Named { name, ty }));
            } else {
                let described = self.describe(member.ty, &format!("{path}_{name}"))?;
                let ty = described.ty.clone();
                members.push(placed(&described, What::Named { name, ty }));
            }
        }
        let max_align = self.places.align(id);
        let packed_align = self.btf.align_of(id)?;
        let laid = lay_out(composite.is_union, &members, size, max_align, packed_align);
        Ok(laid.unwrap_or_else(|| unknown(composite.is_union, size)))
    }

    /// The type of a bitfield. An enum is an integer of its size: C++ takes a warning from an enum that is
    /// narrower than its constants.
    fn bits(&mut self, id: TypeId) -> Result<Option<Described>> {
        let id = self.btf.resolve(id)?;
        Ok(match self.btf.get(id)? {
            Type::Enum(definition) => {
                let (signed, _) = enum_values(&definition);
                integer(definition.size, signed)
            }
            Type::Int { .. } => Some(self.describe(id, "")?),
            _ => None,
        })
    }

    fn anonymous(&mut self, id: TypeId, path: &str) -> Result<Option<(Described, Body)>> {
        let id = self.btf.resolve(id)?;
        let (Type::Struct(composite) | Type::Union(composite)) = self.btf.get(id)? else {
            return Ok(None);
        };
        let laid = self.within(id, |types| types.body(id, &composite, path, false))?;
        let described = Described {
            ty: CType::words(""),
            size: composite.size.into(),
            align: laid.align,
        };
        Ok(Some((described, laid.body)))
    }

    /// The type of a struct_ops map, under a name of the map's own.
    pub(super) fn shadow(&mut self, id: TypeId, map: &str) -> Result<Definition> {
        let id = self.btf.resolve(id)?;
        let Type::Struct(composite) = self.btf.get(id)? else {
            return Err(self.broken(id, "a struct_ops map must be a struct".to_owned()));
        };
        let name = format!("{}{map}__{}", self.prefix, composite.name);
        let c_name = self.names.unique(&name);
        let laid = self.within(id, |types| types.body(id, &composite, composite.name, true))?;
        Ok(Definition {
            c_name,
            form: Form::Tag,
            source_name: None,
            kind: DefinitionKind::Composite(laid.body),
            size: composite.size.into(),
        })
    }
}

/// Bytes that are not looked into.
fn opaque(size: u64) -> Described {
    Described {
        ty: CType {
            words: "unsigned char".to_owned(),
            dimensions: vec![u32::try_from(size).unwrap_or(u32::MAX)],
        },
        size,
        align: 1,
    }
}

fn integer(size: u32, signed: bool) -> Option<Described> {
    Some(Described {
        ty: CType::words(words::by_size(size, signed)?),
        size: size.into(),
        align: size.into(),
    })
}

/// A body of which only the size is known.
fn unknown(is_union: bool, size: u64) -> Laid {
    Laid {
        body: Body {
            is_union,
            packed: None,
            members: vec![Member::Padding(size)],
        },
        align: 1,
    }
}
