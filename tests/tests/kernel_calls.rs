//! What is promised to make no call of bpf() makes none: a program counts them.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use libbpf_safe::OpenOptions;
use libbpf_safe::btf::KernelBtf;
use libbpf_safe::struct_ops::Presence;
use libbpf_tests::kernel_tests;
use libbpf_tests::skeletons::{bpf_calls, preflight, tcp_shadow};

kernel_tests![preflight_and_plan_make_no_call];

const NAME: &str = "t_counted";
#[cfg(target_arch = "x86_64")]
const BPF: u64 = 321;
#[cfg(not(target_arch = "x86_64"))]
const BPF: u64 = 280;

fn counter() -> bpf_calls::Skeleton {
    let mut name = [0; 16];
    name[..NAME.len()].copy_from_slice(NAME.as_bytes());
    let mut open = bpf_calls::OpenSkeleton::open().unwrap();
    let rodata = open.parts().rodata;
    rodata.number = BPF;
    for (word, bytes) in rodata.thread_name.iter_mut().zip(name.chunks(8)) {
        *word = u64::from_ne_bytes(bytes.try_into().unwrap());
    }
    let mut skeleton = open.load().unwrap();
    skeleton.attach().unwrap();
    skeleton
}

fn preflight_and_plan_make_no_call() {
    let counter = counter();
    let look = || {
        let calls = || counter.bss.calls.get();
        let kernel = KernelBtf::running().unwrap();
        // With findings of every kind, and without any.
        let mut broken = preflight::OpenSkeleton::open().unwrap();
        let options = OpenOptions::new().presence(Presence::Drop);
        let mut sound = tcp_shadow::OpenSkeleton::open_with(&options).unwrap();

        let before = calls();
        assert!(broken.preflight(&kernel).unwrap().is_refused());
        assert!(!sound.preflight(&kernel).unwrap().is_refused());
        assert!(!sound.plan().unwrap().programs.is_empty());
        assert_eq!(calls(), before);
        // And they are counted.
        sound.load().unwrap();
        assert!(calls() > before + 5);
    };
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().name(NAME.into());
        thread.spawn_scoped(scope, look).unwrap().join().unwrap();
    });
}
