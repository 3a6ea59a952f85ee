//! Structs and unions.

use std::fmt;

use super::decode::IntBits;
use super::file::Btf;
use super::kind::{Kind, TypeId};
use super::record::Record;
use super::words::Rows;

/// A struct or a union.
#[derive(Clone, Copy)]
pub struct Composite<'a> {
    /// The name, without `struct` or `union`; empty if anonymous.
    pub name: &'a str,
    /// The size in bytes.
    pub size: u32,
    /// Whether it is a union rather than a struct.
    pub is_union: bool,
    /// BTF's kind flag: whether the members themselves say which of them are bitfields.
    /// [`members`](Self::members) takes care of either.
    pub kind_flag: bool,
    btf: &'a Btf,
    rows: Rows<'a, 3>,
}

/// A member of a struct or of a union.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Member<'a> {
    /// The name; empty for an anonymous struct or union, whose members are as if its parent's.
    pub name: &'a str,
    /// The type.
    pub ty: TypeId,
    /// Where the member begins, in bits from the start of the struct.
    pub bit_offset: u32,
    /// The width in bits of a bitfield; `None` for any other member.
    pub bitfield_size: Option<u8>,
}

impl Member<'_> {
    /// Where the member begins, in bytes; `None` if that is within a byte, or it is a bitfield.
    pub fn byte_offset(&self) -> Option<u32> {
        (self.bitfield_size.is_none() && self.bit_offset % 8 == 0).then_some(self.bit_offset / 8)
    }
}

impl<'a> Composite<'a> {
    pub(super) fn new(btf: &'a Btf, record: &Record<'a>) -> Self {
        Composite {
            name: btf.name(record.name),
            size: record.size_or_type,
            is_union: record.kind == Kind::Union,
            kind_flag: record.flag,
            btf,
            rows: record.rows(),
        }
    }

    /// How many members there are.
    pub fn len(&self) -> usize {
        self.rows.count()
    }

    /// Whether there are no members.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The members, in the order of their declaration.
    pub fn members(&self) -> impl ExactSizeIterator<Item = Member<'a>> + Clone + use<'a> {
        let Composite { btf, kind_flag, .. } = *self;
        self.rows.map(move |row| member(btf, kind_flag, row))
    }

    /// The first member of this name; not one of an anonymous member's.
    pub fn member(&self, name: &str) -> Option<Member<'a>> {
        self.members().find(|member| member.name == name)
    }
}

impl fmt::Debug for Composite<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Composite")
            .field("name", &self.name)
            .field("size", &self.size)
            .field("is_union", &self.is_union)
            .field("members", &self.len())
            .finish_non_exhaustive()
    }
}

fn member<'a>(btf: &'a Btf, kind_flag: bool, [name, ty, offset]: [u32; 3]) -> Member<'a> {
    let (name, ty) = (btf.name(name), TypeId(ty));
    if kind_flag {
        let [width, high, middle, low] = offset.to_be_bytes();
        Member {
            name,
            ty,
            bit_offset: u32::from_be_bytes([0, high, middle, low]),
            bitfield_size: (width != 0).then_some(width),
        }
    } else if let Some((shift, width)) = int_bitfield(btf, ty) {
        let bit_offset = offset.saturating_add(u32::from(shift));
        Member {
            name,
            ty,
            bit_offset,
            bitfield_size: Some(width),
        }
    } else {
        Member {
            name,
            ty,
            bit_offset: offset,
            bitfield_size: None,
        }
    }
}

/// Where an integer's bits begin and how many they are, if they are not all of its bytes' bits.
fn int_bitfield(btf: &Btf, ty: TypeId) -> Option<(u8, u8)> {
    let (_, record) = btf.record(btf.resolve(ty).ok()?).ok()?;
    if record.kind != Kind::Int {
        return None;
    }
    let IntBits { bits, offset, .. } = IntBits::of(&record);
    let whole = offset == 0 && record.size_or_type.checked_mul(8) == Some(u32::from(bits));
    (!whole).then_some((offset, bits))
}
