//! Waiting for descriptors.

use super::{Errno, Result, last_errno};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd};
use std::time::{Duration, Instant};

/// What to wait for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Interest {
    /// As long as there is something to read.
    ToRead,
    /// Each time that room to write was made, however little.
    RoomWasMade,
}

/// An epoll instance.
#[derive(Debug)]
pub(crate) struct Epoll {
    fd: OwnedFd,
    events: Vec<libc::epoll_event>,
}

impl Epoll {
    /// `epoll_create1`
    pub(crate) fn new() -> Result<Epoll> {
        // SAFETY: epoll_create1 takes a number.
        let fd = unsafe { libc::epoll_create1(libc::EPOLL_CLOEXEC) };
        if fd < 0 {
            return Err(last_errno());
        }
        Ok(Epoll {
            // SAFETY: a fresh descriptor that nobody else owns.
            fd: unsafe { OwnedFd::from_raw_fd(fd) },
            events: Vec::new(),
        })
    }

    /// `epoll_ctl`: from now on `wait` yields this number for the descriptor.
    pub(crate) fn add(
        &mut self,
        fd: BorrowedFd<'_>,
        number: usize,
        interest: Interest,
    ) -> Result<()> {
        let events = match interest {
            Interest::ToRead => libc::EPOLLIN,
            Interest::RoomWasMade => libc::EPOLLOUT | libc::EPOLLET,
        };
        let mut event = libc::epoll_event {
            events: events as u32,
            u64: number as u64,
        };
        let (epoll, fd) = (self.fd.as_raw_fd(), fd.as_raw_fd());
        // SAFETY: epoll_ctl reads one event.
        if unsafe { libc::epoll_ctl(epoll, libc::EPOLL_CTL_ADD, fd, &mut event) } < 0 {
            return Err(last_errno());
        }
        self.events.push(libc::epoll_event { events: 0, u64: 0 });
        Ok(())
    }

    /// `epoll_wait`: the numbers of those descriptors that are ready. None where the time is up, or where a
    /// signal was handled meanwhile.
    pub(crate) fn wait(&mut self, timeout: Option<Duration>) -> Result<Ready<'_>> {
        let end = timeout
            .filter(|timeout| !timeout.is_zero())
            .and_then(|timeout| Instant::now().checked_add(timeout));
        let room = i32::try_from(self.events.len()).unwrap_or(i32::MAX);
        let found = loop {
            let (milliseconds, in_full) = match timeout {
                // Without a look at the clock.
                Some(Duration::ZERO) => (0, true),
                _ => milliseconds_until(end),
            };
            let (epoll, events) = (self.fd.as_raw_fd(), self.events.as_mut_ptr());
            // SAFETY: epoll_wait writes at most `room` events, which there are.
            match unsafe { libc::epoll_wait(epoll, events, room, milliseconds) } {
                0 if !in_full => {}
                found => break found,
            }
        };
        match usize::try_from(found) {
            Ok(found) => Ok(Ready {
                events: self.events.get(..found).unwrap_or_default(),
            }),
            Err(_) => match last_errno() {
                Errno(libc::EINTR) => Ok(Ready { events: &[] }),
                errno => Err(errno),
            },
        }
    }
}

/// The numbers of the descriptors that are ready.
#[derive(Debug)]
pub(crate) struct Ready<'e> {
    events: &'e [libc::epoll_event],
}

impl Iterator for Ready<'_> {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        let (first, rest) = self.events.split_first()?;
        self.events = rest;
        usize::try_from(first.u64).ok()
    }
}

/// `poll`: whether there is something to read before the time is up. No, where a signal was handled
/// meanwhile.
pub(crate) fn wait_to_read(fd: BorrowedFd<'_>, timeout: Option<Duration>) -> Result<bool> {
    let end = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
    let mut entry = libc::pollfd {
        fd: fd.as_raw_fd(),
        events: libc::POLLIN,
        revents: 0,
    };
    loop {
        let (milliseconds, in_full) = milliseconds_until(end);
        // SAFETY: poll reads and writes one entry.
        match unsafe { libc::poll(&mut entry, 1, milliseconds) } {
            0 if !in_full => {}
            0 => return Ok(false),
            1.. => return Ok(true),
            _ => match last_errno() {
                Errno(libc::EINTR) => return Ok(false),
                errno => return Err(errno),
            },
        }
    }
}

/// What `poll` and `epoll_wait` take, where -1 is for ever; and whether they can wait that long at once.
fn milliseconds_until(end: Option<Instant>) -> (i32, bool) {
    let Some(end) = end else {
        return (-1, true);
    };
    let left = end.saturating_duration_since(Instant::now());
    // Up, so that the last millisecond is not spent spinning.
    match i32::try_from(left.as_micros().div_ceil(1000)) {
        Ok(milliseconds) => (milliseconds, true),
        Err(_) => (i32::MAX, false),
    }
}

impl AsFd for Epoll {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}
