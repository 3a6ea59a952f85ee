//! The memory of a ring buffer, as `kernel/bpf/ringbuf.c` lays it out.
//!
//! A page with the consumer's position; a page with the producer's; the data, mapped twice in a row, so that no
//! record is ever split. Positions count bytes and never wrap back: `position & (size - 1)` is the place in
//! the data. A record starts with 8 bytes, of which the first 4 are its length and two flags.
//!
//! What is done for each record is inlined into the loops of users.

use super::mapping::{Mapping, page_size};
use super::{Errno, Result};
use libbpf_ffi as ffi;
use std::os::fd::BorrowedFd;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering, fence};

/// The bytes before each record.
pub(crate) const HEADER: usize = ffi::BPF_RINGBUF_HDR_SZ as usize;

/// Which position this process moves. It maps what is the other side's for reading only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Consumer,
    Producer,
}

/// A ring buffer's memory, seen from one side.
///
/// # Invariants
///
/// `size` is a power of two and at least a page. `consumer` is one page; `producer` is one page and twice
/// `size`. The pages of `side` can be written.
#[derive(Debug)]
pub(crate) struct RingMemory {
    consumer: Mapping,
    producer: Mapping,
    page: usize,
    size: usize,
    side: Side,
}

impl RingMemory {
    /// Maps a ring buffer of this size in bytes.
    pub(crate) fn map(fd: BorrowedFd<'_>, size: u32, side: Side) -> Result<RingMemory> {
        let page = page_size();
        let size = size as usize;
        if !size.is_power_of_two() || size < page {
            return Err(Errno(libc::EINVAL));
        }
        // INVARIANT: the size was just looked at, and the rest is what is mapped here.
        Ok(RingMemory {
            consumer: Mapping::new(fd, page, side == Side::Consumer)?,
            producer: Mapping::from_offset(fd, page, page + 2 * size, side == Side::Producer)?,
            page,
            size,
            side,
        })
    }

    /// In bytes.
    #[inline]
    pub(crate) fn size(&self) -> usize {
        self.size
    }

    /// How far the consumer is.
    #[inline]
    pub(crate) fn consumer_position(&self) -> u64 {
        load(self.position(Side::Consumer))
    }

    /// How far the producer is.
    #[inline]
    pub(crate) fn producer_position(&self) -> u64 {
        load(self.position(Side::Producer))
    }

    /// Moves this side's position; not, where it is elsewhere by now.
    #[inline]
    pub(crate) fn advance(&self, from: u64, to: u64) -> bool {
        // The other side may use what it gains only when this one is done with it.
        self.position(self.side)
            .compare_exchange(from, to, Ordering::Release, Ordering::Relaxed)
            .is_ok()
    }

    #[inline]
    fn position(&self, side: Side) -> &AtomicU64 {
        let mapping = match side {
            Side::Consumer => &self.consumer,
            Side::Producer => &self.producer,
        };
        // SAFETY: each mapping starts with a position (an unsigned long), and lives as long as self; whoever
        // else changes it does so atomically.
        unsafe { mapping.address().cast::<AtomicU64>().as_ref() }
    }

    /// Where the record at a position starts. It is within the first copy of the data, so that up to `size`
    /// bytes follow in the mapping.
    #[inline]
    fn record(&self, position: u64) -> NonNull<u8> {
        let place = (position as usize) & (self.size - 1) & !7;
        // SAFETY: a page and 2 * size are mapped, and the place is below size: the type invariant.
        unsafe { self.producer.address().add(self.page + place) }
    }

    /// The length and the flags of the record at a position; 0 where it has not been written yet.
    #[inline]
    pub(crate) fn header(&self, position: u64) -> u32 {
        let header = self.record(position).cast::<AtomicU32>();
        // SAFETY: `record` is aligned to 8 and has 8 bytes in the mapping; the kernel changes a header
        // atomically.
        let header = unsafe { header.as_ref() };
        let value = header.load(Ordering::Relaxed);
        // As in `load`.
        fence(Ordering::Acquire);
        value
    }

    /// Writes the length of the record at a position; the consumer's side cannot.
    pub(crate) fn set_header(&mut self, position: u64, length: u32) {
        if self.side != Side::Producer {
            return;
        }
        let header = self.record(position).cast::<[u32; 2]>();
        // SAFETY: `record` is aligned to 8 and has 8 bytes in the mapping, which this side may write.
        unsafe { header.write([length, 0]) };
    }

    /// The bytes of a record; `None` if the ring cannot hold as many.
    ///
    /// # Safety
    ///
    /// Nobody writes to them while they are borrowed.
    #[inline]
    pub(crate) unsafe fn bytes(&self, position: u64, length: usize) -> Option<&[u8]> {
        let start = self.payload(position, length)?;
        // SAFETY: `payload` looked at the bounds; the caller promises that nobody writes.
        Some(unsafe { std::slice::from_raw_parts(start.as_ptr(), length) })
    }

    /// The bytes of a record, to be written; `None` if the ring cannot hold as many, or on the consumer's
    /// side.
    ///
    /// # Safety
    ///
    /// Nobody else reads or writes them while they are borrowed.
    pub(crate) unsafe fn bytes_mut(&mut self, position: u64, length: usize) -> Option<&mut [u8]> {
        let start = self.payload(position, length)?;
        if self.side != Side::Producer {
            return None;
        }
        // SAFETY: `payload` looked at the bounds, and this side may write; the caller promises the rest.
        Some(unsafe { std::slice::from_raw_parts_mut(start.as_ptr(), length) })
    }

    /// Adds the bytes of a record to `to`, whoever may be writing to them; false if the ring cannot hold as
    /// many.
    pub(crate) fn copy(&self, position: u64, length: usize, to: &mut Vec<u8>) -> bool {
        let Some(start) = self.payload(position, length) else {
            return false;
        };
        let start = start.cast::<AtomicU64>();
        let end = to.len().saturating_add(length);
        for index in 0..length.div_ceil(8) {
            // SAFETY: `payload` has `length`, rounded up to 8, in the mapping.
            let word = unsafe { start.add(index) };
            // SAFETY: aligned to 8, and mapped as long as self. Who writes meanwhile makes no data race with
            // an atomic load.
            let word = unsafe { word.as_ref() };
            to.extend_from_slice(&word.load(Ordering::Relaxed).to_ne_bytes());
        }
        to.truncate(end);
        // What is read next, such as the position, is read after the bytes.
        fence(Ordering::Acquire);
        true
    }

    #[inline]
    fn payload(&self, position: u64, length: usize) -> Option<NonNull<u8>> {
        if length > self.size - HEADER {
            return None;
        }
        let record = self.record(position);
        // SAFETY: `record` has `size` bytes behind it in the mapping, more than the header.
        Some(unsafe { record.add(HEADER) })
    }
}

/// Loads with acquire. An acquiring load is not promised to work on memory that is mapped for reading only;
/// a relaxed one followed by a fence is.
#[inline]
fn load(position: &AtomicU64) -> u64 {
    let value = position.load(Ordering::Relaxed);
    fence(Ordering::Acquire);
    value
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use std::fs::File;
    use std::os::fd::{AsFd, FromRawFd};

    /// A file in memory that is laid out as a ring of one page, but for its data, which is there twice.
    pub(crate) fn file() -> File {
        // SAFETY: memfd_create reads a string.
        let fd = unsafe { libc::memfd_create(c"ring".as_ptr(), libc::MFD_CLOEXEC) };
        assert!(fd >= 0);
        // SAFETY: a fresh descriptor that nobody else owns.
        let file = unsafe { File::from_raw_fd(fd) };
        file.set_len(4 * page_size() as u64).unwrap();
        file
    }

    #[test]
    fn a_ring_has_a_size_that_is_a_power_of_two_and_at_least_a_page() {
        let file = file();
        for size in [0, 1, 2048, 4097, 3 * 4096, u32::MAX] {
            let result = RingMemory::map(file.as_fd(), size, Side::Consumer);
            assert_eq!(result.unwrap_err(), Errno(libc::EINVAL), "{size}");
        }
    }

    #[test]
    fn no_record_is_longer_than_the_ring() {
        let file = file();
        let size = page_size();
        for side in [Side::Consumer, Side::Producer] {
            let mut memory = RingMemory::map(file.as_fd(), size as u32, side).unwrap();
            for position in [0, 8, size as u64 - 8, u64::MAX, 13] {
                assert!(!memory.copy(position, size - 7, &mut Vec::new()));
                assert!(!memory.copy(position, usize::MAX, &mut Vec::new()));
                assert!(memory.copy(position, size - 8, &mut Vec::new()));
                // SAFETY: nobody else has the file.
                assert!(unsafe { memory.bytes(position, size - 7) }.is_none());
                // SAFETY: nobody else has the file.
                let bytes = unsafe { memory.bytes_mut(position, size - 8) };
                assert_eq!(bytes.is_some(), side == Side::Producer);
            }
        }
    }

    #[test]
    fn a_position_moves_only_from_where_it_is() {
        let file = file();
        let consumer = RingMemory::map(file.as_fd(), page_size() as u32, Side::Consumer).unwrap();
        let mut producer =
            RingMemory::map(file.as_fd(), page_size() as u32, Side::Producer).unwrap();
        assert!(producer.advance(0, 16));
        assert!(!producer.advance(0, 24));
        assert_eq!(
            (consumer.producer_position(), consumer.consumer_position()),
            (16, 0)
        );
        assert!(consumer.advance(0, 8));
        assert_eq!(producer.consumer_position(), 8);
        producer.set_header(8, 77);
        assert_eq!((consumer.header(8), consumer.header(16)), (77, 0));
    }
}
