//! What went wrong, with what, and what to do.

mod kind;
mod privilege;

pub(crate) use self::privilege::has_bpf;

pub use self::kind::{ErrorKind, StructOpsProblem, StructOpsProblemKind};

use crate::raw::{Errno, text};
use std::fmt::{self, Write as _};
use std::io;

/// The result of most functions here.
pub type Result<T> = std::result::Result<T, Error>;

/// An error of this library: what was attempted, on which object, map or program, why it failed, and
/// what to do about it.
///
/// `Display` is one line. `Debug` has all there is, over several lines: further problems, what libbpf
/// said during this very call, the verifier's log. So `fn main() -> Result<(), Error>` is readable.
/// [`source`](std::error::Error::source) is the [`io::Error`] of the system call, where there was one.
///
/// ```
/// use libbpf_safe::{Error, OpenObject};
///
/// let error = OpenObject::from_bytes("demo", b"no ELF").unwrap_err();
/// assert!(error.to_string().starts_with("cannot open object `demo`: "));
/// ```
pub struct Error {
    inner: Box<Inner>,
}

struct Inner {
    operation: String,
    kind: ErrorKind,
    source: Option<io::Error>,
    hint: Option<String>,
    more: Vec<StructOpsProblem>,
    messages: Vec<String>,
}

impl Error {
    /// `operation` completes "cannot …".
    pub(crate) fn new(operation: impl Into<String>, kind: ErrorKind) -> Error {
        Error {
            inner: Box::new(Inner {
                operation: operation.into(),
                kind,
                source: None,
                hint: None,
                more: Vec::new(),
                messages: Vec::new(),
            }),
        }
    }

    /// A failed call whose errno says all that is known.
    pub(crate) fn system(operation: impl Into<String>, errno: Errno) -> Error {
        let kind = match errno.0 {
            libc::EPERM | libc::EACCES => ErrorKind::PermissionDenied,
            libc::EEXIST => ErrorKind::AlreadyExists,
            libc::ENOENT => ErrorKind::NotFound,
            libc::ENOMEM => ErrorKind::OutOfMemory,
            _ => ErrorKind::System,
        };
        let error = Error::new(operation, kind).with_errno(errno);
        match errno.0 {
            libc::EMFILE => error.with_hint(
                "this process has too many open files: close some, or raise its limit (ulimit -n)",
            ),
            libc::ENFILE => error.with_hint("all processes together have too many open files"),
            _ => error,
        }
    }

    pub(crate) fn with_errno(mut self, errno: Errno) -> Error {
        self.inner.source = Some(describe(errno));
        self
    }

    pub(crate) fn with_hint(mut self, hint: impl Into<String>) -> Error {
        self.inner.hint = Some(hint.into());
        self
    }

    /// Where permission was denied for want of capabilities: names them.
    pub(crate) fn with_privileges(self) -> Error {
        if self.inner.kind != ErrorKind::PermissionDenied || self.inner.hint.is_some() {
            return self;
        }
        match privilege::hint() {
            Some(hint) => self.with_hint(hint),
            None => self,
        }
    }

    pub(crate) fn with_more(mut self, more: Vec<StructOpsProblem>) -> Error {
        self.inner.more = more;
        self
    }

    pub(crate) fn with_messages(mut self, messages: Vec<String>) -> Error {
        self.inner.messages = messages;
        self
    }

    /// What kind of error it is, with what it is about.
    pub fn kind(&self) -> &ErrorKind {
        &self.inner.kind
    }

    /// What was attempted: completes "cannot …".
    pub fn operation(&self) -> &str {
        &self.inner.operation
    }

    /// What to do about it, where that is known.
    pub fn hint(&self) -> Option<&str> {
        self.inner.hint.as_deref()
    }

    /// The `errno` of the system call or libbpf function that failed; libbpf's own start at 4000.
    pub fn raw_os_error(&self) -> Option<i32> {
        self.inner.source.as_ref().and_then(raw_os_error)
    }

    /// What libbpf calls an `errno`, its own or one of the system's: the words that C programs print.
    ///
    /// ```
    /// use libbpf_safe::Error;
    ///
    /// assert_eq!(Error::text_of(4003), "Endian mismatch");
    /// assert_eq!(Error::text_of(2), "No such file or directory");
    /// ```
    #[doc(alias = "libbpf_strerror")]
    pub fn text_of(errno: i32) -> String {
        text::error_text(errno)
    }

    /// What else is wrong with the object's struct_ops maps, beside what [`kind`](Error::kind) says.
    pub fn further_problems(&self) -> &[StructOpsProblem] {
        &self.inner.more
    }

    /// What libbpf said during the call that failed, one entry a message.
    pub fn messages(&self) -> &[String] {
        &self.inner.messages
    }

    /// Where the kind does not say why, what libbpf said last that does.
    fn reason(&self) -> Option<&str> {
        // What follows from something else: what libbpf has no memory for, it takes for missing.
        let consequences: &[&str] = match self.inner.kind {
            ErrorKind::System | ErrorKind::NotFound => &["failed to load object"],
            ErrorKind::OutOfMemory => &["failed to load object", "BTF is required"],
            _ => return None,
        };
        // libbpf guesses at other limits then.
        if matches!(self.raw_os_error(), Some(libc::EMFILE | libc::ENFILE)) {
            return None;
        }
        let said = self.inner.messages.iter().rev();
        let lines = said
            .flat_map(|message| message.lines())
            .map(|line| line.strip_prefix("libbpf: ").unwrap_or(line).trim())
            .filter(|line| {
                let follows = consequences.iter().any(|start| line.starts_with(start));
                !line.is_empty() && !follows
            });
        let last = lines.clone().next()?;
        // That a program failed says which one; why, if anything does, a line before.
        let says_no_more = |line: &str| {
            [
                "': failed to load: ",
                "': failed to prepare load attributes: ",
            ]
            .iter()
            .any(|words| line.contains(words))
        };
        // With what ends the name: another program's may begin with it.
        let end = last.find("': ").map_or(last.len(), |at| at + "': ".len());
        let program = last.get(..end).unwrap_or(last);
        lines
            .take_while(|line| line.starts_with(program))
            .find(|line| !says_no_more(line))
            .or(Some(last))
    }

    /// The verifier's log of the program that it rejected.
    pub fn verifier_log(&self) -> Option<&str> {
        match &self.inner.kind {
            ErrorKind::VerifierRejected { log, .. } => Some(log),
            _ => None,
        }
    }
}

/// libbpf's own error numbers, which the system has no words for.
#[derive(Debug)]
struct LibbpfError(i32);

impl fmt::Display for LibbpfError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (libbpf error {})", text::error_text(self.0), self.0)
    }
}

impl std::error::Error for LibbpfError {}

/// The kernel's "not supported", which libc does not know; the kernel lets it through to user space.
const ENOTSUPP: i32 = 524;

/// Where libbpf's own numbers start (`__LIBBPF_ERRNO__START`).
const LIBBPF_ERRNO_START: i32 = 4000;

fn describe(Errno(code): Errno) -> io::Error {
    if code >= LIBBPF_ERRNO_START {
        io::Error::other(LibbpfError(code))
    } else if code == ENOTSUPP {
        io::Error::other(KernelOnly(code, "not supported by this kernel"))
    } else {
        io::Error::from_raw_os_error(code)
    }
}

/// Numbers that only the kernel knows, and lets through to user space all the same.
#[derive(Debug)]
struct KernelOnly(i32, &'static str);

impl fmt::Display for KernelOnly {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (kernel error {})", self.1, self.0)
    }
}

impl std::error::Error for KernelOnly {}

fn raw_os_error(error: &io::Error) -> Option<i32> {
    let inner = error.get_ref();
    error
        .raw_os_error()
        .or_else(|| inner?.downcast_ref::<LibbpfError>().map(|error| error.0))
        .or_else(|| inner?.downcast_ref::<KernelOnly>().map(|error| error.0))
}

/// Writes control characters, which names and files may have, escaped.
struct OneLine<'a, 'f>(&'a mut fmt::Formatter<'f>);

/// What ends a line, tells a terminal what to do, or has text stand where it does not belong.
fn is_no_text(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

impl fmt::Write for OneLine<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for piece in text.split_inclusive(is_no_text) {
            match piece.char_indices().next_back() {
                Some((index, last)) if is_no_text(last) => {
                    self.0.write_str(piece.get(..index).unwrap_or_default())?;
                    write!(self.0, "{}", last.escape_default())?;
                }
                _ => self.0.write_str(piece)?,
            }
        }
        Ok(())
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let f = &mut OneLine(f);
        write!(f, "cannot {}: {}", self.inner.operation, self.inner.kind)?;
        if let Some(reason) = self.reason() {
            write!(f, ": {reason}")?;
        }
        match self.inner.more.len() {
            0 => {}
            1 => write!(f, " (and one more problem)")?,
            more => write!(f, " (and {more} more problems)")?,
        }
        if let Some(hint) = &self.inner.hint {
            write!(f, "; {hint}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")?;
        if let Some(source) = &self.inner.source {
            write!(f, "\n  caused by: {source}")?;
        }
        for problem in &self.inner.more {
            write!(f, "\n  also: {problem}")?;
        }
        if let Some(log) = self.verifier_log() {
            write!(f, "\n  verifier log:")?;
            lines(f, "    ", log)?;
        }
        for message in &self.inner.messages {
            lines(f, "  ", message)?;
        }
        Ok(())
    }
}

/// The names in it may be anything.
fn lines(f: &mut fmt::Formatter<'_>, indent: &str, text: &str) -> fmt::Result {
    for line in text.lines() {
        write!(f, "\n{indent}")?;
        // The verifier shows lines of the source.
        for (index, piece) in line.split('\t').enumerate() {
            f.write_str(if index == 0 { "" } else { "\t" })?;
            OneLine(f).write_str(piece)?;
        }
    }
    Ok(())
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.inner
            .source
            .as_ref()
            .map(|source| source as &(dyn std::error::Error + 'static))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::error::Error as _;

    #[test]
    fn display_does_not_repeat_its_source() {
        let error = Error::system("pin link `x`", Errno(libc::EEXIST)).with_hint("choose another");
        assert_eq!(
            error.to_string(),
            "cannot pin link `x`: it exists already; choose another"
        );
        assert_eq!(
            error.source().unwrap().to_string(),
            "File exists (os error 17)"
        );
        assert_eq!(error.raw_os_error(), Some(17));
    }

    #[test]
    fn what_is_said_of_another_program_is_no_reason() {
        let said = |why: &str| {
            let last = "libbpf: prog 'a': failed to load: -EINVAL".to_owned();
            let error = Error::system("load object `x`", Errno(libc::EINVAL));
            let error = error.with_messages(vec![format!("libbpf: {why}"), last]);
            error.to_string()
        };
        assert!(said("prog 'a': it is why").contains("it is why"));
        assert!(!said("prog 'ab': it is not").contains("it is not"));
    }

    #[test]
    fn libbpf_and_kernel_numbers_have_words() {
        let error = Error::system("load object `x`", Errno(4003));
        assert_eq!(error.raw_os_error(), Some(4003));
        assert!(
            error
                .source()
                .unwrap()
                .to_string()
                .contains("Endian mismatch")
        );
        let error = Error::system("load object `x`", Errno(ENOTSUPP));
        assert_eq!(error.raw_os_error(), Some(524));
    }

    #[test]
    fn debug_keeps_the_lines_of_the_log() {
        let kind = ErrorKind::VerifierRejected {
            program: "p".into(),
            log: "one\ntwo".into(),
        };
        let text = format!("{:?}", Error::new("load object `x`", kind));
        assert!(text.ends_with("verifier log:\n    one\n    two"), "{text}");
    }
}
