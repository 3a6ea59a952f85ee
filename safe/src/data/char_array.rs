use crate::error::{Error, ErrorKind};
use std::fmt;
use std::str::{self, FromStr, Utf8Error};

/// A C `char[N]` that holds a string: at most `N - 1` bytes and a terminating NUL.
///
/// ```
/// use libbpf_safe::data::CharArray;
///
/// let mut name = CharArray::<16>::default();
/// name.set("bpf_cubic")?;
/// assert_eq!(name.to_str()?, "bpf_cubic");
/// assert!(name.set("a name that is far too long").is_err());
/// assert_eq!(name.to_str()?, "bpf_cubic"); // unchanged
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[repr(transparent)]
pub struct CharArray<const N: usize>([u8; N]);

/// Why a string does not fit into a [`CharArray`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum CharArrayError {
    /// The string and its NUL need more room than there is.
    TooLong {
        /// The string.
        text: String,
        /// Its length in bytes, without NUL.
        length: usize,
        /// The size of the array in bytes.
        size: usize,
    },
    /// A NUL inside would end the string early.
    InnerNul {
        /// The string.
        text: String,
        /// Where the NUL is, in bytes.
        position: usize,
    },
}

impl fmt::Display for CharArrayError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong { text, length, size } => {
                let room = size.saturating_sub(1);
                write!(
                    f,
                    "{text:?} has {length} bytes; `char[{size}]` holds {room} and a terminating NUL"
                )
            }
            Self::InnerNul { text, position } => write!(
                f,
                "{text:?} has a NUL at byte {position}, where C would end the string"
            ),
        }
    }
}

impl std::error::Error for CharArrayError {}

impl<const N: usize> CharArray<N> {
    /// A string in a `char[N]`.
    ///
    /// # Errors
    ///
    /// The string is longer than `N - 1` bytes, or has a NUL inside.
    pub fn new(text: &str) -> Result<CharArray<N>, CharArrayError> {
        let bytes = text.as_bytes();
        if let Some(position) = bytes.iter().position(|&byte| byte == 0) {
            return Err(CharArrayError::InnerNul {
                text: text.to_owned(),
                position,
            });
        }
        let mut array = [0; N];
        match array.get_mut(..bytes.len()) {
            Some(room) if bytes.len() < N => room.copy_from_slice(bytes),
            _ => {
                return Err(CharArrayError::TooLong {
                    text: text.to_owned(),
                    length: bytes.len(),
                    size: N,
                });
            }
        }
        Ok(CharArray(array))
    }

    /// Replaces the string; the rest of the array becomes zero.
    ///
    /// # Errors
    ///
    /// As [`CharArray::new`]; the array is then unchanged.
    pub fn set(&mut self, text: &str) -> Result<(), CharArrayError> {
        *self = Self::new(text)?;
        Ok(())
    }

    /// The bytes before the first NUL; all `N` where there is none.
    pub fn to_bytes(&self) -> &[u8] {
        let end = self.0.iter().position(|&byte| byte == 0).unwrap_or(N);
        self.0.get(..end).unwrap_or_default()
    }

    /// The string before the first NUL.
    ///
    /// # Errors
    ///
    /// The bytes are not UTF-8.
    pub fn to_str(&self) -> Result<&str, Utf8Error> {
        str::from_utf8(self.to_bytes())
    }

    /// All bytes, also those after the NUL: also a `char[N]` that is no string.
    pub const fn as_array(&self) -> &[u8; N] {
        &self.0
    }

    /// All bytes, to be written as they are.
    pub const fn as_array_mut(&mut self) -> &mut [u8; N] {
        &mut self.0
    }
}

impl<const N: usize> TryFrom<&str> for CharArray<N> {
    type Error = CharArrayError;

    fn try_from(text: &str) -> Result<Self, CharArrayError> {
        CharArray::new(text)
    }
}

impl<const N: usize> FromStr for CharArray<N> {
    type Err = CharArrayError;

    fn from_str(text: &str) -> Result<Self, CharArrayError> {
        CharArray::new(text)
    }
}

impl From<CharArrayError> for Error {
    fn from(error: CharArrayError) -> Error {
        let reason = error.to_string();
        Error::new("make a C string", ErrorKind::InvalidInput { reason })
    }
}

impl<const N: usize> Default for CharArray<N> {
    fn default() -> Self {
        CharArray([0; N])
    }
}

impl<const N: usize> PartialEq<str> for CharArray<N> {
    fn eq(&self, text: &str) -> bool {
        self.to_bytes() == text.as_bytes()
    }
}

impl<const N: usize> PartialEq<&str> for CharArray<N> {
    fn eq(&self, text: &&str) -> bool {
        self == *text
    }
}

/// The string; bytes that are not UTF-8 show as U+FFFD.
impl<const N: usize> fmt::Display for CharArray<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&String::from_utf8_lossy(self.to_bytes()))
    }
}

impl<const N: usize> fmt::Debug for CharArray<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", String::from_utf8_lossy(self.to_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nul_needs_room() {
        assert_eq!(CharArray::<4>::new("abc").unwrap().as_array(), b"abc\0");
        let error = CharArray::<4>::new("abcd").unwrap_err();
        assert_eq!(
            error.to_string(),
            "\"abcd\" has 4 bytes; `char[4]` holds 3 and a terminating NUL"
        );
        assert!(CharArray::<0>::new("").is_err());
    }

    #[test]
    fn a_nul_inside_is_refused() {
        let error = CharArray::<8>::new("a\0b").unwrap_err();
        assert_eq!(
            error.to_string(),
            "\"a\\0b\" has a NUL at byte 1, where C would end the string"
        );
    }

    #[test]
    fn an_array_without_nul_is_read_whole() {
        let mut array = CharArray::<3>::default();
        array.as_array_mut().copy_from_slice(b"xyz");
        assert_eq!(array, "xyz");
    }

    #[test]
    fn what_follows_the_string_is_cleared() {
        let mut array = CharArray::<8>::new("longer").unwrap();
        array.set("ab").unwrap();
        assert_eq!(array.as_array(), b"ab\0\0\0\0\0\0");
    }
}
