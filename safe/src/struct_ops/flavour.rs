/// A C type's name without its flavour, which the kernel does not see: `ops___v2` is `ops` there.
///
/// A flavour begins at the last run of exactly three underscores inside the name: where libbpf sees it.
pub(crate) fn essential_name(name: &str) -> &str {
    let bytes = name.as_bytes();
    let begins = |window: &[u8]| matches!(window, [before, b'_', b'_', b'_', after] if *before != b'_' && *after != b'_');
    bytes
        .windows(5)
        .rposition(begins)
        .and_then(|at| name.get(..=at))
        .unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::essential_name;

    #[test]
    fn a_flavour_is_where_libbpf_sees_it() {
        for (name, essential) in [
            ("ops", "ops"),
            ("ops___v2", "ops"),
            ("ops___one___two", "ops___one"),
            ("ops____four", "ops____four"),
            ("___ops", "___ops"),
            ("ops___", "ops___"),
            ("", ""),
        ] {
            assert_eq!(essential_name(name), essential);
        }
    }
}
