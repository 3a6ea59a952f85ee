//! Numbers in the words of C.

/// What C calls an integer of BTF: as the source does, where C has the word and it is this integer, and
/// otherwise by its size in bytes. `None` for a size that C has no word for.
pub(super) fn int(name: &str, size: u32, signed: bool) -> Option<&'static str> {
    SOURCE_WORDS
        .iter()
        .find(|known| known.spellings.contains(&name) && known.size == size)
        .map(|known| known.word)
        .or_else(|| by_size(size, signed))
}

/// An integer by its size in bytes.
pub(super) fn by_size(size: u32, signed: bool) -> Option<&'static str> {
    Some(match (size, signed) {
        (1, true) => "signed char",
        (1, false) => "unsigned char",
        (2, true) => "short",
        (2, false) => "unsigned short",
        (4, true) => "int",
        (4, false) => "unsigned int",
        (8, true) => "long long",
        (8, false) => "unsigned long long",
        (16, true) => "__int128",
        (16, false) => "unsigned __int128",
        _ => return None,
    })
}

/// A word of C, as compilers spell it in BTF.
struct Word {
    word: &'static str,
    /// In bytes.
    size: u32,
    spellings: &'static [&'static str],
}

/// Those that differ from what [`by_size`] says.
const SOURCE_WORDS: &[Word] = &[
    Word {
        word: "char",
        size: 1,
        spellings: &["char"],
    },
    Word {
        word: "long",
        size: 8,
        spellings: &["long", "long int"],
    },
    Word {
        word: "unsigned long",
        size: 8,
        spellings: &["unsigned long", "long unsigned int"],
    },
];

#[cfg(test)]
mod tests {
    use super::int;

    #[test]
    fn the_source_decides_where_c_has_the_word() {
        assert_eq!(int("long", 8, true), Some("long"));
        assert_eq!(int("long unsigned int", 8, false), Some("unsigned long"));
        assert_eq!(int("long", 4, true), Some("int"), "of a machine of 32 bits");
        assert_eq!(int("u64", 8, false), Some("unsigned long long"), "Rust's");
        assert_eq!(int("char", 1, true), Some("char"));
        assert_eq!(int("odd", 3, true), None);
    }
}
