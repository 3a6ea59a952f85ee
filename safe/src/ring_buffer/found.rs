//! What there is at a position of a ring; nothing there is taken on trust.

use crate::raw::ring_memory::{HEADER, RingMemory};
use libbpf_ffi as ffi;
use std::sync::atomic::{Ordering, fence};

/// What there is at a position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Found {
    /// A record of so many bytes; the next one is at `next`.
    Record { length: usize, next: u64 },
    /// A record that was discarded.
    Discarded { next: u64 },
    /// Nothing, or a record that is reserved and not yet submitted.
    Nothing,
}

/// Something in a ring cannot be: who else moves its position has done so meanwhile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Nonsense {
    pub(super) what: &'static str,
    /// In bytes.
    pub(super) most: u64,
    pub(super) found: u64,
}

/// Looks a second time before it says that there is nothing.
///
/// The kernel wakes a waiting reader when the record that is submitted is the one at the reader's position.
/// So it must see the position before the reader sees nothing; otherwise neither would see the other.
#[inline]
pub(super) fn look_twice(memory: &RingMemory, start: u64) -> Result<Found, Nonsense> {
    match look(memory, start)? {
        Found::Nothing => {
            fence(Ordering::SeqCst);
            look(memory, start)
        }
        found => Ok(found),
    }
}

/// Looks once: there may be something by now.
#[inline]
pub(super) fn look(memory: &RingMemory, start: u64) -> Result<Found, Nonsense> {
    let available = memory.producer_position().wrapping_sub(start);
    if available == 0 {
        return Ok(Found::Nothing);
    }
    let most = memory.size() as u64;
    if start % 8 != 0 || available > most {
        return Err(Nonsense {
            what: "distance between the reader and the writer",
            most,
            found: available,
        });
    }
    let header = memory.header(start);
    if header & ffi::BPF_RINGBUF_BUSY_BIT != 0 {
        return Ok(Found::Nothing);
    }
    let length = (header & !ffi::BPF_RINGBUF_DISCARD_BIT) as usize;
    let whole = (length + HEADER).next_multiple_of(8) as u64;
    if whole > available {
        return Err(Nonsense {
            what: "size of a record",
            most: available,
            found: whole,
        });
    }
    let next = start.wrapping_add(whole);
    Ok(match header & ffi::BPF_RINGBUF_DISCARD_BIT {
        0 => Found::Record { length, next },
        _ => Found::Discarded { next },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::raw::mapping::page_size;
    use crate::raw::ring_memory::{Side, tests::file};
    use std::fs::File;
    use std::os::fd::AsFd;
    use std::os::unix::fs::FileExt;

    /// A ring of one page with these positions and this header wherever a record can start.
    fn ring(consumer: u64, producer: u64, header: u32) -> (File, RingMemory) {
        let (file, page) = (file(), page_size() as u64);
        file.write_all_at(&consumer.to_ne_bytes(), 0).unwrap();
        file.write_all_at(&producer.to_ne_bytes(), page).unwrap();
        for place in (0..2 * page).step_by(8) {
            let at = 2 * page + place;
            file.write_all_at(&header.to_ne_bytes(), at).unwrap();
        }
        let memory = RingMemory::map(file.as_fd(), page_size() as u32, Side::Consumer).unwrap();
        (file, memory)
    }

    #[test]
    fn what_is_found_is_within_the_ring_whatever_stands_in_it() {
        const BUSY: u32 = ffi::BPF_RINGBUF_BUSY_BIT;
        const DISCARD: u32 = ffi::BPF_RINGBUF_DISCARD_BIT;
        let size = page_size() as u64;
        let lengths = [
            0,
            1,
            8,
            9,
            4080,
            4088,
            4089,
            4096,
            8192,
            DISCARD - 8,
            DISCARD - 1,
        ];
        let positions = [
            0,
            1,
            4,
            8,
            16,
            size - 8,
            size,
            size + 8,
            2 * size,
            1 << 40,
            u64::MAX - 7,
        ];
        let mut records = 0;
        for length in lengths {
            for header in [
                length,
                length | DISCARD,
                length | BUSY,
                length | BUSY | DISCARD,
            ] {
                let (file, memory) = ring(0, 0, header);
                for producer in positions {
                    file.write_all_at(&producer.to_ne_bytes(), size).unwrap();
                    for consumer in positions {
                        let available = producer.wrapping_sub(consumer);
                        match look_twice(&memory, consumer) {
                            Ok(Found::Record { length, next }) => {
                                assert!(length as u64 + 8 <= available && available <= size);
                                assert!(next.wrapping_sub(consumer) <= available);
                                assert!(memory.copy(consumer, length, &mut Vec::new()));
                                records += 1;
                            }
                            Ok(Found::Discarded { next }) => {
                                assert!(header & DISCARD != 0 && next != consumer);
                                assert!(next.wrapping_sub(consumer) <= available);
                            }
                            Ok(Found::Nothing) => {
                                assert!(available == 0 || header & BUSY != 0);
                            }
                            Err(nonsense) => {
                                assert!(nonsense.found > nonsense.most || consumer % 8 != 0)
                            }
                        }
                    }
                }
            }
        }
        assert!(records > 50, "{records}");
    }

    #[test]
    fn positions_wrap() {
        let start = u64::MAX - 15;
        let (_file, memory) = ring(start, 8, 13);
        let found = look_twice(&memory, start);
        assert_eq!(
            found,
            Ok(Found::Record {
                length: 13,
                next: 8
            })
        );
        assert_eq!(look_twice(&memory, 8), Ok(Found::Nothing));
    }
}
