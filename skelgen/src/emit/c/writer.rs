//! Lines of C, and how names are spelled in them.

use crate::c_names::{CPP_KEYWORDS, LATE_C_KEYWORDS, STDBOOL};
use std::collections::BTreeSet;
use std::fmt::Write;

/// The text, line by line.
pub(super) struct Writer {
    /// The object's name, as an identifier.
    pub(super) name: String,
    text: String,
    /// Names that C++ keeps for itself.
    keywords: BTreeSet<&'static str>,
}

impl Writer {
    pub(super) fn new(name: &str) -> Writer {
        Writer {
            name: name.to_owned(),
            text: String::new(),
            keywords: BTreeSet::new(),
        }
    }

    /// Lines, at a depth.
    pub(super) fn lines(&mut self, depth: usize, lines: &str) {
        for line in lines.lines() {
            let depth = if line.is_empty() { 0 } else { depth };
            self.text.push_str(&"\t".repeat(depth));
            self.text.push_str(line);
            self.text.push('\n');
        }
    }

    /// Lines where `$` stands for the object's name, and `@` for the struct of that name.
    pub(super) fn template(&mut self, lines: &str) {
        let name = self.name.clone();
        let tag = self.spell(&name);
        self.lines(0, &lines.replace('$', &name).replace('@', &tag));
    }

    /// A name as C and C++ can have it: C++'s keywords by a macro, which is the name itself in C.
    pub(super) fn spell(&mut self, name: &str) -> String {
        match CPP_KEYWORDS.iter().find(|keyword| **keyword == name) {
            Some(keyword) => {
                self.keywords.insert(keyword);
                format!("{}__keyword_{name}", self.name)
            }
            None => name.to_owned(),
        }
    }

    /// What has to stand before the text, and the text.
    pub(super) fn finish(self) -> (String, String) {
        let mut macros = String::new();
        if !self.keywords.is_empty() {
            macros += "\n/* Names that C++ has as keywords: with an underscore there, and in C as they are. */\n";
        }
        for keyword in self.keywords {
            let name = format!("{}__keyword_{keyword}", self.name);
            let in_cpp = format!("#define {name} {keyword}_\n");
            if STDBOOL.contains(&keyword) {
                macros += &in_cpp;
                continue;
            }
            let condition = if LATE_C_KEYWORDS.contains(&keyword) {
                "defined(__cplusplus) || __STDC_VERSION__ >= 202311L"
            } else {
                "defined(__cplusplus)"
            };
            macros +=
                &format!("#if {condition}\n{in_cpp}#else\n#define {name} {keyword}\n#endif\n");
        }
        (macros, self.text)
    }
}

/// As a string of C, without quotes.
pub(super) fn escape(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for (index, byte) in bytes.iter().enumerate() {
        match byte {
            b'"' | b'\\' | b'?' => {
                // `??` begins a trigraph.
                text.push('\\');
                text.push(char::from(*byte));
            }
            b' '..=b'~' => text.push(char::from(*byte)),
            _ => {
                // As short as what follows lets it be.
                let _ = match bytes.get(index + 1) {
                    Some(b'0'..=b'7') => write!(text, "\\{byte:03o}"),
                    _ => write!(text, "\\{byte:o}"),
                };
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::escape;

    #[test]
    fn bytes_are_what_c_reads_again() {
        assert_eq!(escape(b"a\"b\\c"), "a\\\"b\\\\c");
        assert_eq!(
            escape(b"\x7fELF\0\x01\x007\xff8"),
            "\\177ELF\\0\\1\\0007\\3778"
        );
        assert_eq!(escape(b"??="), "\\?\\?=");
    }
}
