//! Several rings, each with a closure.

use super::record::Record;
use super::ring::Ring;
use crate::error::{Error, ErrorKind, Result};
use crate::flow::Flow;
use crate::map::RingBuf;
use crate::raw::epoll::{Epoll, Interest};
use std::fmt;
use std::ops::ControlFlow;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, RawFd};
use std::time::Duration;

/// Rings that are read together, each with a closure for its records.
///
/// `C` is the closures' type: one is enough where all rings have the same, and
/// `Box<dyn FnMut(Record<'_>) + Send>` where they do not. A `RingBuffer` goes to another thread if its closures
/// do.
///
/// If a closure panics, the panic goes on to the caller, and the record counts as read. A closure cannot call
/// the `RingBuffer` that it is in, because that is borrowed meanwhile.
///
/// ```no_run
/// use libbpf_safe::map::RingBuf;
/// use libbpf_safe::ring_buffer::{Record, RingBuffer};
/// use std::time::Duration;
///
/// # fn demo(events: RingBuf, errors: RingBuf) -> libbpf_safe::Result<()> {
/// let mut seen = 0;
/// let mut rings = RingBuffer::<Box<dyn FnMut(Record<'_>)>>::new()?;
/// rings.add(&events, Box::new(|record| println!("{} bytes", record.len())))?;
/// rings.add(&errors, Box::new(|_| seen += 1))?;
/// while rings.poll(Some(Duration::from_secs(1)))? > 0 {}
/// # Ok(())
/// # }
/// ```
#[doc(alias = "ring_buffer")]
#[doc(alias = "ring_buffer__epoll_fd")]
pub struct RingBuffer<C> {
    rings: Vec<(Ring, C)>,
    epoll: Epoll,
    /// The ring that comes first when not all records are wanted.
    first: usize,
}

impl<C, R> RingBuffer<C>
where
    C: FnMut(Record<'_>) -> R,
    R: Flow,
{
    /// Without a ring.
    ///
    /// # Errors
    ///
    /// The process or the system has too many descriptors.
    #[doc(alias = "ring_buffer__new")]
    pub fn new() -> Result<RingBuffer<C>> {
        let epoll = Epoll::new()
            .map_err(|errno| Error::system("make an epoll instance for ring buffers", errno))?;
        Ok(RingBuffer {
            rings: Vec::new(),
            epoll,
            first: 0,
        })
    }

    /// Adds a ring, with a closure for its records.
    ///
    /// # Errors
    ///
    /// As [`Ring::new`].
    #[doc(alias = "ring_buffer__add")]
    pub fn add(&mut self, map: &RingBuf, callback: C) -> Result<()> {
        let ring = Ring::new(map)?;
        self.epoll
            .add(ring.as_fd(), self.rings.len(), Interest::ToRead)
            .map_err(|errno| Error::system(ring.map().cannot("wait for"), errno))?;
        self.rings.push((ring, callback));
        Ok(())
    }

    /// Waits for records, for ever without a timeout, and calls the closures of the rings that have some, until
    /// these have none left.
    ///
    /// There may be none: the time is up, a signal was handled meanwhile, or the next record is reserved and
    /// not yet submitted. What it returns is up to the closures: see [`Flow`].
    ///
    /// # Errors
    ///
    /// No ring was added, or another process has moved a ring's position.
    #[doc(alias = "ring_buffer__poll")]
    pub fn poll(&mut self, timeout: Option<Duration>) -> Result<R::Total> {
        if self.rings.is_empty() {
            return Err(Error::new(
                "wait for ring buffers",
                ErrorKind::InvalidInput {
                    reason: "there is none".into(),
                },
            )
            .with_hint("add one first"));
        }
        let ready = self
            .epoll
            .wait(timeout)
            .map_err(|errno| Error::system("wait for ring buffers", errno))?;
        let mut count = 0;
        for index in ready {
            let Some((ring, callback)) = self.rings.get_mut(index) else {
                continue;
            };
            match ring.drain(usize::MAX, callback)? {
                ControlFlow::Continue(more) => count += more,
                stop @ ControlFlow::Break(_) => return Ok(R::total(stop)),
            }
        }
        Ok(R::total(ControlFlow::Continue(count)))
    }

    /// Calls the closures of all rings, without waiting, until none has a record left.
    ///
    /// # Errors
    ///
    /// As [`poll`](RingBuffer::poll).
    #[doc(alias = "ring_buffer__consume")]
    pub fn consume(&mut self) -> Result<R::Total> {
        self.consume_n(usize::MAX)
    }

    /// As [`consume`](RingBuffer::consume), up to so many records of all rings together. The next call starts
    /// with another ring.
    ///
    /// # Errors
    ///
    /// As [`poll`](RingBuffer::poll).
    #[doc(alias = "ring_buffer__consume_n")]
    pub fn consume_n(&mut self, limit: usize) -> Result<R::Total> {
        let first = self.first;
        self.first = (first + 1) % self.rings.len().max(1);
        let mut count = 0;
        let order = (first..self.rings.len()).chain(0..first);
        for index in order {
            let Some((ring, callback)) = self.rings.get_mut(index) else {
                continue;
            };
            match ring.drain(limit.saturating_sub(count), callback)? {
                ControlFlow::Continue(more) => count += more,
                stop @ ControlFlow::Break(_) => return Ok(R::total(stop)),
            }
        }
        Ok(R::total(ControlFlow::Continue(count)))
    }
}

impl<C> RingBuffer<C> {
    /// The rings, in the order in which they were added.
    #[doc(alias = "ring_buffer__ring")]
    pub fn rings(&self) -> impl ExactSizeIterator<Item = &Ring> {
        self.rings.iter().map(|(ring, _)| ring)
    }
}

/// An epoll descriptor, ready to read as long as one of the rings is.
impl<C> AsFd for RingBuffer<C> {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.epoll.as_fd()
    }
}

/// For `tokio::io::unix::AsyncFd`.
impl<C> AsRawFd for RingBuffer<C> {
    fn as_raw_fd(&self) -> RawFd {
        self.as_fd().as_raw_fd()
    }
}

impl<C> fmt::Debug for RingBuffer<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.rings()).finish()
    }
}
