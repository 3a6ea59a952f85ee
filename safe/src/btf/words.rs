//! 32-bit words of either byte order.

/// A byte order: `enum btf_endianness`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Endian {
    /// The least significant byte first.
    Little,
    /// The most significant byte first.
    Big,
}

impl Endian {
    /// This machine's.
    pub const NATIVE: Endian = match cfg!(target_endian = "little") {
        true => Endian::Little,
        false => Endian::Big,
    };

    /// One word from its four bytes.
    pub(super) fn word(self, bytes: [u8; 4]) -> u32 {
        match self {
            Endian::Little => u32::from_le_bytes(bytes),
            Endian::Big => u32::from_be_bytes(bytes),
        }
    }

    /// The four bytes of a word.
    pub(super) fn bytes(self, word: u32) -> [u8; 4] {
        match self {
            Endian::Little => word.to_le_bytes(),
            Endian::Big => word.to_be_bytes(),
        }
    }

    /// The first `N` words of `bytes`, if there are as many.
    pub(super) fn words<const N: usize>(self, bytes: &[u8]) -> Option<[u32; N]> {
        let mut words = [0; N];
        let mut rest = bytes;
        for slot in &mut words {
            let (word, after) = rest.split_first_chunk::<4>()?;
            *slot = self.word(*word);
            rest = after;
        }
        Some(words)
    }
}

/// The rows of `N` words that follow the head of a type: members, parameters, values, variables.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rows<'a, const N: usize> {
    bytes: &'a [u8],
    endian: Endian,
}

impl<'a, const N: usize> Rows<'a, N> {
    pub(super) fn new(bytes: &'a [u8], endian: Endian) -> Self {
        Rows { bytes, endian }
    }

    /// How many rows are left.
    pub(super) fn count(&self) -> usize {
        self.bytes.len() / (4 * N).max(1)
    }
}

impl<const N: usize> Iterator for Rows<'_, N> {
    type Item = [u32; N];

    fn next(&mut self) -> Option<[u32; N]> {
        let (row, rest) = self.bytes.split_at_checked(4 * N)?;
        let words = self.endian.words(row)?;
        self.bytes = rest;
        Some(words)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let count = Rows::count(self);
        (count, Some(count))
    }

    fn nth(&mut self, n: usize) -> Option<[u32; N]> {
        let skip = n.checked_mul(4 * N)?;
        self.bytes = self.bytes.get(skip..).unwrap_or_default();
        self.next()
    }
}

impl<const N: usize> ExactSizeIterator for Rows<'_, N> {}
