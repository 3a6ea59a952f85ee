//! What has to be complete before what.

use super::{Looked, Stage, Writer};
use crate::btf::error::BtfError;
use crate::btf::kind::{Kind, TypeId};

impl<'a> Writer<'a> {
    /// Notes which types others refer to: an anonymous enum that none refers to is a definition of its own.
    pub(super) fn mark_referenced(&mut self) {
        let btf = self.btf;
        for id in (1..btf.len()).filter_map(|id| u32::try_from(id).ok()) {
            let Ok((layer, record)) = btf.record(TypeId(id)) else {
                continue;
            };
            let looked = Looked { layer, record };
            match record.kind {
                Kind::Void | Kind::Int | Kind::Float | Kind::Enum | Kind::Forward => {}
                Kind::Array => {
                    self.note(looked.element()).referenced = true;
                }
                Kind::Struct | Kind::Union | Kind::DataSection => {
                    // The first word of an entry of a section is its type; that of a member its name.
                    let is_section = record.kind == Kind::DataSection;
                    for [first, second, _] in record.rows() {
                        let ty = if is_section { first } else { second };
                        self.note(TypeId(ty)).referenced = true;
                    }
                }
                Kind::FunctionProto => {
                    for param in looked.params() {
                        self.note(param).referenced = true;
                    }
                }
                _ => self.note(looked.target()).referenced = true,
            }
        }
    }

    /// Puts a type into the queue, after all that it contains. Tells whether a type that refers to it, behind a pointer
    /// if it is `pointed` to, needs it to be complete. It does not where a declaration is enough, and the definition may
    /// follow later.
    pub(super) fn order(
        &mut self,
        id: TypeId,
        pointed: bool,
        depth: usize,
    ) -> Result<bool, BtfError> {
        let depth = Self::deeper(id, depth)?;
        if id.is_void() {
            return Ok(true);
        }
        match self.note(id).ordered {
            Stage::Done => return Ok(true),
            Stage::UnderWay => {
                let looked = self.look(id)?;
                return match pointed && looked.is_composite() && looked.is_named() {
                    true => Ok(false),
                    // It contains itself.
                    false => Err(BtfError::TooDeep { id, limit: depth }),
                };
            }
            Stage::New => {}
        }
        let looked = self.look(id)?;
        let strong = match looked.record.kind {
            Kind::Pointer => self.order(looked.target(), true, depth)?,
            Kind::Array => return self.order(looked.element(), false, depth),
            Kind::Volatile | Kind::Const | Kind::Restrict | Kind::TypeTag => {
                return self.order(looked.target(), pointed, depth);
            }
            Kind::FunctionProto => {
                let mut strong = self.order(looked.target(), pointed, depth)?;
                for param in looked.params() {
                    strong |= self.order(param, pointed, depth)?;
                }
                return Ok(strong);
            }
            Kind::Struct | Kind::Union => {
                let named = looked.is_named();
                if pointed && named {
                    return Ok(false);
                }
                self.members(id, looked, depth)?;
                if named {
                    self.queue.push(id);
                }
                true
            }
            Kind::Enum | Kind::Forward => {
                if looked.is_named() || !self.note(id).referenced {
                    self.queue.push(id);
                }
                true
            }
            Kind::Typedef => {
                let strong = self.order(looked.target(), pointed, depth)?;
                if pointed && !strong {
                    return Ok(false);
                }
                self.queue.push(id);
                true
            }
            _ => false,
        };
        self.note(id).ordered = Stage::Done;
        Ok(strong)
    }

    fn members(&mut self, id: TypeId, looked: Looked<'a>, depth: usize) -> Result<(), BtfError> {
        self.note(id).ordered = Stage::UnderWay;
        for (member, ty) in looked.members().enumerate() {
            self.order(ty, false, depth).map_err(|error| match error {
                BtfError::TooDeep { id: at, .. } if at == id => BtfError::BadMember { id, member },
                other => other,
            })?;
        }
        Ok(())
    }
}
