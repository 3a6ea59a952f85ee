use super::super::Program;
use crate::error::Result;
use crate::link::Link;
use crate::map::Map;
use libbpf_ffi as ffi;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};

/// What an iterator goes through, where its section leaves that open: `union bpf_iter_link_info`.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
#[doc(alias = "bpf_iter_link_info")]
pub enum IteratorTarget<'a> {
    /// All there is.
    All,
    /// The elements of this map. Since Linux 5.9.
    Map(&'a Map),
    /// These tasks. Since Linux 6.1.
    Tasks(TaskOf<'a>),
}

/// Which tasks an iterator goes through.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum TaskOf<'a> {
    /// One thread, by its id.
    Thread(u32),
    /// The threads of a process, by its id.
    Process(u32),
    /// The threads of a process, by its pidfd.
    PidFd(BorrowedFd<'a>),
}

impl IteratorTarget<'_> {
    fn to_c(self) -> Option<ffi::bpf_iter_link_info> {
        let mut info = ffi::bpf_iter_link_info::default();
        match self {
            IteratorTarget::All => return None,
            IteratorTarget::Map(map) => {
                info.map.map_fd = map.as_fd().as_raw_fd().unsigned_abs();
            }
            IteratorTarget::Tasks(TaskOf::Thread(id)) => info.task.tid = id,
            IteratorTarget::Tasks(TaskOf::Process(id)) => info.task.pid = id,
            IteratorTarget::Tasks(TaskOf::PidFd(fd)) => {
                info.task.pid_fd = fd.as_raw_fd().unsigned_abs();
            }
        }
        Some(info)
    }
}

/// Iterators.
impl Program {
    /// Attaches an iterator (`SEC("iter/task")`). The link is then read through a file that
    /// [`Link::open_iterator`] opens, or that it is pinned at.
    ///
    /// Since Linux 5.8.
    ///
    /// # Errors
    ///
    /// The target is none for this iterator, or the program is of another type.
    #[doc(alias = "bpf_program__attach_iter")]
    pub fn attach_iterator(&self, target: IteratorTarget<'_>) -> Result<Link> {
        let info = target.to_c();
        self.attach_with(|program| program.iterator(info))
    }
}
