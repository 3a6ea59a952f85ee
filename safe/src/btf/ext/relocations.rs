//! What clang notes for libbpf to adjust to the kernel.

use super::super::file::Btf;
use super::super::kind::TypeId;
use super::sections::{Sections, records};

/// What an instruction is to be adjusted to: `enum bpf_core_relo_kind`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RelocationKind {
    /// Where a field is, in bytes.
    FieldByteOffset,
    /// The size of a field in bytes.
    FieldByteSize,
    /// Whether a field exists.
    FieldExists,
    /// Whether a field is signed.
    FieldSigned,
    /// How far a bitfield is to be shifted to the left.
    FieldLeftShift,
    /// How far it then is to be shifted to the right.
    FieldRightShift,
    /// The type's id in the object itself.
    TypeIdLocal,
    /// The type's id in the kernel.
    TypeIdTarget,
    /// Whether the type exists.
    TypeExists,
    /// The type's size in bytes.
    TypeSize,
    /// Whether a value of an enum exists.
    EnumValueExists,
    /// The value of an enum's name.
    EnumValue,
    /// Whether the kernel's type is like the object's.
    TypeMatches,
}

/// What is asked about a type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Question {
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

/// An instruction that CO-RE adjusts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Relocation<'a> {
    /// The section of the object file that the instruction is in.
    pub section: &'a str,
    /// Where it is in that, in bytes.
    pub offset: u32,
    /// The type in the object's BTF.
    pub ty: TypeId,
    /// The way to a field or a value: numbers with colons in between.
    pub access: &'a str,
    /// What is asked.
    pub kind: RelocationKind,
}

/// The relocations in the content of `.BTF.ext`, and nothing else of it, whose names are those of `btf`.
///
/// What is wrong is told in words.
pub(in super::super) fn relocations<'a>(
    ext: &[u8],
    btf: &'a Btf,
) -> Result<Vec<Relocation<'a>>, String> {
    let sections = Sections::read(ext)?;
    let records = records(sections.endian, sections.relocations)?.into_iter();
    records
        .map(|(section, words)| Relocation::checked(btf, btf.name(section), words))
        .collect()
}

impl<'a> Relocation<'a> {
    /// What is wrong is told in words.
    pub(super) fn checked(
        btf: &'a Btf,
        section: &'a str,
        words: [u32; 4],
    ) -> Result<Relocation<'a>, String> {
        let [_, ty, _, kind] = words;
        if btf.record(TypeId(ty)).is_err() {
            return Err(format!(
                "a CO-RE relocation of type {ty}, which the BTF does not have"
            ));
        }
        Relocation::new(btf, section, words)
            .ok_or_else(|| format!("a CO-RE relocation of unknown kind {kind}"))
    }

    /// `None` for a kind that is not known.
    pub(super) fn new(
        btf: &'a Btf,
        section: &'a str,
        [offset, ty, access, kind]: [u32; 4],
    ) -> Option<Relocation<'a>> {
        use RelocationKind as Is;
        let kind = match kind {
            0 => Is::FieldByteOffset,
            1 => Is::FieldByteSize,
            2 => Is::FieldExists,
            3 => Is::FieldSigned,
            4 => Is::FieldLeftShift,
            5 => Is::FieldRightShift,
            6 => Is::TypeIdLocal,
            7 => Is::TypeIdTarget,
            8 => Is::TypeExists,
            9 => Is::TypeSize,
            10 => Is::EnumValueExists,
            11 => Is::EnumValue,
            12 => Is::TypeMatches,
            _ => return None,
        };
        Some(Relocation {
            section,
            offset,
            ty: TypeId(ty),
            access: btf.name(access),
            kind,
        })
    }

    pub(in super::super) fn question(&self) -> Question {
        use RelocationKind as Is;
        match self.kind {
            Is::FieldByteOffset
            | Is::FieldByteSize
            | Is::FieldExists
            | Is::FieldSigned
            | Is::FieldLeftShift
            | Is::FieldRightShift => Question::Field,
            Is::TypeIdLocal => Question::LocalId,
            Is::TypeIdTarget => Question::TargetId,
            Is::TypeExists | Is::TypeSize => Question::Type,
            Is::EnumValueExists | Is::EnumValue => Question::EnumValue,
            Is::TypeMatches => Question::Match,
        }
    }
}
