//! The header, and where it says that the sections are.

use std::ops::Range;

use super::error::BtfError;
use super::words::Endian;

/// The length in bytes of the header as it first was. Later ones are longer, with fields that a
/// reader of types need not know.
const HEADER_LEN: usize = 24;

/// What the header says, checked against the bytes.
#[derive(Debug)]
pub(super) struct Header {
    pub(super) endian: Endian,
    /// The type section, in the whole of the bytes.
    pub(super) types: Range<usize>,
    /// The string section, in the whole of the bytes.
    pub(super) strings: Range<usize>,
}

impl Header {
    pub(super) fn read(bytes: &[u8]) -> Result<Header, BtfError> {
        let len = bytes.len();
        let short = BtfError::ShortHeader { len };
        let Some((&[magic0, magic1, version, _flags], rest)) = bytes.split_first_chunk() else {
            return Err(short);
        };
        let endian = match [magic0, magic1] {
            [0x9f, 0xeb] => Endian::Little,
            [0xeb, 0x9f] => Endian::Big,
            found => return Err(BtfError::BadMagic { found }),
        };
        if version != 1 {
            return Err(BtfError::UnknownVersion { version });
        }
        let [header_len, type_off, type_len, str_off, str_len] = endian.words(rest).ok_or(short)?;
        let bad_length = BtfError::BadHeaderLength { header_len, len };
        let start = usize::try_from(header_len).map_err(|_| bad_length.clone())?;
        if start < HEADER_LEN || start > len {
            return Err(bad_length);
        }
        if type_off % 4 != 0 {
            return Err(BtfError::UnalignedTypes { offset: type_off });
        }
        Ok(Header {
            endian,
            types: section("type", start, type_off, type_len, len)?,
            strings: section("string", start, str_off, str_len, len)?,
        })
    }
}

/// The place of a section within `len` bytes, of which the header is the first `start`.
fn section(
    section: &'static str,
    start: usize,
    offset: u32,
    size: u32,
    len: usize,
) -> Result<Range<usize>, BtfError> {
    let place = || {
        let begin = start.checked_add(usize::try_from(offset).ok()?)?;
        let end = begin.checked_add(usize::try_from(size).ok()?)?;
        (end <= len).then_some(begin..end)
    };
    place().ok_or(BtfError::SectionOutOfBounds {
        section,
        offset,
        len: size,
        available: len.saturating_sub(start),
    })
}
