//! Names in C headers: those of the source, as they are.

use std::collections::HashSet;

/// What C++ keeps for itself, and C does not.
pub(crate) const CPP_KEYWORDS: &[&str] = &[
    "alignas",
    "alignof",
    "and",
    "and_eq",
    "bitand",
    "bitor",
    "bool",
    "catch",
    "char16_t",
    "char32_t",
    "char8_t",
    "class",
    "co_await",
    "co_return",
    "co_yield",
    "compl",
    "concept",
    "const_cast",
    "consteval",
    "constexpr",
    "constinit",
    "decltype",
    "delete",
    "dynamic_cast",
    "explicit",
    "export",
    "false",
    "friend",
    "mutable",
    "namespace",
    "new",
    "noexcept",
    "not",
    "not_eq",
    "nullptr",
    "operator",
    "or",
    "or_eq",
    "private",
    "protected",
    "public",
    "reinterpret_cast",
    "requires",
    "static_assert",
    "static_cast",
    "template",
    "this",
    "thread_local",
    "throw",
    "true",
    "try",
    "typeid",
    "typename",
    "using",
    "virtual",
    "wchar_t",
    "xor",
    "xor_eq",
];

/// Those of [`CPP_KEYWORDS`] that C took over in 2023.
pub(crate) const LATE_C_KEYWORDS: &[&str] = &[
    "alignas",
    "alignof",
    "constexpr",
    "nullptr",
    "static_assert",
    "thread_local",
];

/// Those of [`CPP_KEYWORDS`] that are macros of `stdbool.h`, which libbpf's headers include.
pub(crate) const STDBOOL: &[&str] = &["bool", "false", "true"];

/// What no C compiler takes for a name; an object's file may be called so.
const KEYWORDS: &[&str] = &[
    "asm", "auto", "break", "case", "char", "const", "continue", "default", "do", "double", "else",
    "enum", "extern", "float", "for", "goto", "if", "inline", "int", "long", "register",
    "restrict", "return", "short", "signed", "sizeof", "static", "struct", "switch", "typedef",
    "typeof", "union", "unsigned", "void", "volatile", "while",
];

/// The identifier of a name: anything else than letters, digits and `_` becomes `_`.
pub(crate) fn identifier(name: &str) -> String {
    let mut clean: String = name
        .chars()
        .map(|letter| {
            if letter.is_alphanumeric() {
                letter
            } else {
                '_'
            }
        })
        .collect();
    if !clean.starts_with(|letter: char| letter == '_' || letter.is_alphabetic()) {
        clean.insert(0, '_');
    }
    if KEYWORDS.contains(&clean.as_str()) {
        clean.push('_');
    }
    clean
}

/// Gives out each name once, with a number appended where the object has it more than once.
#[derive(Debug, Default)]
pub(crate) struct UniqueCNames {
    taken: HashSet<String>,
}

impl UniqueCNames {
    pub(crate) fn unique(&mut self, name: &str) -> String {
        let base = identifier(name);
        let mut unique = base.clone();
        let mut number = 2;
        while !self.taken.insert(unique.clone()) {
            unique = format!("{base}_{number}");
            number += 1;
        }
        unique
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_files_become_identifiers() {
        for (name, c_name) in [
            ("cubic", "cubic"),
            ("my-cc", "my_cc"),
            ("7up", "_7up"),
            ("int", "int_"),
            ("class", "class"),
            ("größe", "größe"),
            ("", "_"),
        ] {
            assert_eq!(identifier(name), c_name);
        }
    }

    #[test]
    fn a_name_is_given_out_once() {
        let mut names = UniqueCNames::default();
        assert_eq!(names.unique("local"), "local");
        assert_eq!(names.unique("local"), "local_2");
    }
}
