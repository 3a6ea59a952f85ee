//! The dependency file that clang's `-MD` writes: a make rule.

use std::path::PathBuf;

/// The files that the rule's target depends on.
pub(super) fn parse(rule: &str) -> Vec<PathBuf> {
    // The target ends at the first colon that whitespace follows.
    let Some((_, list)) = rule.split_once(": ").or_else(|| rule.split_once(":\\")) else {
        return Vec::new();
    };
    let mut files = Vec::new();
    let mut name = String::new();
    let mut letters = list.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            // A backslash joins lines, or keeps a space or # in a name.
            '\\' => match letters.peek().copied() {
                Some('\n' | '\r') => {}
                Some(kept @ (' ' | '#')) => {
                    name.push(kept);
                    letters.next();
                }
                _ => name.push('\\'),
            },
            '$' if letters.peek() == Some(&'$') => {
                name.push('$');
                letters.next();
            }
            letter if letter.is_whitespace() => {
                if !name.is_empty() {
                    files.push(PathBuf::from(std::mem::take(&mut name)));
                }
            }
            letter => name.push(letter),
        }
    }
    if !name.is_empty() {
        files.push(PathBuf::from(name));
    }
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_joined_and_spaces_kept() {
        let files = parse("out/a.o: src/a.c \\\n  inc/my\\ header.h \\\n  inc/b$$.h\n");
        let expected = ["src/a.c", "inc/my header.h", "inc/b$.h"].map(PathBuf::from);
        assert_eq!(files, expected);
    }

    #[test]
    fn no_rule_is_no_file() {
        assert!(parse("").is_empty());
    }
}
