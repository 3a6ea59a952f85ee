//! What is compiled against the generated `vmlinux.h` loads, also into other kernels than that it was made from.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used)]

use libbpf_tests::kernel_tests;
use libbpf_tests::skeletons::reads;

kernel_tests![a_program_that_reads_kernel_structs_loads];

fn a_program_that_reads_kernel_structs_loads() {
    let skeleton = reads::OpenSkeleton::open().unwrap().load().unwrap();
    assert!(
        skeleton
            .programs
            .reads
            .info()
            .unwrap()
            .verified_instructions
            > 0
    );
}
