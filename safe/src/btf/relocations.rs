//! What clang notes for libbpf to adjust to the kernel: the CO-RE relocations in `.BTF.ext`.

use super::file::Btf;
use super::kind::TypeId;
use super::words::{Endian, Rows};

/// The bytes of the header as far as relocations need it.
const HEADER_LEN: u32 = 32;
/// The bytes of a relocation as it first was; later ones may have more.
const RECORD_LEN: usize = 16;

/// What is asked about a type: `enum bpf_core_relo_kind`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Question {
    /// About a field: where it is, how large it is, whether it exists.
    Field,
    /// Which id the type has in the object itself.
    LocalId,
    /// Which id it has in the kernel.
    TargetId,
    /// Whether the type exists, or how large it is.
    Type,
    /// Whether the kernel's is like the object's.
    Match,
    /// About a value of an enum: whether it exists, and what it is.
    EnumValue,
}

/// One relocation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Relocation<'a> {
    pub(super) question: Question,
    /// The type in the object's BTF.
    pub(super) ty: TypeId,
    /// The way to a field or a value: numbers with colons in between.
    pub(super) access: &'a str,
}

/// The relocations in the content of `.BTF.ext`, whose names are those of `btf`.
///
/// What is wrong is told in words.
pub(super) fn relocations<'a>(ext: &[u8], btf: &'a Btf) -> Result<Vec<Relocation<'a>>, String> {
    let endian = match ext {
        [0x9f, 0xeb, 1, ..] => Endian::Little,
        [0xeb, 0x9f, 1, ..] => Endian::Big,
        _ => return Err("section .BTF.ext is not of a kind that is known".into()),
    };
    let short = || "section .BTF.ext ends too early".to_owned();
    let header = ext.get(4..).and_then(|rest| endian.words(rest));
    let [header_len] = header.ok_or_else(short)?;
    if header_len < HEADER_LEN {
        // Written before there were relocations.
        return Ok(Vec::new());
    }
    let place = ext.get(24..).and_then(|rest| endian.words(rest));
    let [offset, len] = place.ok_or_else(short)?;
    if len == 0 {
        return Ok(Vec::new());
    }
    let content = || {
        let start = to_usize(header_len).checked_add(to_usize(offset))?;
        ext.get(start..start.checked_add(to_usize(len))?)
    };
    let (record_len, mut rest) = content()
        .and_then(|content| split_word(endian, content))
        .ok_or_else(short)?;
    let record_len = to_usize(record_len);
    if record_len < RECORD_LEN || record_len % 4 != 0 {
        return Err(format!(
            "section .BTF.ext has relocations of {record_len} bytes, which is not known"
        ));
    }
    let mut found = Vec::new();
    while !rest.is_empty() {
        // The section's name, which does not matter here, and how many relocations it has.
        let (_name, after) = split_word(endian, rest).ok_or_else(short)?;
        let (count, after) = split_word(endian, after).ok_or_else(short)?;
        let size = to_usize(count).checked_mul(record_len).ok_or_else(short)?;
        let (records, after) = after.split_at_checked(size).ok_or_else(short)?;
        for record in records.chunks_exact(record_len) {
            let words = Rows::<4>::new(record, endian).next().ok_or_else(short)?;
            found.push(relocation(btf, words)?);
        }
        rest = after;
    }
    Ok(found)
}

fn relocation(
    btf: &Btf,
    [_instruction, ty, access, kind]: [u32; 4],
) -> Result<Relocation<'_>, String> {
    let question = match kind {
        0..=5 => Question::Field,
        6 => Question::LocalId,
        7 => Question::TargetId,
        8 | 9 => Question::Type,
        10 | 11 => Question::EnumValue,
        12 => Question::Match,
        _ => return Err(format!("a CO-RE relocation of unknown kind {kind}")),
    };
    if btf.record(TypeId(ty)).is_err() {
        return Err(format!(
            "a CO-RE relocation of type {ty}, which the BTF does not have"
        ));
    }
    Ok(Relocation {
        question,
        ty: TypeId(ty),
        access: btf.name(access),
    })
}

fn split_word(endian: Endian, bytes: &[u8]) -> Option<(u32, &[u8])> {
    let (word, rest) = bytes.split_first_chunk()?;
    Some((endian.word(*word), rest))
}

/// A count that is too large for the machine is too large for the bytes, too.
fn to_usize(word: u32) -> usize {
    usize::try_from(word).unwrap_or(usize::MAX)
}
