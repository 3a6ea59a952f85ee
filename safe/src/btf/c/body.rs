//! What is between the braces of structs, unions and enums.

use std::fmt::Write as _;

use super::names::Name;
use super::padding::Gap;
use super::{Looked, Writer};
use crate::btf::error::BtfError;
use crate::btf::kind::{Kind, TypeId};

impl<'a> Writer<'a> {
    /// `struct foo`; without a name, only what it is.
    pub(super) fn tag(&mut self, id: TypeId, looked: Looked<'a>) {
        self.text.push_str(match looked.record.kind {
            Kind::Enum => "enum",
            Kind::Union => "union",
            Kind::Forward if looked.record.flag => "union",
            _ => "struct",
        });
        let name = looked.name();
        if name.is_empty() {
            return;
        }
        self.text.push(' ');
        let only_declared = match looked.record.kind {
            Kind::Forward => true,
            Kind::Enum => looked.record.tail.is_empty(),
            _ => false,
        };
        // What is declared is whatever has that name.
        let name = match only_declared {
            true => Name::plain(name),
            false => self.names.of_tag(id, name),
        };
        name.write(&mut self.text);
    }

    /// A new line, indented.
    pub(super) fn line(&mut self, level: usize) {
        self.text.push('\n');
        (0..level).for_each(|_| self.text.push('\t'));
    }

    /// `struct foo { … }`, with all its members.
    pub(super) fn body(&mut self, id: TypeId, level: usize, depth: usize) -> Result<(), BtfError> {
        let looked = self.look(id)?;
        let composite = looked.composite();
        let is_struct = !composite.is_union;
        let end = u64::from(composite.size) * 8;
        let align = self.align(id, 0)?.unwrap_or(1);
        let packed = self.note(id).packed;
        self.tag(id, looked);
        self.text.push_str(" {");
        let (mut at, mut after_bitfield) = (0, false);
        for (number, member) in composite.members().enumerate() {
            let bad = BtfError::BadMember { id, member: number };
            let from = u64::from(member.bit_offset);
            let bits = match member.bitfield_size {
                Some(bits) => u64::from(bits),
                None => {
                    let bytes = self.btf.size_of(member.ty).ok();
                    bytes
                        .and_then(|bytes| bytes.checked_mul(8))
                        .ok_or(bad.clone())?
                }
            };
            let last = from
                .checked_add(bits)
                .filter(|last| *last <= end)
                .ok_or(bad.clone())?;
            if is_struct {
                let natural = self.align(member.ty, 0)?.ok_or(bad)?;
                let gap = Gap {
                    from: at,
                    to: from,
                    align: if packed { 1 } else { natural },
                    in_bitfield: after_bitfield && member.bitfield_size.is_some(),
                };
                self.gap(id, &gap, level + 1)?;
            }
            self.line(level + 1);
            self.declaration(member.ty, Name::plain(member.name), level + 1, depth)?;
            if let Some(bits) = member.bitfield_size {
                let _ = write!(self.text, ": {bits}");
            }
            self.text.push(';');
            at = last;
            after_bitfield = member.bitfield_size.is_some();
        }
        if is_struct {
            let gap = Gap {
                from: at,
                to: end,
                align,
                in_bitfield: false,
            };
            self.gap(id, &gap, level + 1)?;
        }
        if !composite.is_empty() || composite.size > 0 {
            self.line(level);
        }
        self.text.push('}');
        if packed {
            self.text.push_str(" __attribute__((packed))");
        }
        Ok(())
    }

    /// `enum foo { … }`, with all its values.
    pub(super) fn enumeration(&mut self, id: TypeId, level: usize) -> Result<(), BtfError> {
        let looked = self.look(id)?;
        self.tag(id, looked);
        let list = looked.enumeration();
        if list.values().len() == 0 {
            return Ok(());
        }
        self.text.push_str(" {");
        let wide = looked.record.wide;
        let ending = match (wide, list.signed) {
            (false, _) => ",",
            (true, true) => "LL,",
            (true, false) => "ULL,",
        };
        let mut needs_eight_bytes = false;
        for value in list.values() {
            self.line(level + 1);
            self.names.of_value(value.name).write(&mut self.text);
            let _ = write!(self.text, " = {}{ending}", value.value);
            needs_eight_bytes |= wide && (value.value >> 32) & 0xffff_ffff != 0;
        }
        self.line(level);
        self.text.push('}');
        match list.size {
            1 => self.text.push_str(" __attribute__((mode(byte)))"),
            2 => self.text.push_str(" __attribute__((mode(HI)))"),
            8 if !needs_eight_bytes => self.text.push_str(" __attribute__((mode(word)))"),
            _ => {}
        }
        Ok(())
    }
}
