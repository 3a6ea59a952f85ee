//! seccomp's user notifications: what the kernel says of calls, and is answered.
#![allow(unsafe_code)]

use super::Calls;
use rustix::event::{PollFd, PollFlags, poll};
use std::io::{Error, ErrorKind};
use std::mem;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};

/// Where the kernel asks.
#[derive(Debug)]
pub(super) struct Listener(OwnedFd);

/// A call that waits for its answer.
#[derive(Debug)]
pub(super) struct Call {
    id: u64,
    number: i64,
    pub(super) arguments: [u64; 6],
}

const DESCRIPTORS: &[i64] = &[
    libc::SYS_openat,
    libc::SYS_perf_event_open,
    libc::SYS_epoll_create1,
    libc::SYS_memfd_create,
    libc::SYS_dup3,
    libc::SYS_fcntl,
    libc::SYS_socket,
];

impl Calls {
    fn numbers(self) -> &'static [i64] {
        match self {
            Calls::Bpf => &[libc::SYS_bpf],
            Calls::Mappings => &[libc::SYS_mmap],
            Calls::Events => &[libc::SYS_perf_event_open, libc::SYS_ioctl],
            Calls::Descriptors => DESCRIPTORS,
        }
    }
}

impl Call {
    /// Not what has the same number as a call that makes or maps a descriptor, and does something else.
    pub(super) fn is_watched(&self) -> bool {
        match self.number {
            libc::SYS_mmap => {
                self.arguments[3] as i32 & libc::MAP_PRIVATE == 0 || self.arguments[4] as i32 != -1
            }
            libc::SYS_fcntl => self.arguments[1] as i32 == libc::F_DUPFD_CLOEXEC,
            _ => true,
        }
    }
}

impl Listener {
    /// From now on the kernel asks about these calls of this thread, for as long as it runs.
    pub(super) fn of_this_thread(calls: Calls) -> Listener {
        const LOAD: u16 = (libc::BPF_LD | libc::BPF_W | libc::BPF_ABS) as u16;
        const EQUAL: u16 = (libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K) as u16;
        const RETURN: u16 = (libc::BPF_RET | libc::BPF_K) as u16;
        let instruction = |code, jt, jf, k| libc::sock_filter { code, jt, jf, k };
        // The call's number is first in `struct seccomp_data`.
        let mut filter = vec![instruction(LOAD, 0, 0, 0)];
        for number in calls.numbers() {
            filter.push(instruction(EQUAL, 0, 1, *number as u32));
            filter.push(instruction(RETURN, 0, 0, libc::SECCOMP_RET_USER_NOTIF));
        }
        filter.push(instruction(RETURN, 0, 0, libc::SECCOMP_RET_ALLOW));
        let program = libc::sock_fprog {
            len: filter.len() as u16,
            filter: filter.as_mut_ptr(),
        };
        // Without it a filter takes a privilege; no program that this thread starts gains one.
        // SAFETY: PR_SET_NO_NEW_PRIVS takes numbers.
        let status = unsafe { libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) };
        assert_eq!(status, 0, "prctl: {}", Error::last_os_error());
        // SAFETY: seccomp reads the program, whose instructions live until after the call.
        let descriptor = unsafe {
            libc::syscall(
                libc::SYS_seccomp,
                libc::SECCOMP_SET_MODE_FILTER,
                libc::SECCOMP_FILTER_FLAG_NEW_LISTENER,
                &program,
            )
        };
        assert!(descriptor >= 0, "seccomp: {}", Error::last_os_error());
        // SAFETY: seccomp gave a descriptor that nobody else has.
        Listener(unsafe { OwnedFd::from_raw_fd(descriptor as i32) })
    }

    /// The next call, or none where the thread has ended.
    pub(super) fn next_call(&self) -> Option<Call> {
        loop {
            let mut descriptors = [PollFd::new(&self.0, PollFlags::IN)];
            poll(&mut descriptors, None).unwrap();
            if !descriptors[0].revents().contains(PollFlags::IN) {
                return None;
            }
            // SAFETY: a struct of integers.
            let mut call: libc::seccomp_notif = unsafe { mem::zeroed() };
            // SAFETY: SECCOMP_IOCTL_NOTIF_RECV writes this struct, and wants zeros in it before.
            let status = unsafe {
                libc::ioctl(
                    self.0.as_raw_fd(),
                    libc::SECCOMP_IOCTL_NOTIF_RECV,
                    &mut call,
                )
            };
            match status {
                0 => {
                    return Some(Call {
                        id: call.id,
                        number: call.data.nr.into(),
                        arguments: call.data.args,
                    });
                }
                _ => {
                    // Of a call that a signal took back.
                    let error = Error::last_os_error();
                    assert_eq!(error.kind(), ErrorKind::NotFound, "{error}");
                }
            }
        }
    }

    /// The kernel does what was called.
    pub(super) fn go_on(&self, call: &Call) {
        self.answer(call, 0, 0, libc::SECCOMP_USER_NOTIF_FLAG_CONTINUE as u32);
    }

    /// The kernel does nothing, and the caller gets this errno.
    pub(super) fn fail(&self, call: &Call, errno: i32) {
        self.answer(call, 0, -errno, 0);
    }

    /// The kernel does nothing, and the caller gets this value.
    pub(super) fn give(&self, call: &Call, value: i64) {
        self.answer(call, value, 0, 0);
    }

    fn answer(&self, call: &Call, value: i64, error: i32, flags: u32) {
        let mut answer = libc::seccomp_notif_resp {
            id: call.id,
            val: value,
            error,
            flags,
        };
        // SAFETY: SECCOMP_IOCTL_NOTIF_SEND reads this struct.
        let status = unsafe {
            libc::ioctl(
                self.0.as_raw_fd(),
                libc::SECCOMP_IOCTL_NOTIF_SEND,
                &mut answer,
            )
        };
        assert_eq!(status, 0, "seccomp: {}", Error::last_os_error());
    }
}
