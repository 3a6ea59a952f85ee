//! From what libbpf's linker says to a reason that names the declaration and the other file.

use super::Input;
use crate::elf::Elf;
use crate::error::ErrorKind;
use std::fs;

/// Why an object cannot be added to those before it.
pub(super) fn reason(messages: &[String], before: &[Input]) -> Option<ErrorKind> {
    let texts = || messages.iter().map(|message| text(message));
    let doubled = texts().find_map(doubled);
    let conflict = |(name, reason): (&str, String)| ErrorKind::LinkConflict {
        other: {
            let mut before = before.iter();
            let other = before.find(|input| defines(input, name));
            other.map(|input| input.path().to_owned())
        },
        name: name.to_owned(),
        reason,
    };
    let differing = || texts().find_map(differing);
    match doubled {
        Some(name) => Some(conflict((
            name,
            "it is defined twice: make all but one of them static, extern or __weak".into(),
        ))),
        None => match differing() {
            Some((name, reason)) => Some(conflict((name, reason.to_owned()))),
            None if texts().any(|text| text.starts_with("failed to find BTF info")) => {
                Some(ErrorKind::ObjectBtfMissing)
            }
            None => texts().next_back().map(|detail| ErrorKind::InvalidObject {
                detail: detail.to_owned(),
            }),
        },
    }
}

fn text(message: &str) -> &str {
    let message = message.trim();
    message.strip_prefix("libbpf: ").unwrap_or(message)
}

/// The name in "conflicting non-weak symbol #7 (counter) definition in …".
fn doubled(text: &str) -> Option<&str> {
    let rest = text.strip_prefix("conflicting non-weak symbol")?;
    let (_, rest) = rest.split_once('(')?;
    let (name, _) = rest.split_once(')')?;
    Some(name)
}

/// The name and the reason in "global 'counter': …".
fn differing(text: &str) -> Option<(&str, &str)> {
    text.strip_prefix("global '")?.split_once("': ")
}

fn defines(input: &Input, name: &str) -> bool {
    let defines = |bytes: &[u8]| Elf::new(bytes).is_some_and(|elf| elf.defines(name));
    match input {
        Input::File(path) => fs::read(path).is_ok_and(|bytes| defines(&bytes)),
        Input::Bytes { bytes, .. } => defines(bytes),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn explained(message: &str) -> Option<ErrorKind> {
        reason(&[message.to_owned()], &[])
    }

    #[test]
    fn names_are_found_in_what_libbpf_says() {
        for message in [
            "libbpf: conflicting non-weak symbol #3 (counter) definition in 'two.bpf.o'\n",
            "libbpf: global 'counter': incompatible int 'int' size 4 and 8\n",
        ] {
            let Some(ErrorKind::LinkConflict { name, .. }) = explained(message) else {
                panic!("{message}");
            };
            assert_eq!(name, "counter");
        }
    }

    #[test]
    fn anything_else_is_told_as_it_is() {
        assert_eq!(explained("libbpf: ELF is missing SYMTAB section in x\n"), {
            let detail = "ELF is missing SYMTAB section in x".into();
            Some(ErrorKind::InvalidObject { detail })
        });
        assert_eq!(reason(&[], &[]), None);
    }
}
