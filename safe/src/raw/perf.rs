//! Perf events that BPF programs write samples to, and the memory of those.

use super::mapping::{Mapping, page_size};
use super::{Errno, Result, last_errno};
use libbpf_ffi as ffi;
use std::mem::offset_of;
use std::os::fd::{AsFd, BorrowedFd, FromRawFd, OwnedFd};
use std::ptr::NonNull;
use std::sync::atomic::{AtomicU64, Ordering};

/// How a perf event is opened.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Settings {
    /// `PERF_SAMPLE_…`: what the kernel writes for each sample.
    pub(crate) sample_type: u64,
    /// The descriptor becomes ready after as many.
    pub(crate) sample_period: u32,
}

/// `perf_event_open`: the event that takes what BPF programs write on a CPU.
pub(crate) fn open_bpf_output(cpu: u32, settings: &Settings) -> Result<OwnedFd> {
    let cpu = i32::try_from(cpu).map_err(|_| Errno(libc::EINVAL))?;
    let mut attributes = ffi::perf_event_attr {
        type_: ffi::PERF_TYPE_SOFTWARE,
        size: size_of::<ffi::perf_event_attr>() as u32,
        config: u64::from(ffi::PERF_COUNT_SW_BPF_OUTPUT),
        sample_type: settings.sample_type,
        ..Default::default()
    };
    attributes.__bindgen_anon_1.sample_period = u64::from(settings.sample_period);
    attributes.__bindgen_anon_2.wakeup_events = settings.sample_period;
    // SAFETY: perf_event_open reads `size` bytes of attributes; no task, this CPU, no group.
    let fd = unsafe {
        libc::syscall(
            libc::SYS_perf_event_open,
            &raw const attributes,
            -1,
            cpu,
            -1,
            libc::c_ulong::from(ffi::PERF_FLAG_FD_CLOEXEC),
        )
    };
    if fd < 0 {
        return Err(last_errno());
    }
    let fd = i32::try_from(fd).map_err(|_| Errno(libc::EBADF))?;
    // SAFETY: a fresh descriptor that nobody else owns.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}

/// What the kernel writes before each record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RecordHeader {
    /// `PERF_RECORD_…`
    pub(crate) kind: u32,
    /// Of the whole record, in bytes.
    pub(crate) size: u16,
}

/// A perf event of our own and its memory: a page with two positions, and the data, which is mapped once, so
/// that a record may be split.
///
/// # Invariants
///
/// `size` is a power of two and at least a page; a page and `size` bytes are mapped, and can be written:
/// the kernel then never overwrites what lies between the positions.
#[derive(Debug)]
pub(crate) struct PerfMemory {
    event: OwnedFd,
    mapping: Mapping,
    page: usize,
    size: usize,
}

impl PerfMemory {
    /// Maps as many pages of data of a fresh event.
    pub(crate) fn map(event: OwnedFd, page_count: usize) -> Result<PerfMemory> {
        let page = page_size();
        let size = page
            .checked_mul(page_count)
            .filter(|size| size.is_power_of_two())
            .ok_or(Errno(libc::EINVAL))?;
        let length = size.checked_add(page).ok_or(Errno(libc::EINVAL))?;
        let mapping = Mapping::new(event.as_fd(), length, true)?;
        // INVARIANT: the size was just looked at, and the rest was just mapped.
        Ok(PerfMemory {
            event,
            mapping,
            page,
            size,
        })
    }

    /// In bytes.
    pub(crate) fn size(&self) -> usize {
        self.size
    }

    /// How far the kernel is.
    pub(crate) fn head(&self) -> u64 {
        self.position(offset_of!(ffi::perf_event_mmap_page, data_head))
            .load(Ordering::Acquire)
    }

    /// How far the reader is.
    pub(crate) fn tail(&self) -> u64 {
        self.position(offset_of!(ffi::perf_event_mmap_page, data_tail))
            .load(Ordering::Relaxed)
    }

    /// Gives back what is before this position. The kernel writes to it from now on.
    pub(crate) fn set_tail(&mut self, tail: u64) {
        self.position(offset_of!(ffi::perf_event_mmap_page, data_tail))
            .store(tail, Ordering::Release);
    }

    fn position(&self, offset: usize) -> &AtomicU64 {
        // SAFETY: the first page is mapped, and the offset is of one of its fields.
        let field = unsafe { self.mapping.address().add(offset) };
        // SAFETY: an aligned 64-bit field, mapped as long as self, which the kernel changes atomically.
        unsafe { field.cast::<AtomicU64>().as_ref() }
    }

    /// The header of the record at a position.
    ///
    /// # Safety
    ///
    /// Its 8 bytes are between the tail and a head that was read.
    pub(crate) unsafe fn header(&self, position: u64) -> RecordHeader {
        let place = (position as usize) & (self.size - 1) & !7;
        // SAFETY: the place is below size, and both are multiples of 8, so 8 bytes are mapped: the type
        // invariant.
        let start = unsafe { self.data().add(place) };
        // SAFETY: aligned, mapped, and not written to by the kernel, as the caller promises.
        let header = unsafe { start.cast::<ffi::perf_event_header>().read() };
        RecordHeader {
            kind: header.type_,
            size: header.size,
        }
    }

    /// Some bytes: to the end of the data, and those that go on at its start. At most all of the data.
    ///
    /// # Safety
    ///
    /// They are between the tail and a head that was read.
    pub(crate) unsafe fn bytes(&self, position: u64, length: usize) -> (&[u8], &[u8]) {
        let place = (position as usize) & (self.size - 1);
        let length = length.min(self.size);
        let to_end = length.min(self.size - place);
        // SAFETY: the place is below size, which is mapped.
        let start = unsafe { self.data().add(place) };
        // SAFETY: place + to_end is at most size. The kernel does not write there, as the caller promises,
        // until set_tail, which takes the exclusive reference that nobody can have meanwhile.
        let first = unsafe { std::slice::from_raw_parts(start.as_ptr(), to_end) };
        // SAFETY: as before: what is left is at most size.
        let second = unsafe { std::slice::from_raw_parts(self.data().as_ptr(), length - to_end) };
        (first, second)
    }

    fn data(&self) -> NonNull<u8> {
        // SAFETY: the page before the data is mapped: the type invariant.
        unsafe { self.mapping.address().add(self.page) }
    }
}

impl AsFd for PerfMemory {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.event.as_fd()
    }
}
