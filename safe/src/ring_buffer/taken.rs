use super::record::Record;
use super::ring::Ring;
use crate::data::Pod;
use crate::error::Result;
use std::fmt;
use std::ops::Deref;

/// A record that was taken out of a ring. Its bytes are in place; BPF programs get the room back when this is
/// dropped.
pub struct TakenRecord<'r> {
    ring: &'r mut Ring,
    start: u64,
    length: usize,
    next: u64,
}

impl<'r> TakenRecord<'r> {
    #[inline]
    pub(super) fn new(ring: &'r mut Ring, start: u64, length: usize, next: u64) -> TakenRecord<'r> {
        TakenRecord {
            ring,
            start,
            length,
            next,
        }
    }

    /// The record, as closures get it.
    #[inline]
    pub fn record(&self) -> Record<'_> {
        self.ring.record(self.start, self.length)
    }

    /// As [`Record::value`].
    ///
    /// # Errors
    ///
    /// As [`Record::value`].
    pub fn value<T: Pod>(&self) -> Result<&T> {
        self.record().value()
    }

    /// As [`Record::prefix`].
    ///
    /// # Errors
    ///
    /// As [`Record::prefix`].
    pub fn prefix<T: Pod>(&self) -> Result<(&T, &[u8])> {
        self.record().prefix()
    }
}

impl Deref for TakenRecord<'_> {
    type Target = [u8];

    #[inline]
    fn deref(&self) -> &[u8] {
        self.record().bytes
    }
}

impl AsRef<[u8]> for TakenRecord<'_> {
    fn as_ref(&self) -> &[u8] {
        self
    }
}

impl Drop for TakenRecord<'_> {
    #[inline]
    fn drop(&mut self) {
        self.ring.give_back(self.start, self.next);
    }
}

impl fmt::Debug for TakenRecord<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("TakenRecord").field(&&**self).finish()
    }
}
