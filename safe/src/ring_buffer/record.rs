use crate::data::Pod;
use crate::error::{Error, ErrorKind, Result};
use crate::map::Map;
use std::fmt;
use std::ops::Deref;

/// A record, as the BPF program wrote it: its bytes, in place.
#[derive(Clone, Copy)]
pub struct Record<'r> {
    pub(super) bytes: &'r [u8],
    pub(super) map: &'r Map,
}

impl<'r> Record<'r> {
    /// All bytes. The first one is at an address that is a multiple of 8.
    #[inline]
    pub fn bytes(&self) -> &'r [u8] {
        self.bytes
    }

    /// The record as a value of this type, in place.
    ///
    /// # Errors
    ///
    /// The record has another size, or `T` an alignment above 8.
    pub fn value<T: Pod>(&self) -> Result<&'r T> {
        bytemuck::try_from_bytes(self.bytes).map_err(|_| self.misfit::<T>("", self.bytes.len()))
    }

    /// The start of the record as a value of this type, in place, and the bytes behind it: for records that end
    /// in an array.
    ///
    /// # Errors
    ///
    /// The record is shorter, or `T` has an alignment above 8.
    pub fn prefix<T: Pod>(&self) -> Result<(&'r T, &'r [u8])> {
        let (value, rest) = self
            .bytes
            .split_at_checked(size_of::<T>())
            .ok_or_else(|| self.misfit::<T>("at least ", self.bytes.len()))?;
        match bytemuck::try_from_bytes(value) {
            Ok(value) => Ok((value, rest)),
            Err(_) => Err(self.misfit::<T>("at least ", value.len())),
        }
    }

    fn misfit<T>(&self, at_least: &str, found: usize) -> Error {
        let (what, expected, found) = if size_of::<T>() == found {
            let expected = "at most 8".to_owned();
            ("alignment", expected, align_of::<T>().to_string())
        } else {
            let expected = format!("{at_least}{} bytes", size_of::<T>());
            ("size", expected, self.bytes.len().to_string())
        };
        Error::new(
            self.map.cannot("read a record of"),
            ErrorKind::Mismatch {
                what: format!(
                    "{what} of a record that is a `{}`",
                    std::any::type_name::<T>()
                ),
                expected,
                found,
            },
        )
    }
}

impl Deref for Record<'_> {
    type Target = [u8];

    #[inline]
    fn deref(&self) -> &[u8] {
        self.bytes
    }
}

impl AsRef<[u8]> for Record<'_> {
    fn as_ref(&self) -> &[u8] {
        self.bytes
    }
}

impl fmt::Debug for Record<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Record").field(&self.bytes).finish()
    }
}
