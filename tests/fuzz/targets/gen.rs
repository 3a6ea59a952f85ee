//! Skeletons of an object: Rust and C.

#![no_main]

use libfuzzer_sys::{fuzz_mutator, fuzz_target};

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    libbpf_fuzz::mutate(data, size, max_size, seed)
});

fuzz_target!(|object: &[u8]| {
    if let Err(error) = skelgen::rust_skeleton("fuzzed", object, "fuzzed.bpf.o") {
        assert!(!error.to_string().contains("report this"), "{error}");
    }
    let _ = skelgen::c_skeleton("fuzzed", object);
    let _ = skelgen::c_subskeleton("fuzzed", object);
});
