//! An object held against the kernel's types.

#![no_main]

use libbpf_safe::OpenObject;
use libbpf_safe::btf::KernelBtf;
use libfuzzer_sys::{fuzz_mutator, fuzz_target};
use std::sync::OnceLock;

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    libbpf_fuzz::mutate(data, size, max_size, seed)
});

fn kernel() -> &'static KernelBtf {
    static KERNEL: OnceLock<KernelBtf> = OnceLock::new();
    KERNEL.get_or_init(|| KernelBtf::running().expect("the running kernel has BTF"))
}

fuzz_target!(|object: &[u8]| {
    if let Ok(mut open) = OpenObject::from_bytes("fuzzed", object) {
        let _ = open.preflight(kernel());
    }
});
