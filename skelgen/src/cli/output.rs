//! What goes to standard output: colours on a terminal only, and no panic where nobody reads it.

use super::failure::Failure;
use std::env;
use std::fmt::Display;
use std::io::{self, BufWriter, IsTerminal as _, StdoutLock, Write as _};

pub(super) struct Output {
    to: BufWriter<StdoutLock<'static>>,
    colours: bool,
}

/// How a part of a text looks on a terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    Plain,
    Heading,
    Name,
    Faint,
    Good,
    Warning,
    Bad,
}

impl Look {
    /// The parameter of the terminal's `CSI m`.
    fn code(self) -> Option<&'static str> {
        match self {
            Look::Plain => None,
            Look::Heading => Some("1"),
            Look::Name => Some("36"),
            Look::Faint => Some("2"),
            Look::Good => Some("32"),
            Look::Warning => Some("33"),
            Look::Bad => Some("31"),
        }
    }
}

impl Output {
    pub(super) fn new() -> Output {
        let stdout = io::stdout();
        let wanted = env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
        Output {
            colours: wanted && stdout.is_terminal(),
            to: BufWriter::new(stdout.lock()),
        }
    }

    pub(super) fn line(&mut self, text: impl Display) -> Result<(), Failure> {
        Ok(writeln!(self.to, "{text}")?)
    }

    /// Text that ends its last line itself.
    pub(super) fn bytes(&mut self, text: &[u8]) -> Result<(), Failure> {
        Ok(self.to.write_all(text)?)
    }

    pub(super) fn heading(&mut self, text: &str) -> Result<(), Failure> {
        let text = self.paint(Look::Heading, text);
        self.line(text)
    }

    /// The text [in one line](one_line), with colours where there are any.
    pub(super) fn paint(&self, look: Look, text: &str) -> String {
        let text = one_line(text);
        match look.code() {
            Some(code) if self.colours && !text.is_empty() => format!("\x1b[{code}m{text}\x1b[0m"),
            _ => text,
        }
    }

    pub(super) fn finish(&mut self) -> Result<(), Failure> {
        Ok(self.to.flush()?)
    }
}

/// A text that may be from anybody, such as a name in an object: what would end the line, tell the terminal what to do, or
/// have text stand where it does not belong is escaped.
pub(super) fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            // Line separators, and marks of the direction of text.
            '\u{2028}'..='\u{202e}'
            | '\u{2066}'..='\u{2069}'
            | '\u{200e}'
            | '\u{200f}'
            | '\u{61c}' => {
                line.extend(letter.escape_unicode());
            }
            _ if letter.is_control() => line.extend(letter.escape_default()),
            _ => line.push(letter),
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::one_line;

    #[test]
    fn nothing_but_text_is_left_of_a_text() {
        for (text, line) in [
            ("größe → 4", "größe → 4"),
            ("\x1b[31mred\n", "\\u{1b}[31mred\\n"),
            (
                "a\u{202e}b\u{2066}\u{61c}\u{9b}m",
                "a\\u{202e}b\\u{2066}\\u{61c}\\u{9b}m",
            ),
            ("\t\0\x7f", "\\t\\u{0}\\u{7f}"),
        ] {
            assert_eq!(one_line(text), line);
        }
    }
}
