//! Numbers of any width at any bit of bytes that may be too short: places here come from BTF, which may be broken.

use crate::data::bitfield::{self, Bitfield, Order};
use std::ops::Range;

/// The bits, where all of them are inside, and are no more than a number has.
fn inside(bytes: &[u8], bit: u64, width: u32) -> Option<Range<usize>> {
    let first = usize::try_from(bit).ok()?;
    let end = first.checked_add(width as usize)?;
    (width <= u128::BITS && end <= bytes.len().checked_mul(8)?).then_some(first..end)
}

/// The bits as an unsigned number; `None` beyond the end.
pub(super) fn read(bytes: &[u8], bit: u64, width: u32) -> Option<u128> {
    let bits = inside(bytes, bit, width)?;
    Some(bitfield::read(bytes, bits.start, bits.end, Order::NATIVE))
}

/// Replaces the bits by the low ones of a number, and leaves those around them; `None` beyond the end.
pub(super) fn write(bytes: &mut [u8], bit: u64, width: u32, value: u128) -> Option<()> {
    let bits = inside(bytes, bit, width)?;
    bitfield::write(bytes, bits.start, bits.end, value, Order::NATIVE);
    Some(())
}

/// The number that these bits are when the highest is a sign.
pub(super) fn signed(bits: u128, width: u32) -> i128 {
    i128::from_bits(bits, width as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_and_the_rest_stays() {
        for (bit, width) in [(0, 1), (3, 7), (5, 64), (1, 128), (17, 12), (63, 2)] {
            for fill in [0u8, 0xff] {
                let mut bytes = [fill; 32];
                let number = 0x0123_4567_89ab_cdef_0123_4567_89ab_cdef;
                write(&mut bytes, bit, width, number).unwrap();
                let low = number & (u128::MAX >> (128 - width));
                assert_eq!(read(&bytes, bit, width), Some(low));
                write(&mut bytes, bit, width, u128::from(fill) * (u128::MAX / 255)).unwrap();
                assert_eq!(bytes, [fill; 32]);
            }
        }
    }

    #[test]
    fn beyond_the_end_is_nothing() {
        assert_eq!(read(&[0; 4], 25, 8), None);
        assert_eq!(write(&mut [0; 4], 32, 1, 1), None);
        assert_eq!(read(&[0; 64], 0, 129), None);
        assert_eq!(read(&[0; 4], u64::MAX, 8), None);
    }

    #[test]
    fn the_highest_bit_can_be_a_sign() {
        assert_eq!(signed(0b111, 3), -1);
        assert_eq!(signed(0b011, 3), 3);
        assert_eq!(signed(u128::MAX, 128), -1);
    }
}
