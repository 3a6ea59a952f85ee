//! How much text types become when they are written as C.
//!
//! An anonymous struct is written where it is used, and so is a function's signature. So a few types, each with two
//! members of the one before, take longer to write than anybody waits.

use std::collections::HashMap;

use super::composite::Composite;
use super::error::BtfError;
use super::file::Btf;
use super::kind::TypeId;
use super::layout::MAX_DEPTH;
use super::types::Type;

/// What a line takes beside the names in it, in bytes.
const LINE: u64 = 16;

pub(super) struct Expanse<'a> {
    btf: &'a Btf,
    /// What the padding within structs takes.
    padding: HashMap<TypeId, u64>,
    /// What a use of a type takes.
    uses: HashMap<TypeId, u64>,
}

impl<'a> Expanse<'a> {
    pub(super) fn new(btf: &'a Btf) -> Self {
        Expanse {
            btf,
            padding: HashMap::new(),
            uses: HashMap::new(),
        }
    }

    /// Notes that a struct has so many bits of padding; for each eight bytes there is a line.
    pub(super) fn add_padding(&mut self, id: TypeId, bits: u64) {
        if bits > 0 {
            self.padding
                .insert(id, (bits / 64 + 1).saturating_mul(LINE));
        }
    }

    /// What the declaration of a type takes, in bytes, about; nothing for one that has none of its own.
    pub(super) fn declaration(&mut self, id: TypeId, ty: Type<'_>) -> Result<u64, BtfError> {
        match ty {
            Type::Struct(composite) | Type::Union(composite) if !composite.name.is_empty() => {
                self.members((id, id), composite, MAX_DEPTH)
            }
            Type::Typedef { name, target } => {
                Ok(line(name).saturating_add(self.of(id, target, MAX_DEPTH)?))
            }
            Type::Enum(list) => Ok(list.values().fold(line(list.name), |sum, value| {
                sum.saturating_add(line(value.name))
            })),
            _ => Ok(0),
        }
    }

    fn of(&mut self, asked: TypeId, id: TypeId, depth: usize) -> Result<u64, BtfError> {
        let Some(depth) = depth.checked_sub(1) else {
            return Err(BtfError::TooDeep {
                id: asked,
                limit: MAX_DEPTH,
            });
        };
        if id.is_void() {
            return Ok(LINE);
        }
        if let Some(known) = self.uses.get(&id) {
            return Ok(*known);
        }
        let ty = self.btf.get(id)?;
        let size = match ty {
            Type::Struct(composite) | Type::Union(composite) if composite.name.is_empty() => {
                self.members((asked, id), composite, depth)?
            }
            Type::Enum(list) if list.name.is_empty() => self.declaration(id, ty)?,
            Type::Array { element, .. } => self.of(asked, element, depth)?.saturating_add(LINE),
            Type::FunctionProto(proto) => {
                let mut sum = self.of(asked, proto.return_type, depth)?;
                for param in proto.params() {
                    sum = sum
                        .saturating_add(line(param.name))
                        .saturating_add(self.of(asked, param.ty, depth)?);
                }
                sum
            }
            Type::Pointer { target }
            | Type::Const { target }
            | Type::Volatile { target }
            | Type::Restrict { target } => self.of(asked, target, depth)?.saturating_add(LINE),
            Type::TypeTag { target, .. } => {
                line(ty.name()).saturating_add(self.of(asked, target, depth)?)
            }
            _ => line(ty.name()),
        };
        self.uses.insert(id, size);
        Ok(size)
    }

    fn members(
        &mut self,
        (asked, id): (TypeId, TypeId),
        composite: Composite<'_>,
        depth: usize,
    ) -> Result<u64, BtfError> {
        let padding = self.padding.get(&id).copied().unwrap_or_default();
        let mut sum = line(composite.name).saturating_add(padding);
        for member in composite.members() {
            sum = sum
                .saturating_add(line(member.name))
                .saturating_add(self.of(asked, member.ty, depth)?);
        }
        Ok(sum)
    }
}

fn line(name: &str) -> u64 {
    LINE.saturating_add(name.len() as u64)
}
