//! The part of the kernel's BTF that relocations need: libbpf makes the same programs by it as by the whole.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use libbpf_safe::OpenOptions;
use libbpf_safe::btf::{Btf, KernelBtf, Kind, Minimal, Type};
use libbpf_safe::program::TestRun;
use libbpf_tests::kernel_tests;
use libbpf_tests::skeletons::core::types::answer as is;
use libbpf_tests::skeletons::{CORE, NO_BTF, PINNED, READS, core, reads};
use std::path::Path;
use tempfile::NamedTempFile;

kernel_tests![
    every_kind_of_relocation_has_the_same_answer_as_by_the_whole,
    answers_are_what_the_kernels_types_say,
    likeness_is_what_the_kernels_types_say,
    a_real_programs_instructions_are_the_same,
    it_is_small_and_the_same_each_time,
    several_objects_are_served_by_one,
    an_object_without_relocations_needs_nothing,
    what_is_no_object_is_refused_by_name,
];

fn minimal(objects: &[&[u8]]) -> Btf {
    let kernel = KernelBtf::running().unwrap();
    let mut minimal = Minimal::of(&kernel);
    for object in objects {
        minimal.add_object("test", object).unwrap();
    }
    minimal.build().unwrap()
}

fn file(btf: &Btf) -> NamedTempFile {
    let file = NamedTempFile::new().unwrap();
    std::fs::write(file.path(), btf.raw()).unwrap();
    file
}

/// What became of `core` on this kernel.
#[derive(Debug, PartialEq)]
struct Loaded {
    /// A hash of the instructions that the kernel received.
    tag: [u8; 8],
    answers: Vec<u64>,
}

impl Loaded {
    fn answer(&self, of: is) -> u64 {
        self.answers[usize::try_from(of.0).unwrap()]
    }
}

/// Loads and runs `core`, or a version of it.
fn load(object: &[u8], btf: Option<&Path>) -> libbpf_safe::Result<Loaded> {
    let mut options = OpenOptions::new();
    if let Some(path) = btf {
        options = options.btf_path(path);
    }
    let skeleton = core::OpenSkeleton::open_bytes(object, &options)?.load()?;
    let program = &skeleton.programs.core;
    program.test_run(TestRun::new().data(&[0; 64]))?;
    Ok(Loaded {
        tag: program.info()?.tag,
        answers: skeleton.bss.answers.get().to_vec(),
    })
}

/// `core` with likeness asked about in place of existence, as clang 15 would have written it.
fn asks_about_likeness() -> Vec<u8> {
    let mut object = CORE.to_vec();
    let magic = [0xeb9f_u16.to_ne_bytes(), [1, 0]].concat();
    let header = [magic, 32_u32.to_ne_bytes().to_vec()].concat();
    let start = object
        .windows(8)
        .position(|window| window == header)
        .unwrap();
    let word = |object: &[u8], at: usize| {
        let bytes = object[at..at + 4].try_into().unwrap();
        usize::try_from(u32::from_ne_bytes(bytes)).unwrap()
    };
    let section = start + 32 + word(&object, start + 24);
    let record_len = word(&object, section);
    // The length of a record; the one section's name, and how many relocations it has.
    let first = section + 12;
    for index in 0..word(&object, section + 8) {
        let kind = first + index * record_len + 12;
        if word(&object, kind) == 8 {
            object[kind..kind + 4].copy_from_slice(&12_u32.to_ne_bytes());
        }
    }
    assert_ne!(object, CORE);
    object
}

fn every_kind_of_relocation_has_the_same_answer_as_by_the_whole() {
    for object in [CORE.to_vec(), asks_about_likeness()] {
        let whole = load(&object, None).unwrap();
        let part = file(&minimal(&[&object]));
        let by_part = load(&object, Some(part.path())).unwrap();
        assert_eq!(whole, by_part);
        // By other types it would have been another program.
        let other = file(&minimal(&[READS]));
        let by_other = load(&object, Some(other.path()));
        assert_ne!(Some(whole), by_other.ok());
    }
}

fn likeness_is_what_the_kernels_types_say() {
    let object = asks_about_likeness();
    let part = file(&minimal(&[&object]));
    let loaded = load(&object, Some(part.path())).unwrap();
    for (of, expected) in [
        (is::TYPE_MATCHES, 1),
        (is::TYPE_MATCHES_POINTERS, 1),
        (is::TYPE_MATCHES_WHOLE, 1),
        (is::TYPE_MATCHES_ENUM, 1),
        (is::TYPE_MATCHES_OTHER, 0),
        (is::TYPE_MATCHES_OTHER_ENUM, 0),
    ] {
        assert_eq!(loaded.answer(of), expected, "{of:?}");
    }
}

fn answers_are_what_the_kernels_types_say() {
    let loaded = load(CORE, Some(file(&minimal(&[CORE])).path())).unwrap();
    let answer = |of: is| loaded.answer(of);
    let kernel = Btf::from_kernel().unwrap();
    let id = |name: &str, kind| kernel.find(name, kind).unwrap();
    let Type::Struct(task) = kernel.get(id("task_struct", Kind::Struct)).unwrap() else {
        panic!("task_struct is no struct");
    };
    let pid = task.member("pid").unwrap();
    assert_eq!(answer(is::FIELD_OFFSET), u64::from(pid.bit_offset / 8));
    assert_eq!(answer(is::FIELD_SIZE_ARRAY), 16);
    let size = kernel.size_of(id("file", Kind::Struct)).unwrap();
    assert_eq!(answer(is::TYPE_SIZE), size);
    for (of, kind, name) in [
        (is::ID_STRUCT, Kind::Struct, "task_struct"),
        (is::ID_TYPEDEF, Kind::Typedef, "atomic_t"),
    ] {
        assert_eq!(answer(of), u64::from(id(name, kind).0));
    }
    for yes in [
        is::FIELD_EXISTS,
        is::SIGNED,
        is::TYPE_EXISTS,
        is::TYPE_EXISTS_TYPEDEF,
        is::TYPE_EXISTS_FUNCTION,
        is::VALUE_EXISTS,
    ] {
        assert_eq!(answer(yes), 1, "{yes:?}");
    }
    for no in [
        is::FIELD_MADE_UP,
        is::FIELD_OTHER,
        is::FIELD_OF_MADE_UP,
        is::ID_MADE_UP,
        is::TYPE_EXISTS_MADE_UP,
        is::VALUE_MADE_UP,
        is::BITFIELD_SIGNED,
    ] {
        assert_eq!(answer(no), 0, "{no:?}");
    }
}

fn a_real_programs_instructions_are_the_same() {
    let tag = |options: &OpenOptions| {
        let skeleton = reads::OpenSkeleton::open_with(options)
            .unwrap()
            .load()
            .unwrap();
        skeleton.programs.reads.info().unwrap().tag
    };
    let part = file(&minimal(&[READS]));
    let by_part = tag(&OpenOptions::new().btf_path(part.path()));
    assert_eq!(tag(&OpenOptions::new()), by_part);
}

fn it_is_small_and_the_same_each_time() {
    let part = minimal(&[READS]);
    assert!(part.raw().len() < 1000, "{} bytes", part.raw().len());
    assert_eq!(part.raw(), minimal(&[READS]).raw());
    let id = part.find("task_struct", Kind::Struct).unwrap();
    let Type::Struct(task) = part.get(id).unwrap() else {
        panic!("task_struct is no struct");
    };
    let members: Vec<_> = task.members().map(|member| member.name).collect();
    assert_eq!(members.len(), 3, "{members:?}");
    for name in ["pid", "tgid", "group_leader"] {
        assert!(members.contains(&name), "{members:?}");
    }
}

fn several_objects_are_served_by_one() {
    let both = minimal(&[READS, CORE]);
    assert_eq!(both.raw(), minimal(&[CORE, READS]).raw());
    let both = file(&both);
    assert_eq!(
        load(CORE, None).unwrap(),
        load(CORE, Some(both.path())).unwrap()
    );
    let options = OpenOptions::new().btf_path(both.path());
    reads::OpenSkeleton::open_with(&options)
        .unwrap()
        .load()
        .unwrap();
}

fn an_object_without_relocations_needs_nothing() {
    assert!(minimal(&[PINNED]).is_empty());
}

fn what_is_no_object_is_refused_by_name() {
    let kernel = KernelBtf::from(minimal(&[READS]));
    let mut minimal = Minimal::of(&kernel);
    for bytes in [&b"text"[..], NO_BTF, &CORE[..200], &[]] {
        let error = minimal.add_object("broken", bytes).unwrap_err();
        assert!(error.to_string().contains("`broken`"), "{error}");
    }
    assert!(minimal.build().unwrap().is_empty());
}
