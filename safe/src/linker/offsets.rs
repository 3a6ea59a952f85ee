//! Where variables are in sections, after linking.
//!
//! libbpf notes a variable's offset in BTF when it first meets it. A later file that overrides a `__weak`
//! variable, or defines an extern one, moves the symbol and not the offset; whoever goes by BTF (libbpf's
//! own skeletons in C) would read and write other bytes than the programs.

use crate::btf::Btf;
use crate::elf::Elf;
use std::path::Path;
use std::{fs, io};

/// Corrects an object that was just linked.
pub(super) fn correct(path: &Path) -> io::Result<()> {
    let mut bytes = fs::read(path)?;
    match correct_bytes(&mut bytes) {
        true => fs::write(path, bytes),
        false => Ok(()),
    }
}

/// The same in memory; whether something was changed.
pub(super) fn correct_bytes(bytes: &mut [u8]) -> bool {
    let changes = changes(bytes).unwrap_or_default();
    let is_wrong = !changes.is_empty();
    for (at, offset) in changes {
        if let Some(word) = bytes.get_mut(at..).and_then(|rest| rest.first_chunk_mut()) {
            *word = offset;
        }
    }
    is_wrong
}

/// The places in the file that say something else than the symbols, and what they should say. None for an object
/// without BTF, or with one that cannot be read: who opens it will be told.
fn changes(bytes: &[u8]) -> Option<Vec<(usize, [u8; 4])>> {
    let elf = Elf::new(bytes)?;
    let content = elf.named_range(".BTF")?;
    let btf = Btf::parse(bytes.get(content.clone())?).ok()?;
    let symbols = elf.variable_offsets();
    let wanted = |section: &str, name: &str| {
        let key = (section.to_owned(), name.to_owned());
        u32::try_from(*symbols.get(&key)?).ok()
    };
    let changes = btf.section_offsets_but(wanted).into_iter();
    Some(
        changes
            .filter_map(|(at, word)| Some((content.start.checked_add(at)?, word)))
            .collect(),
    )
}
