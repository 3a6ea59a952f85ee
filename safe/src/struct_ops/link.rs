#![allow(unsafe_code)]

use super::{StructOpsMap, explain};
use crate::error::{Error, ErrorKind, Result};
use crate::link::LinkInfo;
use crate::log::capture;
use crate::raw;
use std::fmt;
use std::os::fd::BorrowedFd;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A registered struct_ops map. Dropping it ends the registration, unless the link is pinned.
///
/// # Invariants
///
/// `link` comes from `bpf_map__attach_struct_ops` on `map`, whose object is kept; it is `None` only
/// while it is being detached.
#[must_use = "dropping a link ends the registration"]
pub struct StructOpsLink {
    link: Option<raw::link::Link>,
    /// The map that was attached: libbpf detaches one without a kernel link through its descriptor.
    attached: StructOpsMap,
    /// The map that is in force now.
    current: StructOpsMap,
    pinned: Option<PathBuf>,
}

/// Held from the look at the map that is in force until another one is: two threads that both put the same map in force
/// would both find that it is not, and the second one would give the kernel the map that it has.
static UPDATES: Mutex<()> = Mutex::new(());

pub(super) fn one_update_at_a_time() -> MutexGuard<'static, ()> {
    UPDATES.lock().unwrap_or_else(PoisonError::into_inner)
}

impl StructOpsLink {
    pub(super) fn new(link: raw::link::Link, map: StructOpsMap) -> StructOpsLink {
        StructOpsLink {
            link: Some(link),
            attached: map.clone(),
            current: map,
            pinned: None,
        }
    }

    /// The map that is in force.
    pub fn map(&self) -> &StructOpsMap {
        &self.current
    }

    /// What the kernel knows about the link, read now. Since Linux 6.4.
    ///
    /// # Errors
    ///
    /// The map is in a plain `.struct_ops` section, which has no link in the kernel.
    #[doc(alias = "bpf_link_get_info_by_fd")]
    pub fn info(&self) -> Result<LinkInfo> {
        let operation = self.attached.cannot("read the link information of");
        if !self.attached.has_link() {
            return Err(Self::without_link(operation));
        }
        LinkInfo::read(self.link.as_ref(), &operation)
    }

    /// Puts another map in force, without a moment in between when there is none.
    ///
    /// Both maps have the same kernel type; many subsystems want the same name, too
    /// (`tcp_congestion_ops` does). The other map may be of another object. Nothing happens where the map
    /// is in force already. Since Linux 6.4.
    ///
    /// # Errors
    ///
    /// One of the maps is in a plain `.struct_ops` section, or the subsystem refuses; the map that was in
    /// force then still is.
    #[doc(alias = "bpf_link__update_map")]
    pub fn update(&mut self, map: &StructOpsMap) -> Result<()> {
        let operation = map.cannot("put in force");
        if !self.attached.has_link() || !map.has_link() {
            return Err(Self::without_link(operation));
        }
        if !map.is_created() {
            return Err(map.not_created("put in force"));
        }
        let _alone = one_update_at_a_time();
        // Linux up to 6.18 at least does not compare: tcp_update_congestion_control then adds one list
        // entry twice, which corrupts the list, or stops the kernel with its locks held. The ids are the
        // kernel's own: somebody else may have updated the link.
        if self.info()?.struct_ops_map_id() == Some(map.to_map()?.info().id) {
            self.current = map.clone();
            return Ok(());
        }
        let Some(link) = self.link.as_mut() else {
            return Err(Self::without_link(operation));
        };
        let lock = map.object().lock();
        // SAFETY: bpf_link__update_map wants a struct_ops link, by the type invariant, and a map of a
        // loaded object.
        let (result, messages) = capture(|| unsafe { link.update_map(map.map()) });
        drop(lock);
        match result {
            Ok(()) => {
                self.current = map.clone();
                Ok(())
            }
            Err(errno) => {
                Err(explain::not_updated(&self.current, map, errno).with_messages(messages))
            }
        }
    }

    /// Ends the registration, and says whether it worked: a link that is pinned is unpinned. Dropping does
    /// the same in silence, but for the pin.
    ///
    /// # Errors
    ///
    /// The kernel refuses; the link is gone for this process all the same.
    #[doc(alias = "bpf_link__destroy")]
    pub fn detach(mut self) -> Result<()> {
        if self.pinned.is_some() {
            self.unpin()?;
        }
        match self.link.take() {
            Some(link) => link
                .destroy()
                .map_err(|errno| Error::system(self.attached.cannot("detach"), errno)),
            None => Ok(()),
        }
    }

    /// Lets go of the link without an end of the registration: of a map in a plain `.struct_ops` section, which then
    /// stays in force until [`KernelStructOpsMap::unregister`](super::KernelStructOpsMap::unregister), and of a link
    /// that is pinned.
    ///
    /// # Errors
    ///
    /// The map is in a `.struct_ops.link` section and the link is not pinned: the kernel ends it with its last holder.
    #[doc(alias = "bpf_link__disconnect")]
    pub fn leave_registered(mut self) -> Result<()> {
        if self.attached.has_link() && self.pinned.is_none() {
            let reason = "nobody would hold its link".to_owned();
            let operation = self.attached.cannot("leave registered");
            return Err(Error::new(operation, ErrorKind::InvalidInput { reason })
                .with_hint("pin the link first"));
        }
        // A pinned link may go, with its descriptor: the pin holds it.
        if !self.attached.has_link() {
            if let Some(link) = self.link.as_mut() {
                link.disconnect();
            }
        }
        Ok(())
    }

    /// The link in the kernel.
    pub(super) fn kernel_link(&self, operation: &str) -> Result<BorrowedFd<'_>> {
        let link = self.link.as_ref().filter(|_| self.attached.has_link());
        link.and_then(raw::link::Link::fd)
            .ok_or_else(|| Self::without_link(operation.to_owned()))
    }

    /// What the link is pinned as.
    #[doc(alias = "bpf_link__pin_path")]
    pub fn pin_path(&self) -> Option<&Path> {
        self.pinned.as_deref()
    }

    pub(super) fn pin_path_mut(&mut self) -> &mut Option<PathBuf> {
        &mut self.pinned
    }

    pub(super) fn without_link(operation: String) -> Error {
        Error::new(
            operation,
            ErrorKind::InvalidInput {
                reason: "a map in a plain `.struct_ops` section has no link in the kernel".into(),
            },
        )
        .with_hint("put it into SEC(\".struct_ops.link\")")
    }
}

impl fmt::Debug for StructOpsLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StructOpsLink")
            .field("map", &self.current)
            .finish_non_exhaustive()
    }
}
