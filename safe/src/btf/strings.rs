//! Names: the string section.

use super::error::BtfError;
use super::file::Btf;

/// The strings of a BTF and of its base.
pub(super) struct Strings<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) ascii: bool,
    pub(super) first: u32,
    pub(super) base: Option<&'a Btf>,
}

impl<'a> Strings<'a> {
    /// Checks a string section; tells whether it is all ASCII.
    pub(super) fn check(strings: &[u8], split: bool) -> Result<bool, BtfError> {
        match strings {
            // A split BTF may find all its names in the base.
            [] if split => return Ok(true),
            [] => return Err(BtfError::NoEmptyString),
            [first, ..] if !split && *first != 0 => return Err(BtfError::NoEmptyString),
            [.., 0] => {}
            _ => return Err(BtfError::UnterminatedStrings),
        }
        if strings.is_ascii() {
            return Ok(true);
        }
        match std::str::from_utf8(strings) {
            Ok(_) => Ok(false),
            Err(error) => Err(BtfError::NotUtf8 {
                offset: error.valid_up_to(),
            }),
        }
    }

    /// Whether a name can begin at this offset.
    pub(super) fn begins_at(&self, offset: u32) -> bool {
        let Some(own) = offset.checked_sub(self.first) else {
            return self
                .base
                .is_some_and(|base| base.strings().begins_at(offset));
        };
        match usize::try_from(own)
            .ok()
            .and_then(|own| self.bytes.get(own))
        {
            // Not within a character of several bytes.
            Some(byte) => self.ascii || byte & 0xc0 != 0x80,
            None => false,
        }
    }

    /// The name at an offset into these strings, not counting the base's.
    pub(super) fn name(&self, own: u32) -> Option<&'a str> {
        let bytes = self.bytes.get(usize::try_from(own).ok()?..)?;
        std::ffi::CStr::from_bytes_until_nul(bytes)
            .ok()?
            .to_str()
            .ok()
    }
}
