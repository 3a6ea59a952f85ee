//! Mutations that keep an object an object: most of what only flips bytes is refused by its first check.

#![forbid(unsafe_code)]

mod elf;

pub use elf::content;

use std::ops::Range;

/// The words that arithmetic goes wrong with.
const EDGES: [u32; 8] = [
    0,
    1,
    2,
    0x7fff_ffff,
    0x8000_0000,
    0xffff_0000,
    0xffff_fffe,
    u32::MAX,
];

/// Mutates a part of an object: its headers, a section, or all of it, by libFuzzer's own mutations or a word at a time.
pub fn mutate(data: &mut [u8], size: usize, max_size: usize, seed: u32) -> usize {
    let mut random = Random(u64::from(seed) << 1 | 1);
    let parts = elf::parts(data.get(..size).unwrap_or_default());
    if parts.is_empty() || random.below(8) == 0 {
        return libfuzzer_sys::fuzzer_mutate(data, size, max_size);
    }
    let part = parts[random.below(parts.len())].clone();
    if random.below(2) == 0 {
        words(&mut data[part], &mut random);
    } else {
        bytes(&mut data[part]);
    }
    size
}

/// libFuzzer's mutation of a part, which stays as long as it is.
fn bytes(part: &mut [u8]) {
    let mut copy = part.to_vec();
    let size = copy.len();
    let size = libfuzzer_sys::fuzzer_mutate(&mut copy, size, size);
    part[..size].copy_from_slice(&copy[..size]);
}

fn words(part: &mut [u8], random: &mut Random) {
    for _ in 0..=random.below(3) {
        let at = random.below(part.len()) & !3;
        let Some(Ok(word)) = part.get_mut(at..at + 4).map(<&mut [u8; 4]>::try_from) else {
            continue;
        };
        let old = u32::from_le_bytes(*word);
        let new = match random.below(4) {
            0 => EDGES[random.below(EDGES.len())],
            1 => old.wrapping_add(random.below(16) as u32).wrapping_sub(8),
            2 => random.below(256) as u32,
            _ => old ^ 1 << random.below(32),
        };
        *word = new.to_le_bytes();
    }
}

/// Marsaglia's xorshift: libFuzzer gives a seed for each mutation.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end.max(1) as u64) as usize
    }
}

/// A range that is not empty and lies within the file.
fn within(start: usize, len: usize, size: usize) -> Option<Range<usize>> {
    let end = start.checked_add(len)?;
    (len > 0 && end <= size).then_some(start..end)
}
