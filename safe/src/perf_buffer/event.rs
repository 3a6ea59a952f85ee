use crate::data::Pod;
use crate::error::{Error, ErrorKind, Result};
use libbpf_ffi as ffi;
use std::fmt;
use std::ops::Deref;

/// A record in the buffer of a CPU.
#[derive(Debug, Clone, Copy)]
pub struct Event<'e> {
    pub(super) cpu: u32,
    pub(super) record_type: u32,
    pub(super) is_plain: bool,
    pub(super) body: &'e [u8],
}

/// What an [`Event`] is about.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum EventKind<'e> {
    /// What a BPF program wrote.
    Sample(Sample<'e>),
    /// So many samples were lost, because the buffer had no room. Comes before the next sample that had.
    Lost(u64),
    /// Something else, by its `PERF_RECORD_…`; also a sample where
    /// [`sample_type`](super::PerfBufferOptions::sample_type) asked for other things. [`Event::raw`] has its
    /// bytes.
    Other(u32),
}

impl<'e> Event<'e> {
    /// The CPU that it was written on.
    pub fn cpu(&self) -> u32 {
        self.cpu
    }

    /// What it is about.
    pub fn kind(&self) -> EventKind<'e> {
        let kind = match self.record_type {
            ffi::PERF_RECORD_SAMPLE if self.is_plain => self.sample().map(EventKind::Sample),
            // struct { u64 id; u64 lost; }
            ffi::PERF_RECORD_LOST => word(self.body, 8).map(EventKind::Lost),
            _ => None,
        };
        kind.unwrap_or(EventKind::Other(self.record_type))
    }

    /// `struct { u32 size; char data[size]; }`
    fn sample(&self) -> Option<Sample<'e>> {
        let (size, data) = self.body.split_first_chunk()?;
        let bytes = data.get(..u32::from_ne_bytes(*size) as usize)?;
        Some(Sample { bytes })
    }

    /// The record as the kernel wrote it, without the header (`struct perf_event_header`).
    #[doc(alias = "perf_buffer__new_raw")]
    #[doc(alias = "perf_event_header")]
    pub fn raw(&self) -> &'e [u8] {
        self.body
    }
}

fn word(bytes: &[u8], offset: usize) -> Option<u64> {
    let word = bytes.get(offset..)?.first_chunk()?;
    Some(u64::from_ne_bytes(*word))
}

/// What a BPF program wrote, with up to 7 bytes of padding behind it: the kernel does not say how many.
#[derive(Clone, Copy)]
pub struct Sample<'e> {
    bytes: &'e [u8],
}

impl<'e> Sample<'e> {
    /// All bytes, at any address.
    pub fn bytes(&self) -> &'e [u8] {
        self.bytes
    }

    /// The sample as a value of this type, copied.
    ///
    /// # Errors
    ///
    /// The sample has another size, padding aside.
    pub fn value<T: Pod>(&self) -> Result<T> {
        let padding = self.bytes.len().checked_sub(size_of::<T>());
        match (padding, self.bytes.get(..size_of::<T>())) {
            (Some(0..8), Some(bytes)) => Ok(bytemuck::pod_read_unaligned(bytes)),
            _ => Err(Error::new(
                "read a sample of a perf buffer",
                ErrorKind::Mismatch {
                    what: format!(
                        "size of a sample that is a `{}`",
                        std::any::type_name::<T>()
                    ),
                    expected: format!("{} bytes, and up to 7 of padding", size_of::<T>()),
                    found: self.bytes.len().to_string(),
                },
            )),
        }
    }
}

impl Deref for Sample<'_> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.bytes
    }
}

impl fmt::Debug for Sample<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Sample").field(&self.bytes).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(record_type: u32, body: &[u8]) -> Event<'_> {
        Event {
            cpu: 0,
            record_type,
            is_plain: true,
            body,
        }
    }

    #[test]
    fn a_sample_that_claims_more_than_there_is_has_no_bytes() {
        let mut body = 13u32.to_ne_bytes().to_vec();
        body.extend([7; 12]);
        let kind = event(ffi::PERF_RECORD_SAMPLE, &body);
        assert!(matches!(
            kind.kind(),
            EventKind::Other(ffi::PERF_RECORD_SAMPLE)
        ));
        body[0] = 12;
        let EventKind::Sample(sample) = event(ffi::PERF_RECORD_SAMPLE, &body).kind() else {
            panic!("no sample");
        };
        assert_eq!(sample.bytes(), [7; 12]);
        assert_eq!(sample.value::<[u8; 5]>().unwrap(), [7; 5]);
        assert!(sample.value::<[u8; 4]>().is_err());
        assert!(sample.value::<[u8; 13]>().is_err());
    }

    #[test]
    fn a_record_that_is_cut_short_is_raw() {
        let kind = event(ffi::PERF_RECORD_LOST, &[0; 12]);
        assert!(matches!(
            kind.kind(),
            EventKind::Other(ffi::PERF_RECORD_LOST)
        ));
        assert!(matches!(
            event(ffi::PERF_RECORD_SAMPLE, &[1]).kind(),
            EventKind::Other(_)
        ));
    }
}
