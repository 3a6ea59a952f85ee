use libbpf_ffi as ffi;
use std::fmt;

/// How important a message of libbpf's is: `enum libbpf_print_level`. Those that are less important are greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[doc(alias = "libbpf_print_level")]
pub enum Level {
    /// Something went wrong, or is likely to.
    #[doc(alias = "LIBBPF_WARN")]
    Warning,
    /// Something worth knowing.
    #[doc(alias = "LIBBPF_INFO")]
    Info,
    /// What libbpf does, step by step: dozens of messages for each load.
    #[doc(alias = "LIBBPF_DEBUG")]
    Debug,
}

impl Level {
    /// One that libbpf does not have yet is less important than all.
    pub(super) fn from_c(level: i32) -> Level {
        match u32::try_from(level) {
            Ok(ffi::LIBBPF_WARN) => Level::Warning,
            Ok(ffi::LIBBPF_INFO) => Level::Info,
            _ => Level::Debug,
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Level::Warning => "warning",
            Level::Info => "info",
            Level::Debug => "debug",
        })
    }
}
