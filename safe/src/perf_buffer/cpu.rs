//! The buffer of one CPU.

#![allow(unsafe_code)]

use super::event::Event;
use crate::error::{Error, ErrorKind, Result};
use crate::flow::Flow;
use crate::raw;
use crate::raw::perf::{PerfMemory, RecordHeader, Settings, open_bpf_output};
use libbpf_ffi as ffi;
use std::ops::ControlFlow;
use std::os::fd::{AsFd, BorrowedFd};

/// `struct perf_event_header`
const HEADER: usize = size_of::<ffi::perf_event_header>();

/// The perf event of a CPU, and its memory.
#[derive(Debug)]
pub(super) struct CpuBuffer {
    cpu: u32,
    memory: PerfMemory,
    /// Samples have their bytes only.
    is_plain: bool,
    /// A record whose end is at the start of the data, in one piece.
    joined: Vec<u8>,
    /// A callback stopped before the last record. The kernel tells of records once, and will not again.
    unfinished: bool,
}

/// A record; dropping it gives its room back to the kernel, also where a callback panics.
struct Taken<'c> {
    buffer: &'c mut CpuBuffer,
    tail: u64,
    header: RecordHeader,
}

impl CpuBuffer {
    pub(super) fn open(cpu: u32, page_count: usize, settings: &Settings) -> raw::Result<CpuBuffer> {
        let event = open_bpf_output(cpu, settings)?;
        Ok(CpuBuffer {
            cpu,
            memory: PerfMemory::map(event, page_count)?,
            is_plain: settings.sample_type == u64::from(ffi::PERF_SAMPLE_RAW),
            joined: Vec::new(),
            unfinished: false,
        })
    }

    pub(super) fn cpu(&self) -> u32 {
        self.cpu
    }

    /// Calls a closure with all records.
    pub(super) fn drain<R: Flow>(
        &mut self,
        callback: &mut impl FnMut(Event<'_>) -> R,
    ) -> Result<ControlFlow<R::Break, usize>> {
        let mut count = 0;
        self.unfinished = true;
        while let Some(taken) = self.take()? {
            let flow = callback(taken.event()).branch();
            drop(taken);
            count += 1;
            if let ControlFlow::Break(value) = flow {
                return Ok(ControlFlow::Break(value));
            }
        }
        self.unfinished = false;
        Ok(ControlFlow::Continue(count))
    }

    /// Whether there may be records that the descriptor is not ready for.
    pub(super) fn is_unfinished(&self) -> bool {
        self.unfinished
    }

    fn take(&mut self) -> Result<Option<Taken<'_>>> {
        let (tail, head) = (self.memory.tail(), self.memory.head());
        let available = head.wrapping_sub(tail);
        if available == 0 {
            return Ok(None);
        }
        if tail % 8 != 0 || available < HEADER as u64 || available > self.memory.size() as u64 {
            return Err(self.nonsense(available));
        }
        // SAFETY: PerfMemory::header wants 8 bytes between the tail and a head that was read: just looked at.
        let header = unsafe { self.memory.header(tail) };
        let size = usize::from(header.size);
        if size < HEADER || size % 8 != 0 || size as u64 > available {
            return Err(self.nonsense(size as u64));
        }
        let body = tail.wrapping_add(HEADER as u64);
        // SAFETY: PerfMemory::bytes wants them between the tail and a head that was read: just looked at.
        let (first, second) = unsafe { self.memory.bytes(body, size - HEADER) };
        self.joined.clear();
        if !second.is_empty() {
            self.joined.extend_from_slice(first);
            self.joined.extend_from_slice(second);
        }
        Ok(Some(Taken {
            buffer: self,
            tail,
            header,
        }))
    }

    fn nonsense(&self, size: u64) -> Error {
        Error::new(
            format!("read the perf buffer of CPU {}", self.cpu),
            ErrorKind::Mismatch {
                what: "size of a record".into(),
                expected: format!("8 to {} bytes", self.memory.size()),
                found: size.to_string(),
            },
        )
    }
}

impl Taken<'_> {
    fn event(&self) -> Event<'_> {
        let CpuBuffer { joined, memory, .. } = &*self.buffer;
        let length = usize::from(self.header.size) - HEADER;
        let body = if joined.is_empty() {
            let start = self.tail.wrapping_add(HEADER as u64);
            // SAFETY: PerfMemory::bytes wants them between the tail and a head that was read: `take` looked,
            // and the tail moves when this is dropped.
            let (body, _) = unsafe { memory.bytes(start, length) };
            body
        } else {
            joined
        };
        Event {
            cpu: self.buffer.cpu,
            record_type: self.header.kind,
            is_plain: self.buffer.is_plain,
            body,
        }
    }
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        let next = self.tail.wrapping_add(u64::from(self.header.size));
        self.buffer.memory.set_tail(next);
    }
}

impl AsFd for CpuBuffer {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.memory.as_fd()
    }
}
