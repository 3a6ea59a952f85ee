//! The page itself, and the reasons that are written by hand.

use crate::forms::Forms;
use crate::headers::{Function, HEADERS};
use std::fmt::Write as _;

/// Why functions have no form, in the order of the file.
pub(crate) struct Reasons {
    lines: Vec<String>,
}

impl Reasons {
    pub(crate) fn read(text: &str) -> Reasons {
        Reasons {
            lines: text.lines().map(str::to_owned).collect(),
        }
    }

    pub(crate) fn to_text(&self) -> String {
        self.lines.join("\n") + "\n"
    }

    /// Lines `NAME: reason` and `PREFIX*: reason`; others are comments.
    fn entries(&self) -> impl Iterator<Item = (&str, &str)> {
        let lines = self.lines.iter().filter(|line| !line.starts_with('#'));
        lines.filter_map(|line| line.split_once(": "))
    }

    /// One with the whole name goes before one with a prefix.
    pub(crate) fn of(&self, name: &str) -> Option<&str> {
        let whole = self.entries().find(|(key, _)| *key == name);
        let prefix = || {
            self.entries().find(|(key, _)| {
                key.strip_suffix('*')
                    .is_some_and(|prefix| name.starts_with(prefix))
            })
        };
        whole.or_else(prefix).map(|(_, reason)| reason)
    }

    /// Drops those of functions that have a form by now.
    pub(crate) fn forget(&mut self, has_form: impl Fn(&str) -> bool) {
        self.lines.retain(|line| {
            let name = line.split_once(": ").map(|(name, _)| name);
            !name.is_some_and(&has_form)
        });
    }

    /// Keys that stand for no function.
    pub(crate) fn unused<'a>(&'a self, functions: &'a [Function]) -> impl Iterator<Item = &'a str> {
        let used = |key: &str| {
            functions
                .iter()
                .any(|function| match key.strip_suffix('*') {
                    Some(prefix) => function.name.starts_with(prefix),
                    None => function.name == key,
                })
        };
        self.entries()
            .map(|(key, _)| key)
            .filter(move |key| !used(key))
    }
}

/// Markdown, as rustdoc takes it.
pub(crate) fn text(functions: &[Function], forms: &Forms, reasons: &Reasons) -> String {
    let with_form = functions.iter().filter(|it| forms.of(&it.name).is_some());
    let with_form = with_form.count();
    let mut text = format!(
        "Every function of libbpf's headers (version 1.7), with what it is here, or why it is nothing.\n\n\
         Made by a test from the aliases in the source: {with_form} of {} functions have a form of their own. The names in C are \
         also found by the search of this documentation. For structs of options, each option is a method of the Rust type; \
         functions that set or read a pointer to memory have forms that own or borrow it.\n",
        functions.len()
    );
    for header in HEADERS {
        let mut of_header = functions
            .iter()
            .filter(|it| it.header == *header)
            .peekable();
        if of_header.peek().is_none() {
            continue;
        }
        write!(text, "\n# {header}\n\n| C | Rust |\n|---|---|\n").unwrap();
        for function in of_header {
            let deprecated = if function.deprecated {
                " (deprecated)"
            } else {
                ""
            };
            let cell = match forms.of(&function.name) {
                Some(links) => links.join(", "),
                None => reasons.of(&function.name).unwrap_or_default().to_owned(),
            };
            writeln!(text, "| `{}`{deprecated} | {cell} |", function.name).unwrap();
        }
    }
    text
}

#[test]
fn a_whole_name_goes_before_a_prefix() {
    let reasons = Reasons::read("# comment: x\na_b: one\na_*: two\n");
    assert_eq!(reasons.of("a_b"), Some("one"));
    assert_eq!(reasons.of("a_c"), Some("two"));
    assert_eq!(reasons.of("b"), None);
}
