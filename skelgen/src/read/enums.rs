//! The values of enums, also where clang before 15 leaves BTF without their signs and high halves.

use libbpf_safe::btf::Enum;

/// Whether the enum is signed, and its constants: each fits into the enum's size.
pub(super) fn enum_values(definition: &Enum<'_>) -> (bool, Vec<(String, i128)>) {
    // A constant with half its bits is wrong; better none.
    if definition.is_truncated() {
        return (definition.signed, Vec::new());
    }
    let values = definition
        .values()
        .map(|value| (value.name.to_owned(), value.value));
    let bits = definition.size.saturating_mul(8);
    let values: Vec<_> = values.collect();
    let signed = definition.signed || values.iter().any(|(_, value)| has_more(*value, bits));
    let values = values
        .into_iter()
        .map(|(name, value)| (name, cut(value, bits, signed)))
        .collect();
    (signed, values)
}

/// Whether there is anything beyond so many bits, a sign for one.
fn has_more(value: i128, bits: u32) -> bool {
    value.checked_shr(bits).unwrap_or(value >> 127) != 0
}

/// The low bits as a number. Without a sign flag, -1 in a `char` is 0xffffffff in BTF.
fn cut(value: i128, bits: u32, signed: bool) -> i128 {
    let unused = match i128::BITS.checked_sub(bits) {
        // BTF takes any size for an enum's.
        None | Some(0) => return value,
        Some(i128::BITS) => return 0,
        Some(unused) => unused,
    };
    if signed {
        value << unused >> unused
    } else {
        ((value << unused) as u128 >> unused) as i128
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_low_bits_decide() {
        assert_eq!(cut(0xffff_ffff, 8, true), -1);
        assert_eq!(cut(0xffff_ff80, 8, true), -128);
        assert_eq!(cut(-5, 32, true), -5);
        assert_eq!(cut(i128::from(u64::MAX), 64, false), i128::from(u64::MAX));
        assert_eq!(cut(0x1_0000_0001, 32, false), 1);
    }

    #[test]
    fn an_enum_may_be_of_any_size() {
        for bits in [0, 128, 256, u32::MAX] {
            let kept = if bits == 0 { 0 } else { -5 };
            assert_eq!(cut(-5, bits, true), kept);
            assert!(has_more(-5, bits));
            assert_eq!(has_more(5, bits), bits == 0);
        }
    }
}
