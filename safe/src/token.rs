//! Tokens: rights to use BPF that were delegated.

use crate::error::{Error, Result};
use crate::raw::{Errno, token};
use std::fs::OpenOptions;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

/// What a BPF file system delegates to those in its user namespace: which commands, types of maps, types of programs and
/// places to attach to they may use without having the capabilities in the first user namespace. Its mount options say so
/// (`delegate_cmds=any` and so on), which only a privileged process can set.
///
/// Objects that are loaded make a token by themselves: [`OpenOptions::token_path`](crate::OpenOptions::token_path). This
/// one is for what is made without an object, [`map::CreateOptions::token`](crate::map::CreateOptions::token) and
/// [`program::LoadOptions::token`](crate::program::LoadOptions::token).
///
/// Since Linux 6.9.
///
/// ```no_run
/// use libbpf_safe::Token;
/// use libbpf_safe::map::{CreateOptions, MapType};
///
/// let token = Token::create("/run/bpf")?;
/// let map = CreateOptions::new(MapType::ARRAY, 4, 8, 1).token(&token).create()?;
/// # Ok::<(), libbpf_safe::Error>(())
/// ```
#[derive(Debug)]
pub struct Token {
    fd: OwnedFd,
}

impl Token {
    /// A token of the BPF file system that is mounted there.
    ///
    /// # Errors
    ///
    /// It is no BPF file system, it delegates nothing, or the caller is not in its user namespace, or has no `CAP_BPF` there;
    /// there are none in the first user namespace.
    #[doc(alias = "bpf_token_create")]
    pub fn create(bpf_file_system: impl AsRef<Path>) -> Result<Token> {
        let path = bpf_file_system.as_ref();
        let operation = || format!("make a token of `{}`", path.display());
        let refused = |errno: Errno| {
            let error = Error::system(operation(), errno);
            match errno.0 {
                libc::EOPNOTSUPP => {
                    error.with_hint("there are no tokens in the first user namespace")
                }
                libc::ENOENT => error.with_hint("its mount options delegate nothing"),
                libc::EINVAL => {
                    error.with_hint("a BPF file system's root is needed, and Linux 6.9")
                }
                _ => error,
            }
        };
        // To open a pipe might take for ever.
        let folder = OpenOptions::new()
            .read(true)
            .custom_flags(libc::O_DIRECTORY)
            .open(path)
            .map_err(|error| Error::system(operation(), Errno::from(&error)))?;
        let fd = token::create(folder.as_fd()).map_err(refused)?;
        Ok(Token { fd })
    }
}

impl AsFd for Token {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}
