//! System calls that fail once, on purpose.
//!
//! The kernel asks (a seccomp filter's user notification, Linux 5.8) about each call that a thread makes; a second
//! thread counts them, and has one of them fail; all other calls go their way. Only `made_up` answers all.

pub mod made_up;
mod notification;
pub mod operations;
pub mod scenarios;

use notification::{Call, Listener};
use std::panic::resume_unwind;
use std::sync::mpsc;
use std::thread;

/// Calls that are watched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Calls {
    /// `bpf`.
    Bpf,
    /// `mmap` of files, of what the kernel shares, and of memory that is to be shared. Not what is to be private: that
    /// is how allocators get theirs.
    Mappings,
    /// `perf_event_open`, and `ioctl`, which sets its program and switches it on.
    Events,
    /// What else makes or duplicates a descriptor: opening files, perf events, epoll, memory files.
    Descriptors,
}

impl Calls {
    /// None of these fails.
    pub fn all_succeed(self) -> Fault {
        Fault {
            calls: self,
            at: 1,
            times: 0,
            errno: 0,
        }
    }
}

/// Which calls fail, and how.
#[derive(Debug, Clone, Copy)]
pub struct Fault {
    /// Among which calls.
    pub calls: Calls,
    /// The number of the first that fails, from 1 on.
    pub at: usize,
    /// How many fail, one after the other: libbpf tries some calls again in another way.
    pub times: usize,
    /// Its errno.
    pub errno: i32,
}

/// Runs `work` on a thread of its own, where calls fail. What it gives, and how many such calls it made.
pub fn with_fault<T: Send>(fault: Fault, work: impl FnOnce() -> T + Send) -> (T, usize) {
    let mut made = 0;
    let result = answered(fault.calls, work, |listener, call| {
        made += usize::from(call.is_watched());
        if call.is_watched() && (fault.at..fault.at + fault.times).contains(&made) {
            listener.fail(call, fault.errno);
        } else {
            listener.go_on(call);
        }
    });
    (result, made)
}

/// Runs `work` on a thread of its own, of whose calls each gets an answer.
fn answered<T: Send>(
    calls: Calls,
    work: impl FnOnce() -> T + Send,
    mut answer: impl FnMut(&Listener, &Call),
) -> T {
    thread::scope(|scope| {
        let (sender, receiver) = mpsc::channel();
        let worker = scope.spawn(move || {
            sender.send(Listener::of_this_thread(calls)).unwrap();
            work()
        });
        let listener = receiver.recv().unwrap();
        // Until the thread ends, and its filter with it.
        while let Some(call) = listener.next_call() {
            answer(&listener, &call);
        }
        drop(listener);
        worker.join().unwrap_or_else(|panic| resume_unwind(panic))
    })
}
