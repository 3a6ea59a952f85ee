use crate::error::{Error, Result};
use crate::raw::hook;
use libbpf_ffi as ffi;
use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::path::PathBuf;

/// What a program runs at, by a descriptor of some process: the perf event of a probe or a tracepoint, or a raw
/// tracepoint. Older than links, and for what has none.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TaskDescriptor {
    /// The program's id.
    pub program_id: u32,
    /// Where it is attached.
    pub event: TaskEvent,
}

/// Where the program of a descriptor is attached: `enum bpf_task_fd_type`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
#[doc(alias = "bpf_task_fd_type")]
pub enum TaskEvent {
    /// A raw tracepoint, by its name.
    RawTracepoint(String),
    /// A tracepoint, by its name.
    Tracepoint(String),
    /// A kernel function.
    Kprobe {
        /// Its name; empty where it was given by its address.
        function: String,
        /// In bytes from its start.
        offset: u64,
        /// Where that is; 0 for those who may not see it in `/proc/kallsyms`, and where the name is known.
        address: u64,
        /// At its return, not at its entry.
        on_return: bool,
    },
    /// A function of a file.
    Uprobe {
        /// The file.
        path: PathBuf,
        /// In bytes from the file's start.
        offset: u64,
        /// At its return, not at its entry.
        on_return: bool,
    },
    /// Another one, of a kernel that is newer than this library.
    Other(u32),
}

impl TaskDescriptor {
    /// What the kernel knows of the descriptor `fd` of a process.
    ///
    /// Since Linux 4.18.
    ///
    /// # Errors
    ///
    /// There is no such process or descriptor, it is of something else, or the caller lacks `CAP_SYS_ADMIN`.
    #[doc(alias = "bpf_task_fd_query")]
    pub fn query(process: u32, fd: i32) -> Result<TaskDescriptor> {
        let operation = format!("ask for the program at descriptor {fd} of process {process}");
        let refused = |errno| Error::system(operation.as_str(), errno).with_privileges();
        let id = i32::try_from(process).map_err(|_| refused(crate::raw::Errno(libc::ESRCH)))?;
        let found = hook::task_fd(id, fd).map_err(refused)?;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let event = match found.kind {
            ffi::BPF_FD_TYPE_RAW_TRACEPOINT => TaskEvent::RawTracepoint(text(&found.name)),
            ffi::BPF_FD_TYPE_TRACEPOINT => TaskEvent::Tracepoint(text(&found.name)),
            ffi::BPF_FD_TYPE_KPROBE | ffi::BPF_FD_TYPE_KRETPROBE => TaskEvent::Kprobe {
                function: text(&found.name),
                offset: found.offset,
                address: found.address,
                on_return: found.kind == ffi::BPF_FD_TYPE_KRETPROBE,
            },
            ffi::BPF_FD_TYPE_UPROBE | ffi::BPF_FD_TYPE_URETPROBE => TaskEvent::Uprobe {
                path: PathBuf::from(OsString::from_vec(found.name)),
                offset: found.offset,
                on_return: found.kind == ffi::BPF_FD_TYPE_URETPROBE,
            },
            kind => TaskEvent::Other(kind),
        };
        Ok(TaskDescriptor {
            program_id: found.program_id,
            event,
        })
    }
}
