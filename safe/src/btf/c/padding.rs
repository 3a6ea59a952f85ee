//! Gaps between members, written as bitfields without a name.

use std::fmt::Write as _;

use super::Writer;
use crate::btf::error::BtfError;
use crate::btf::kind::TypeId;

const UNITS: [(&str, u64); 4] = [("long", 64), ("int", 32), ("short", 16), ("char", 8)];

/// A gap, in bits from the start of the struct.
pub(super) struct Gap {
    pub(super) from: u64,
    pub(super) to: u64,
    /// How what follows is aligned, in bytes.
    pub(super) align: u8,
    /// Whether there is a bitfield on either side.
    pub(super) in_bitfield: bool,
}

impl Writer<'_> {
    /// Writes what makes a compiler leave this gap; nothing, where alignment makes it leave one.
    pub(super) fn gap(&mut self, id: TypeId, gap: &Gap, level: usize) -> Result<(), BtfError> {
        let Gap { from, to, .. } = *gap;
        if from >= to {
            return Ok(());
        }
        // The largest unit that has a boundary in the gap.
        let fits = UNITS
            .iter()
            .find(|(_, bits)| from.next_multiple_of(*bits) <= to);
        let (unit, bits) = *fits.unwrap_or(&("char", 8));
        let boundary = from.next_multiple_of(bits);
        let mut at = from;
        if at < boundary && boundary <= to {
            let natural = from.next_multiple_of(8 * u64::from(gap.align)) == boundary;
            let needed = if boundary == to {
                !natural
            } else {
                // What follows would fit before the boundary, and be put there.
                to - boundary <= boundary - from
            };
            if gap.in_bitfield || needed {
                // A width of zero goes on to the boundary.
                let width = if gap.in_bitfield { boundary - from } else { 0 };
                self.filler(id, unit, width, level)?;
            }
            at = boundary;
        }
        while at < to {
            let left = to - at;
            let (unit, width) = if left >= bits {
                (unit, bits)
            } else {
                let smallest = UNITS.iter().rev().find(|(_, bits)| *bits >= left);
                (smallest.map_or(unit, |(unit, _)| *unit), left)
            };
            self.filler(id, unit, width, level)?;
            at += width;
        }
        Ok(())
    }

    fn filler(&mut self, id: TypeId, unit: &str, width: u64, level: usize) -> Result<(), BtfError> {
        self.line(level);
        let _ = write!(self.text, "{unit}: {width};");
        match self.text.len() <= self.limit {
            true => Ok(()),
            false => Err(BtfError::TooMuchText { id }),
        }
    }
}
