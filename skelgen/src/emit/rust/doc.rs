/// Text for `#[doc = …]`. Names in an object file can hold anything: what would end the comment is left out.
pub(super) fn comment(text: &str) -> String {
    let clean = text.replace(|letter: char| letter.is_control(), "\u{fffd}");
    format!(" {clean}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_cannot_be_left() {
        assert_eq!(comment("a\nb\r*/"), " a\u{fffd}b\u{fffd}*/");
    }
}
