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

impl Btf {
    /// The string at an offset, here or in the base: as functions and lines of source refer to one.
    #[doc(alias = "btf__str_by_offset")]
    #[doc(alias = "btf__name_by_offset")]
    pub fn string(&self, offset: u32) -> Option<&str> {
        self.has_string(offset).then(|| self.name(offset))
    }

    /// The offset of a string, in the base before here. It looks through all of them.
    #[doc(alias = "btf__find_str")]
    pub fn find_string(&self, text: &str) -> Option<u32> {
        if let Some(found) = self.base().and_then(|base| base.find_string(text)) {
            return Some(found);
        }
        let Strings { bytes, first, .. } = self.strings();
        let mut at = first;
        for string in bytes.split(|&byte| byte == 0) {
            // The last is what follows the last zero byte.
            if string == text.as_bytes() && self.has_string(at) {
                return Some(at);
            }
            at = at.checked_add(u32::try_from(string.len()).ok()?)?;
            at = at.checked_add(1)?;
        }
        None
    }

    /// Whether a string begins there.
    pub(super) fn has_string(&self, offset: u32) -> bool {
        self.strings().begins_at(offset)
    }
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
