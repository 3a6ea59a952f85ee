//! What a program without `unsafe` does that is out to break the library: it ends in an error, or is as harmless as any.

#![forbid(unsafe_code)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use libbpf_safe::btf::{Btf, KernelBtf};
use libbpf_safe::map::{Array, CreateFlags, CreateOptions, MapType};
use libbpf_safe::skeleton::OpenSkeleton;
use libbpf_safe::{ErrorKind, OpenObject, OpenOptions, Token};
use libbpf_tests::features::Feature;
use libbpf_tests::kernel_tests;
use libbpf_tests::skeletons::{FUNCTIONS, KERNEL_FUNCTIONS};
use rustix::fs::{CWD, FileType, Mode, mknodat};
use std::sync::Barrier;
use std::{fs, thread};
use tempfile::TempDir;

kernel_tests![
    // Before, libbpf does not map the kernel's BTF.
    targets_that_threads_set_at_once_have_one_btf needs Feature::Linux(6, 16),
];

/// Mappings of the kernel's BTF in this process.
fn kernel_btfs() -> usize {
    let mappings = fs::read_to_string("/proc/self/maps").unwrap();
    let is_btf = |line: &&str| line.ends_with("/sys/kernel/btf/vmlinux");
    mappings.lines().filter(is_btf).count()
}

/// libbpf reads it into the object when the first target is set.
fn targets_that_threads_set_at_once_have_one_btf() {
    let before = kernel_btfs();
    for _ in 0..4 {
        let options = OpenOptions::new();
        let open =
            OpenSkeleton::open_bytes("kernel_functions", KERNEL_FUNCTIONS, &options, &[], &[])
                .unwrap();
        let programs = ["fentry", "fexit"].map(|name| open.program(name).unwrap());
        let barrier = Barrier::new(programs.len());
        thread::scope(|scope| {
            for mut program in programs {
                let barrier = &barrier;
                scope.spawn(move || {
                    barrier.wait();
                    let mut program = program.get_mut();
                    program.set_attach_target(None, "tcp_v4_connect").unwrap();
                });
            }
        });
        assert_eq!(kernel_btfs(), before + 1);
        drop(open);
        assert_eq!(kernel_btfs(), before);
    }
}
