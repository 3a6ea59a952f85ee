use super::attachment::{Attachment, Recipe, Target, detach_from_cgroup};
use super::{AttachType, MultiOptions};
use crate::error::{Error, ErrorKind, Result};
use crate::map::Map;
use crate::program::KernelProgram;
use crate::raw::hook::{self as raw, Lists};
use crate::raw::{Errno, attach::Multi};
use libbpf_ffi as ffi;
use std::fmt;
use std::fs::{self, File};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};
use std::os::unix::fs::MetadataExt;

/// A place that programs are attached to, to ask what is attached there, or to attach without a link.
///
/// ```no_run
/// use libbpf_safe::program::attach::{AttachType, Hook, Place};
/// use std::os::fd::AsFd;
///
/// let folder = std::fs::File::open("/sys/fs/cgroup")?;
/// let hook = Hook::new(Place::Cgroup(folder.as_fd()), AttachType::CGROUP_INET_EGRESS);
/// for program in hook.attached()?.programs {
///     println!("{}", program.program_id);
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Hook<'a> {
    place: Place<'a>,
    attach_type: AttachType,
}

/// What has hooks.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Place<'a> {
    /// A network device, by its index: tcx (since Linux 6.6), netkit (6.7).
    Device(u32),
    /// A cgroup, by its folder. Since Linux 4.10; to ask, 4.15.
    Cgroup(BorrowedFd<'a>),
    /// A network namespace, by a file such as `/proc/self/ns/net`: the flow dissector (to ask since Linux 5.6), and
    /// `sk_lookup` (to ask alone: it has links only; 5.9). Without a link,
    /// programs are attached only to the namespace of the calling thread.
    NetworkNamespace(BorrowedFd<'a>),
    /// A map of sockets: `sk_skb` (since Linux 4.14), `sk_msg` (4.17); to ask since 5.18.
    Sockets(&'a Map),
    /// An infrared receiver, `/dev/lircN`. Since Linux 4.18.
    Infrared(BorrowedFd<'a>),
}

/// How to attach without a link: `struct bpf_prog_attach_opts`.
#[derive(Debug, Clone, Copy, Default)]
#[doc(alias = "bpf_prog_attach_opts")]
pub struct HookOptions<'a> {
    /// Where among the other programs: tcx, netkit, and cgroups since Linux 6.17.
    pub order: MultiOptions<'a>,
    /// Take the place of this one, which has to be there: tcx, netkit, and cgroups with
    /// [`Sharing::Multiple`] since Linux 5.6.
    #[doc(alias = "BPF_F_REPLACE")]
    pub replace: Option<&'a KernelProgram>,
    /// What others may attach, of cgroups.
    pub sharing: Sharing,
    /// Of cgroups: run before the programs of cgroups below, not after. Since Linux 6.15.
    #[doc(alias = "BPF_F_PREORDER")]
    pub preorder: bool,
}

/// What the owner of a cgroup lets others attach to the same hook. All that are attached by a link are
/// [`Multiple`](Sharing::Multiple).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Sharing {
    /// Nothing, neither here nor below.
    #[default]
    Alone,
    /// Cgroups below may have one that runs in the place of this one.
    #[doc(alias = "BPF_F_ALLOW_OVERRIDE")]
    Overridable,
    /// All run: of one cgroup, and of those below before those above. Since Linux 4.15.
    #[doc(alias = "BPF_F_ALLOW_MULTI")]
    Multiple,
}

/// What is attached to a hook.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
#[doc(alias = "bpf_prog_query_opts")]
pub struct Attached {
    /// Changes with each change of the list: what an [`expected_revision`](MultiOptions::expected_revision) is held
    /// against. `None` where the hook has none: all but tcx, netkit, and cgroups since Linux 6.17.
    pub revision: Option<u64>,
    /// How the first program was attached to the cgroup (`BPF_F_ALLOW_…`); 0 elsewhere.
    pub flags: u32,
    /// The programs, in the order that they run in.
    pub programs: Vec<AttachedProgram>,
}

/// A program that is attached to a hook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct AttachedProgram {
    /// Its id.
    pub program_id: u32,
    /// The id of the link that attaches it; `None` where there is none, or where the kernel does not say: it does for
    /// tcx and netkit.
    pub link_id: Option<u32>,
    /// How it was attached to the cgroup (`BPF_F_ALLOW_…`, `BPF_F_PREORDER`). Since Linux 6.0.
    pub flags: u32,
}

impl<'a> Hook<'a> {
    /// The hook of this kind at this place.
    pub fn new(place: Place<'a>, attach_type: AttachType) -> Hook<'a> {
        Hook { place, attach_type }
    }

    /// The programs that are attached here.
    ///
    /// # Errors
    ///
    /// The place has no such hook, the kernel is too old to say, or the caller may not ask.
    #[doc(alias = "bpf_prog_query")]
    #[doc(alias = "bpf_prog_query_opts")]
    pub fn attached(&self) -> Result<Attached> {
        self.list()
            .map_err(|errno| Error::system(self.operation("ask what is attached to"), errno))
    }

    /// What is attached here, with all that the kernel tells of it.
    pub(super) fn list(&self) -> std::result::Result<Attached, Errno> {
        let lists = match self.place {
            Place::Device(_) => Lists::Links,
            Place::Cgroup(_) => Lists::Flags,
            _ => Lists::Programs,
        };
        match self.query(0, lists) {
            // A kernel that does not know of the list.
            Err(Errno(libc::EINVAL | libc::E2BIG)) if lists == Lists::Flags => {
                self.query(0, Lists::Programs)
            }
            other => other,
        }
    }

    /// The programs that run here: of a cgroup also those of the cgroups above.
    ///
    /// # Errors
    ///
    /// As [`attached`](Hook::attached), or the place is no cgroup.
    #[doc(alias = "BPF_F_QUERY_EFFECTIVE")]
    pub fn effective(&self) -> Result<Attached> {
        self.query(ffi::BPF_F_QUERY_EFFECTIVE, Lists::Programs)
            .map_err(|errno| Error::system(self.operation("ask what runs at"), errno))
    }

    fn query(&self, flags: u32, lists: Lists) -> std::result::Result<Attached, Errno> {
        let target = self.target().ok_or(Errno(libc::ENODEV))?;
        let mut room = 16;
        loop {
            match raw::query(target, self.attach_type.0, flags, lists, room) {
                // No hook has as many.
                Err(Errno(libc::ENOSPC)) if room < 1 << 16 => room *= 2,
                found => return found.map(Attached::from_raw),
            }
        }
    }

    /// Attaches a program without a link: it stays until it is detached, the place goes, or the result is dropped.
    ///
    /// # Errors
    ///
    /// The program is of another type, the options do not fit the place, or what is attached already does not allow
    /// it.
    #[doc(alias = "bpf_prog_attach")]
    #[doc(alias = "bpf_prog_attach_opts")]
    pub fn attach(&self, program: &KernelProgram, options: &HookOptions<'_>) -> Result<Attachment> {
        let mut multi = options.order.to_raw()?;
        multi.flags |= match options.sharing {
            Sharing::Alone => 0,
            Sharing::Overridable => ffi::BPF_F_ALLOW_OVERRIDE,
            Sharing::Multiple => ffi::BPF_F_ALLOW_MULTI,
        };
        if options.preorder {
            multi.flags |= ffi::BPF_F_PREORDER;
        }
        let operation = || self.operation(&format!("attach program `{}` to", program.name()));
        let refused = |errno| Error::system(operation(), errno).with_privileges();
        let target = self.attach_target(operation)?;
        // First, so that nothing fails once the program is attached.
        let kept = self.kept_target().map_err(refused)?;
        let replace = options.replace.map(AsFd::as_fd);
        raw::attach(program.as_fd(), target, self.attach_type.0, multi, replace)
            .map_err(refused)?;
        Ok(Attachment::new(
            Recipe::Hook {
                target: kept,
                attach_type: self.attach_type,
                program: program.clone(),
            },
            operation(),
        ))
    }

    /// Detaches a program, whoever has attached it, unless by a link. Another one that has its place is left alone.
    ///
    /// # Errors
    ///
    /// It is not attached here, or by a link.
    #[doc(alias = "bpf_prog_detach")]
    #[doc(alias = "bpf_prog_detach2")]
    #[doc(alias = "bpf_prog_detach_opts")]
    pub fn detach(&self, program: &KernelProgram) -> Result<()> {
        self.detach_at(program, 0)
    }

    /// Like [`detach`](Hook::detach), but only if the list of programs still has this revision; 0 is any. Since Linux
    /// 6.6.
    ///
    /// # Errors
    ///
    /// The list has another revision, or as for `detach`.
    pub fn detach_at(&self, program: &KernelProgram, expected_revision: u64) -> Result<()> {
        let operation = || self.operation(&format!("detach program `{}` from", program.name()));
        let target = self.attach_target(operation)?;
        let multi = Multi {
            expected_revision,
            ..Multi::default()
        };
        match self.place {
            Place::Cgroup(cgroup) => {
                detach_from_cgroup(program, cgroup, self.attach_type, expected_revision)
            }
            _ => raw::detach(Some(program.as_fd()), target, self.attach_type.0, multi),
        }
        .map_err(|errno| Error::system(operation(), errno).with_privileges())
    }

    /// The descriptor or the index, as the kernel wants it.
    fn target(&self) -> Option<i32> {
        Some(match self.place {
            Place::Device(index) => i32::try_from(index).ok()?,
            Place::Cgroup(fd) | Place::NetworkNamespace(fd) | Place::Infrared(fd) => fd.as_raw_fd(),
            Place::Sockets(map) => map.as_fd().as_raw_fd(),
        })
    }

    /// Where to attach to and to detach from: the kernel takes the caller's network namespace, and no other.
    fn attach_target(&self, operation: impl Fn() -> String) -> Result<i32> {
        match self.place {
            Place::NetworkNamespace(fd) if is_own_namespace(fd) => Ok(0),
            Place::NetworkNamespace(_) => {
                let reason = "it is not that of this thread".into();
                Err(Error::new(operation(), ErrorKind::InvalidInput { reason })
                    .with_hint("attach by a link: `Program::attach_network_namespace`"))
            }
            _ => self.target().ok_or_else(|| self.no_device(operation())),
        }
    }

    fn kept_target(&self) -> std::result::Result<Target, Errno> {
        let fd = match self.place {
            Place::Device(index) => {
                return i32::try_from(index)
                    .map(Target::Device)
                    .map_err(|_| Errno(libc::ENODEV));
            }
            Place::NetworkNamespace(_) => return Ok(Target::OwnNamespace),
            Place::Cgroup(fd) | Place::Infrared(fd) => fd,
            Place::Sockets(map) => map.as_fd(),
        };
        let target = match self.place {
            Place::Cgroup(_) => Target::Cgroup,
            _ => Target::Descriptor,
        };
        fd.try_clone_to_owned()
            .map(target)
            .map_err(|error| Errno::from(&error))
    }

    fn no_device(&self, operation: String) -> Error {
        let reason = "that is no index of a device".into();
        Error::new(operation, ErrorKind::InvalidInput { reason })
    }

    fn operation(&self, what: &str) -> String {
        format!("{what} {self}")
    }
}

fn is_own_namespace(fd: BorrowedFd<'_>) -> bool {
    let own = fs::metadata("/proc/thread-self/ns/net");
    let given = fd.try_clone_to_owned().map(File::from);
    match (own, given.and_then(|file| file.metadata())) {
        (Ok(own), Ok(given)) => (own.dev(), own.ino()) == (given.dev(), given.ino()),
        _ => false,
    }
}

impl fmt::Display for Hook<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the hook `{}` of ", self.attach_type)?;
        match self.place {
            Place::Device(index) => write!(f, "the network device {index}"),
            Place::Cgroup(_) => f.write_str("a cgroup"),
            Place::NetworkNamespace(_) => f.write_str("a network namespace"),
            Place::Sockets(map) => write!(f, "map `{}`", map.name()),
            Place::Infrared(_) => f.write_str("an infrared receiver"),
        }
    }
}

impl Attached {
    fn from_raw(found: raw::Attached) -> Attached {
        let at = |list: &[u32], index: usize| list.get(index).copied().unwrap_or(0);
        let programs = found
            .program_ids
            .iter()
            .enumerate()
            .map(|(index, &program_id)| AttachedProgram {
                program_id,
                link_id: Some(at(&found.link_ids, index)).filter(|&id| id != 0),
                flags: at(&found.program_flags, index),
            })
            .collect();
        Attached {
            revision: Some(found.revision).filter(|&revision| revision != 0),
            flags: found.flags,
            programs,
        }
    }
}
