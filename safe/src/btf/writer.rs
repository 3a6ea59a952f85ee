//! Types and names, one after the other, as bytes.

use super::error::BtfError;
use super::file::Btf;
use super::words::Endian;
use std::collections::HashMap;

const HEADER_LEN: u32 = 24;

/// A BTF that is being written: its two sections.
#[derive(Debug)]
pub(super) struct Writer {
    endian: Endian,
    types: Vec<u8>,
    strings: Vec<u8>,
    /// The offset of the first string here, after those of the base.
    first_string: u32,
    /// Where each name is. Names are written in the order in which they are first used, so the bytes do not
    /// depend on the order of this map.
    offsets: HashMap<String, u32>,
}

impl Writer {
    pub(super) fn new(endian: Endian) -> Writer {
        Writer {
            endian,
            types: Vec::new(),
            strings: vec![0],
            first_string: 0,
            offsets: HashMap::from([(String::new(), 0)]),
        }
    }

    /// Continues a base, in its byte order.
    pub(super) fn split(base: &Btf) -> Result<Writer, BtfError> {
        Ok(Writer {
            strings: Vec::new(),
            first_string: base.next_string()?,
            ..Writer::new(base.endian())
        })
    }

    /// Continues what is in a BTF.
    pub(super) fn onward(btf: &Btf) -> Result<Writer, BtfError> {
        let writer = match btf.base() {
            Some(base) => Writer::split(base)?,
            None => Writer::new(btf.endian()),
        };
        let strings = btf.strings().bytes;
        let mut offsets = writer.offsets;
        let mut at = writer.first_string;
        for text in strings.split_inclusive(|&byte| byte == 0) {
            if let Some(Ok(name)) = text.strip_suffix(&[0]).map(std::str::from_utf8) {
                offsets.entry(name.to_owned()).or_insert(at);
            }
            let len = u32::try_from(text.len()).map_err(|_| BtfError::TooLarge)?;
            at = at.checked_add(len).ok_or(BtfError::TooLarge)?;
        }
        Ok(Writer {
            types: btf.type_bytes().to_vec(),
            strings: strings.to_vec(),
            offsets,
            ..writer
        })
    }

    /// With a BTF's names where they are in it, and none of its types, in this byte order.
    pub(super) fn with_names(btf: &Btf, endian: Endian) -> Writer {
        Writer {
            strings: btf.strings().bytes.to_vec(),
            ..Writer::new(endian)
        }
    }

    /// The offset of a name, which is written once.
    pub(super) fn name(&mut self, name: &str) -> Result<u32, BtfError> {
        if let Some(offset) = self.offsets.get(name) {
            return Ok(*offset);
        }
        let own = u32::try_from(self.strings.len()).map_err(|_| BtfError::TooLarge)?;
        let offset = self.first_string.checked_add(own);
        let offset = offset.ok_or(BtfError::TooLarge)?;
        self.strings.extend(name.bytes());
        self.strings.push(0);
        self.offsets.insert(name.to_owned(), offset);
        Ok(offset)
    }

    /// Writes a type: the words of its head, then those that its kind adds.
    pub(super) fn add(&mut self, head: [u32; 3], tail: &[u32]) {
        let endian = self.endian;
        let words = head.iter().chain(tail);
        self.types
            .extend(words.flat_map(|&word| endian.bytes(word)));
    }

    /// The whole: header, types, names.
    pub(super) fn finish(self) -> Result<Vec<u8>, BtfError> {
        let len = |section: &[u8]| u32::try_from(section.len()).map_err(|_| BtfError::TooLarge);
        let (types, strings) = (len(&self.types)?, len(&self.strings)?);
        let magic = match self.endian {
            Endian::Little => [0x9f, 0xeb],
            Endian::Big => [0xeb, 0x9f],
        };
        // The version, and no flags.
        let mut bytes = vec![magic[0], magic[1], 1, 0];
        for word in [HEADER_LEN, 0, types, types, strings] {
            bytes.extend(self.endian.bytes(word));
        }
        bytes.extend(self.types);
        bytes.extend(self.strings);
        Ok(bytes)
    }
}
