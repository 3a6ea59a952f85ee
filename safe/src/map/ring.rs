//! Maps that carry records between BPF programs and user space.

use super::UpdateFlag;
use super::typed::typed_map;
use crate::error::Result;
use crate::ring_buffer::{Ring, UserRingBuffer};
use bytemuck::bytes_of;
use std::os::fd::{AsFd, AsRawFd};

typed_map! {
    /// Records from BPF programs to user space, in one order for all CPUs: `BPF_MAP_TYPE_RINGBUF`. Since
    /// Linux 5.8.
    ///
    /// [`ring_buffer`](crate::ring_buffer) says how they are read.
    #[doc(alias = "BPF_MAP_TYPE_RINGBUF")]
    RingBuf<>: [RINGBUF], 0, 0
}

impl RingBuf {
    /// Its size in bytes, with 8 for each record beside its own.
    #[doc(alias = "ring__size")]
    pub fn size(&self) -> u32 {
        self.map.info().max_entries
    }

    /// Its reader in this process.
    ///
    /// # Errors
    ///
    /// As [`Ring::new`].
    #[doc(alias = "ring_buffer__new")]
    pub fn reader(&self) -> Result<Ring> {
        Ring::new(self)
    }
}

typed_map! {
    /// Records from user space to BPF programs: `BPF_MAP_TYPE_USER_RINGBUF`. Since Linux 6.1.
    #[doc(alias = "BPF_MAP_TYPE_USER_RINGBUF")]
    UserRingBuf<>: [USER_RINGBUF], 0, 0
}

impl UserRingBuf {
    /// Its size in bytes, with 8 for each record beside its own.
    pub fn size(&self) -> u32 {
        self.map.info().max_entries
    }

    /// Its writer in this process.
    ///
    /// # Errors
    ///
    /// As [`UserRingBuffer::new`].
    #[doc(alias = "user_ring_buffer__new")]
    pub fn writer(&self) -> Result<UserRingBuffer> {
        UserRingBuffer::new(self)
    }
}

typed_map! {
    /// Perf events by index, mostly that of a CPU: `BPF_MAP_TYPE_PERF_EVENT_ARRAY`. Since Linux 4.3.
    ///
    /// BPF programs write samples to them (`bpf_perf_event_output`), which a
    /// [`PerfBuffer`](crate::perf_buffer::PerfBuffer) reads, or read counters (`bpf_perf_event_read_value`).
    #[doc(alias = "BPF_MAP_TYPE_PERF_EVENT_ARRAY")]
    PerfEventArray<>: [PERF_EVENT_ARRAY], size_of::<u32>(), size_of::<u32>()
}

impl PerfEventArray {
    /// How many places there are.
    #[doc(alias = "bpf_map__max_entries")]
    pub fn len(&self) -> u32 {
        self.map.info().max_entries
    }

    /// Never: the kernel creates no empty array.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Puts a perf event at an index, in the place of what was there. It stays as long as this map's
    /// descriptor is open, unless the map was made with `BPF_F_PRESERVE_ELEMS`. The kernel does not tell
    /// user space what is in.
    ///
    /// # Errors
    ///
    /// The descriptor is of no perf event, or of one that BPF programs cannot use; or the index is beyond
    /// the end.
    #[doc(alias = "bpf_map_update_elem")]
    pub fn update(&self, index: u32, event: impl AsFd) -> Result<()> {
        let fd = event.as_fd().as_raw_fd();
        let flag = UpdateFlag::Any.to_c();
        self.map.update_with(bytes_of(&index), bytes_of(&fd), flag)
    }

    /// Takes the perf event at an index out; whether there was one.
    ///
    /// # Errors
    ///
    /// The index is beyond the end.
    #[doc(alias = "bpf_map_delete_elem")]
    pub fn delete(&self, index: u32) -> Result<bool> {
        self.map.delete_bytes(bytes_of(&index))
    }
}
