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
    elements_of_larger_alignment_than_a_page_are_not_mapped,
    code_that_is_hidden_is_told_as_none,
    errors_tell_terminals_nothing,
    pipes_are_not_waited_for,
    a_token_of_nothing_is_told_as_that,
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

#[derive(Clone, Copy)]
#[repr(C, align(65536))]
struct Aligned {
    bytes: [u8; 65536],
}
libbpf_safe::plain!(Aligned { bytes });

fn elements_of_larger_alignment_than_a_page_are_not_mapped() {
    let map = CreateOptions::new(MapType::ARRAY, 4, 65536, 2)
        .name("aligned")
        .flags(CreateFlags::MMAPABLE)
        .create()
        .unwrap();
    let array = Array::<Aligned>::try_from(map.clone()).unwrap();
    let error = array.mapped().unwrap_err().to_string();
    assert!(error.contains("`aligned`"), "{error}");
    assert!(error.contains("alignment of 65536"), "{error}");
    let array = Array::<[u64; 8192]>::try_from(map).unwrap();
    array.mapped().unwrap().get(1).unwrap().elements()[7].set(3);
    assert_eq!(array.lookup(1).unwrap().unwrap()[7], 3);
}

/// `kernel.kptr_restrict`, as it was before when this goes.
struct Pointers(String);

const POINTERS: &str = "/proc/sys/kernel/kptr_restrict";

impl Pointers {
    fn hidden() -> Pointers {
        let before = fs::read_to_string(POINTERS).unwrap();
        fs::write(POINTERS, "2").unwrap();
        Pointers(before)
    }
}

impl Drop for Pointers {
    fn drop(&mut self) {
        fs::write(POINTERS, &self.0).unwrap();
    }
}

fn code_that_is_hidden_is_told_as_none() {
    let object = OpenObject::from_bytes("functions", FUNCTIONS)
        .unwrap()
        .load()
        .unwrap();
    let program = object.program("count").unwrap();
    let pointers = Pointers::hidden();
    let code = program.code().unwrap();
    drop(pointers);
    assert!(!code.instructions.is_empty(), "they name no addresses");
    assert!(code.machine_code.is_empty());
    assert_eq!(code.functions.len(), 2);
    for function in &code.functions {
        assert_eq!((function.address, function.size), (None, None));
    }
    assert!(!code.lines.is_empty());
    assert!(code.lines.iter().all(|line| line.address.is_none()));
    assert_eq!(code.line_at(0), None);
}

/// Names are anybody's, and `fn main() -> Result<…>` prints what `Debug` says.
fn errors_tell_terminals_nothing() {
    let name = "a\x1b[31mb\u{202e}c\nd";
    let error = OpenObject::from_bytes(name, &[0; 64]).unwrap_err();
    assert!(
        error.messages().iter().any(|text| text.contains('\x1b')),
        "libbpf says the name: {:?}",
        error.messages()
    );
    let shown = error.to_string();
    let lines = format!("{error:?}");
    for text in std::iter::once(shown.as_str()).chain(lines.lines()) {
        let mut letters = text.chars();
        assert!(
            !letters.any(|letter| letter.is_control() || letter == '\u{202e}'),
            "{text:?}"
        );
    }
    assert!(shown.contains(r"a\u{1b}[31mb\u{202e}c\nd"), "{shown}");
}

/// To open one takes until somebody writes to it.
fn pipes_are_not_waited_for() {
    let folder = TempDir::new().unwrap();
    let pipe = folder.path().join("pipe");
    let mode = Mode::RUSR | Mode::WUSR;
    mknodat(CWD, &pipe, FileType::Fifo, mode, 0).unwrap();
    let errors = [
        Btf::from_file(&pipe).map(drop).unwrap_err(),
        KernelBtf::from_file(&pipe).map(drop).unwrap_err(),
        KernelBtf::from(Btf::from_kernel().unwrap())
            .with_module(&pipe)
            .map(drop)
            .unwrap_err(),
        OpenOptions::new()
            .name("functions")
            .btf_path(&pipe)
            .open_bytes(FUNCTIONS)
            .map(drop)
            .unwrap_err(),
    ];
    for error in errors {
        let text = error.to_string();
        assert!(text.contains("not a regular file"), "{text}");
        assert!(text.contains(pipe.to_str().unwrap()), "{text}");
    }
    let error = Token::create(&pipe).unwrap_err();
    assert_eq!(error.raw_os_error(), Some(libc::ENOTDIR), "{error}");
}

fn a_token_of_nothing_is_told_as_that() {
    let folder = TempDir::new().unwrap();
    let error = Token::create(folder.path().join("gone")).unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::NotFound);
    assert!(!error.to_string().contains("mount options"), "{error}");
}
