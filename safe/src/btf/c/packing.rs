//! Which structs are packed, as their members will be written: then they have no alignment.

use super::{Looked, Writer};
use crate::btf::error::BtfError;
use crate::btf::kind::{Kind, TypeId};
use crate::btf::layout::POINTER_SIZE;

impl<'a> Writer<'a> {
    /// How a type is aligned, in bytes; `None` where C has no values of it.
    pub(super) fn align(&mut self, id: TypeId, depth: usize) -> Result<Option<u8>, BtfError> {
        let depth = Self::deeper(id, depth)?;
        let known = self.note(id).align;
        if known > 0 {
            return Ok(Some(known));
        }
        let looked = self.look(id)?;
        let align = match looked.record.kind {
            Kind::Int | Kind::Float | Kind::Enum => scalar(looked.record.size_or_type),
            Kind::Pointer => scalar(POINTER_SIZE),
            Kind::Array => self.align(looked.element(), depth)?,
            Kind::Typedef | Kind::Volatile | Kind::Const | Kind::Restrict | Kind::TypeTag => {
                self.align(looked.target(), depth)?
            }
            Kind::Struct | Kind::Union => Some(self.composite_align(id, looked, depth)?),
            _ => None,
        };
        self.note(id).align = align.unwrap_or_default();
        Ok(align)
    }

    fn composite_align(
        &mut self,
        id: TypeId,
        looked: Looked<'a>,
        depth: usize,
    ) -> Result<u8, BtfError> {
        let composite = looked.composite();
        let mut most = 1;
        let mut packed = false;
        for (number, member) in composite.members().enumerate() {
            let bad = BtfError::BadMember { id, member: number };
            let align = self.align(member.ty, depth)?.ok_or(bad)?;
            packed |=
                member.bitfield_size.is_none() && member.bit_offset % (8 * u32::from(align)) != 0;
            most = most.max(align);
        }
        packed |= composite.size % u32::from(most) != 0;
        self.note(id).packed = packed;
        Ok(if packed { 1 } else { most })
    }
}

/// The alignment of a number of so many bytes.
fn scalar(size: u32) -> Option<u8> {
    match size.min(POINTER_SIZE) {
        0 => None,
        1 => Some(1),
        2 | 3 => Some(2),
        4..=7 => Some(4),
        _ => Some(8),
    }
}
