//! As a program in C would, by libbpf's functions.

use libbpf_sys as ffi;
use std::cell::Cell;
use std::ffi::{c_int, c_void};
use std::ptr;

/// Rings whose records' numbers are summed up.
pub struct RingBuffer {
    rings: *mut ffi::ring_buffer,
    sum: Box<Cell<u64>>,
}

unsafe extern "C" fn add_up(sum: *mut c_void, record: *mut c_void, size: ffi::size_t) -> c_int {
    if size >= 8 {
        // SAFETY: sum is RingBuffer's, which lives; the record has at least 8 bytes.
        let (sum, number) = unsafe { (&*sum.cast::<Cell<u64>>(), record.cast::<u64>().read()) };
        sum.set(sum.get() + number);
    }
    0
}

impl RingBuffer {
    pub fn new(maps: &[i32]) -> RingBuffer {
        let sum = Box::new(Cell::new(0));
        let context = (&raw const *sum).cast_mut().cast();
        // SAFETY: the context lives as long as the rings.
        let rings = unsafe { ffi::ring_buffer__new(maps[0], Some(add_up), context, ptr::null()) };
        assert!(!rings.is_null());
        for &map in &maps[1..] {
            // SAFETY: as above.
            assert_eq!(
                unsafe { ffi::ring_buffer__add(rings, map, Some(add_up), context) },
                0
            );
        }
        RingBuffer { rings, sum }
    }

    pub fn consume(&self) -> u64 {
        self.sum.set(0);
        // SAFETY: the rings live.
        assert!(unsafe { ffi::ring_buffer__consume(self.rings) } >= 0);
        self.sum.get()
    }

    /// How many records there were, without waiting.
    pub fn poll(&self) -> i32 {
        // SAFETY: the rings live.
        unsafe { ffi::ring_buffer__poll(self.rings, 0) }
    }
}

impl Drop for RingBuffer {
    fn drop(&mut self) {
        // SAFETY: nobody uses them any more.
        unsafe { ffi::ring_buffer__free(self.rings) }
    }
}
