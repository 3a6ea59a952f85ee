//! Lines of Rust, laid out as rustfmt lays them out.
//!
//! What is written is well formed because each call leaves it so: blocks are closed by who opened them, names go
//! through [`identifier`](crate::names::identifier), strings through [`string`] and [`c_string`], and other text from
//! an object through [`Writer::doc`].

use std::ffi::CString;
use std::fmt::{Display, Write};

/// The longest line, in characters.
pub(super) const WIDTH: usize = 100;

/// The longest arguments of a call that stay on its line, and elements of an array.
pub(super) const ARGUMENTS: usize = 60;

/// The longest fields of a struct's value that stay on its line.
pub(super) const FIELDS: usize = 18;

/// The text, and how deep it is in blocks.
#[derive(Debug, Default)]
pub(super) struct Writer {
    text: String,
    depth: usize,
}

impl Writer {
    pub(super) fn finish(self) -> String {
        self.text
    }

    /// A line.
    pub(super) fn line(&mut self, line: impl Display) {
        self.start();
        self.put(line);
        self.text.push('\n');
    }

    /// Lines that are the same in every skeleton.
    pub(super) fn lines(&mut self, lines: &str) {
        for line in lines.lines() {
            if line.is_empty() {
                self.text.push('\n');
            } else {
                self.line(line);
            }
        }
    }

    /// A line of documentation. Names in an object file can hold anything: what would end the comment, or turn the
    /// text around in an editor, is left out.
    pub(super) fn doc(&mut self, text: impl Display) {
        self.start();
        self.text.push_str("/// ");
        let from = self.text.len();
        self.put(text);
        if self
            .text
            .get(from..)
            .is_some_and(|text| text.contains(is_unfit))
        {
            let clean = self.text.split_off(from).replace(is_unfit, "\u{fffd}");
            self.text.push_str(&clean);
        }
        self.text.push('\n');
    }

    /// An empty line, where something stands before it in its block.
    pub(super) fn gap(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with("{\n") {
            self.text.push('\n');
        }
    }

    /// What `inside` writes, in braces after the head.
    pub(super) fn block(&mut self, head: impl Display, inside: impl FnOnce(&mut Writer)) {
        self.within(format_args!("{head} {{"), "}", inside);
    }

    /// What `inside` writes, between two lines.
    pub(super) fn within(
        &mut self,
        first: impl Display,
        last: impl Display,
        inside: impl FnOnce(&mut Writer),
    ) {
        self.line(first);
        self.indented(inside);
        self.line(last);
    }

    /// What `inside` writes, one deeper.
    pub(super) fn indented(&mut self, inside: impl FnOnce(&mut Writer)) {
        self.depth += 1;
        inside(self);
        self.depth -= 1;
    }

    /// A public field of a struct: its type is on the next line where it is long.
    pub(super) fn field(&mut self, name: impl Display, ty: impl Display) {
        self.private_field(format_args!("pub {name}"), ty);
    }

    /// A field of a struct.
    pub(super) fn private_field(&mut self, name: impl Display, ty: impl Display) {
        let from = self.start();
        let _ = write!(self.text, "{name}:");
        let colon = self.text.len();
        let _ = write!(self.text, " {ty},");
        if self.width(from) > WIDTH {
            let indent = " ".repeat(4 * (self.depth + 1));
            self.text
                .replace_range(colon..=colon, &format!("\n{indent}"));
        }
        self.text.push('\n');
    }

    /// Items between brackets: on one line where they take up to so many characters, else each on its own.
    pub(super) fn list<T: Display>(
        &mut self,
        open: impl Display,
        close: impl Display,
        longest: usize,
        items: &[T],
    ) {
        let from = self.start();
        self.put(&open);
        let space = if self.text.ends_with('{') && !items.is_empty() {
            " "
        } else {
            ""
        };
        self.text.push_str(space);
        let first = self.text.len();
        for (index, item) in items.iter().enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            let _ = write!(self.text, "{comma}{item}");
        }
        let is_long = self.width(first) > longest;
        self.text.push_str(space);
        self.put(&close);
        if is_long || self.width(from) > WIDTH {
            self.text.truncate(from);
            self.within(open, close, |out| {
                for item in items {
                    out.line(format_args!("{item},"));
                }
            });
            return;
        }
        self.text.push('\n');
    }

    /// As [`list`](Self::list), after what it is assigned to: on the next line where it is short enough for that.
    pub(super) fn assign<T: Display>(
        &mut self,
        to: impl Display,
        [open, close]: [&str; 2],
        longest: usize,
        items: &[T],
    ) {
        let items: Vec<_> = items.iter().map(T::to_string).collect();
        let value = items.join(", ");
        // One item alone would gain nothing by a line of its own.
        if items.len() > 1 && value.chars().count() > longest {
            return self.list(format_args!("{to} = {open}"), close, longest, &items);
        }
        let from = self.text.len();
        self.line(format_args!("{to} = {open}{value}{close}"));
        if self.width(from) > WIDTH + 1 {
            self.text.truncate(from);
            self.line(format_args!("{to} ="));
            self.line(format_args!("    {open}{value}{close}"));
        }
    }

    /// Begins a line, and gives its place in the text.
    fn start(&mut self) -> usize {
        let from = self.text.len();
        for _ in 0..self.depth {
            self.text.push_str("    ");
        }
        from
    }

    /// Writing to a `String` does not fail.
    fn put(&mut self, text: impl Display) {
        let _ = write!(self.text, "{text}");
    }

    /// From a place in the text to its end, in characters.
    fn width(&self, from: usize) -> usize {
        self.text.get(from..).map_or(0, |text| text.chars().count())
    }
}

/// Control characters, and those that change the direction of the text, which the compiler refuses in comments.
fn is_unfit(letter: char) -> bool {
    letter.is_control() || matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A string of Rust.
pub(super) fn string(text: &str) -> impl Display + '_ {
    struct Quoted<'a>(&'a str);
    impl Display for Quoted<'_> {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            write!(f, "{:?}", self.0)
        }
    }
    Quoted(text)
}

/// A string of Rust for C. C names have no NUL inside.
pub(super) fn c_string(name: &str) -> impl Display + '_ {
    struct Quoted<'a>(&'a str);
    impl Display for Quoted<'_> {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            write!(f, "c{:?}", self.0)
        }
    }
    Quoted(if CString::new(name).is_ok() { name } else { "" })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(write: impl FnOnce(&mut Writer)) -> String {
        let mut out = Writer::default();
        write(&mut out);
        out.finish()
    }

    #[test]
    fn a_comment_cannot_be_left() {
        let text = written(|out| out.doc("a\nb\r*/\u{202e}"));
        assert_eq!(text, "/// a\u{fffd}b\u{fffd}*/\u{fffd}\n");
    }

    #[test]
    fn a_string_cannot_be_left() {
        assert_eq!(string("a\"\\\n").to_string(), r#""a\"\\\n""#);
        assert_eq!(c_string("größe\"").to_string(), r#"c"größe\"""#);
        assert_eq!(c_string("a\0b").to_string(), r#"c"""#);
    }

    #[test]
    fn lists_stay_on_a_line_while_they_are_short() {
        let text = written(|out| {
            out.block("mod m", |out| {
                out.list("f(", ");", 4, &["a", "b"]);
                out.list("S {", "}", 4, &["a", "b"]);
                out.gap();
                out.list("f(", ");", 4, &["a", "bc"]);
            });
        });
        let lines = [
            "mod m {",
            "    f(a, b);",
            "    S { a, b }",
            "",
            "    f(",
            "        a,",
            "        bc,",
            "    );",
            "}\n",
        ];
        assert_eq!(text, lines.join("\n"));
    }

    #[test]
    fn values_are_below_what_they_are_assigned_to_where_they_fit_only_there() {
        let (short, long) = ("a".repeat(29), "a".repeat(80));
        let text = written(|out| {
            out.assign("let a", ["[", "];"], ARGUMENTS, &["a", "b"]);
            out.assign(&long, ["[", "];"], ARGUMENTS, &[&short, &short]);
            out.assign("let a", ["[", "];"], ARGUMENTS, &[&short, &long]);
        });
        let below = format!("{long} =\n    [{short}, {short}];\n");
        let each = format!("let a = [\n    {short},\n    {long},\n];\n");
        assert_eq!(text, format!("let a = [a, b];\n{below}{each}"));
    }

    #[test]
    fn long_types_are_below_their_fields() {
        let ty = "x".repeat(88);
        let text = written(|out| {
            out.block("struct S", |out| {
                out.field("a", &ty);
                out.field("ab", &ty);
            });
        });
        let ab = format!("    pub ab:\n        {ty},");
        assert_eq!(text, format!("struct S {{\n    pub a: {ty},\n{ab}\n}}\n"));
    }
}
