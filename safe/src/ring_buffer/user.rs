//! Records from user space to BPF programs.

#![allow(unsafe_code)]

use crate::error::{Error, ErrorKind, Result};
use crate::map::{Claim, Map, UserRingBuf};
use crate::raw::epoll::{Epoll, Interest};
use crate::raw::ring_memory::{HEADER, RingMemory, Side};
use std::fmt;
use std::ops::{Deref, DerefMut};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, RawFd};
use std::time::{Duration, Instant};

/// What a `bpf_dynptr` can refer to, as which BPF programs get a sample. The kernel says E2BIG for a longer one
/// every time, so that it would stay in the way for ever.
const MAX_SAMPLE: usize = (1 << 24) - 1;

/// The writer of a user ring buffer: samples that a BPF program takes with `bpf_user_ringbuf_drain`.
///
/// It owns what it needs: it outlives the object and the handle that it was made from. There is one of a map at
/// a time in a process; another process should write to the same ring only when this one does not.
///
/// ```no_run
/// # fn demo(requests: libbpf_safe::map::UserRingBuf) -> libbpf_safe::Result<()> {
/// let mut requests = requests.writer()?;
/// if let Some(mut sample) = requests.reserve(8)? {
///     sample.copy_from_slice(&42u64.to_ne_bytes());
///     sample.submit()?;
/// }
/// # Ok(())
/// # }
/// ```
///
/// # Invariants
///
/// `claim` and `memory` are of the same map. This is its only writer in this process, and the only one to move
/// its position.
#[doc(alias = "user_ring_buffer")]
pub struct UserRingBuffer {
    memory: RingMemory,
    claim: Claim,
    epoll: Epoll,
}

impl UserRingBuffer {
    /// Starts to write to a ring. Since Linux 6.1.
    ///
    /// # Errors
    ///
    /// This process has a writer of the map, or may only read it.
    #[doc(alias = "user_ring_buffer__new")]
    pub fn new(map: &UserRingBuf) -> Result<UserRingBuffer> {
        let map = map.as_map();
        let claim = Claim::new(map, "writer")?;
        let memory = RingMemory::map(map.as_fd(), map.info().max_entries, Side::Producer)
            .map_err(|errno| Error::system(map.cannot("map the memory of"), errno))?;
        let cannot_wait = |errno| Error::system(map.cannot("wait for"), errno);
        let mut epoll = Epoll::new().map_err(cannot_wait)?;
        epoll
            .add(map.as_fd(), 0, Interest::RoomWasMade)
            .map_err(cannot_wait)?;
        // INVARIANT: the claim is the only one, and nothing here maps a ring without one.
        Ok(UserRingBuffer {
            memory,
            claim,
            epoll,
        })
    }

    /// The map.
    pub fn map(&self) -> &Map {
        self.claim.map()
    }

    /// The size of the ring in bytes.
    pub fn size(&self) -> usize {
        self.memory.size()
    }

    /// The longest sample, in bytes.
    pub fn max_sample(&self) -> usize {
        MAX_SAMPLE.min(self.size() - HEADER)
    }

    /// How many bytes were submitted and not yet drained, with the 8 before each sample.
    pub fn pending(&self) -> u64 {
        let consumer = self.memory.consumer_position();
        self.memory.producer_position().wrapping_sub(consumer)
    }

    /// Room for a sample of so many bytes; `None` where there is not enough. The bytes are what was there
    /// before.
    ///
    /// # Errors
    ///
    /// The length is above [`max_sample`](UserRingBuffer::max_sample), or another process has moved the
    /// ring's position.
    #[doc(alias = "user_ring_buffer__reserve")]
    pub fn reserve(&mut self, length: usize) -> Result<Option<Sample<'_>>> {
        let start = self.find_room(length)?;
        Ok(start.map(|start| Sample {
            ring: self,
            start,
            length,
        }))
    }

    /// As [`reserve`](UserRingBuffer::reserve), but waits until a BPF program has made room, for ever without a
    /// timeout. `None` where the time is up, or a signal was handled meanwhile.
    ///
    /// A program that drains with `BPF_RB_NO_WAKEUP` does not end the wait.
    ///
    /// # Errors
    ///
    /// As [`reserve`](UserRingBuffer::reserve).
    #[doc(alias = "user_ring_buffer__reserve_blocking")]
    pub fn reserve_blocking(
        &mut self,
        length: usize,
        timeout: Option<Duration>,
    ) -> Result<Option<Sample<'_>>> {
        let end = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
        let start = loop {
            if let Some(start) = self.find_room(length)? {
                break Some(start);
            }
            let left = end.map(|end| end.saturating_duration_since(Instant::now()));
            let mut ready = self.epoll.wait(left).map_err(|errno| {
                Error::system(self.claim.map().cannot("wait for room in"), errno)
            })?;
            if ready.next().is_none() {
                break self.find_room(length)?;
            }
        };
        Ok(start.map(|start| Sample {
            ring: self,
            start,
            length,
        }))
    }

    /// Writes a sample; false where there is not enough room.
    ///
    /// # Errors
    ///
    /// As [`reserve`](UserRingBuffer::reserve).
    pub fn write(&mut self, bytes: &[u8]) -> Result<bool> {
        let Some(mut sample) = self.reserve(bytes.len())? else {
            return Ok(false);
        };
        sample.copy_from_slice(bytes);
        sample.submit()?;
        Ok(true)
    }

    /// Where a sample of this length goes; `None` where there is not enough room.
    fn find_room(&self, length: usize) -> Result<Option<u64>> {
        if length > self.max_sample() {
            return Err(Error::new(
                self.map().cannot("reserve a sample in"),
                ErrorKind::InvalidInput {
                    reason: format!("{length} bytes are more than {}", self.max_sample()),
                },
            )
            .with_hint("a sample of this ring can have no more: give the map more max_entries, up to 16 MiB a sample"));
        }
        let consumer = self.memory.consumer_position();
        let start = self.memory.producer_position();
        let used = start.wrapping_sub(consumer);
        let free = (self.size() as u64).checked_sub(used);
        match free {
            Some(free) if start % 8 == 0 => Ok((whole(length) <= free).then_some(start)),
            _ => Err(self.disturbed(format!("{start}, and {consumer} is the reader's"))),
        }
    }

    fn disturbed(&self, found: String) -> Error {
        Error::new(
            self.map().cannot("write to"),
            ErrorKind::Mismatch {
                what: "position of the writer".into(),
                expected: "one that only this process moves".into(),
                found,
            },
        )
        .with_hint("another process writes to the same ring: the sample was not submitted")
    }
}

/// What a sample takes of the ring.
fn whole(length: usize) -> u64 {
    (length + HEADER).next_multiple_of(8) as u64
}

/// Room for a sample, of which BPF programs see nothing until it is [submitted](Sample::submit). Dropped, it was
/// never there.
#[must_use = "a sample that is not submitted is discarded"]
pub struct Sample<'r> {
    ring: &'r mut UserRingBuffer,
    start: u64,
    length: usize,
}

impl Sample<'_> {
    /// Hands the sample over to BPF programs.
    ///
    /// # Errors
    ///
    /// Another process has moved the ring's position.
    #[doc(alias = "user_ring_buffer__submit")]
    pub fn submit(self) -> Result<()> {
        let memory = &mut self.ring.memory;
        // Where another process was faster, its sample is here: that is left alone.
        let is_here = memory.producer_position() == self.start;
        if is_here {
            // find_room has seen that it fits.
            memory.set_header(self.start, self.length as u32);
        }
        let next = self.start.wrapping_add(whole(self.length));
        if is_here && memory.advance(self.start, next) {
            Ok(())
        } else {
            Err(self.ring.disturbed("another one".into()))
        }
    }

    /// Gives the room back, as dropping does.
    #[doc(alias = "user_ring_buffer__discard")]
    pub fn discard(self) {}
}

impl Deref for Sample<'_> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        // SAFETY: RingMemory::bytes wants that nobody writes to them. They are beyond the writer's position,
        // where the kernel neither reads nor writes; only this writer moves that (the type's invariant), and
        // the sample borrows it exclusively. Of other processes, those that were given the map's descriptor
        // could write; the kernel's contract is one writer.
        let bytes = unsafe { self.ring.memory.bytes(self.start, self.length) };
        bytes.unwrap_or_default()
    }
}

impl DerefMut for Sample<'_> {
    fn deref_mut(&mut self) -> &mut [u8] {
        // SAFETY: RingMemory::bytes_mut wants that nobody else uses them: as in `deref`.
        let bytes = unsafe { self.ring.memory.bytes_mut(self.start, self.length) };
        bytes.unwrap_or_default()
    }
}

impl fmt::Debug for Sample<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sample")
            .field("map", &self.ring.map().name())
            .field("length", &self.length)
            .finish()
    }
}

/// Ready to write as long as there is any room.
impl AsFd for UserRingBuffer {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.map().as_fd()
    }
}

/// For `tokio::io::unix::AsyncFd`.
impl AsRawFd for UserRingBuffer {
    fn as_raw_fd(&self) -> RawFd {
        self.as_fd().as_raw_fd()
    }
}

impl fmt::Debug for UserRingBuffer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UserRingBuffer")
            .field("map", &self.map().name())
            .field("size", &self.size())
            .field("pending", &self.pending())
            .finish()
    }
}
