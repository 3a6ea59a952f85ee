//! The other types that are lists: enums, function prototypes, data sections.

use std::fmt;

use super::file::Btf;
use super::kind::TypeId;
use super::record::Record;
use super::words::Rows;

/// An enum.
#[derive(Clone, Copy)]
pub struct Enum<'a> {
    /// The name, without `enum`; empty if anonymous.
    pub name: &'a str,
    /// The size in bytes.
    pub size: u32,
    /// Whether the values are signed.
    pub signed: bool,
    btf: &'a Btf,
    rows: EnumRows<'a>,
}

#[derive(Clone, Copy)]
enum EnumRows<'a> {
    Narrow(Rows<'a, 2>),
    Wide(Rows<'a, 3>),
}

impl Iterator for EnumRows<'_> {
    /// The name, and the low and the high half of the value.
    type Item = [u32; 3];

    fn next(&mut self) -> Option<[u32; 3]> {
        match self {
            EnumRows::Narrow(rows) => rows.next().map(|[name, value]| [name, value, 0]),
            EnumRows::Wide(rows) => rows.next(),
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        match self {
            EnumRows::Narrow(rows) => rows.size_hint(),
            EnumRows::Wide(rows) => rows.size_hint(),
        }
    }
}

impl ExactSizeIterator for EnumRows<'_> {}

/// A named value of an enum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct EnumValue<'a> {
    /// The name.
    pub name: &'a str,
    /// The value, which fits an `i64` or a `u64`.
    pub value: i128,
}

impl<'a> Enum<'a> {
    pub(super) fn new(btf: &'a Btf, record: &Record<'a>) -> Self {
        let wide = record.wide;
        Enum {
            name: btf.name(record.name),
            size: record.size_or_type,
            signed: record.flag,
            btf,
            rows: if wide {
                EnumRows::Wide(record.rows())
            } else {
                EnumRows::Narrow(record.rows())
            },
        }
    }

    /// Whether the values of a 64-bit enum have only their low 32 bits: clang before 15 writes it so. It
    /// does not set [`signed`](Self::signed) either, on no enum.
    pub fn is_truncated(&self) -> bool {
        self.size > 4 && matches!(self.rows, EnumRows::Narrow(_))
    }

    /// The values, in the order of their declaration.
    pub fn values(&self) -> impl ExactSizeIterator<Item = EnumValue<'a>> + Clone + use<'a> {
        let Enum {
            btf, signed, rows, ..
        } = *self;
        let wide = matches!(rows, EnumRows::Wide(_));
        rows.map(move |[name, low, high]| {
            let all = (u64::from(high) << 32) | u64::from(low);
            let value = match (signed, wide) {
                (false, _) => i128::from(all),
                (true, true) => i128::from(all as i64),
                (true, false) => i128::from(low as i32),
            };
            EnumValue {
                name: btf.name(name),
                value,
            }
        })
    }
}

impl fmt::Debug for Enum<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Enum")
            .field("name", &self.name)
            .field("size", &self.size)
            .field("signed", &self.signed)
            .field("values", &self.rows.len())
            .finish_non_exhaustive()
    }
}

/// A function's type: what it takes and what it returns.
#[derive(Clone, Copy)]
pub struct FunctionProto<'a> {
    /// The type of what it returns.
    pub return_type: TypeId,
    btf: &'a Btf,
    rows: Rows<'a, 2>,
}

/// A parameter of a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Param<'a> {
    /// The name; empty in the type of a pointer to a function.
    pub name: &'a str,
    /// The type; `void` stands for the `...` of a function with variable arguments.
    pub ty: TypeId,
}

impl<'a> FunctionProto<'a> {
    pub(super) fn new(btf: &'a Btf, record: &Record<'a>) -> Self {
        FunctionProto {
            return_type: TypeId(record.size_or_type),
            btf,
            rows: record.rows(),
        }
    }

    /// The parameters, in order. A last one of type `void` stands for `...`.
    pub fn params(&self) -> impl ExactSizeIterator<Item = Param<'a>> + Clone + use<'a> {
        let FunctionProto { btf, rows, .. } = *self;
        rows.map(move |[name, ty]| Param {
            name: btf.name(name),
            ty: TypeId(ty),
        })
    }
}

impl fmt::Debug for FunctionProto<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FunctionProto")
            .field("return_type", &self.return_type)
            .field("params", &self.rows.len())
            .finish_non_exhaustive()
    }
}

/// A section of an object file, with the variables in it.
#[derive(Clone, Copy)]
pub struct DataSection<'a> {
    /// The name, such as `.bss`.
    pub name: &'a str,
    /// The size in bytes; zero in an object file that is not yet loaded.
    pub size: u32,
    rows: Rows<'a, 3>,
}

/// A variable's place in a section.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SectionEntry {
    /// The variable (or the function, for those that are extern).
    pub ty: TypeId,
    /// Where it begins, in bytes from the start of the section.
    pub offset: u32,
    /// Its size in bytes.
    pub size: u32,
}

impl SectionEntry {
    /// A variable with its place and size in bytes.
    pub fn new(ty: TypeId, offset: u32, size: u32) -> SectionEntry {
        SectionEntry { ty, offset, size }
    }
}

impl<'a> DataSection<'a> {
    pub(super) fn new(btf: &'a Btf, record: &Record<'a>) -> Self {
        DataSection {
            name: btf.name(record.name),
            size: record.size_or_type,
            rows: record.rows(),
        }
    }

    /// The variables, in the order of the BTF.
    pub fn entries(&self) -> impl ExactSizeIterator<Item = SectionEntry> + Clone + use<'a> {
        self.rows.map(|[ty, offset, size]| SectionEntry {
            ty: TypeId(ty),
            offset,
            size,
        })
    }
}

impl fmt::Debug for DataSection<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DataSection")
            .field("name", &self.name)
            .field("size", &self.size)
            .field("entries", &self.rows.len())
            .finish_non_exhaustive()
    }
}
