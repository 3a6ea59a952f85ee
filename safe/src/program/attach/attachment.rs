use super::tc::TcHook;
use super::{AttachType, Hook, Place};
use crate::error::{Error, Result};
use crate::log::capture;
use crate::program::KernelProgram;
use crate::raw::attach::Multi;
use crate::raw::{self, Errno};
use std::fmt;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};

/// A program that is attached without a link. Dropping this detaches it; when the process is killed it stays
/// attached.
///
/// What others have put in its place meanwhile is left alone. What is attached to a network device or namespace is detached
/// by a thread of that namespace only: on another one, it stays attached.
#[must_use = "dropping an attachment detaches the program; `keep` leaves it attached"]
pub struct Attachment {
    /// `None` once it is detached or kept.
    recipe: Option<Recipe>,
    /// What was done: completes "cannot …".
    operation: String,
}

/// How to detach.
#[derive(Debug)]
pub(super) enum Recipe {
    Hook {
        target: Target,
        attach_type: AttachType,
        program: KernelProgram,
    },
    Xdp {
        device: i32,
        /// `XDP_FLAGS_…`: the mode.
        flags: u32,
        program: KernelProgram,
    },
    Tc {
        hook: TcHook,
        handle: u32,
        priority: u16,
        program_id: u32,
    },
}

/// What the program is attached to.
#[derive(Debug)]
pub(super) enum Target {
    Device(i32),
    Cgroup(OwnedFd),
    Descriptor(OwnedFd),
    /// The network namespace of the calling thread.
    OwnNamespace,
}

impl Attachment {
    pub(super) fn new(recipe: Recipe, operation: String) -> Attachment {
        Attachment {
            recipe: Some(recipe),
            operation,
        }
    }

    /// Leaves the program attached, also when the process ends.
    pub fn keep(mut self) {
        self.recipe = None;
    }

    /// Detaches, and says whether it worked.
    ///
    /// # Errors
    ///
    /// The program is not attached any more, or the kernel refuses.
    pub fn detach(mut self) -> Result<()> {
        match self.recipe.take() {
            Some(recipe) => call(
                || format!("undo what was done to {}", self.operation),
                || recipe.detach(),
            ),
            None => Ok(()),
        }
    }
}

impl Recipe {
    fn detach(&self) -> raw::Result<()> {
        match self {
            Recipe::Hook {
                target,
                attach_type,
                program,
            } => {
                let target = match target {
                    Target::Device(index) => *index,
                    Target::Cgroup(fd) => {
                        return detach_from_cgroup(program, fd.as_fd(), *attach_type, 0);
                    }
                    Target::Descriptor(fd) => fd.as_raw_fd(),
                    Target::OwnNamespace => 0,
                };
                raw::hook::detach(
                    Some(program.as_fd()),
                    target,
                    attach_type.0,
                    Multi::default(),
                )
            }
            Recipe::Xdp {
                device,
                flags,
                program,
            } => raw::netlink::detach_xdp(*device, *flags, Some(program.as_fd())),
            Recipe::Tc {
                hook,
                handle,
                priority,
                program_id,
            } => {
                // The kernel does not compare; between the two calls somebody else may still come.
                if hook.raw_query(*handle, *priority)?.program_id != *program_id {
                    return Err(Errno(libc::ENOENT));
                }
                hook.raw_detach(*handle, *priority)
            }
        }
    }
}

impl Drop for Attachment {
    fn drop(&mut self) {
        if let Some(recipe) = self.recipe.take() {
            // Where it fails it is not attached any more, or the caller has lost the right to detach it.
            let _ = capture(|| recipe.detach());
        }
    }
}

impl fmt::Debug for Attachment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Attachment")
            .field("recipe", &self.recipe)
            .finish_non_exhaustive()
    }
}

/// Detaches a program from a cgroup, if the list of programs has this revision; 0 is any.
///
/// Where a cgroup has one program of a kind ([`Sharing`](super::Sharing)), the kernel detaches that, whichever it is told
/// (`find_detach_entry` in `kernel/bpf/cgroup.c`). So it is looked at first; between the two calls somebody else may still
/// come.
pub(super) fn detach_from_cgroup(
    program: &KernelProgram,
    cgroup: BorrowedFd<'_>,
    attach_type: AttachType,
    expected_revision: u64,
) -> raw::Result<()> {
    let id = raw::syscall::program_info(program.as_fd())?.id;
    // Kernels before 4.15 do not tell.
    let list = Hook::new(Place::Cgroup(cgroup), attach_type).list();
    if list.is_ok_and(|list| list.programs.iter().all(|found| found.program_id != id)) {
        return Err(Errno(libc::ENOENT));
    }
    let multi = Multi {
        expected_revision,
        ..Multi::default()
    };
    let cgroup = cgroup.as_raw_fd();
    raw::hook::detach(Some(program.as_fd()), cgroup, attach_type.0, multi)
}

/// A call of libbpf's for an attachment without a link, with what it says in the error.
pub(super) fn call<T>(
    operation: impl FnOnce() -> String,
    call: impl FnOnce() -> raw::Result<T>,
) -> Result<T> {
    let (result, messages) = capture(call);
    result.map_err(|errno| {
        Error::system(operation(), errno)
            .with_privileges()
            .with_messages(messages)
    })
}
