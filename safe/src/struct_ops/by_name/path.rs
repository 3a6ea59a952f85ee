//! Paths to members, such as `table[2].x`.

/// One step of a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step<'p> {
    /// A member of a struct or union.
    Member(&'p str),
    /// An element of an array.
    Element(u64),
}

/// The steps of a path; `None` for what is no path.
pub(super) fn steps(path: &str) -> Option<Vec<Step<'_>>> {
    let mut steps = Vec::new();
    for part in path.split('.') {
        let (name, mut indices) = part.split_at(part.find('[').unwrap_or(part.len()));
        if name.is_empty() || name.contains(']') {
            return None;
        }
        steps.push(Step::Member(name));
        while !indices.is_empty() {
            let (index, rest) = indices.strip_prefix('[')?.split_once(']')?;
            if !index.bytes().all(|digit| digit.is_ascii_digit()) {
                return None;
            }
            steps.push(Step::Element(index.parse().ok()?));
            indices = rest;
        }
    }
    Some(steps)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_have_names_and_indices() {
        assert_eq!(
            steps("table[2][0].x").unwrap(),
            [
                Step::Member("table"),
                Step::Element(2),
                Step::Element(0),
                Step::Member("x")
            ]
        );
    }

    #[test]
    fn what_is_no_path_is_refused() {
        for path in [
            "", ".", "a.", "a..b", "[1]", "a[", "a[]", "a[x]", "a[+1]", "a]", "a[1]b",
        ] {
            assert_eq!(steps(path), None, "{path:?}");
        }
    }
}
