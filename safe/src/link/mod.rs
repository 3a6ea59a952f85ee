//! Links: attachments that last as long as somebody holds them.

mod info;

pub use self::info::{LinkInfo, LinkType};

use crate::error::{Error, Result};
use crate::object::LoadedInner;
use crate::raw;
use std::fmt;
use std::sync::Arc;

/// An attached program. Dropping it detaches, unless the link is pinned.
#[doc(alias = "bpf_link")]
#[must_use = "dropping a link detaches the program"]
pub struct Link {
    // `None` only while it is being detached.
    link: Option<raw::link::Link>,
    /// A USDT link changes its object when it goes.
    object: Arc<LoadedInner>,
}

impl Link {
    pub(crate) fn new(link: raw::link::Link, object: Arc<LoadedInner>) -> Link {
        Link {
            link: Some(link),
            object,
        }
    }

    /// What the kernel knows about the link, read now. Since Linux 5.8.
    ///
    /// # Errors
    ///
    /// The attachment is of an old kind that has no link in the kernel.
    #[doc(alias = "bpf_link_get_info_by_fd")]
    pub fn info(&self) -> Result<LinkInfo> {
        LinkInfo::read(self.link.as_ref(), "read the information of a link")
    }

    /// Detaches, and says whether it worked. Dropping does the same in silence.
    ///
    /// # Errors
    ///
    /// The kernel refuses; the link is gone for this process all the same.
    #[doc(alias = "bpf_link__destroy")]
    pub fn detach(mut self) -> Result<()> {
        let _lock = self.object.lock();
        match self.link.take() {
            Some(link) => link
                .destroy()
                .map_err(|errno| Error::system("detach a link", errno)),
            None => Ok(()),
        }
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        let _lock = self.object.lock();
        drop(self.link.take());
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Link")
            .field("object", &self.object.name())
            .field("info", &self.info().ok())
            .finish_non_exhaustive()
    }
}
