//! What a misspelt name may have meant.

/// The name that takes the fewest changes to come from `wanted`, unless that is another word altogether.
pub(super) fn nearest<'a>(wanted: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let most = (wanted.chars().count() / 3).max(1);
    names
        .filter(|name| !name.is_empty())
        .map(|name| (changes(wanted, name), name))
        .filter(|(changes, _)| *changes <= most)
        .min_by_key(|(changes, _)| *changes)
        .map(|(_, name)| name)
}

/// How many letters have to be put in, taken out or replaced.
fn changes(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (line, letter) in from.chars().enumerate() {
        let mut before = line;
        let mut left = line + 1;
        if let Some(first) = row.first_mut() {
            *first = left;
        }
        for (cell, other) in row.iter_mut().skip(1).zip(&to) {
            let replaced = before + usize::from(letter != *other);
            before = *cell;
            left = replaced.min(before + 1).min(left + 1);
            *cell = left;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_recognized_and_another_word_is_not() {
        let names = || ["cong_avoid", "flags", "name", ""].into_iter();
        assert_eq!(nearest("flag", names()), Some("flags"));
        assert_eq!(nearest("cong_aviod", names()), Some("cong_avoid"));
        assert_eq!(nearest("naem", ["same", "name"].into_iter()), None);
        assert_eq!(nearest("nam", names()), Some("name"));
        assert_eq!(nearest("ssthresh", names()), None);
        assert_eq!(nearest("", names()), None);
    }

    #[test]
    fn changes_are_counted() {
        assert_eq!(changes("kitten", "sitting"), 3);
        assert_eq!(changes("", "abc"), 3);
        assert_eq!(changes("abc", ""), 3);
        assert_eq!(changes("same", "same"), 0);
    }
}
