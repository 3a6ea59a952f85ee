//! The layouts of struct_ops types with all that they nest, for objects of other versions of the source.

use crate::error::Result;
use crate::model::{LayoutDef, LayoutKind, LayoutMember};
use crate::names::UniqueNames;
use libbpf_safe::btf::{Btf, Composite, Member, Type, TypeId};
use std::collections::HashMap;

/// Only a broken object nests deeper, or without end; what is that deep is taken as a whole.
const MAX_DEPTH: usize = 32;

pub(super) struct Layouts<'a> {
    btf: &'a Btf,
    names: UniqueNames,
    known: HashMap<TypeId, String>,
    definitions: Vec<LayoutDef>,
}

/// An array's innermost element, and how many there are; the type itself where it is no array.
struct Elements {
    id: TypeId,
    count: Option<u64>,
}

impl<'a> Layouts<'a> {
    pub(super) fn new(btf: &'a Btf) -> Self {
        Layouts {
            btf,
            names: UniqueNames::fields(),
            known: HashMap::new(),
            definitions: Vec::new(),
        }
    }

    pub(super) fn finish(self) -> Vec<LayoutDef> {
        self.definitions
    }

    /// The name of the layout of a struct_ops type.
    pub(super) fn of_struct(&mut self, id: TypeId) -> Result<Option<String>> {
        let id = self.btf.resolve(id)?;
        match self.btf.get(id)? {
            Type::Struct(composite) => self.composite(id, &composite, 0).map(Some),
            _ => Ok(None),
        }
    }

    fn composite(&mut self, id: TypeId, composite: &Composite<'_>, depth: usize) -> Result<String> {
        if let Some(known) = self.known.get(&id) {
            return Ok(known.clone());
        }
        let mut members = Vec::new();
        self.members(composite, 0, depth, &mut members)?;
        let name = match composite.name {
            "" => self.names.unique("anonymous"),
            name => self.names.unique(name),
        };
        self.definitions.push(LayoutDef {
            name: name.clone(),
            size: composite.size,
            members,
        });
        self.known.insert(id, name.clone());
        Ok(name)
    }

    /// The members as C finds them: those of an anonymous struct stand in for it. `start` is in bits.
    fn members(
        &mut self,
        composite: &Composite<'_>,
        start: u32,
        depth: usize,
        members: &mut Vec<LayoutMember>,
    ) -> Result<()> {
        if depth > MAX_DEPTH {
            return Ok(());
        }
        for member in composite.members() {
            let first = start.saturating_add(member.bit_offset);
            if member.name.is_empty() {
                self.anonymous(&member, first, depth, members)?;
            } else if let Some(width) = member.bitfield_size {
                members.push(LayoutMember::Bitfield {
                    name: member.name.to_owned(),
                    declaration: self.btf.c_name(member.ty),
                    first,
                    width: u32::from(width),
                });
            } else {
                members.extend(self.named(&member, first, depth)?);
            }
        }
        Ok(())
    }

    fn anonymous(
        &mut self,
        member: &Member<'_>,
        first: u32,
        depth: usize,
        members: &mut Vec<LayoutMember>,
    ) -> Result<()> {
        let id = self.btf.resolve(member.ty)?;
        match self.btf.get(id)? {
            Type::Struct(composite) => self.members(&composite, first, depth + 1, members)?,
            // What has no member that has a name cannot be set either.
            Type::Union(composite) if depth < MAX_DEPTH && self.has_name(&composite, depth) => {
                members.push(LayoutMember::Union {
                    offset: first / 8,
                    size: composite.size,
                    members: self.composite(id, &composite, depth + 1)?,
                });
            }
            // An unnamed bitfield, which is padding.
            _ => {}
        }
        Ok(())
    }

    fn has_name(&self, composite: &Composite<'_>, depth: usize) -> bool {
        composite.members().any(|member| {
            if !member.name.is_empty() {
                // What has no size is not described.
                return self.btf.size_of(member.ty).is_ok_and(|size| size != 0);
            }
            if depth > MAX_DEPTH {
                return false;
            }
            let id = self.btf.resolve(member.ty).unwrap_or_default();
            match self.btf.get(id) {
                Ok(Type::Struct(inner) | Type::Union(inner)) => self.has_name(&inner, depth + 1),
                _ => false,
            }
        })
    }

    /// `None` for what has no size, such as a flexible array: there is nothing to carry over.
    fn named(
        &mut self,
        member: &Member<'_>,
        first: u32,
        depth: usize,
    ) -> Result<Option<LayoutMember>> {
        let elements = self.elements(member.ty)?;
        let size = self.btf.size_of(member.ty)?;
        let Some(size) = u32::try_from(size).ok().filter(|&size| size != 0) else {
            return Ok(None);
        };
        let (kind, nested) = match self.btf.get(elements.id)? {
            Type::Int { .. } => (LayoutKind::Int, None),
            Type::Enum(_) => (LayoutKind::Enum, None),
            Type::Float { .. } => (LayoutKind::Float, None),
            Type::Pointer { target } => match self.btf.get(self.btf.resolve(target)?)? {
                Type::FunctionProto(_) => (LayoutKind::Callback, None),
                _ => (LayoutKind::Pointer, None),
            },
            Type::Struct(composite) if depth < MAX_DEPTH => {
                let layout = self.composite(elements.id, &composite, depth + 1)?;
                (LayoutKind::Struct, Some(layout))
            }
            Type::Struct(_) => (LayoutKind::Struct, None),
            Type::Union(_) => (LayoutKind::Union, None),
            _ => (LayoutKind::Any, None),
        };
        Ok(Some(LayoutMember::Named {
            name: member.name.to_owned(),
            declaration: self.btf.c_name(member.ty),
            kind,
            offset: first / 8,
            size,
            elements: elements
                .count
                .map(|count| u32::try_from(count).unwrap_or(u32::MAX)),
            nested,
        }))
    }

    fn elements(&self, id: TypeId) -> Result<Elements> {
        let mut elements = Elements {
            id: self.btf.resolve(id)?,
            count: None,
        };
        // Ends: what size_of accepts does not go in circles.
        self.btf.size_of(id)?;
        while let Type::Array { element, len, .. } = self.btf.get(elements.id)? {
            let count = elements.count.unwrap_or(1);
            elements = Elements {
                id: self.btf.resolve(element)?,
                count: Some(count.saturating_mul(len.into())),
            };
        }
        Ok(elements)
    }
}
