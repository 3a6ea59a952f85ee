use super::super::Program;
use crate::error::Result;
use crate::link::Link;
use crate::raw::attach::Multi;
use libbpf_ffi as ffi;
use std::os::fd::{AsFd, AsRawFd};

/// Where a program goes among the others at the same hook.
#[derive(Debug, Clone, Copy, Default)]
pub enum Position<'a> {
    /// Where the kernel puts it: last.
    #[default]
    Default,
    /// Before all others.
    #[doc(alias = "BPF_F_BEFORE")]
    First,
    /// After all others.
    #[doc(alias = "BPF_F_AFTER")]
    Last,
    /// Right before this one.
    #[doc(alias = "BPF_F_BEFORE")]
    Before(Anchor<'a>),
    /// Right after this one.
    #[doc(alias = "BPF_F_AFTER")]
    After(Anchor<'a>),
}

/// Another attachment, which a position is relative to.
#[derive(Debug, Clone, Copy)]
pub enum Anchor<'a> {
    /// By its link.
    Link(&'a Link),
    /// By its link's id.
    #[doc(alias = "BPF_F_LINK")]
    LinkId(u32),
    /// By its program. In a cgroup, only one that is attached without a link.
    Program(&'a Program),
    /// By its program's id. In a cgroup, only one that is attached without a link.
    #[doc(alias = "BPF_F_ID")]
    ProgramId(u32),
}

/// Where to attach among other programs: what tcx, netkit and cgroups have in common.
#[derive(Debug, Clone, Copy, Default)]
#[doc(alias = "bpf_tcx_opts")]
#[doc(alias = "bpf_netkit_opts")]
pub struct MultiOptions<'a> {
    /// The place.
    pub position: Position<'a>,
    /// Attach only if the hook's list of programs still has this revision; 0 is any.
    pub expected_revision: u64,
}

impl MultiOptions<'_> {
    pub(super) fn to_raw(self) -> Result<Multi> {
        let mut multi = Multi {
            expected_revision: self.expected_revision,
            ..Multi::default()
        };
        let (side, anchor) = match self.position {
            Position::Default => (0, None),
            Position::First => (ffi::BPF_F_BEFORE, None),
            Position::Last => (ffi::BPF_F_AFTER, None),
            Position::Before(anchor) => (ffi::BPF_F_BEFORE, Some(anchor)),
            Position::After(anchor) => (ffi::BPF_F_AFTER, Some(anchor)),
        };
        multi.flags = side;
        match anchor {
            None => {}
            Some(Anchor::Link(link)) => {
                multi.flags |= ffi::BPF_F_LINK;
                multi.relative_fd = link
                    .as_fd_or_error("attach next to")?
                    .as_raw_fd()
                    .unsigned_abs();
            }
            Some(Anchor::LinkId(id)) => {
                multi.flags |= ffi::BPF_F_LINK | ffi::BPF_F_ID;
                multi.relative_id = id;
            }
            Some(Anchor::Program(program)) => {
                multi.relative_fd = program.fd()?.as_fd().as_raw_fd().unsigned_abs();
            }
            Some(Anchor::ProgramId(id)) => {
                multi.flags |= ffi::BPF_F_ID;
                multi.relative_id = id;
            }
        }
        Ok(multi)
    }
}
