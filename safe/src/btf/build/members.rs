//! What types are made of.

use super::super::kind::TypeId;

/// How an integer is to be understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum IntEncoding {
    /// As a number without a sign.
    Unsigned,
    /// As a number with a sign.
    Signed,
    /// As a character.
    Char,
    /// As a truth value.
    Bool,
}

impl IntEncoding {
    pub(super) fn bits(self) -> u32 {
        match self {
            IntEncoding::Unsigned => 0,
            IntEncoding::Signed => 1,
            IntEncoding::Char => 2,
            IntEncoding::Bool => 4,
        }
    }
}

/// A member of a struct or union that is to be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[doc(alias = "btf__add_field")]
pub struct Field<'a> {
    pub(super) name: &'a str,
    pub(super) ty: TypeId,
    pub(super) bit_offset: u32,
    pub(super) bitfield_size: u8,
}

impl<'a> Field<'a> {
    /// A member of this type, so many bits from the start. Without a name it is an anonymous struct or union.
    pub fn new(name: &'a str, ty: TypeId, bit_offset: u32) -> Field<'a> {
        Field {
            name,
            ty,
            bit_offset,
            bitfield_size: 0,
        }
    }

    /// The same as a bitfield of so many bits.
    pub fn bits(self, size: u8) -> Field<'a> {
        Field {
            bitfield_size: size,
            ..self
        }
    }
}
