//! Where BTF comes from, and C source made of it.

use super::{Btf, BtfError};
use crate::error::{Error, ErrorKind, Result};
use crate::log::capture;
use crate::object::{c_path, is_endless};
use crate::raw;
use std::path::Path;

/// Where the running kernel offers its BTF.
const KERNEL: &str = "/sys/kernel/btf/vmlinux";

impl Btf {
    /// The running kernel's BTF, without its modules'.
    ///
    /// Since Linux 5.4, where the kernel was built with `CONFIG_DEBUG_INFO_BTF`.
    ///
    /// # Errors
    ///
    /// The kernel offers none, or it cannot be read.
    #[doc(alias = "btf__load_vmlinux_btf")]
    pub fn from_kernel() -> Result<Btf> {
        let operation = "read the running kernel's BTF";
        let bytes = std::fs::read(KERNEL).map_err(|error| {
            Error::new(operation, ErrorKind::KernelBtfMissing)
                .with_errno(raw::Errno::from(&error))
                .with_hint(format!(
                    "{KERNEL} cannot be read: use a kernel built with CONFIG_DEBUG_INFO_BTF, or name a \
                     BTF file"
                ))
        })?;
        parsed(operation, bytes)
    }

    /// The BTF in a file: an ELF file with a `.BTF` section (an object, a `vmlinux`), or raw BTF.
    ///
    /// # Errors
    ///
    /// The file cannot be read, or has no BTF that libbpf understands.
    #[doc(alias = "btf__parse")]
    pub fn from_file(path: impl AsRef<Path>) -> Result<Btf> {
        let path = path.as_ref();
        let operation = format!("read BTF from `{}`", path.display());
        let c_path = c_path(&operation, path)?;
        refuse_pipe(&operation, path)?;
        let (result, messages) = capture(|| {
            let mut btf = raw::btf::Btf::parse(&c_path)?;
            btf.bytes().map(<[u8]>::to_vec)
        });
        let bytes = result
            .map_err(|errno| Error::system(operation.as_str(), errno).with_messages(messages))?;
        parsed(&operation, bytes)
    }

    /// C declarations of all types, those of the base included, in an order that compiles: the body of a
    /// `vmlinux.h`.
    ///
    /// # Errors
    ///
    /// A struct has members where none can be, contains itself, or is out of proportion to its bytes.
    #[doc(alias = "btf_dump__dump_type")]
    pub fn to_c(&self) -> Result<String> {
        super::c::write(self).map_err(|error| invalid("write BTF as C", &error))
    }
}

pub(super) fn refuse_pipe(operation: &str, path: &Path) -> Result<()> {
    if is_endless(path) {
        let detail = "it is not a regular file".into();
        return Err(Error::new(operation, ErrorKind::InvalidBtf { detail }));
    }
    Ok(())
}

fn parsed(operation: &str, bytes: Vec<u8>) -> Result<Btf> {
    Btf::parse(bytes).map_err(|error| invalid(operation, &error))
}

pub(super) fn invalid(operation: &str, error: &BtfError) -> Error {
    Error::new(
        operation,
        ErrorKind::InvalidBtf {
            detail: error.to_string(),
        },
    )
}
