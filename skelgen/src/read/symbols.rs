//! Where an object's global variables are, by its ELF symbols.
//!
//! BTF has offsets of its own, which libbpf's static linker leaves as they were where a later file overrides
//! a `__weak` variable or defines an extern: programs use the symbol's, and a skeleton must, too.

use std::collections::HashMap;

const SECTION_HEADER_SIZE: usize = 64;
const SYMBOL_SIZE: usize = 24;
const SYMBOL_TABLE: u64 = 2;
const GLOBAL: u8 = 1;
const WEAK: u8 = 2;
const OBJECT: u8 = 1;

/// Offsets of global variables by section and name.
#[derive(Debug, Default)]
pub(super) struct Symbols(HashMap<(String, String), u64>);

impl Symbols {
    /// Of an ELF file of 64 bits; none where it is broken, which libbpf says better.
    pub(super) fn read(object: &[u8]) -> Symbols {
        Elf::new(object)
            .and_then(|elf| elf.symbols())
            .unwrap_or_default()
    }

    pub(super) fn offset(&self, section: &str, name: &str) -> Option<u64> {
        self.0.get(&(section.to_owned(), name.to_owned())).copied()
    }
}

struct Elf<'a> {
    bytes: &'a [u8],
    big_endian: bool,
    section_headers: usize,
    sections: usize,
    section_names: Header,
}

/// What is needed of a section's header.
struct Header {
    name: usize,
    kind: u64,
    offset: usize,
    size: usize,
    link: usize,
}

impl<'a> Elf<'a> {
    fn new(bytes: &'a [u8]) -> Option<Elf<'a>> {
        let [0x7f, b'E', b'L', b'F', 2, order @ (1 | 2), ..] = bytes else {
            return None;
        };
        let mut elf = Elf {
            bytes,
            big_endian: *order == 2,
            section_headers: 0,
            sections: 0,
            section_names: Header {
                name: 0,
                kind: 0,
                offset: 0,
                size: 0,
                link: 0,
            },
        };
        elf.section_headers = elf.index(40, 8)?;
        elf.sections = elf.index(60, 2)?;
        elf.section_names = elf.header(elf.index(62, 2)?)?;
        Some(elf)
    }

    fn symbols(&self) -> Option<Symbols> {
        let table = (0..self.sections)
            .filter_map(|index| self.header(index))
            .find(|header| header.kind == SYMBOL_TABLE)?;
        let names = self.header(table.link)?;
        let mut symbols = Symbols::default();
        for index in 0..table.size / SYMBOL_SIZE {
            let at = table.offset.checked_add(index * SYMBOL_SIZE)?;
            let info = *self.bytes.get(at.checked_add(4)?)?;
            if !matches!(info >> 4, GLOBAL | WEAK) || info & 0xf != OBJECT {
                continue;
            }
            let section = self.header(self.index(at + 6, 2)?);
            let section = section.and_then(|header| self.text(&self.section_names, header.name));
            let name = self.text(&names, self.index(at, 4)?);
            if let (Some(section), Some(name)) = (section, name) {
                let offset = self.number(at + 8, 8)?;
                symbols.0.insert((section, name), offset);
            }
        }
        Some(symbols)
    }

    fn header(&self, index: usize) -> Option<Header> {
        let at = index
            .checked_mul(SECTION_HEADER_SIZE)?
            .checked_add(self.section_headers)?;
        // The last field read; so none of the sums overflows.
        self.number(at.checked_add(40)?, 4)?;
        Some(Header {
            name: self.index(at, 4)?,
            kind: self.number(at + 4, 4)?,
            offset: self.index(at + 24, 8)?,
            size: self.index(at + 32, 8)?,
            link: self.index(at + 40, 4)?,
        })
    }

    fn text(&self, names: &Header, offset: usize) -> Option<String> {
        let start = names.offset.checked_add(offset)?;
        let text = self.bytes.get(start..)?.split(|&byte| byte == 0).next()?;
        String::from_utf8(text.to_vec()).ok()
    }

    fn index(&self, at: usize, len: usize) -> Option<usize> {
        usize::try_from(self.number(at, len)?).ok()
    }

    fn number(&self, at: usize, len: usize) -> Option<u64> {
        let bytes = self.bytes.get(at..at.checked_add(len)?)?;
        let add = |number: u64, &byte: &u8| number << 8 | u64::from(byte);
        Some(if self.big_endian {
            bytes.iter().fold(0, add)
        } else {
            bytes.iter().rev().fold(0, add)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_elf_has_no_symbols() {
        for bytes in [&b""[..], b"\x7fELF", b"\x7fELF\x02\x01", &[0xff; 100]] {
            assert!(Symbols::read(bytes).0.is_empty());
        }
        let mut broken = vec![0xff; 200];
        broken[..6].copy_from_slice(b"\x7fELF\x02\x01");
        assert!(Symbols::read(&broken).0.is_empty());
    }
}
