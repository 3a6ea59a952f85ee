//! An object's BTF by itself, and the C of it.

#![no_main]

use libbpf_safe::btf::Btf;
use libfuzzer_sys::{fuzz_mutator, fuzz_target};

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    libbpf_fuzz::mutate(data, size, max_size, seed)
});

fuzz_target!(|object: &[u8]| {
    let bytes = libbpf_fuzz::content(object, ".BTF").unwrap_or_default();
    let Ok(btf) = Btf::parse(bytes.to_vec()) else {
        return;
    };
    for (id, _) in btf.types() {
        let _ = btf.resolve(id);
        let _ = btf.size_of(id);
    }
    let _ = btf.to_c();
});
