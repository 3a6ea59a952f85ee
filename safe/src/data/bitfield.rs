//! The bits of a bitfield, in either byte order.

use std::fmt;

/// What a C bitfield can be declared as: an integer, a `bool`, or an enum, which
/// [`plain_enum!`](crate::plain_enum) implements it for.
pub trait Bitfield: Copy + fmt::Debug {
    /// Whether the highest bit is a sign.
    const SIGNED: bool;

    /// From that many low bits; the others are zero.
    fn from_bits(bits: u128, width: usize) -> Self;

    /// The low bits; `None` if the value does not fit into that many.
    fn to_bits(self, width: usize) -> Option<u128>;

    /// The lowest and the highest value that fit into that many bits.
    fn range(width: usize) -> (i128, u128) {
        let unused = 128usize.saturating_sub(width);
        if Self::SIGNED {
            let highest = i128::MAX.checked_shr(unused as u32).unwrap_or(0);
            (-highest - 1, highest.unsigned_abs())
        } else {
            (0, u128::MAX.checked_shr(unused as u32).unwrap_or(0))
        }
    }
}

macro_rules! integers {
    ($($signed:literal: $($int:ty),*;)*) => {
        $($(
            impl Bitfield for $int {
                const SIGNED: bool = $signed;

                fn from_bits(bits: u128, width: usize) -> Self {
                    let unused = 128usize.saturating_sub(width) as u32;
                    if $signed {
                        let bits = (bits as i128).checked_shl(unused).unwrap_or(0);
                        bits.checked_shr(unused).unwrap_or(0) as $int
                    } else {
                        bits as $int
                    }
                }

                fn to_bits(self, width: usize) -> Option<u128> {
                    let unused = 128usize.saturating_sub(width) as u32;
                    // `as` extends the sign where there is one.
                    let low = self as u128 & u128::MAX.checked_shr(unused).unwrap_or(0);
                    let same = Self::from_bits(low, width) == self;
                    same.then_some(low)
                }
            }
        )*)*
    };
}
integers! {
    false: u8, u16, u32, u64, u128;
    true: i8, i16, i32, i64, i128;
}

/// A bitfield, unlike memory that is looked at in place, cannot hold another `bool` than 0 or 1.
impl Bitfield for bool {
    const SIGNED: bool = false;

    fn from_bits(bits: u128, _width: usize) -> Self {
        bits != 0
    }

    fn to_bits(self, _width: usize) -> Option<u128> {
        Some(self.into())
    }
}

/// In which order bits are counted: from the lowest of the first byte, or from the highest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    Little,
    Big,
}

impl Order {
    pub(crate) const NATIVE: Order = if cfg!(target_endian = "little") {
        Order::Little
    } else {
        Order::Big
    };

    /// The byte that has a bit, and how far the bit is from the byte's lowest.
    fn place(self, bit: usize) -> (usize, usize) {
        match self {
            Order::Little => (bit / 8, bit % 8),
            Order::Big => (bit / 8, 7 - bit % 8),
        }
    }

    /// The bits of a value, the lowest first.
    fn bits(self, first: usize, end: usize) -> impl Iterator<Item = (usize, usize)> {
        (first..end).map(move |bit| {
            self.place(match self {
                Order::Little => bit,
                Order::Big => first + (end - 1 - bit),
            })
        })
    }
}

/// Bits outside the bytes are zero.
pub(crate) fn read(bytes: &[u8], first: usize, end: usize, order: Order) -> u128 {
    let bits = order.bits(first, end).map(|(byte, shift)| {
        let byte = bytes.get(byte).copied().unwrap_or_default();
        u128::from(byte >> shift & 1)
    });
    bits.enumerate()
        .fold(0, |value, (index, bit)| value | bit << index)
}

/// Bits outside the bytes are left out.
pub(crate) fn write(bytes: &mut [u8], first: usize, end: usize, value: u128, order: Order) {
    for (index, (byte, shift)) in order.bits(first, end).enumerate() {
        if let Some(byte) = bytes.get_mut(byte) {
            let bit = (value >> index & 1) as u8;
            *byte = *byte & !(1 << shift) | bit << shift;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_are_counted_from_the_end_that_the_byte_order_has_first() {
        let mut bytes = [0; 3];
        write(&mut bytes, 6, 17, 0b101_0011_0011, Order::Little);
        assert_eq!(bytes, [0b1100_0000, 0b0100_1100, 0b0000_0001]);
        assert_eq!(read(&bytes, 6, 17, Order::Little), 0b101_0011_0011);

        let mut bytes = [0; 3];
        write(&mut bytes, 6, 17, 0b101_0011_0011, Order::Big);
        assert_eq!(bytes, [0b0000_0010, 0b1001_1001, 0b1000_0000]);
        assert_eq!(read(&bytes, 6, 17, Order::Big), 0b101_0011_0011);
    }

    #[test]
    fn clang_lays_out_the_same_for_machines_of_either_byte_order() {
        // struct { __u16 a : 4, b : 12; __s32 c : 5; __u64 d : 40; __u8 e : 3; } __attribute__((packed))
        //     = { 0x9, 0xabc, -3, 0x123456789a, 5 }, as clang writes it for bpfel and bpfeb.
        let little = [0xc9, 0xab, 0x5d, 0x13, 0xcf, 0x8a, 0x46, 0xa2];
        let big = [0x9a, 0xbc, 0xe8, 0x91, 0xa2, 0xb3, 0xc4, 0xd5];
        for (bytes, order) in [(little, Order::Little), (big, Order::Big)] {
            let field = |first, end| read(&bytes, first, end, order);
            assert_eq!(field(0, 4), 0x9, "{order:?}");
            assert_eq!(field(4, 16), 0xabc);
            assert_eq!(i32::from_bits(field(16, 21), 5), -3);
            assert_eq!(field(21, 61), 0x12_3456_789a);
            assert_eq!(field(61, 64), 5);
        }
    }

    #[test]
    fn neighbours_are_left_alone() {
        for order in [Order::Little, Order::Big] {
            let mut bytes = [0xff; 17];
            write(&mut bytes, 7, 130, 0, order);
            assert_eq!(bytes.iter().map(|byte| byte.count_ones()).sum::<u32>(), 13);
            write(&mut bytes, 7, 130, u128::MAX, order);
            assert_eq!(bytes, [0xff; 17]);
        }
    }

    #[test]
    fn signs_are_extended() {
        assert_eq!(i8::from_bits(0b101, 3), -3);
        assert_eq!(i64::from_bits(u128::from(u64::MAX), 64), -1);
        assert_eq!(u8::from_bits(0b101, 3), 5);
        assert_eq!(i128::from_bits(u128::MAX, 128), -1);
        assert_eq!((-3i8).to_bits(3), Some(0b101));
    }

    #[test]
    fn what_does_not_fit_is_none() {
        assert_eq!(8u32.to_bits(3), None);
        assert_eq!(7u32.to_bits(3), Some(7));
        assert_eq!(4i32.to_bits(3), None);
        assert_eq!((-4i32).to_bits(3), Some(0b100));
        assert_eq!((-5i32).to_bits(3), None);
        assert_eq!(u64::MAX.to_bits(64), Some(u64::MAX.into()));
        assert_eq!(u128::MAX.to_bits(128), Some(u128::MAX));
        assert_eq!((-1i8).to_bits(1), Some(1));
        assert_eq!(1i8.to_bits(1), None);
        assert_eq!(true.to_bits(1), Some(1));
    }

    #[test]
    fn the_range_is_what_fits() {
        assert_eq!(u8::range(3), (0, 7));
        assert_eq!(i8::range(3), (-4, 3));
        assert_eq!(i8::range(1), (-1, 0));
        assert_eq!(u128::range(128), (0, u128::MAX));
        assert_eq!(i128::range(128), (i128::MIN, i128::MAX.unsigned_abs()));
    }
}
