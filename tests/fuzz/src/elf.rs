//! Where the parts of an ELF file of 64 bits are, in this machine's byte order.

use crate::within;
use std::ops::Range;

const HEADER: usize = 64;

fn number(file: &[u8], at: usize, len: usize) -> Option<usize> {
    let mut bytes = [0; 8];
    bytes[..len].copy_from_slice(file.get(at..at.checked_add(len)?)?);
    usize::try_from(u64::from_le_bytes(bytes)).ok()
}

/// Where the section headers begin, and how many there are.
fn table(file: &[u8]) -> Option<(usize, usize)> {
    file.starts_with(b"\x7fELF\x02\x01").then_some(())?;
    Some((number(file, 40, 8)?, number(file, 60, 2)?))
}

/// Where the section of this header is.
fn section(file: &[u8], header: usize) -> Option<Range<usize>> {
    let start = number(file, header.checked_add(24)?, 8)?;
    within(start, number(file, header + 32, 8)?, file.len())
}

/// The file's header, the section headers, and every section that has bytes.
pub(crate) fn parts(file: &[u8]) -> Vec<Range<usize>> {
    let Some((table, count)) = table(file) else {
        return Vec::new();
    };
    let mut parts: Vec<_> = (0..count)
        .filter_map(|index| section(file, table.checked_add(index * HEADER)?))
        .collect();
    parts.extend(within(table, count * HEADER, file.len()));
    parts.extend(within(0, HEADER, file.len()));
    parts
}

/// The bytes of a section.
pub fn content<'a>(file: &'a [u8], wanted: &str) -> Option<&'a [u8]> {
    let (table, count) = table(file)?;
    let header = |index: usize| table.checked_add(index * HEADER);
    let names = number(file, header(number(file, 62, 2)?)?.checked_add(24)?, 8)?;
    let header = (0..count).filter_map(header).find(|&header| {
        let name = || file.get(names.checked_add(number(file, header, 4)?)?..);
        let name = name().unwrap_or_default();
        name.starts_with(wanted.as_bytes()) && name.get(wanted.len()) == Some(&0)
    })?;
    file.get(section(file, header)?)
}
