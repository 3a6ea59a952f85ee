//! What becomes of what the kernel lacks: said on an open object.

#![allow(unsafe_code)]

use super::open::{OpenInner, OpenObject};
use crate::error::{Error, ErrorKind, Result};
use crate::map::MapType;
use crate::raw::Errno;
use crate::struct_ops::Presence;
use std::ffi::CString;

impl OpenObject {
    /// Says what becomes of a struct_ops map's type, its link, and those of its members that nothing was
    /// said about, where the running kernel lacks them.
    ///
    /// # Errors
    ///
    /// The object has no such map, or it is no struct_ops map.
    #[doc(alias = "bpf_struct_ops_shadow__set_presence")]
    pub fn set_presence(&mut self, map: &str, presence: Presence) -> Result<()> {
        set(&self.inner, map, None, presence)
    }

    /// Says what becomes of one member of a struct_ops map, where the running kernel lacks it.
    ///
    /// ```no_run
    /// use libbpf_safe::OpenObject;
    /// use libbpf_safe::struct_ops::Presence;
    ///
    /// let mut open = OpenObject::from_file("scheduler.bpf.o")?;
    /// open.set_member_presence("ops", "dump_task", Presence::Drop)?;
    /// let object = open.load()?;
    /// # Ok::<(), libbpf_safe::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The object has no such map, or it is no struct_ops map, or its type has no such member.
    #[doc(alias = "bpf_struct_ops_shadow__set_presence")]
    pub fn set_member_presence(
        &mut self,
        map: &str,
        member: &str,
        presence: Presence,
    ) -> Result<()> {
        set(&self.inner, map, Some(member), presence)
    }
}

/// The caller has the only [`OpenObject`] of `inner`, exclusively.
fn set(inner: &OpenInner, name: &str, member: Option<&str>, presence: Presence) -> Result<()> {
    let map = inner.map(inner.map_index(name)?)?;
    let operation = match member {
        None => format!(
            "set the presence of map `{name}` of object `{}`",
            inner.name()
        ),
        Some(member) => format!(
            "set the presence of member `{member}` of map `{name}` of object `{}`",
            inner.name()
        ),
    };
    if map.kind() != MapType::STRUCT_OPS.0 {
        return Err(Error::new(
            operation,
            ErrorKind::InvalidInput {
                reason: "it is no struct_ops map".into(),
            },
        ));
    }
    let no_member = || Error::new(operation.as_str(), ErrorKind::NotFound);
    let member = member
        .map(CString::new)
        .transpose()
        .map_err(|_| no_member())?;
    // SAFETY: bpf_struct_ops_shadow__set_presence wants the shadow's own object, and nobody else who sets
    // a presence or commits: only an OpenObject does either, and the callers borrow it exclusively.
    let set = unsafe {
        inner
            .shadow()
            .set_presence(Some(map), member.as_deref(), presence.to_c())
    };
    set.map_err(|errno| match errno {
        Errno(libc::ENOENT) => no_member(),
        errno => Error::system(operation.as_str(), errno),
    })
}
