//! As a program in C would, by libbpf's functions.

use libbpf_sys as ffi;
use std::ptr;

pub fn lookup(map: i32, key: u32) -> u64 {
    let mut value = 0;
    // SAFETY: key and value have the map's sizes.
    let result =
        unsafe { ffi::bpf_map_lookup_elem(map, (&raw const key).cast(), (&raw mut value).cast()) };
    assert_eq!(result, 0);
    value
}

pub fn update(map: i32, key: u32, value: u64) {
    // SAFETY: key and value have the map's sizes.
    let result = unsafe {
        ffi::bpf_map_update_elem(map, (&raw const key).cast(), (&raw const value).cast(), 0)
    };
    assert_eq!(result, 0);
}

pub fn delete(map: i32, key: u32) {
    // SAFETY: key has the map's size.
    assert_eq!(
        unsafe { ffi::bpf_map_delete_elem(map, (&raw const key).cast()) },
        0
    );
}

pub fn update_batch(map: i32, keys: &[u32], values: &[u64]) {
    let mut count = keys.len() as u32;
    // SAFETY: there are as many values as keys, of the map's sizes.
    let result = unsafe {
        ffi::bpf_map_update_batch(
            map,
            keys.as_ptr().cast(),
            values.as_ptr().cast(),
            &mut count,
            ptr::null(),
        )
    };
    assert_eq!(result, 0);
}

pub fn delete_batch(map: i32, keys: &[u32]) {
    let mut count = keys.len() as u32;
    // SAFETY: the keys have the map's size.
    let result =
        unsafe { ffi::bpf_map_delete_batch(map, keys.as_ptr().cast(), &mut count, ptr::null()) };
    assert_eq!(result, 0);
}

/// Room for a batch.
pub struct Room {
    keys: Vec<u32>,
    values: Vec<u64>,
}

impl Room {
    pub fn new(count: usize) -> Room {
        Room {
            keys: vec![0; count],
            values: vec![0; count],
        }
    }
}

/// The sum of all values.
pub fn sum_batches(map: i32, room: &mut Room) -> u64 {
    batches(map, room, 1)
}

/// The sum of all values of all CPUs.
pub fn sum_batches_per_cpu(map: i32, room: &mut Room) -> u64 {
    // SAFETY: libbpf_num_possible_cpus takes nothing.
    let cpus = unsafe { ffi::libbpf_num_possible_cpus() };
    batches(map, room, cpus as usize)
}

fn batches(map: i32, room: &mut Room, width: usize) -> u64 {
    let (mut from, mut to, mut sum) = (0u32, 0u32, 0);
    let mut first = true;
    loop {
        let mut count = (room.keys.len() / width) as u32;
        let start = if first {
            ptr::null_mut()
        } else {
            (&raw mut from).cast()
        };
        // SAFETY: there is room for as many keys, and as many values of all CPUs.
        let result = unsafe {
            ffi::bpf_map_lookup_batch(
                map,
                start,
                (&raw mut to).cast(),
                room.keys.as_mut_ptr().cast(),
                room.values.as_mut_ptr().cast(),
                &mut count,
                ptr::null(),
            )
        };
        assert!(result == 0 || result == -libc::ENOENT, "{result}");
        sum += room.values[..count as usize * width].iter().sum::<u64>();
        if result != 0 {
            return sum;
        }
        (from, first) = (to, false);
    }
}

pub fn sum_per_cpu(map: i32, key: u32, room: &mut [u64]) -> u64 {
    // SAFETY: the key has the map's size, and there is room for the value of each CPU.
    let result =
        unsafe { ffi::bpf_map_lookup_elem(map, (&raw const key).cast(), room.as_mut_ptr().cast()) };
    assert_eq!(result, 0);
    room.iter().sum()
}

/// An array of 8-byte values, mapped.
pub struct Mapped {
    start: *mut u64,
    count: usize,
}

impl Mapped {
    pub fn new(map: i32, count: usize) -> Mapped {
        // SAFETY: mmap takes a descriptor, and maps as many bytes.
        let start = unsafe {
            libc::mmap(
                ptr::null_mut(),
                count * 8,
                libc::PROT_READ | libc::PROT_WRITE,
                libc::MAP_SHARED,
                map,
                0,
            )
        };
        assert_ne!(start, libc::MAP_FAILED);
        Mapped {
            start: start.cast(),
            count,
        }
    }

    pub fn get(&self, index: usize) -> u64 {
        assert!(index < self.count);
        // SAFETY: as many elements are mapped, until the process ends.
        unsafe { self.start.add(index).read_volatile() }
    }

    pub fn set(&self, index: usize, value: u64) {
        assert!(index < self.count);
        // SAFETY: as above.
        unsafe { self.start.add(index).write_volatile(value) }
    }
}
