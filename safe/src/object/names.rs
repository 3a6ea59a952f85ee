//! Maps and programs by their names.
//!
//! A skeleton looks for each of them: where there are many, that must not take time with their square.

use std::cmp::Ordering;
use std::sync::OnceLock;

/// So many are gone through.
const FEW: usize = 16;

/// The order of names that do not change.
#[derive(Debug, Default)]
pub(super) struct Names {
    sorted: OnceLock<Box<[usize]>>,
}

impl Names {
    /// The first of `count` that has this name.
    pub(super) fn find<'n>(
        &self,
        name: &str,
        count: usize,
        name_of: impl Fn(usize) -> &'n [u8],
    ) -> Option<usize> {
        let name = name.as_bytes();
        if count <= FEW {
            return (0..count).find(|&index| name_of(index) == name);
        }
        let sorted = self.sorted.get_or_init(|| sorted(count, &name_of));
        let place = sorted.partition_point(|&index| name_of(index) < name);
        let index = *sorted.get(place)?;
        (name_of(index) == name).then_some(index)
    }
}

/// Sorting is 13 KB of code for each function that it is given: here it is one for all, which calls another to compare.
fn sorted<'n>(count: usize, name_of: &dyn Fn(usize) -> &'n [u8]) -> Box<[usize]> {
    type Named<'n> = (&'n [u8], usize);
    // Each name is asked for once.
    let mut names: Vec<Named<'n>> = (0..count).map(|index| (name_of(index), index)).collect();
    // Of those that have one name, the first one stays the first.
    let compare: &dyn Fn(&Named<'n>, &Named<'n>) -> Ordering = &Ord::cmp;
    names.sort_unstable_by(compare);
    names.into_iter().map(|(_, index)| index).collect()
}

#[cfg(test)]
mod tests {
    use super::Names;

    #[test]
    fn the_first_of_a_name_is_found_among_few_and_many() {
        for count in [0, 1, 5, 16, 17, 18, 400] {
            // Each name but the last is there twice, unsorted.
            let texts: Vec<String> = (0..count)
                .map(|index| format!("n{}", index / 2 * 7 % 97))
                .collect();
            let names = Names::default();
            let find = |name: &str| names.find(name, count, |index| texts[index].as_bytes());
            for text in &texts {
                assert_eq!(
                    find(text),
                    texts.iter().position(|other| other == text),
                    "{text} of {count}"
                );
            }
            for missing in ["", "a", "n", "n98", "zz"] {
                assert_eq!(find(missing), None, "{missing} of {count}");
            }
        }
    }
}
