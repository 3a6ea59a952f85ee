//! What a file of the cache holds: for whom the part is, and the part.
//!
//! All that the part depends on stands in the file, and is compared when it is read: neither two keys whose hashes
//! collide nor a file in another's place is taken for what it is not.

use super::super::super::Btf;
use std::fmt::Write;

/// Another one whenever the same requests may lead to another part.
const FORMAT: &[u8] = b"libbpf-safe: a part of a kernel's BTF, 1\n";

/// What a part depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Key<'a> {
    /// Which kernel it is of.
    pub(super) build: &'a [u8],
    /// Which modules are loaded; empty where none was looked into.
    pub(super) modules: &'a [u8],
    /// What the object asks.
    pub(super) requests: &'a [u8],
}

impl Key<'_> {
    /// A name for a file: of characters that every file system knows.
    pub(super) fn file_name(&self) -> String {
        let mut name = String::new();
        for start in [0, 1] {
            let hash = [FORMAT, self.build, self.modules, self.requests]
                .iter()
                .fold(start, |hash, field| sum(hash, field));
            // Writing to a String does not fail.
            let _ = write!(name, "{hash:016x}");
        }
        name + ".btf"
    }

    /// The file's bytes.
    pub(super) fn encode(&self, part: &[u8]) -> Vec<u8> {
        let mut bytes = FORMAT.to_vec();
        for field in [self.build, self.modules, self.requests, part] {
            bytes.extend((field.len() as u64).to_le_bytes());
            bytes.extend(field);
        }
        let sum = sum(0, &bytes);
        bytes.extend(sum.to_le_bytes());
        bytes
    }

    /// The part in a file's bytes, if the file is whole, for this key, and what libbpf can be given: it would fail to
    /// load an object, rather than read the kernel's whole BTF, where a part is none.
    pub(super) fn decode<'f>(&self, bytes: &'f [u8]) -> Option<&'f [u8]> {
        let (content, found) = bytes.split_last_chunk()?;
        if sum(0, content) != u64::from_le_bytes(*found) {
            return None;
        }
        let mut rest = content.strip_prefix(FORMAT)?;
        for field in [self.build, self.modules, self.requests] {
            let (found, after) = take(rest)?;
            if found != field {
                return None;
            }
            rest = after;
        }
        let (part, rest) = take(rest)?;
        (rest.is_empty() && Btf::parse(part).is_ok()).then_some(part)
    }
}

/// Whether a file has such a name, or one for as long as it was written.
pub(super) fn is_file_name(name: &str) -> bool {
    name.split_once(".btf").is_some_and(|(hash, _)| {
        hash.len() == 32 && hash.bytes().all(|digit| digit.is_ascii_hexdigit())
    })
}

/// A field with its length before it, and what follows.
fn take(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (len, rest) = bytes.split_first_chunk()?;
    rest.split_at_checked(usize::try_from(u64::from_le_bytes(*len)).ok()?)
}

/// A checksum that continues from another. It finds accidents; who may write the file is another question.
fn sum(start: u64, bytes: &[u8]) -> u64 {
    let words = bytes.chunks(8).map(|chunk| {
        let mut word = [0; 8];
        for (to, from) in word.iter_mut().zip(chunk) {
            *to = *from;
        }
        u64::from_le_bytes(word)
    });
    words.chain([bytes.len() as u64]).fold(start, |sum, word| {
        (sum ^ word)
            .wrapping_mul(0x9e37_79b9_7f4a_7c15)
            .rotate_left(29)
    })
}

#[cfg(test)]
mod tests {
    use super::super::super::super::Builder;
    use super::Key;

    const KEY: Key<'static> = Key {
        build: b"build",
        modules: b"",
        requests: b"requests",
    };

    /// A BTF without types.
    fn part() -> Vec<u8> {
        Builder::new().build().unwrap().raw().to_vec()
    }

    #[test]
    fn a_file_is_read_as_it_was_written() {
        let part = part();
        assert_eq!(KEY.decode(&KEY.encode(&part)), Some(&*part));
    }

    #[test]
    fn what_is_no_btf_is_not_taken_though_the_file_is_whole() {
        let mut of_another_version = part();
        of_another_version[2] = 9;
        for part in [&b""[..], b"part", &of_another_version] {
            assert_eq!(KEY.decode(&KEY.encode(part)), None, "{part:?}");
        }
    }

    #[test]
    fn a_file_for_another_kernel_or_object_or_other_modules_is_not_taken() {
        let file = KEY.encode(&part());
        let others = [
            Key {
                build: b"other",
                ..KEY
            },
            Key {
                build: b"buil",
                ..KEY
            },
            Key {
                modules: b"tun",
                ..KEY
            },
            Key {
                requests: b"request",
                ..KEY
            },
        ];
        for other in others {
            assert_eq!(other.decode(&file), None, "{other:?}");
            assert_ne!(other.file_name(), KEY.file_name());
        }
    }

    #[test]
    fn every_cut_and_every_flipped_bit_is_found() {
        let file = KEY.encode(&part());
        for len in 0..file.len() {
            assert_eq!(KEY.decode(&file[..len]), None, "cut at {len}");
        }
        for bit in 0..file.len() * 8 {
            let mut broken = file.clone();
            broken[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(KEY.decode(&broken), None, "bit {bit}");
        }
        assert_eq!(KEY.decode(&[file, vec![0]].concat()), None);
    }
}
