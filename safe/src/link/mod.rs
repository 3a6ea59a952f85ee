//! Links: attachments that last as long as somebody holds them.

#![allow(unsafe_code)]

mod details;
mod handle;
mod ids;
mod info;
mod read;

pub use self::details::{IteratorInfo, LinkDetails, ProbedFunction};
pub use self::info::{LinkInfo, LinkType};
pub use crate::object::Links;

use self::handle::Handle;
use crate::error::{Error, ErrorKind, Result};
use crate::object::{LoadedInner, c_path};
use crate::pin::{self, Pinned};
use crate::program::{KernelProgram, Program};
use crate::raw;
use std::fmt;
use std::fs::File;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// An attached program. Dropping it detaches, unless the link is pinned.
///
/// It is owned: it can be kept anywhere, sent to another thread, and outlive whatever it came from.
#[doc(alias = "bpf_link")]
#[must_use = "dropping a link detaches the program"]
pub struct Link {
    // `None` only while it is being detached.
    link: Option<Handle>,
    /// Where it comes from: a USDT link changes its object when it goes. `None` for one that was opened by
    /// its pin.
    object: Option<Arc<LoadedInner>>,
}

impl Link {
    pub(crate) fn new(link: raw::link::Link, object: Option<Arc<LoadedInner>>) -> Link {
        Link {
            link: Some(Handle::Libbpf(link)),
            object,
        }
    }

    /// A link that is nothing but a descriptor of the kernel's.
    pub(crate) fn of_descriptor(fd: OwnedFd) -> Link {
        Link {
            link: Some(Handle::Descriptor { fd, pin: None }),
            object: None,
        }
    }

    /// A link by a descriptor that came from elsewhere, from another process perhaps.
    ///
    /// # Errors
    ///
    /// The descriptor is of no link.
    #[doc(alias = "bpf_link__open")]
    pub fn from_fd(fd: OwnedFd) -> Result<Link> {
        let operation = "take a descriptor over as a link";
        if !Pinned::Link.is_kind_of(fd.as_fd()) {
            let reason = "it is no link's".into();
            return Err(Error::new(operation, ErrorKind::InvalidInput { reason }));
        }
        Ok(Link::of_descriptor(fd))
    }

    /// The link's descriptor, for other libraries and system calls.
    ///
    /// # Errors
    ///
    /// The attachment is of an old kind that has no descriptor.
    #[doc(alias = "bpf_link__fd")]
    pub fn fd(&self) -> Result<BorrowedFd<'_>> {
        self.as_fd_or_error("use the descriptor of a link")
    }

    /// A link that was pinned, perhaps by another process. Dropping this does not end it: the pin does not
    /// go.
    ///
    /// Since Linux 5.7.
    ///
    /// # Errors
    ///
    /// There is nothing at the path, or it is no link.
    #[doc(alias = "bpf_link__open")]
    pub fn open_pinned(path: impl AsRef<Path>) -> Result<Link> {
        let path = path.as_ref();
        let operation = format!("open the link pinned at `{}`", path.display());
        let c_path = c_path(&operation, path)?;
        let (result, messages) = crate::log::capture(|| raw::link::Link::open(&c_path));
        let link = result
            .map_err(|errno| Error::system(operation.as_str(), errno).with_messages(messages))?;
        let link = Link::new(link, None);
        // bpf_link__open takes whatever is pinned there: a map, too.
        pin::check(link.as_fd_or_error(&operation)?, Pinned::Link, &operation)?;
        Ok(link)
    }

    /// What the kernel knows about the link, read now. Since Linux 5.8.
    ///
    /// # Errors
    ///
    /// The attachment is of an old kind that has no link in the kernel.
    #[doc(alias = "bpf_link_get_info_by_fd")]
    pub fn info(&self) -> Result<LinkInfo> {
        let operation = "read the information of a link";
        LinkInfo::of(self.as_fd_or_error(operation)?, operation)
    }

    /// Pins the link in a BPF file system, so that it stays when the process ends.
    ///
    /// Since Linux 5.7.
    ///
    /// # Errors
    ///
    /// The link is pinned already, there is something at the path, it is in no BPF file system
    /// (`mount -t bpf bpf /sys/fs/bpf`), or the attachment is of an old kind that has no link in the kernel.
    #[doc(alias = "bpf_link__pin")]
    pub fn pin(&mut self, path: impl AsRef<Path>) -> Result<()> {
        let path = path.as_ref();
        let operation = format!("pin a link at `{}`", path.display());
        let c_path = c_path(&operation, path)?;
        self.with_link(&operation, |link| link.pin(&c_path))
    }

    /// Removes the pin. The link stays as long as it is held.
    ///
    /// # Errors
    ///
    /// The link was not pinned by this handle, or somebody removed the pin.
    #[doc(alias = "bpf_link__unpin")]
    pub fn unpin(&mut self) -> Result<()> {
        self.with_link("unpin a link", Handle::unpin)
    }

    /// Where the link is pinned, as far as this handle knows.
    #[doc(alias = "bpf_link__pin_path")]
    pub fn pin_path(&self) -> Option<PathBuf> {
        self.link.as_ref()?.pin_path()
    }

    /// Puts another program, of the same type, in the place of the one that is attached, without a moment in
    /// between when there is none.
    ///
    /// Since Linux 5.7; not every kind of link can do it.
    ///
    /// # Errors
    ///
    /// The program was not loaded or is of another type, or the link is of a kind that keeps its program; the
    /// one that was attached then still is.
    #[doc(alias = "bpf_link__update_program")]
    pub fn update_program(&mut self, program: &Program) -> Result<()> {
        program.fd()?;
        let operation = format!("put program `{}` in the place of a link's", program.name());
        self.with_link(&operation, |link| link.update_program(program))
    }

    /// Like [`update_program`](Link::update_program), but only where the link has the program `old`: what somebody
    /// else has put there meanwhile stays.
    ///
    /// Since Linux 5.7; not every kind of link can do it.
    ///
    /// # Errors
    ///
    /// The link has another program than `old`, or as for `update_program`.
    #[doc(alias = "bpf_link_update")]
    #[doc(alias = "BPF_F_REPLACE")]
    pub fn replace_program(&mut self, old: &KernelProgram, new: &KernelProgram) -> Result<()> {
        let operation = format!("put program `{}` in the place of a link's", new.name());
        self.with_link(&operation, |link| {
            link.replace_program(old.as_fd(), new.as_fd())
        })
    }

    /// Opens the output of an iterator: each time the whole of it, as it is then.
    ///
    /// Since Linux 5.8.
    ///
    /// # Errors
    ///
    /// The link is of no iterator.
    #[doc(alias = "bpf_iter_create")]
    pub fn open_iterator(&self) -> Result<File> {
        let operation = "open the output of an iterator";
        let fd = self.as_fd_or_error(operation)?;
        raw::syscall::create_iterator(fd)
            .map(File::from)
            .map_err(|errno| Error::system(operation, errno))
    }

    /// Detaches the program for all who hold the link, also where it is pinned. The link itself stays, and
    /// does nothing any more.
    ///
    /// Since Linux 5.9; not every kind of link can do it.
    ///
    /// # Errors
    ///
    /// The link is of a kind that lasts as long as somebody holds it.
    #[doc(alias = "bpf_link__detach")]
    pub fn force_detach(&mut self) -> Result<()> {
        self.with_link("detach a link for all who hold it", |link| {
            link.force_detach()
        })
    }

    /// Leaves the program attached when this goes, for as long as the process lives: nobody holds the link then but
    /// its descriptor, which stays open. To keep it longer, [pin](Link::pin) it.
    #[doc(alias = "bpf_link__disconnect")]
    pub fn disconnect(mut self) {
        let _lock = self.object.as_ref().map(|object| object.lock());
        if let Some(link) = self.link.take() {
            link.disconnect();
        }
    }

    /// Detaches, and says whether it worked. Dropping does the same in silence. Where the link is pinned, or
    /// held by others, the program stays attached.
    ///
    /// # Errors
    ///
    /// The kernel refuses; the link is gone for this process all the same.
    #[doc(alias = "bpf_link__destroy")]
    pub fn detach(mut self) -> Result<()> {
        let _lock = self.object.as_ref().map(|object| object.lock());
        match self.link.take() {
            Some(link) => link
                .destroy()
                .map_err(|errno| Error::system("detach a link", errno)),
            None => Ok(()),
        }
    }

    /// The link's descriptor.
    pub(crate) fn as_fd_or_error(&self, operation: &str) -> Result<BorrowedFd<'_>> {
        self.link
            .as_ref()
            .and_then(Handle::fd)
            .ok_or_else(|| no_link(operation))
    }

    fn with_link(
        &mut self,
        operation: &str,
        call: impl FnOnce(&mut Handle) -> raw::Result<()>,
    ) -> Result<()> {
        let link = self.link.as_mut().ok_or_else(|| no_link(operation))?;
        let (result, messages) = crate::log::capture(|| call(link));
        result.map_err(|errno| Error::system(operation, errno).with_messages(messages))
    }
}

fn no_link(operation: &str) -> Error {
    Error::new(
        operation,
        ErrorKind::InvalidInput {
            reason: "there is no link in the kernel".into(),
        },
    )
}

impl Drop for Link {
    fn drop(&mut self) {
        let _lock = self.object.as_ref().map(|object| object.lock());
        drop(self.link.take());
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Link")
            .field("object", &self.object.as_ref().map(|object| object.name()))
            .field("info", &self.info().ok())
            .finish_non_exhaustive()
    }
}
