//! The parts of `.BTF.ext`, and the records in them.

use super::super::file::Btf;
use super::super::kind::TypeId;
use super::super::words::{Endian, Rows};
use super::Relocation;

/// The bytes of the header as it first was, without relocations, and with them.
const SHORT_HEADER: usize = 24;
const HEADER: usize = 32;

/// The parts, each with the length of its records before it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sections<'a> {
    pub(super) endian: Endian,
    bytes: &'a [u8],
    pub(super) functions: &'a [u8],
    pub(super) lines: &'a [u8],
    /// Empty where they were not known when it was written.
    pub(super) relocations: &'a [u8],
}

fn short() -> String {
    "section .BTF.ext ends too early".to_owned()
}

impl<'a> Sections<'a> {
    /// What is wrong is told in words.
    pub(super) fn read(bytes: &'a [u8]) -> Result<Sections<'a>, String> {
        let endian = match bytes {
            [0x9f, 0xeb, 1, ..] => Endian::Little,
            [0xeb, 0x9f, 1, ..] => Endian::Big,
            _ => return Err("section .BTF.ext is not of a kind that is known".into()),
        };
        let word = |at: usize| {
            let words = bytes.get(at..).and_then(|rest| endian.words(rest));
            words.map(|[word]| to_usize(word)).ok_or_else(short)
        };
        let header = word(4)?;
        if header < SHORT_HEADER || header % 4 != 0 {
            return Err("section .BTF.ext has a header that is too short".into());
        }
        let part = |at: usize| {
            let (offset, len) = (word(at)?, word(at + 4)?);
            if len == 0 {
                return Ok(&[][..]);
            }
            if offset % 4 != 0 {
                return Err("a part of section .BTF.ext does not begin at a word".to_owned());
            }
            let start = header.checked_add(offset);
            let end = start.and_then(|start| start.checked_add(len));
            let part = start
                .zip(end)
                .and_then(|(start, end)| bytes.get(start..end));
            part.ok_or_else(short)
        };
        let sections = Sections {
            endian,
            bytes,
            functions: part(8)?,
            lines: part(16)?,
            relocations: match header {
                HEADER.. => part(24)?,
                _ => &[],
            },
        };
        // libbpf changes strings of one, and then relies on types of another.
        if sections.overlap() {
            return Err("parts of section .BTF.ext overlap".into());
        }
        Ok(sections)
    }

    fn overlap(&self) -> bool {
        let parts = [self.functions, self.lines, self.relocations];
        let mut ranges: Vec<_> = parts
            .iter()
            .filter(|part| !part.is_empty())
            .map(|part| part.as_ptr_range())
            .collect();
        ranges.sort_unstable_by_key(|range| range.start);
        let mut pairs = ranges.iter().zip(ranges.iter().skip(1));
        pairs.any(|(one, next)| one.end > next.start)
    }

    /// That all records refer to what there is.
    pub(super) fn check(&self, btf: &Btf) -> Result<(), String> {
        let name = |offset: u32| match btf.has_string(offset) {
            true => Ok(()),
            false => Err(format!(
                "section .BTF.ext refers to a string at {offset}, where none begins"
            )),
        };
        for (section, [_, ty, ..]) in records(self.endian, self.functions)? {
            name(section)?;
            if btf.record(TypeId(ty)).is_err() {
                return Err(format!(
                    "a function is of type {ty}, which the BTF does not have"
                ));
            }
        }
        for (section, [_, file, text, _]) in records(self.endian, self.lines)? {
            name(section)?;
            name(file)?;
            name(text)?;
        }
        for (section, words) in records(self.endian, self.relocations)? {
            let [_, _, access, _] = words;
            name(section)?;
            name(access)?;
            Relocation::checked(btf, "", words)?;
        }
        Ok(())
    }

    /// The bytes with all words the other way round. All there is are words, but for the first four bytes.
    pub(super) fn to_endian(self, endian: Endian) -> Vec<u8> {
        if endian == self.endian {
            return self.bytes.to_vec();
        }
        let (head, words) = self.bytes.split_at_checked(4).unwrap_or_default();
        let mut bytes = Vec::with_capacity(self.bytes.len());
        let [a, b, rest @ ..] = head else {
            return self.bytes.to_vec();
        };
        bytes.extend([*b, *a]);
        bytes.extend(rest);
        for word in words.chunks(4) {
            match word.len() {
                4 => bytes.extend(word.iter().rev()),
                _ => bytes.extend(word),
            }
        }
        bytes
    }
}

/// The first four words of each record (fewer, with zeros after them, where there are no more), and the offset of the
/// name of the section that it is about.
pub(super) fn records(endian: Endian, part: &[u8]) -> Result<Vec<(u32, [u32; 4])>, String> {
    if part.is_empty() {
        return Ok(Vec::new());
    }
    let (len, mut rest) = split_word(endian, part).ok_or_else(short)?;
    let len = to_usize(len);
    if len < 8 || len % 4 != 0 {
        return Err(format!(
            "section .BTF.ext has records of {len} bytes, which is not known"
        ));
    }
    let mut found = Vec::new();
    while !rest.is_empty() {
        let (name, after) = split_word(endian, rest).ok_or_else(short)?;
        let (count, after) = split_word(endian, after).ok_or_else(short)?;
        let size = to_usize(count).checked_mul(len).ok_or_else(short)?;
        let (records, after) = after.split_at_checked(size).ok_or_else(short)?;
        for record in records.chunks_exact(len) {
            let mut words = [0; 4];
            for (to, [word]) in words.iter_mut().zip(Rows::<1>::new(record, endian)) {
                *to = word;
            }
            found.push((name, words));
        }
        rest = after;
    }
    Ok(found)
}

fn split_word(endian: Endian, bytes: &[u8]) -> Option<(u32, &[u8])> {
    let (word, rest) = bytes.split_first_chunk()?;
    Some((endian.word(*word), rest))
}

/// A count that is too large for the machine is too large for the bytes, too.
fn to_usize(word: u32) -> usize {
    usize::try_from(word).unwrap_or(usize::MAX)
}
