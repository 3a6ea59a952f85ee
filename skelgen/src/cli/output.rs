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

    pub(super) fn paint(&self, look: Look, text: &str) -> String {
        match look.code() {
            Some(code) if self.colours && !text.is_empty() => format!("\x1b[{code}m{text}\x1b[0m"),
            _ => text.to_owned(),
        }
    }

    pub(super) fn finish(&mut self) -> Result<(), Failure> {
        Ok(self.to.flush()?)
    }
}
