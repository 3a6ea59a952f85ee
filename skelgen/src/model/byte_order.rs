//! Machines of which byte order an object is for.

/// The byte order of an object, and of the values in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ByteOrder {
    Little,
    Big,
}

impl ByteOrder {
    /// That of an ELF file, which libelf has looked at.
    pub(crate) fn of(object: &[u8]) -> ByteOrder {
        /// `EI_DATA` and `ELFDATA2MSB`
        const DATA: usize = 5;
        const MOST_SIGNIFICANT_FIRST: u8 = 2;
        match object.get(DATA) {
            Some(&MOST_SIGNIFICANT_FIRST) => ByteOrder::Big,
            _ => ByteOrder::Little,
        }
    }

    /// As `target_endian` has it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            ByteOrder::Little => "little",
            ByteOrder::Big => "big",
        }
    }

    /// As gcc and clang define it.
    pub(crate) fn c_macro(self) -> &'static str {
        match self {
            ByteOrder::Little => "__ORDER_LITTLE_ENDIAN__",
            ByteOrder::Big => "__ORDER_BIG_ENDIAN__",
        }
    }
}
