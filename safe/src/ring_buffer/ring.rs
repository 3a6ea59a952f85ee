//! One ring, and its only reader in this process.

#![allow(unsafe_code)]

use super::found::{self, Found, Nonsense};
use super::passed::Passed;
use super::record::Record;
use super::records::Records;
use super::taken::TakenRecord;
use crate::error::{Error, ErrorKind, Result};
use crate::flow::Flow;
use crate::map::{Claim, Map, RingBuf};
use crate::raw::epoll::wait_to_read;
use crate::raw::ring_memory::{RingMemory, Side};
use libbpf_ffi as ffi;
use std::fmt;
use std::ops::ControlFlow;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, RawFd};
use std::time::Duration;

/// The reader of one ring buffer: it takes records one by one, in batches, or with a closure, and copies none.
///
/// A reader owns what it needs: it outlives the object and the handle that it was made from. There is one of a
/// map at a time in a process. Another process should read the same ring only when this one does not: an error
/// says so where it did (see [the module](super#another-process)).
///
/// # Invariants
///
/// `claim` and `memory` are of the same map. This is its only reader in this process, and the only one to move
/// its position.
#[doc(alias = "ring")]
pub struct Ring {
    memory: RingMemory,
    claim: Claim,
    disturbed: bool,
}

impl Ring {
    /// Starts to read a ring where its last reader stopped. Since Linux 5.8.
    ///
    /// # Errors
    ///
    /// This process has a reader of the map, the map may be read only, or its producers overwrite what was
    /// not read (`BPF_F_RB_OVERWRITE`, Linux 6.19).
    #[doc(alias = "ring_buffer__new")]
    #[doc(alias = "ring_buffer__ring")]
    pub fn new(map: &RingBuf) -> Result<Ring> {
        let map = map.as_map();
        if map.info().create_flags & ffi::BPF_F_RB_OVERWRITE != 0 {
            return Err(Error::new(
                map.cannot("read"),
                ErrorKind::InvalidInput {
                    reason:
                        "it has the flag BPF_F_RB_OVERWRITE: records change while they are read"
                            .into(),
                },
            ));
        }
        let claim = Claim::new(map, "reader")?;
        let memory = RingMemory::map(map.as_fd(), map.info().max_entries, Side::Consumer)
            .map_err(|errno| Error::system(map.cannot("map the memory of"), errno))?;
        // INVARIANT: the claim is the only one, and nothing here maps a ring without one.
        Ok(Ring {
            memory,
            claim,
            disturbed: false,
        })
    }

    /// The map.
    #[inline]
    #[doc(alias = "ring__map_fd")]
    pub fn map(&self) -> &Map {
        self.claim.map()
    }

    /// The size of the ring in bytes.
    #[doc(alias = "ring__size")]
    #[inline]
    pub fn size(&self) -> usize {
        self.memory.size()
    }

    /// How many bytes were written and not yet read, with the 8 before each record; also those that are
    /// reserved and not yet submitted.
    #[doc(alias = "ring__avail_data_size")]
    pub fn available(&self) -> u64 {
        let consumer = self.consumer_position();
        self.producer_position().wrapping_sub(consumer)
    }

    /// How many bytes were read since the map was made.
    #[doc(alias = "ring__consumer_pos")]
    #[inline]
    pub fn consumer_position(&self) -> u64 {
        self.memory.consumer_position()
    }

    /// How many bytes were written since the map was made.
    #[doc(alias = "ring__producer_pos")]
    pub fn producer_position(&self) -> u64 {
        self.memory.producer_position()
    }

    /// Takes the next record; `None` where there is none, or the next one is reserved and not yet submitted.
    /// BPF programs get its room back when it is dropped.
    ///
    /// ```no_run
    /// # fn demo(mut events: libbpf_safe::ring_buffer::Ring) -> libbpf_safe::Result<()> {
    /// while let Some(record) = events.next_record()? {
    ///     println!("{:?}", record.value::<u64>()?);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Another process has moved the ring's position.
    #[inline]
    pub fn next_record(&mut self) -> Result<Option<TakenRecord<'_>>> {
        let mut start = self.start()?;
        loop {
            match self.look(start)? {
                Found::Record { length, next } => {
                    return Ok(Some(TakenRecord::new(self, start, length, next)));
                }
                Found::Discarded { next } => {
                    self.give_back(start, next);
                    self.check()?;
                    start = next;
                }
                Found::Nothing => return Ok(None),
            }
        }
    }

    /// All records that there are, for a `for` loop. BPF programs get the room of those that were gone through
    /// back at once, when this is dropped.
    ///
    /// Records that come meanwhile are gone through, too, as far as the ring has room. Where an
    /// edge-triggered wait follows, go on until there was no record.
    ///
    /// ```no_run
    /// # fn demo(mut events: libbpf_safe::ring_buffer::Ring) -> libbpf_safe::Result<()> {
    /// for record in &events.records()? {
    ///     println!("{:?}", record?.bytes());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Another process has moved the ring's position.
    pub fn records(&mut self) -> Result<Records<'_>> {
        let start = self.start()?;
        Ok(Records::new(self, start))
    }

    /// Calls a closure with each record until none is left, also with those that come meanwhile. What it
    /// returns is up to the closure: see [`Flow`]. BPF programs get the room back in steps of at most an eighth of the
    /// ring, and the rest at the end.
    ///
    /// If the closure panics, the panic goes on to the caller, and the record counts as read.
    ///
    /// # Errors
    ///
    /// Another process has moved the ring's position.
    #[doc(alias = "ring__consume")]
    pub fn consume<R: Flow>(&mut self, callback: impl FnMut(Record<'_>) -> R) -> Result<R::Total> {
        self.consume_n(usize::MAX, callback)
    }

    /// As [`consume`](Ring::consume), up to so many records.
    ///
    /// # Errors
    ///
    /// As [`consume`](Ring::consume).
    #[doc(alias = "ring__consume_n")]
    pub fn consume_n<R: Flow>(
        &mut self,
        limit: usize,
        mut callback: impl FnMut(Record<'_>) -> R,
    ) -> Result<R::Total> {
        self.drain(limit, &mut callback).map(R::total)
    }

    pub(super) fn drain<R: Flow>(
        &mut self,
        limit: usize,
        callback: &mut impl FnMut(Record<'_>) -> R,
    ) -> Result<ControlFlow<R::Break, usize>> {
        let mut passed = Passed::new(self)?;
        let mut count = 0;
        while count < limit {
            let Some(record) = passed.next()? else {
                break;
            };
            count += 1;
            if let ControlFlow::Break(value) = callback(record).branch() {
                return Ok(ControlFlow::Break(value));
            }
        }
        Ok(ControlFlow::Continue(count))
    }

    /// Copies the next record to `to`, in the place of what was there; false where there is none.
    ///
    /// Unlike what borrows from the ring, a copy is whole whatever other processes do: an error says that one
    /// has moved the position meanwhile.
    ///
    /// # Errors
    ///
    /// Another process has moved the ring's position.
    pub fn read_into(&mut self, to: &mut Vec<u8>) -> Result<bool> {
        to.clear();
        let mut start = self.start()?;
        loop {
            let (found, next) = match self.look(start)? {
                Found::Record { length, next } => {
                    self.memory.copy(start, length, to);
                    (true, next)
                }
                Found::Discarded { next } => (false, next),
                Found::Nothing => return Ok(false),
            };
            self.give_back(start, next);
            self.check().inspect_err(|_| to.clear())?;
            if found {
                return Ok(true);
            }
            start = next;
        }
    }

    /// Waits until there is something to read; for ever without a timeout. False where the time is up, or a
    /// signal was handled meanwhile.
    ///
    /// Something that is reserved and not yet submitted counts as well.
    ///
    /// # Errors
    ///
    /// The kernel has no memory left.
    pub fn wait(&self, timeout: Option<Duration>) -> Result<bool> {
        wait_to_read(self.as_fd(), timeout)
            .map_err(|errno| Error::system(self.map().cannot("wait for"), errno))
    }

    /// The position to read from.
    #[inline]
    pub(super) fn start(&mut self) -> Result<u64> {
        self.check()?;
        Ok(self.consumer_position())
    }

    #[inline]
    pub(super) fn check(&mut self) -> Result<()> {
        if !std::mem::take(&mut self.disturbed) {
            return Ok(());
        }
        Err(self.disturbance())
    }

    #[cold]
    fn disturbance(&self) -> Error {
        self.mismatch(
            "position of the reader",
            "one that only this process moves".into(),
            "another one".into(),
        )
    }

    fn mismatch(&self, what: &str, expected: String, found: String) -> Error {
        Error::new(
            self.map().cannot("read"),
            ErrorKind::Mismatch {
                what: what.into(),
                expected,
                found,
            },
        )
        .with_hint(
            "another process reads the same ring: records are lost, or may have changed while read",
        )
    }

    /// What is at a position that this reader came to.
    #[inline]
    pub(super) fn look(&self, start: u64) -> Result<Found> {
        found::look_twice(&self.memory, start).map_err(|nonsense| self.nonsense(nonsense))
    }

    /// As `look`, apart: what is inlined beside it stays small.
    #[inline(never)]
    pub(super) fn look_apart(&self, start: u64) -> Result<Found> {
        self.look(start)
    }

    /// As `look`, but once: where there is nothing, there may be something by now.
    #[inline]
    pub(super) fn glance(&self, start: u64) -> Result<Found> {
        found::look(&self.memory, start).map_err(|nonsense| self.nonsense(nonsense))
    }

    #[cold]
    fn nonsense(&self, Nonsense { what, most, found }: Nonsense) -> Error {
        self.mismatch(what, format!("at most {most} bytes"), found.to_string())
    }

    /// The record that `look` found.
    #[inline]
    pub(super) fn record(&self, start: u64, length: usize) -> Record<'_> {
        // SAFETY: RingMemory::bytes wants that nobody writes to the record. Nobody has it mapped for writing:
        // the kernel allows that to none. BPF programs write to a record until they submit it, and the kernel
        // gives out its room again when the reader's position has passed it. Only this reader moves that (the
        // type's invariant), and every caller does so after the borrow. Of other processes, those that were
        // given the map's descriptor for writing could; the kernel's contract is one reader.
        let bytes = unsafe { self.memory.bytes(start, length) };
        Record {
            bytes: bytes.unwrap_or_default(),
            map: self.map(),
        }
    }

    /// Gives the room from the reader's position up to here back to BPF programs. A failure is told by the next
    /// call.
    #[inline]
    pub(super) fn give_back(&mut self, from: u64, to: u64) {
        if from != to && !self.memory.advance(from, to) {
            self.disturbed = true;
        }
    }
}

/// Ready to read as long as there is something.
impl AsFd for Ring {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.map().as_fd()
    }
}

/// For `tokio::io::unix::AsyncFd`.
impl AsRawFd for Ring {
    fn as_raw_fd(&self) -> RawFd {
        self.as_fd().as_raw_fd()
    }
}

impl fmt::Debug for Ring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ring")
            .field("map", &self.map().name())
            .field("size", &self.size())
            .field("consumer_position", &self.consumer_position())
            .field("producer_position", &self.producer_position())
            .finish()
    }
}
