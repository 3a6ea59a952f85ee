//! Why a command failed.

use std::error::Error;
use std::{fmt, io};

#[derive(Debug)]
pub(super) enum Failure {
    Skelgen(skelgen::Error),
    Library(libbpf_safe::Error),
    /// What is to be said, in one line.
    Refused(String),
    Output(io::Error),
}

impl Failure {
    pub(super) fn is_broken_pipe(&self) -> bool {
        matches!(self, Failure::Output(error) if error.kind() == io::ErrorKind::BrokenPipe)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Skelgen(error) => with_causes(f, error),
            Failure::Library(error) => with_causes(f, error),
            Failure::Refused(reason) => f.write_str(reason),
            Failure::Output(error) => write!(f, "cannot write: {error}"),
        }
    }
}

/// The error, and what caused it where the error does not say so itself.
fn with_causes(f: &mut fmt::Formatter<'_>, error: &dyn Error) -> fmt::Result {
    let mut said = error.to_string();
    f.write_str(&said)?;
    let mut next = error.source();
    while let Some(cause) = next {
        let text = cause.to_string();
        if !said.contains(&text) {
            write!(f, " ({text})")?;
            said = text;
        }
        next = cause.source();
    }
    Ok(())
}

impl From<skelgen::Error> for Failure {
    fn from(error: skelgen::Error) -> Failure {
        Failure::Skelgen(error)
    }
}

impl From<libbpf_safe::Error> for Failure {
    fn from(error: libbpf_safe::Error) -> Failure {
        Failure::Library(error)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Failure {
        Failure::Output(error)
    }
}
