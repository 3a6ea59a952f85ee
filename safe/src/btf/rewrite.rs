//! A type's words, with what they refer to changed, and with some of its rows left out.

use super::error::BtfError;
use super::kind::Kind;
use super::record::Record;

/// The kind flag, as it is stored.
pub(super) const KIND_FLAG: u32 = 1 << 31;

/// What changes the offsets of names, what changes types' ids, and which rows are kept: members, enumerators, ...
pub(super) struct Change<N, I, K> {
    pub(super) name: N,
    pub(super) id: I,
    pub(super) keeps: K,
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

impl<N, I, K> Change<N, I, K>
where
    N: FnMut(u32) -> Result<u32, BtfError>,
    I: FnMut(u32) -> Result<u32, BtfError>,
    K: Fn(u32) -> bool,
{
    /// The head and the tail of a type.
    pub(super) fn of(&mut self, record: &Record<'_>) -> Result<([u32; 3], Vec<u32>), BtfError> {
        let size_or_type = match refers(record.kind) {
            true => (self.id)(record.size_or_type)?,
            false => record.size_or_type,
        };
        let name = (self.name)(record.name)?;
        let columns = columns(record);
        let words: Vec<_> = record.rows::<1>().flatten().collect();
        let mut tail = Vec::with_capacity(words.len());
        let mut vlen = record.vlen;
        for (number, row) in (0..).zip(words.chunks(columns.len())) {
            if !(self.keeps)(number) {
                vlen = vlen.saturating_sub(1);
                continue;
            }
            for (&word, column) in row.iter().zip(columns) {
                tail.push(match column {
                    b'n' => (self.name)(word)?,
                    b'i' => (self.id)(word)?,
                    _ => word,
                });
            }
        }
        let flag = if record.flag { KIND_FLAG } else { 0 };
        let info = record.number() << 24 | flag | vlen;
        Ok(([name, info, size_or_type], tail))
    }
}
