use libbpf_safe::btf::BtfError;
use std::path::PathBuf;
use std::{error, fmt, io};

/// The result of most functions here.
pub type Result<T> = std::result::Result<T, Error>;

/// Why no skeleton could be generated.
///
/// `Debug` is `Display`, with clang's diagnostics as clang wrote them: what a build script that returns
/// this error shows to its user is readable.
#[non_exhaustive]
pub enum Error {
    /// A file cannot be read or written.
    File {
        /// What was attempted.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// Why it failed.
        source: io::Error,
    },
    /// There is no clang.
    NoClang {
        /// What should have been compiled.
        source_file: PathBuf,
    },
    /// clang cannot be started.
    RunClang {
        /// The program.
        clang: PathBuf,
        /// Why it failed.
        source: io::Error,
    },
    /// clang found errors.
    Compile {
        /// What was compiled.
        source_file: PathBuf,
        /// What clang said.
        diagnostics: String,
    },
    /// The running kernel's BTF, for `vmlinux.h`, cannot be had.
    Vmlinux(libbpf_safe::Error),
    /// libbpf does not understand the object.
    Object(libbpf_safe::Error),
    /// Files cannot be linked into one object.
    Link {
        /// The sources and objects.
        files: Vec<PathBuf>,
        /// Why.
        source: libbpf_safe::Error,
    },
    /// An object has what no skeleton can have.
    InObject {
        /// The object's name.
        object: String,
        /// What it is.
        source: Box<Error>,
    },
    /// The object's BTF contradicts itself.
    Btf(BtfError),
    /// A type cannot be generated.
    Type {
        /// The C declaration.
        declaration: String,
        /// Why.
        reason: String,
    },
    /// A name cannot be made out from a path, or a setting is missing.
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

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File {
                action,
                path,
                source,
            } => write!(f, "cannot {action} {}: {source}", path.display()),
            Self::NoClang { source_file } => write!(
                f,
                "clang is needed to compile {} and was not found: install it (Debian, Ubuntu: apt-get install \
                 clang), or name it by Builder::clang or the environment variable CLANG",
                source_file.display()
            ),
            Self::RunClang { clang, source } => {
                write!(f, "cannot run {}: {source}", clang.display())
            }
            Self::Compile {
                source_file,
                diagnostics,
            } => write!(
                f,
                "{} does not compile:\n{diagnostics}",
                source_file.display()
            ),
            Self::Vmlinux(source) => write!(
                f,
                "cannot make vmlinux.h: {source}; name a BTF file by Builder::vmlinux_btf or in VMLINUX_BTF, or \
                 put a vmlinux.h of your own first on the include path"
            ),
            Self::Object(source) => fmt::Display::fmt(source, f),
            Self::Link { files, source } => write!(f, "cannot link {}: {source}", list(files)),
            Self::InObject { object, source } => write!(f, "object `{object}`: {source}"),
            Self::Btf(source) => write!(f, "the object's BTF is broken: {source}"),
            Self::Type {
                declaration,
                reason,
            } => write!(f, "cannot generate `{declaration}`: {reason}"),
            Self::Input(reason) => f.write_str(reason),
        }
    }
}

impl error::Error for Error {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match self {
            Self::File { source, .. } | Self::RunClang { source, .. } => Some(source),
            Self::Vmlinux(source) | Self::Object(source) | Self::Link { source, .. } => {
                Some(source)
            }
            Self::InObject { source, .. } => Some(source.as_ref()),
            Self::Btf(source) => Some(source),
            Self::NoClang { .. } | Self::Compile { .. } | Self::Type { .. } | Self::Input(_) => {
                None
            }
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
