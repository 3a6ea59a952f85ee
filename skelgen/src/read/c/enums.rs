//! Enums as C declares them.

/// How C makes an enum of this size in bytes out of these constants: packed or not. `None` where it does not.
pub(super) fn packing(size: u32, constants: &[(String, i128)]) -> Option<bool> {
    let values = constants.iter().map(|(_, value)| *value);
    let (lowest, highest) = (values.clone().min()?, values.max()?);
    let fits = |size: u32| {
        let bits = 8 * size;
        if lowest < 0 {
            lowest >= -(1 << (bits - 1)) && highest < 1 << (bits - 1)
        } else {
            highest < 1 << bits
        }
    };
    let smallest = |sizes: &[u32]| sizes.iter().copied().find(|&size| fits(size));
    if smallest(&[4, 8]) == Some(size) {
        return Some(false);
    }
    (smallest(&[1, 2, 4, 8]) == Some(size)).then_some(true)
}

#[cfg(test)]
mod tests {
    use super::packing;

    fn constants(values: &[i128]) -> Vec<(String, i128)> {
        values.iter().map(|value| (String::new(), *value)).collect()
    }

    #[test]
    fn the_values_decide_the_size() {
        assert_eq!(packing(4, &constants(&[0, 1])), Some(false));
        assert_eq!(packing(4, &constants(&[-1, 0x7fff_ffff])), Some(false));
        assert_eq!(packing(8, &constants(&[-1, 0x8000_0000])), Some(false));
        assert_eq!(packing(1, &constants(&[0, 255])), Some(true));
        assert_eq!(packing(1, &constants(&[-128, 127])), Some(true));
        assert_eq!(packing(2, &constants(&[-1, 255])), Some(true));
        assert_eq!(packing(1, &constants(&[256])), None);
        assert_eq!(packing(8, &constants(&[0, 1])), None);
        assert_eq!(packing(4, &[]), None);
    }
}
