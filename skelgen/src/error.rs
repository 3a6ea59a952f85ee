use libbpf_safe::btf::BtfError;
use std::path::PathBuf;
use std::{fmt, io};

/// The result of most functions here.
pub type Result<T> = std::result::Result<T, Error>;

/// Why no skeleton could be generated.
///
/// `Debug` is `Display`, with clang's diagnostics as clang wrote them: what a build script that returns
/// this error shows to its user is readable.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file cannot be read or written.
    #[error("cannot {action} {}: {source}", path.display())]
    File {
        /// What was attempted.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// Why it failed.
        source: io::Error,
    },
    /// There is no clang.
    #[error(
        "clang is needed to compile {} and was not found: install it (Debian, Ubuntu: apt-get install \
         clang), or name it by Builder::clang or the environment variable CLANG",
        source_file.display()
    )]
    NoClang {
        /// What should have been compiled.
        source_file: PathBuf,
    },
    /// clang cannot be started.
    #[error("cannot run {}: {source}", clang.display())]
    RunClang {
        /// The program.
        clang: PathBuf,
        /// Why it failed.
        source: io::Error,
    },
    /// clang found errors.
    #[error("{} does not compile:\n{diagnostics}", source_file.display())]
    Compile {
        /// What was compiled.
        source_file: PathBuf,
        /// What clang said.
        diagnostics: String,
    },
    /// The running kernel's BTF, for `vmlinux.h`, cannot be had.
    #[error(
        "cannot make vmlinux.h: {0}; name a BTF file by Builder::vmlinux_btf or in VMLINUX_BTF, or put a \
         vmlinux.h of your own first on the include path"
    )]
    Vmlinux(#[source] libbpf_safe::Error),
    /// libbpf does not understand the object.
    #[error("{0}")]
    Object(#[source] libbpf_safe::Error),
    /// Files cannot be linked into one object.
    #[error("cannot link {}: {source}", list(files))]
    Link {
        /// The sources and objects.
        files: Vec<PathBuf>,
        /// Why.
        source: libbpf_safe::Error,
    },
    /// An object has what no skeleton can have.
    #[error("object `{object}`: {source}")]
    InObject {
        /// The object's name.
        object: String,
        /// What it is.
        source: Box<Error>,
    },
    /// The object's BTF contradicts itself.
    #[error("the object's BTF is broken: {0}")]
    Btf(#[source] BtfError),
    /// A type cannot be generated.
    #[error("cannot generate `{declaration}`: {reason}")]
    Type {
        /// The C declaration.
        declaration: String,
        /// Why.
        reason: String,
    },
    /// A name cannot be made out from a path, or a setting is missing.
    #[error("{0}")]
    Input(String),
}

impl Error {
    /// With the name of the object that it is about, where it does not say so itself.
    pub(crate) fn in_object(self, object: &str) -> Error {
        match self {
            Error::Btf(_) | Error::Type { .. } => Error::InObject {
                object: object.to_owned(),
                source: Box::new(self),
            },
            other => other,
        }
    }
}

/// Files one after the other.
fn list(files: &[PathBuf]) -> String {
    let names: Vec<_> = files
        .iter()
        .map(|file| file.display().to_string())
        .collect();
    names.join(", ")
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
