//! Going through a hash map in batches.

use super::Map;
use super::elements::ReadBatch;
use crate::data::Pod;
use crate::error::{Error, Result};
use crate::raw::Errno;
use crate::raw::elements::BatchCursor;

/// How many elements the first batch has room for at least. A bucket rarely has more.
const FIRST_BATCH: usize = 64;
/// In bytes: as much of small elements. To clear it takes less than a system call does.
const FIRST_BYTES: usize = 16 << 10;
/// In bytes: up to here each batch has room for more than the one before, so that there are few system calls.
const LARGEST_BATCH: usize = 64 << 10;

/// The elements of a hash map, whole buckets at a time. A value is `width` units of `U`.
///
/// The kernel's cursor is a bucket, not a key: what is there all the while is yielded once, whatever
/// is added or removed meanwhile.
#[derive(Debug)]
pub(super) struct Batches<'a, K, U> {
    map: &'a Map,
    /// Where the next batch starts, in the kernel's format; nothing before the first one.
    cursor: Vec<u8>,
    /// Where the one after it will.
    following: Vec<u8>,
    keys: Vec<K>,
    values: Vec<U>,
    width: usize,
    next: usize,
    count: usize,
    /// How many there were in all batches.
    seen: usize,
    room: usize,
    how: ReadBatch,
    done: bool,
}

impl<'a, K: Pod, U: Pod> Batches<'a, K, U> {
    pub(super) fn new(map: &'a Map, width: usize, how: ReadBatch) -> Self {
        let mut batches = Batches {
            map,
            cursor: Vec::new(),
            following: Vec::new(),
            keys: Vec::new(),
            values: Vec::new(),
            width,
            next: 0,
            count: 0,
            seen: 0,
            room: FIRST_BATCH,
            how,
            done: false,
        };
        // Where elements are removed, what is not fetched shall stay in the map.
        if !how.remove {
            let first = FIRST_BYTES / batches.element().max(1);
            batches.room = first.max(FIRST_BATCH).min(batches.left().max(1));
        }
        batches
    }

    /// How many bytes an element takes here.
    fn element(&self) -> usize {
        size_of::<K>().saturating_add(size_of::<U>().saturating_mul(self.width))
    }

    #[inline(never)]
    fn fetch(&mut self) -> Result<()> {
        let cursor_size = (self.map.info().key_size as usize).max(4);
        loop {
            self.keys.resize(self.room, K::zeroed());
            self.values
                .resize(self.room.saturating_mul(self.width), U::zeroed());
            self.following.resize(cursor_size, 0);
            let cursor = BatchCursor {
                from: (!self.cursor.is_empty()).then_some(self.cursor.as_slice()),
                to: &mut self.following,
            };
            let (count, result) = self.map.read_batch(
                cursor,
                bytemuck::cast_slice_mut(&mut self.keys),
                bytemuck::cast_slice_mut(&mut self.values),
                u32::try_from(self.room).unwrap_or(u32::MAX),
                self.how,
            );
            match result {
                // The last batch, with whatever is in it.
                Err(Errno(libc::ENOENT)) => self.done = true,
                // The next bucket has more elements than there is room for.
                Err(Errno(libc::ENOSPC)) if count == 0 => {
                    self.room = self.room.saturating_mul(2);
                    continue;
                }
                Ok(()) | Err(Errno(libc::ENOSPC)) => {}
                Err(errno) => {
                    return Err(Error::system(self.map.cannot("iterate over"), errno));
                }
            }
            self.next = 0;
            self.count = (count as usize).min(self.room);
            self.seen = self.seen.saturating_add(self.count);
            std::mem::swap(&mut self.cursor, &mut self.following);
            self.grow();
            return Ok(());
        }
    }

    /// How many more there can be, but for what is added meanwhile.
    fn left(&self) -> usize {
        (self.map.info().max_entries as usize).saturating_sub(self.seen)
    }

    fn grow(&mut self) {
        let larger = self.room.saturating_mul(4);
        let fits = larger.saturating_mul(self.element()) <= LARGEST_BATCH;
        if fits && self.left() > self.room {
            self.room = larger.min(self.left());
        }
    }

    /// The next element: its key and the units of its value. After an error there is none.
    #[inline]
    pub(super) fn next(&mut self) -> Option<Result<(K, &[U])>> {
        while self.next >= self.count {
            if self.done {
                return None;
            }
            if let Err(error) = self.fetch() {
                self.done = true;
                self.count = 0;
                return Some(Err(error));
            }
        }
        let start = self.next.saturating_mul(self.width);
        let value = self.values.get(start..start.saturating_add(self.width))?;
        let key = *self.keys.get(self.next)?;
        self.next += 1;
        Some(Ok((key, value)))
    }
}
