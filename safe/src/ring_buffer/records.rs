use super::found::Found;
use super::record::Record;
use super::ring::Ring;
use crate::error::Result;
use std::cell::Cell;

/// The records of a ring, in place: [`Ring::records`]. A reference to it can be gone through.
#[derive(Debug)]
pub struct Records<'r> {
    ring: &'r mut Ring,
    start: u64,
    /// How many bytes were gone through from there.
    passed: Cell<u64>,
}

impl<'r> Records<'r> {
    pub(super) fn new(ring: &'r mut Ring, start: u64) -> Records<'r> {
        Records {
            ring,
            start,
            passed: Cell::new(0),
        }
    }

    /// From the first record.
    pub fn iter(&self) -> RecordsIter<'_> {
        RecordsIter {
            ring: self.ring,
            next: self.start,
            start: self.start,
            passed: &self.passed,
            ended: false,
        }
    }
}

impl<'b> IntoIterator for &'b Records<'_> {
    type Item = Result<Record<'b>>;
    type IntoIter = RecordsIter<'b>;

    fn into_iter(self) -> RecordsIter<'b> {
        self.iter()
    }
}

impl Drop for Records<'_> {
    fn drop(&mut self) {
        let end = self.start.wrapping_add(self.passed.get());
        self.ring.give_back(self.start, end);
    }
}

/// Goes through [`Records`].
#[derive(Debug)]
pub struct RecordsIter<'b> {
    ring: &'b Ring,
    start: u64,
    next: u64,
    passed: &'b Cell<u64>,
    ended: bool,
}

impl<'b> Iterator for RecordsIter<'b> {
    type Item = Result<Record<'b>>;

    #[inline]
    fn next(&mut self) -> Option<Result<Record<'b>>> {
        while !self.ended {
            let position = self.next;
            let (record, next) = match self.ring.look(position) {
                Ok(Found::Record { length, next }) => {
                    (Some(self.ring.record(position, length)), next)
                }
                Ok(Found::Discarded { next }) => (None, next),
                Ok(Found::Nothing) => break,
                Err(error) => {
                    self.ended = true;
                    return Some(Err(error));
                }
            };
            self.next = next;
            let passed = next.wrapping_sub(self.start);
            self.passed.set(self.passed.get().max(passed));
            if let Some(record) = record {
                return Some(Ok(record));
            }
        }
        self.ended = true;
        None
    }
}
