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
    let bits = definition.size * 8;
    let values: Vec<_> = values.collect();
    let signed = definition.signed || values.iter().any(|(_, value)| value >> bits != 0);
    let values = values
        .into_iter()
        .map(|(name, value)| (name, cut(value, bits, signed)))
        .collect();
    (signed, values)
}

/// The low bits as a number. Without a sign flag, -1 in a `char` is 0xffffffff in BTF.
fn cut(value: i128, bits: u32, signed: bool) -> i128 {
    let unused = i128::BITS - bits;
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
}
