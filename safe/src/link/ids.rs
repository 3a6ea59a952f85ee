//! All links of the kernel, whoever made them.

use super::Link;
use crate::error::{Error, Result};
use crate::ids::{self, Listed};
use crate::raw::syscall;

impl Link {
    /// A link in the kernel, by its id. Holding it keeps the program attached; dropping it does not detach what others
    /// hold.
    ///
    /// Since Linux 5.8.
    ///
    /// # Errors
    ///
    /// There is no such link, or the caller lacks `CAP_SYS_ADMIN`.
    #[doc(alias = "bpf_link_get_fd_by_id")]
    pub fn from_id(id: u32) -> Result<Link> {
        syscall::link_by_id(id)
            .map(Link::of_descriptor)
            .map_err(|errno| Error::system(format!("open the link with id {id}"), errno))
    }

    /// The ids of all links, in ascending order. What goes while they are listed is left out, what comes may be.
    ///
    /// Since Linux 5.8.
    ///
    /// # Errors
    ///
    /// The caller lacks `CAP_SYS_ADMIN`: the last item.
    #[doc(alias = "bpf_link_get_next_id")]
    pub fn ids() -> impl Iterator<Item = Result<u32>> {
        ids::ids(Listed::Links)
    }

    /// All links, in the order of their ids: each is open only as long as it is held.
    ///
    /// ```no_run
    /// use libbpf_safe::link::Link;
    ///
    /// for link in Link::all() {
    ///     println!("{:?}", link?.info()?);
    /// }
    /// # Ok::<(), libbpf_safe::Error>(())
    /// ```
    ///
    /// Since Linux 5.8.
    ///
    /// # Errors
    ///
    /// The caller lacks `CAP_SYS_ADMIN`: the last item.
    pub fn all() -> impl Iterator<Item = Result<Link>> {
        ids::open(Link::ids(), Link::from_id)
    }
}
