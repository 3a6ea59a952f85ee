//! Sections, symbols and relocations of an ELF file of 64 bits.

use std::collections::HashMap;
use std::ops::Range;

const SECTION_HEADER_SIZE: usize = 64;
const SYMBOL_SIZE: usize = 24;
const RELOCATION_SIZE: usize = 16;
const SYMBOL_TABLE: u32 = 2;
const NO_CONTENT: u32 = 8;
const RELOCATIONS: u32 = 9;
const EXECUTABLE: u64 = 4;

/// A file, as far as it could be read.
#[derive(Debug)]
pub(crate) struct Elf<'a> {
    bytes: Bytes<'a>,
    pub(super) sections: Vec<Section<'a>>,
    pub(super) symbols: Vec<Symbol<'a>>,
}

#[derive(Debug, Clone, Copy)]
struct Bytes<'a> {
    bytes: &'a [u8],
    big_endian: bool,
}

/// A section.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Section<'a> {
    pub(super) name: &'a str,
    kind: u32,
    flags: u64,
    offset: usize,
    size: usize,
    link: usize,
    info: usize,
}

/// A symbol.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Symbol<'a> {
    pub(crate) name: &'a str,
    info: u8,
    /// The index of its section; 0 for one that is not defined here.
    pub(super) section: usize,
    /// Where it is in its section, in bytes.
    pub(crate) value: u64,
    pub(super) size: u64,
}

/// A place that refers to a symbol.
#[derive(Debug, Clone, Copy)]
pub(super) struct Relocation {
    /// In the section that it changes, in bytes.
    pub(super) offset: u64,
    pub(super) symbol: usize,
}

impl Section<'_> {
    pub(super) fn is_executable(&self) -> bool {
        self.flags & EXECUTABLE != 0
    }
}

impl Symbol<'_> {
    /// Whether it is a variable.
    pub(super) fn is_object(&self) -> bool {
        self.info & 0xf == 1
    }

    pub(super) fn is_function(&self) -> bool {
        self.info & 0xf == 2
    }

    /// Whether other files can see it; also where they may override it.
    fn is_global(&self) -> bool {
        matches!(self.info >> 4, 1 | 2)
    }

    /// Whether this place in its section belongs to it.
    pub(super) fn contains(&self, offset: u64) -> bool {
        offset
            .checked_sub(self.value)
            .is_some_and(|inside| inside < self.size)
    }
}

impl<'a> Elf<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Option<Elf<'a>> {
        let [0x7f, b'E', b'L', b'F', 2, order @ (1 | 2), ..] = bytes else {
            return None;
        };
        let bytes = Bytes {
            bytes,
            big_endian: *order == 2,
        };
        let headers = bytes.index(40, 8)?;
        let header = |index: usize| {
            let start = index.checked_mul(SECTION_HEADER_SIZE)?;
            bytes.section(headers.checked_add(start)?)
        };
        let names = header(bytes.index(62, 2)?)?;
        let mut sections = Vec::new();
        for index in 0..bytes.index(60, 2)? {
            let mut section = header(index)?;
            section.name = bytes.text(
                &names,
                bytes.index(headers + index * SECTION_HEADER_SIZE, 4)?,
            );
            sections.push(section);
        }
        let mut elf = Elf {
            bytes,
            sections,
            symbols: Vec::new(),
        };
        elf.symbols = elf.read_symbols().unwrap_or_default();
        Some(elf)
    }

    fn read_symbols(&self) -> Option<Vec<Symbol<'a>>> {
        let table = self.sections.iter().find(|it| it.kind == SYMBOL_TABLE)?;
        let names = self.sections.get(table.link)?;
        (0..table.size / SYMBOL_SIZE)
            .map(|index| {
                let at = table.offset.checked_add(index * SYMBOL_SIZE)?;
                // The last field; so none of the sums below overflows.
                let size = self.bytes.number(at.checked_add(16)?, 8)?;
                Some(Symbol {
                    name: self.bytes.text(names, self.bytes.index(at, 4)?),
                    info: *self.bytes.bytes.get(at + 4)?,
                    section: self.bytes.index(at + 6, 2)?,
                    value: self.bytes.number(at + 8, 8)?,
                    size,
                })
            })
            .collect()
    }

    /// The bytes of a section; none for one that only has room.
    pub(super) fn content(&self, section: &Section<'_>) -> &'a [u8] {
        if section.kind == NO_CONTENT {
            return &[];
        }
        let end = section.offset.saturating_add(section.size);
        self.bytes
            .bytes
            .get(section.offset..end)
            .unwrap_or_default()
    }

    /// The names of all sections and their sizes in bytes.
    pub(crate) fn section_sizes(&self) -> impl Iterator<Item = (&'a str, u64)> + '_ {
        self.sections
            .iter()
            .map(|section| (section.name, section.size as u64))
    }

    /// The bytes of the section of this name.
    pub(crate) fn named_content(&self, name: &str) -> Option<&'a [u8]> {
        let section = self.sections.iter().find(|section| section.name == name)?;
        Some(self.content(section))
    }

    /// Where the section of this name is in the file.
    pub(crate) fn named_range(&self, name: &str) -> Option<Range<usize>> {
        let section = self.sections.iter().find(|section| section.name == name)?;
        Some(section.offset..section.offset.checked_add(section.size)?)
    }

    /// Whether there is a function or variable of this name here that other files can see.
    pub(crate) fn defines(&self, name: &str) -> bool {
        let mut symbols = self.symbols.iter();
        symbols.any(|symbol| symbol.name == name && symbol.is_global() && symbol.section != 0)
    }

    /// Where variables of this name are in sections of this name, in bytes.
    pub(crate) fn places_of<'b>(
        &'b self,
        section: &'b str,
        name: &'b str,
    ) -> impl Iterator<Item = u64> + 'b {
        let stands_in = move |symbol: &&Symbol<'_>| {
            let found = self.sections.get(symbol.section);
            found.is_some_and(|found| found.name == section)
        };
        self.symbols
            .iter()
            .filter(move |symbol| symbol.is_object() && symbol.name == name)
            .filter(stands_in)
            .map(|symbol| symbol.value)
    }

    /// What refers to symbols from within a section.
    pub(super) fn relocations(&self, section: usize) -> impl Iterator<Item = Relocation> + '_ {
        self.sections
            .iter()
            .filter(move |table| table.kind == RELOCATIONS && table.info == section)
            .flat_map(|table| {
                (0..table.size / RELOCATION_SIZE).map_while(|index| {
                    let at = table.offset.checked_add(index * RELOCATION_SIZE)?;
                    Some(Relocation {
                        offset: self.bytes.number(at, 8)?,
                        symbol: self.bytes.index(at.checked_add(12)?, 4)?,
                    })
                })
            })
    }

    /// A number of 4 bytes in this file's order.
    pub(super) fn word(&self, bytes: &[u8]) -> Option<i32> {
        let bytes = <[u8; 4]>::try_from(bytes).ok()?;
        Some(if self.bytes.big_endian {
            i32::from_be_bytes(bytes)
        } else {
            i32::from_le_bytes(bytes)
        })
    }

    /// The register numbers of an instruction: destination and source, as in this machine's order.
    pub(super) fn source_register(&self, registers: u8) -> u8 {
        if self.bytes.big_endian {
            registers & 0xf
        } else {
            registers >> 4
        }
    }

    /// Where global variables are, by section and name.
    pub(crate) fn variable_offsets(&self) -> HashMap<(String, String), u64> {
        let is_variable = |symbol: &&Symbol<'_>| symbol.is_global() && symbol.is_object();
        self.symbols
            .iter()
            .filter(is_variable)
            .filter_map(|symbol| {
                let section = self.sections.get(symbol.section)?;
                let key = (section.name.to_owned(), symbol.name.to_owned());
                Some((key, symbol.value))
            })
            .collect()
    }
}

impl<'a> Bytes<'a> {
    fn section(&self, at: usize) -> Option<Section<'a>> {
        // The last field read; so none of the sums below overflows.
        let info = self.index(at.checked_add(44)?, 4)?;
        Some(Section {
            name: "",
            kind: u32::try_from(self.number(at + 4, 4)?).ok()?,
            flags: self.number(at + 8, 8)?,
            offset: self.index(at + 24, 8)?,
            size: self.index(at + 32, 8)?,
            link: self.index(at + 40, 4)?,
            info,
        })
    }

    /// A string of a table; empty where there is none.
    fn text(&self, names: &Section<'_>, offset: usize) -> &'a str {
        let bytes = self.bytes;
        let start = names.offset.saturating_add(offset);
        let rest = bytes.get(start..).unwrap_or_default();
        let text = rest.split(|&byte| byte == 0).next().unwrap_or_default();
        std::str::from_utf8(text).unwrap_or_default()
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
    use super::Elf;

    #[test]
    fn what_is_no_elf_yields_nothing() {
        for bytes in [&b""[..], b"\x7fELF", b"\x7fELF\x02\x01", &[0xff; 100]] {
            assert!(Elf::new(bytes).is_none());
        }
        let mut broken = vec![0xff; 200];
        broken[..6].copy_from_slice(b"\x7fELF\x02\x01");
        assert!(Elf::new(&broken).is_none());
    }

    #[test]
    fn a_file_without_sections_has_no_symbols() {
        let mut empty = vec![0; 128];
        empty[..6].copy_from_slice(b"\x7fELF\x02\x01");
        let elf = Elf::new(&empty).unwrap();
        assert!(elf.symbols.is_empty());
        assert!(elf.variable_offsets().is_empty());
    }
}
