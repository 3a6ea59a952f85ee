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
    /// The elements of this map (`iter/bpf_map_elem`, since Linux 5.9), the storages in it
    /// (`iter/bpf_sk_storage_map`), or the sockets (`iter/sockmap`, since Linux 5.10).
    Map(&'a Map),
    /// These tasks. Since Linux 6.1.
    Tasks(TaskOf<'a>),
    /// These cgroups. Since Linux 6.1.
    Cgroups(CgroupOf<'a>, CgroupOrder),
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

/// Where an iterator over cgroups begins.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum CgroupOf<'a> {
    /// The cgroup whose folder this is.
    Folder(BorrowedFd<'a>),
    /// The cgroup with this id, the inode of its folder; only of cgroup2.
    Id(u64),
    /// The root of cgroup2.
    Root,
}

/// Which cgroups an iterator goes through, from the one that it was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
#[doc(alias = "bpf_cgroup_iter_order")]
pub enum CgroupOrder {
    /// That one alone.
    SelfOnly,
    /// It and those below, each before those below it.
    DescendantsFirst,
    /// It and those below, each after those below it.
    DescendantsLast,
    /// It and those above.
    Ancestors,
    /// Those right below it. Since Linux 7.0.
    Children,
    /// Another order, of a kernel that is newer than this library.
    Other(u32),
}

impl CgroupOrder {
    fn to_c(self) -> u32 {
        match self {
            CgroupOrder::SelfOnly => ffi::BPF_CGROUP_ITER_SELF_ONLY,
            CgroupOrder::DescendantsFirst => ffi::BPF_CGROUP_ITER_DESCENDANTS_PRE,
            CgroupOrder::DescendantsLast => ffi::BPF_CGROUP_ITER_DESCENDANTS_POST,
            CgroupOrder::Ancestors => ffi::BPF_CGROUP_ITER_ANCESTORS_UP,
            CgroupOrder::Children => ffi::BPF_CGROUP_ITER_CHILDREN,
            CgroupOrder::Other(order) => order,
        }
    }

    pub(crate) fn from_c(order: u32) -> CgroupOrder {
        match order {
            ffi::BPF_CGROUP_ITER_SELF_ONLY => CgroupOrder::SelfOnly,
            ffi::BPF_CGROUP_ITER_DESCENDANTS_PRE => CgroupOrder::DescendantsFirst,
            ffi::BPF_CGROUP_ITER_DESCENDANTS_POST => CgroupOrder::DescendantsLast,
            ffi::BPF_CGROUP_ITER_ANCESTORS_UP => CgroupOrder::Ancestors,
            ffi::BPF_CGROUP_ITER_CHILDREN => CgroupOrder::Children,
            order => CgroupOrder::Other(order),
        }
    }
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
            IteratorTarget::Cgroups(cgroup, order) => {
                info.cgroup.order = order.to_c();
                match cgroup {
                    CgroupOf::Folder(folder) => {
                        info.cgroup.cgroup_fd = folder.as_raw_fd().unsigned_abs();
                    }
                    CgroupOf::Id(id) => info.cgroup.cgroup_id = id,
                    CgroupOf::Root => {}
                }
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
