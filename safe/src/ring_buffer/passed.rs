use super::found::Found;
use super::record::Record;
use super::ring::Ring;
use crate::error::Result;

/// The records that a closure was called with, which BPF programs do not have the room of back yet.
///
/// To give back each record is an atomic exchange, which takes longer than all else: so they get it in steps. When
/// this is dropped they get the rest, whether or not the closure has panicked.
pub(super) struct Passed<'r> {
    ring: &'r mut Ring,
    /// The reader's position, as BPF programs see it.
    start: u64,
    next: u64,
    /// How many bytes make a step.
    step: u64,
}

impl<'r> Passed<'r> {
    pub(super) fn new(ring: &'r mut Ring) -> Result<Passed<'r>> {
        let start = ring.start()?;
        let step = ring.size() as u64 / 8;
        Ok(Passed {
            ring,
            start,
            next: start,
            step,
        })
    }

    /// The next record; the one before is passed.
    #[inline(always)]
    pub(super) fn next(&mut self) -> Result<Option<Record<'_>>> {
        loop {
            let position = self.next;
            let passed = position.wrapping_sub(self.start);
            let found = match passed {
                0 => self.ring.look_apart(position)?,
                passed if passed < self.step => self.ring.glance(position)?,
                // Room is given back, and as the kernel wakes for a record at the position that it sees, that has to
                // be this one before there is nothing.
                _ => Found::Nothing,
            };
            match found {
                Found::Record { length, next } => {
                    self.next = next;
                    return Ok(Some(self.ring.record(position, length)));
                }
                Found::Discarded { next } => self.next = next,
                Found::Nothing if passed == 0 => return Ok(None),
                Found::Nothing => self.give_back()?,
            }
        }
    }

    #[inline(never)]
    fn give_back(&mut self) -> Result<()> {
        self.ring.give_back(self.start, self.next);
        self.start = self.next;
        self.ring.check()
    }
}

impl Drop for Passed<'_> {
    fn drop(&mut self) {
        self.ring.give_back(self.start, self.next);
    }
}
