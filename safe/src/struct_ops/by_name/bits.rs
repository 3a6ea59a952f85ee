//! Numbers of any width at any bit, as C lays out bitfields and integers on this machine.

use std::ops::Range;

/// The bytes that hold the bits, and by how much their value is too far left; `None` for more bits than
/// any C type has.
fn window(bit: u64, width: u32) -> Option<(Range<usize>, u32)> {
    let first = usize::try_from(bit / 8).ok()?;
    let skipped = (bit % 8) as u32;
    let bytes = skipped.checked_add(width)?.div_ceil(8);
    if bytes > 16 {
        return None;
    }
    let shift = if cfg!(target_endian = "little") {
        skipped
    } else {
        bytes * 8 - skipped - width
    };
    Some((first..first.checked_add(bytes as usize)?, shift))
}

fn mask(width: u32) -> u128 {
    1u128
        .checked_shl(width)
        .map_or(u128::MAX, |beyond| beyond - 1)
}

fn number(bytes: &[u8]) -> u128 {
    let join = |number: u128, byte: &u8| number << 8 | u128::from(*byte);
    if cfg!(target_endian = "little") {
        bytes.iter().rev().fold(0, join)
    } else {
        bytes.iter().fold(0, join)
    }
}

/// The bits as an unsigned number; `None` beyond the end.
pub(super) fn read(bytes: &[u8], bit: u64, width: u32) -> Option<u128> {
    let (range, shift) = window(bit, width)?;
    Some((number(bytes.get(range)?) >> shift) & mask(width))
}

/// Replaces the bits by the low ones of a number, and leaves those around them; `None` beyond the end.
pub(super) fn write(bytes: &mut [u8], bit: u64, width: u32, value: u128) -> Option<()> {
    let (range, shift) = window(bit, width)?;
    let bytes = bytes.get_mut(range)?;
    let mask = mask(width);
    let mut all = (number(bytes) & !(mask << shift)) | ((value & mask) << shift);
    let store = |byte: &mut u8| {
        *byte = all as u8;
        all >>= 8;
    };
    if cfg!(target_endian = "little") {
        bytes.iter_mut().for_each(store);
    } else {
        bytes.iter_mut().rev().for_each(store);
    }
    Some(())
}

/// The number that these bits are when the highest is a sign.
pub(super) fn signed(bits: u128, width: u32) -> i128 {
    let unused = 128u32.saturating_sub(width).min(127);
    ((bits << unused) as i128) >> unused
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_and_the_rest_stays() {
        for (bit, width) in [(0, 1), (3, 7), (5, 64), (8, 128), (17, 12), (63, 2)] {
            for fill in [0u8, 0xff] {
                let mut bytes = [fill; 32];
                write(
                    &mut bytes,
                    bit,
                    width,
                    0x0123_4567_89ab_cdef_0123_4567_89ab_cdef,
                )
                .unwrap();
                let expected = 0x0123_4567_89ab_cdef_0123_4567_89ab_cdef & mask(width);
                assert_eq!(read(&bytes, bit, width), Some(expected));
                write(&mut bytes, bit, width, u128::from(fill) * (u128::MAX / 255)).unwrap();
                assert_eq!(bytes, [fill; 32]);
            }
        }
    }

    #[test]
    fn beyond_the_end_is_nothing() {
        assert_eq!(read(&[0; 4], 25, 8), None);
        assert_eq!(write(&mut [0; 4], 32, 1, 1), None);
        assert_eq!(read(&[0; 64], 1, 128), None);
        assert_eq!(read(&[0; 4], u64::MAX, 8), None);
    }

    #[test]
    fn the_highest_bit_can_be_a_sign() {
        assert_eq!(signed(0b111, 3), -1);
        assert_eq!(signed(0b011, 3), 3);
        assert_eq!(signed(u128::MAX, 128), -1);
    }

    #[test]
    #[cfg(target_endian = "little")]
    fn integers_are_where_rust_has_them() {
        let bytes = 0x1234_5678u32.to_le_bytes();
        assert_eq!(read(&bytes, 0, 32), Some(0x1234_5678));
        assert_eq!(read(&bytes, 8, 8), Some(0x56));
    }
}
