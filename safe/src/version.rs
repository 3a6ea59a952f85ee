//! Which libbpf it is.

use crate::raw::text;
use std::fmt;

/// A version of libbpf.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    /// Before the point.
    pub major: u32,
    /// After it.
    pub minor: u32,
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

/// The version of the libbpf that this program runs with: with the feature `system`, that of the machine.
///
/// ```
/// let version = libbpf_safe::libbpf_version();
/// assert!(version >= libbpf_safe::Version { major: 1, minor: 4 });
/// println!("libbpf {version}, {}", libbpf_safe::libbpf_version_text());
/// ```
#[doc(alias = "libbpf_major_version")]
#[doc(alias = "libbpf_minor_version")]
pub fn libbpf_version() -> Version {
    Version {
        major: text::major_version(),
        minor: text::minor_version(),
    }
}

/// The same in libbpf's own words, such as `v1.7`.
#[doc(alias = "libbpf_version_string")]
pub fn libbpf_version_text() -> &'static str {
    text::version_string()
}
