//! One type as it is stored: three words, then what its kind adds.

use super::error::BtfError;
use super::kind::{Kind, TypeId};
use super::words::{Endian, Rows};

/// The bytes of the three words every type begins with.
pub(super) const HEAD_LEN: usize = 12;

/// A type as stored, its words in this machine's byte order.
#[derive(Clone, Copy, Debug)]
pub(super) struct Record<'a> {
    pub(super) kind: Kind,
    /// Whether an enum's values are of 64 bits.
    pub(super) wide: bool,
    /// The kind flag, which means something else for each kind.
    pub(super) flag: bool,
    /// The number of rows, or a function's linkage.
    pub(super) vlen: u32,
    /// The name's offset into the strings.
    pub(super) name: u32,
    /// The size in bytes, or the type referred to.
    pub(super) size_or_type: u32,
    /// What follows the head, exactly.
    pub(super) tail: &'a [u8],
    pub(super) endian: Endian,
}

impl<'a> Record<'a> {
    /// `void`, which is stored nowhere.
    pub(super) const VOID: Record<'static> = Record {
        kind: Kind::Void,
        wide: false,
        flag: false,
        vlen: 0,
        name: 0,
        size_or_type: 0,
        tail: &[],
        endian: Endian::Little,
    };

    /// Reads the type `id` that begins at `offset` of the type section.
    pub(super) fn read(
        types: &'a [u8],
        offset: usize,
        endian: Endian,
        id: TypeId,
    ) -> Result<Record<'a>, BtfError> {
        let truncated = BtfError::TruncatedType { id, offset };
        let Some((head, rest)) = types
            .get(offset..)
            .and_then(|b| b.split_at_checked(HEAD_LEN))
        else {
            return Err(truncated);
        };
        let Some([name, info, size_or_type]) = endian.words(head) else {
            return Err(truncated);
        };
        // The number of rows once had 16 bits and the kind 5; newer kernels give them the bits
        // that older ones left zero.
        let vlen = info & 0x00ff_ffff;
        let number = (info >> 24) & 0x7f;
        let flag = info >> 31 != 0;
        // The words that follow: `fixed`, or `each` times the number of rows.
        let (kind, fixed, each) = match number {
            1 => (Kind::Int, 1, 0),
            2 => (Kind::Pointer, 0, 0),
            3 => (Kind::Array, 3, 0),
            4 => (Kind::Struct, 0, 3),
            5 => (Kind::Union, 0, 3),
            6 => (Kind::Enum, 0, 2),
            7 => (Kind::Forward, 0, 0),
            8 => (Kind::Typedef, 0, 0),
            9 => (Kind::Volatile, 0, 0),
            10 => (Kind::Const, 0, 0),
            11 => (Kind::Restrict, 0, 0),
            12 => (Kind::Function, 0, 0),
            13 => (Kind::FunctionProto, 0, 2),
            14 => (Kind::Variable, 1, 0),
            15 => (Kind::DataSection, 0, 3),
            16 => (Kind::Float, 0, 0),
            17 => (Kind::DeclTag, 1, 0),
            18 => (Kind::TypeTag, 0, 0),
            19 => (Kind::Enum, 0, 3),
            kind => return Err(BtfError::UnknownKind { id, kind, offset }),
        };
        // At most 12 * 2^24, which fits even 32 bits.
        let tail = match usize::try_from(4 * (fixed + each * vlen)) {
            Ok(tail_len) => rest.get(..tail_len),
            Err(_) => None,
        };
        let Some(tail) = tail else {
            return Err(truncated);
        };
        Ok(Record {
            kind,
            wide: number == 19,
            flag,
            vlen,
            name,
            size_or_type,
            tail,
            endian,
        })
    }

    /// The number that the kind is stored as.
    pub(super) fn number(&self) -> u32 {
        match self.kind {
            Kind::Void => 0,
            Kind::Int => 1,
            Kind::Pointer => 2,
            Kind::Array => 3,
            Kind::Struct => 4,
            Kind::Union => 5,
            Kind::Enum if self.wide => 19,
            Kind::Enum => 6,
            Kind::Forward => 7,
            Kind::Typedef => 8,
            Kind::Volatile => 9,
            Kind::Const => 10,
            Kind::Restrict => 11,
            Kind::Function => 12,
            Kind::FunctionProto => 13,
            Kind::Variable => 14,
            Kind::DataSection => 15,
            Kind::Float => 16,
            Kind::DeclTag => 17,
            Kind::TypeTag => 18,
        }
    }

    /// How many bytes the type takes.
    pub(super) fn len(&self) -> usize {
        HEAD_LEN + self.tail.len()
    }

    /// The rows after the head.
    pub(super) fn rows<const N: usize>(&self) -> Rows<'a, N> {
        Rows::new(self.tail, self.endian)
    }

    /// The single row after the head; zeros if there is none, which [`Record::read`] rules out.
    pub(super) fn row<const N: usize>(&self) -> [u32; N] {
        self.endian.words(self.tail).unwrap_or([0; N])
    }
}
