//! What can be wrong with a BTF, or with a question about one.

use std::fmt;

use super::kind::{Kind, TypeId};

/// Why bytes are not a BTF that can be read, or why a question about a type has no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BtfError {
    /// The bytes end within the header.
    ShortHeader {
        /// How many bytes there are.
        len: usize,
    },
    /// The bytes do not begin with BTF's magic number, in either byte order.
    BadMagic {
        /// The first two bytes.
        found: [u8; 2],
    },
    /// A version of BTF other than 1.
    UnknownVersion {
        /// The version in the header.
        version: u8,
    },
    /// The header says that it is shorter than a header, or longer than all the bytes.
    BadHeaderLength {
        /// The length in the header, in bytes.
        header_len: u32,
        /// How many bytes there are.
        len: usize,
    },
    /// The type or the string section reaches beyond the bytes.
    SectionOutOfBounds {
        /// Which section: `type` or `string`.
        section: &'static str,
        /// Where the section begins, in bytes after the header.
        offset: u32,
        /// The section's length in bytes.
        len: u32,
        /// How many bytes follow the header.
        available: usize,
    },
    /// The type section does not begin at a multiple of four bytes.
    UnalignedTypes {
        /// Where the section begins, in bytes after the header.
        offset: u32,
    },
    /// The string section does not begin with an empty string.
    NoEmptyString,
    /// The string section does not end with a zero byte.
    UnterminatedStrings,
    /// The string section is not UTF-8.
    NotUtf8 {
        /// Where the first bad byte is, in bytes from the start of the string section.
        offset: usize,
    },
    /// A split BTF and its base together have more types or strings than 32 bits can count.
    TooLarge,
    /// The type section ends within a type.
    TruncatedType {
        /// The type that is cut off.
        id: TypeId,
        /// Where it begins, in bytes from the start of the type section.
        offset: usize,
    },
    /// A type of a kind this module does not know. Nothing after it can be found.
    UnknownKind {
        /// The type.
        id: TypeId,
        /// The number of its kind.
        kind: u32,
        /// Where it begins, in bytes from the start of the type section.
        offset: usize,
    },
    /// A type, or one of its members, has a name that is not in the strings.
    BadName {
        /// The type.
        id: TypeId,
        /// The name's offset into the strings, the base's included.
        offset: u32,
    },
    /// A type refers to a type that does not exist.
    BadReference {
        /// The type that refers.
        id: TypeId,
        /// What it refers to.
        target: TypeId,
        /// How many types there are, `void` and the base's included.
        len: usize,
    },
    /// A declaration tag is on a member or parameter with a negative number.
    BadComponent {
        /// The tag.
        id: TypeId,
        /// The number.
        component: i32,
    },
    /// A member of a struct or union has no size, or lies where it cannot.
    BadMember {
        /// The struct or union.
        id: TypeId,
        /// Which of its members, from 0; the number of members for what is behind the last.
        member: usize,
    },
    /// Written as C, types or a value are out of all proportion to their bytes.
    TooMuchText {
        /// The type that is too much.
        id: TypeId,
    },
    /// In a part of several modules' BTFs, two types need the same id.
    SameId {
        /// The id.
        id: TypeId,
    },
    /// A type that is to be written is none that BTF knows.
    BadType {
        /// Its name; empty where it has none.
        name: String,
        /// What it was to be.
        kind: Kind,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// There are fewer bytes than a value of the type has.
    ShortData {
        /// The type asked about.
        id: TypeId,
        /// How many bytes are needed, at least.
        needed: usize,
        /// How many there are.
        len: usize,
    },
    /// There is no type with this id.
    NoSuchType {
        /// The id asked for.
        id: TypeId,
        /// How many types there are, `void` and the base's included.
        len: usize,
    },
    /// A type is defined through itself, or through more other types than is sensible.
    TooDeep {
        /// The type asked about.
        id: TypeId,
        /// How many steps were taken.
        limit: usize,
    },
    /// The type has no size: `void`, a function, a type that is only declared.
    NoSize {
        /// The type.
        id: TypeId,
        /// What it is.
        kind: Kind,
    },
    /// The size of the type does not fit into 64 bits.
    SizeOverflow {
        /// The type asked about.
        id: TypeId,
    },
}

impl fmt::Display for BtfError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ShortHeader { len } => {
                write!(f, "BTF header needs 24 bytes, and there are {len}")
            }
            Self::BadMagic { found: [a, b] } => {
                write!(
                    f,
                    "not a BTF: it begins with bytes {a:02x} {b:02x}, not 9f eb or eb 9f"
                )
            }
            Self::UnknownVersion { version } => {
                write!(
                    f,
                    "BTF version {version} is unknown (only version 1 is known)"
                )
            }
            Self::BadHeaderLength { header_len, len } => write!(
                f,
                "BTF header claims {header_len} bytes; it needs at least 24, and there are {len}"
            ),
            Self::SectionOutOfBounds {
                section,
                offset,
                len,
                available,
            } => write!(
                f,
                "BTF {section} section ({len} bytes at {offset} after the header) reaches beyond \
                 the {available} bytes there"
            ),
            Self::UnalignedTypes { offset } => write!(
                f,
                "BTF type section begins {offset} bytes after the header, not a multiple of 4"
            ),
            Self::NoEmptyString => {
                write!(f, "BTF string section does not begin with an empty string")
            }
            Self::UnterminatedStrings => {
                write!(f, "BTF string section does not end with a zero byte")
            }
            Self::NotUtf8 { offset } => {
                write!(f, "BTF string section is not UTF-8 at offset {offset}")
            }
            Self::TooLarge => {
                write!(
                    f,
                    "BTF and its base have more types or strings than 32 bits can count"
                )
            }
            Self::TruncatedType { id, offset } => write!(
                f,
                "BTF type {id} at offset {offset} is cut off by the end of the type section"
            ),
            Self::UnknownKind { id, kind, offset } => {
                write!(
                    f,
                    "BTF type {id} at offset {offset} is of unknown kind {kind}"
                )
            }
            Self::BadName { id, offset } => {
                write!(
                    f,
                    "BTF type {id} has a name at string offset {offset}, where none begins"
                )
            }
            Self::BadReference { id, target, len } => {
                write!(
                    f,
                    "BTF type {id} refers to type {target}, and there are only {len} types"
                )
            }
            Self::BadComponent { id, component } => {
                write!(
                    f,
                    "BTF declaration tag {id} is on member or parameter {component}"
                )
            }
            Self::BadMember { id, member } => write!(
                f,
                "BTF type {id} has a member, number {member}, without a size or where none can be"
            ),
            Self::TooMuchText { id } => {
                write!(
                    f,
                    "BTF types up to {id} are too much text to be written as C"
                )
            }
            Self::SameId { id } => {
                write!(f, "two types from different modules both need the id {id}")
            }
            Self::BadType { name, kind, reason } if name.is_empty() => {
                write!(f, "no {kind} can be written so: {reason}")
            }
            Self::BadType { name, kind, reason } => {
                write!(f, "no {kind} `{name}` can be written so: {reason}")
            }
            Self::ShortData { id, needed, len } => write!(
                f,
                "a value of BTF type {id} needs {needed} bytes, and there are {len}"
            ),
            Self::NoSuchType { id, len } => {
                write!(f, "there is no BTF type {id}: there are only {len} types")
            }
            Self::TooDeep { id, limit } => write!(
                f,
                "BTF type {id} leads through more than {limit} types, or back to itself"
            ),
            Self::NoSize { id, kind } => write!(f, "BTF type {id} ({kind}) has no size"),
            Self::SizeOverflow { id } => {
                write!(f, "the size of BTF type {id} does not fit into 64 bits")
            }
        }
    }
}

impl std::error::Error for BtfError {}
