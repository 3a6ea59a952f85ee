//! A type's words, with what they refer to changed.

use super::error::BtfError;
use super::kind::Kind;
use super::record::Record;

/// The kind flag, as it is stored.
pub(super) const KIND_FLAG: u32 = 1 << 31;

/// What changes the offsets of names, and what changes types' ids.
pub(super) struct Change<N, I> {
    pub(super) name: N,
    pub(super) id: I,
}

/// The words that follow a type's head, in rows of names (`n`), ids (`i`) and others.
fn columns(record: &Record<'_>) -> &'static [u8] {
    match record.kind {
        Kind::Array => b"iio",
        Kind::Struct | Kind::Union => b"nio",
        Kind::Enum if record.wide => b"noo",
        Kind::Enum => b"no",
        Kind::FunctionProto => b"ni",
        Kind::DataSection => b"ioo",
        _ => b"o",
    }
}

/// Whether the third word of a type's head is an id.
fn refers(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Pointer
            | Kind::Typedef
            | Kind::Volatile
            | Kind::Const
            | Kind::Restrict
            | Kind::TypeTag
            | Kind::Function
            | Kind::FunctionProto
            | Kind::Variable
            | Kind::DeclTag
    )
}

impl<N, I> Change<N, I>
where
    N: FnMut(u32) -> Result<u32, BtfError>,
    I: FnMut(u32) -> Result<u32, BtfError>,
{
    /// The head and the tail of a type.
    pub(super) fn of(&mut self, record: &Record<'_>) -> Result<([u32; 3], Vec<u32>), BtfError> {
        let size_or_type = match refers(record.kind) {
            true => (self.id)(record.size_or_type)?,
            false => record.size_or_type,
        };
        let flag = if record.flag { KIND_FLAG } else { 0 };
        let info = record.number() << 24 | flag | record.vlen;
        let head = [(self.name)(record.name)?, info, size_or_type];
        let words = record.rows::<1>().flatten();
        let tail = words.zip(columns(record).iter().cycle());
        let tail = tail.map(|(word, column)| match column {
            b'n' => (self.name)(word),
            b'i' => (self.id)(word),
            _ => Ok(word),
        });
        Ok((head, tail.collect::<Result<_, _>>()?))
    }
}
