//! From C names to Rust identifiers: any legal C name, and some that are none.

use std::collections::HashSet;
use std::fmt::{self, Display, Formatter};

/// Names that generated code uses itself, beside the types it generates.
const RESERVED_TYPES: &[&str] = &[
    "Option", "Self", "bool", "bpf", "char", "f32", "f64", "i128", "i16", "i32", "i64", "i8",
    "isize", "str", "u128", "u16", "u32", "u64", "u8", "usize",
];

/// Names within the macros of libbpf-safe: a type of such a name would take their place there.
const MACRO_NAMES: &[&str] = &[
    "T",
    "_all_fields",
    "_bits",
    "_only_field",
    "_width",
    "f",
    "fields",
    "is_pod",
    "size",
    "value",
];

/// Functions of traits that every generated struct has: its own would take their place.
const FUNCTIONS: &[&str] = &["clone", "default", "eq", "fmt", "ne", "zeroed"];

/// The fields that a skeleton and its parts have beside its sections.
const PARTS: &[&str] = &[
    "defaults",
    "links",
    "maps",
    "object",
    "programs",
    "struct_ops",
];

/// The names in the module of inits that are no init's.
const INITS: &[&str] = &["Program"];

/// Keywords that cannot be raw identifiers.
const NEVER_RAW: &[&str] = &["_", "crate", "self", "super", "Self"];

/// Keywords of all editions, also those that Rust keeps for later; sorted.
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn",
    "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let",
    "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return",
    "static", "struct", "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use",
    "virtual", "where", "while", "yield",
];

/// Gives out each name once, with a number appended where C has it more than once.
#[derive(Debug)]
pub(crate) struct UniqueNames {
    taken: HashSet<String>,
}

impl UniqueNames {
    /// For types in one module.
    pub(crate) fn types() -> Self {
        UniqueNames {
            taken: [RESERVED_TYPES, MACRO_NAMES]
                .concat()
                .into_iter()
                .map(str::to_owned)
                .collect(),
        }
    }

    /// For the types in the module of inits.
    pub(crate) fn inits() -> Self {
        let mut names = Self::types();
        names
            .taken
            .extend(INITS.iter().map(|&name| name.to_owned()));
        names
    }

    /// For the fields of one struct.
    pub(crate) fn fields() -> Self {
        UniqueNames {
            taken: HashSet::new(),
        }
    }

    /// For the functions of one struct, beside those that users call on it as on any value.
    pub(crate) fn accessors() -> Self {
        UniqueNames {
            taken: FUNCTIONS.iter().map(|&name| name.to_owned()).collect(),
        }
    }

    /// For programs, whose links stand beside those of the struct_ops maps.
    pub(crate) fn programs() -> Self {
        UniqueNames {
            taken: HashSet::from(["struct_ops".to_owned()]),
        }
    }

    /// For the sections, which stand beside what else [`PARTS`] has.
    pub(crate) fn parts() -> Self {
        UniqueNames {
            taken: PARTS.iter().map(|&name| name.to_owned()).collect(),
        }
    }

    /// A Rust name like this C name that was not given out before. Keywords are left as they are:
    /// [`identifier`] makes them raw.
    pub(crate) fn unique(&mut self, c_name: &str) -> String {
        let base = sanitize(c_name);
        let mut name = base.clone();
        let mut number = 2;
        while !self.taken.insert(name.clone()) {
            name = format!("{base}_{number}");
            number += 1;
        }
        name
    }
}

/// Letters that Rust has in identifiers; anything else becomes `_`. Never empty.
pub(crate) fn sanitize(name: &str) -> String {
    let mut clean: String = name
        .chars()
        .map(|letter| {
            if unicode_ident::is_xid_continue(letter) {
                letter
            } else {
                '_'
            }
        })
        .collect();
    let starts_well = clean
        .chars()
        .next()
        .is_some_and(|letter| letter == '_' || unicode_ident::is_xid_start(letter));
    if !starts_well {
        clean.insert(0, '_');
    }
    if NEVER_RAW.contains(&clean.as_str()) {
        clean.push('_');
    }
    clean
}

/// The identifier of a name that [`sanitize`] or [`UniqueNames`] gave; a keyword becomes raw.
pub(crate) fn identifier(name: &str) -> Identifier<'_> {
    Identifier(name)
}

/// A name as it is written in Rust.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Identifier<'a>(&'a str);

impl Display for Identifier<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if KEYWORDS.binary_search(&self.0).is_ok() {
            f.write_str("r#")?;
        }
        f.write_str(self.0)
    }
}

/// The name of the init of a struct: `tcp_congestion_ops` gives `TcpCongestionOpsInit`.
pub(crate) fn init_name(name: &str) -> String {
    let words = name.split('_').filter(|word| !word.is_empty());
    let camel: String = words
        .flat_map(|word| {
            let (first, rest) = word.split_at(word.chars().next().map_or(0, char::len_utf8));
            first
                .to_uppercase()
                .chars()
                .chain(rest.chars())
                .collect::<Vec<_>>()
        })
        .collect();
    format!("{camel}Init")
}

/// An identifier with something before it, which no keyword has.
pub(crate) fn prefixed(prefix: &str, name: &str) -> String {
    format!("{prefix}_{name}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_c_name_has_an_identifier() {
        for (c_name, rust) in [
            ("cubic", "cubic"),
            ("type", "r#type"),
            ("self", "self_"),
            ("Self", "Self_"),
            ("crate", "crate_"),
            ("yield", "r#yield"),
            ("gen", "r#gen"),
            ("async", "r#async"),
            ("7up", "_7up"),
            ("my-cc", "my_cc"),
            ("a.b", "a_b"),
            ("", "_"),
            ("größe", "größe"),
        ] {
            let name = UniqueNames::fields().unique(c_name);
            if c_name.is_empty() {
                assert_eq!(name, "__", "an underscore alone is no identifier");
            } else {
                assert_eq!(identifier(&name).to_string(), rust, "{c_name}");
            }
        }
    }

    #[test]
    fn inits_are_named_as_rust_types_are() {
        for (name, init) in [
            ("tcp_congestion_ops", "TcpCongestionOpsInit"),
            ("ops___v2", "OpsV2Init"),
            ("Qdisc_ops", "QdiscOpsInit"),
            ("_größe", "GrößeInit"),
            ("_", "Init"),
        ] {
            assert_eq!(init_name(name), init);
        }
    }

    #[test]
    fn keywords_are_found() {
        assert!(KEYWORDS.is_sorted());
        for name in NEVER_RAW {
            assert!(!KEYWORDS.contains(name), "{name}");
        }
    }

    #[test]
    fn a_name_is_given_out_once() {
        let mut names = UniqueNames::types();
        assert_eq!(names.unique("pair"), "pair");
        assert_eq!(names.unique("pair"), "pair_2");
        assert_eq!(names.unique("u32"), "u32_2");
    }
}
