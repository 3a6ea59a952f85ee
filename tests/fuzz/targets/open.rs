//! Opening an object, and what is planned for its load.

#![no_main]

use libbpf_safe::{ObjectFile, OpenObject};
use libfuzzer_sys::{fuzz_mutator, fuzz_target};

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    libbpf_fuzz::mutate(data, size, max_size, seed)
});

fuzz_target!(|object: &[u8]| {
    if let Ok(mut open) = OpenObject::from_bytes("fuzzed", object) {
        let _ = open.plan();
    }
    if let Ok(file) = ObjectFile::from_bytes("fuzzed", object) {
        let _ = file.loader();
    }
});
