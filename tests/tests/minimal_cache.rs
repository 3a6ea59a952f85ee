//! The part of the kernel's BTF that an object needs, kept in a directory: what of it is used, and what is not.
//!
//! A process keeps what it has once read. So each look at the directory is one of a process of its own: this
//! program, called with `CHILD` set.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use libbpf_safe::btf::MinimalCache;
use libbpf_safe::{ErrorKind, OpenOptions};
use libbpf_tests::kernel::{self, KernelTest, in_guest};
use libbpf_tests::skeletons::{CORE, NO_BTF, PINNED, READS, core, reads};
use rustix::fs::{CWD, FileType, Mode, mknodat};
use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::sync::OnceLock;
use tempfile::TempDir;

/// Set to the directory in a process that loads `core` and `reads` and prints the tags of their programs.
const CHILD: &str = "MINIMAL_CACHE_DIRECTORY";

const TESTS: &[KernelTest] = &[
    (
        "programs_are_the_same_as_by_the_whole_btf",
        programs_are_the_same_as_by_the_whole_btf,
    ),
    (
        "libbpf_reads_the_part_and_it_is_gone_after_load",
        libbpf_reads_the_part_and_it_is_gone_after_load,
    ),
    (
        "a_path_that_is_given_goes_before_the_part",
        a_path_that_is_given_goes_before_the_part,
    ),
    (
        "a_second_process_takes_the_first_ones_files",
        a_second_process_takes_the_first_ones_files,
    ),
    (
        "files_that_are_damaged_or_of_another_object_are_made_again",
        files_that_are_damaged_or_of_another_object_are_made_again,
    ),
    (
        "files_that_others_can_write_are_made_again",
        files_that_others_can_write_are_made_again,
    ),
    (
        "links_and_pipes_in_place_of_files_are_not_followed",
        links_and_pipes_in_place_of_files_are_not_followed,
    ),
    (
        "a_directory_that_others_can_write_is_refused",
        a_directory_that_others_can_write_is_refused,
    ),
    (
        "a_directory_that_becomes_unsafe_is_no_longer_used",
        a_directory_that_becomes_unsafe_is_no_longer_used,
    ),
    (
        "objects_without_relocations_and_broken_ones_are_left_to_libbpf",
        objects_without_relocations_and_broken_ones_are_left_to_libbpf,
    ),
    (
        "a_directory_keeps_a_bounded_number_of_files",
        a_directory_keeps_a_bounded_number_of_files,
    ),
];

fn main() -> ExitCode {
    if let Some(directory) = std::env::var_os(CHILD) {
        let cache = MinimalCache::in_directory(directory).unwrap();
        print!("{:?}", tags(&OpenOptions::new().minimal_kernel_btf(cache)));
        return ExitCode::SUCCESS;
    }
    kernel::run(TESTS)
}

/// Hashes of the instructions that the kernel received of two objects.
fn tags(options: &OpenOptions) -> [[u8; 8]; 2] {
    let core = core::OpenSkeleton::open_with(options).unwrap();
    let core = core.load().unwrap().programs.core.info().unwrap().tag;
    let reads = reads::OpenSkeleton::open_with(options).unwrap();
    let reads = reads.load().unwrap().programs.reads.info().unwrap().tag;
    [core, reads]
}

/// What a process of its own makes of a directory.
fn child(directory: &Path) -> String {
    let mut command = Command::new(std::env::current_exe().unwrap());
    let output = command.env(CHILD, directory).output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    String::from_utf8(output.stdout).unwrap()
}

fn whole() -> String {
    static WHOLE: OnceLock<String> = OnceLock::new();
    let load = || format!("{:?}", tags(&OpenOptions::new()));
    WHOLE.get_or_init(load).clone()
}

/// The files with what they hold and their numbers, by path.
fn files(directory: &Path) -> Vec<(PathBuf, Vec<u8>, u64)> {
    let entries = fs::read_dir(directory).unwrap();
    let mut files: Vec<_> = entries
        .map(|entry| {
            let entry = entry.unwrap();
            let bytes = fs::read(entry.path()).unwrap();
            (entry.path(), bytes, entry.metadata().unwrap().ino())
        })
        .collect();
    files.sort();
    files
}

/// A directory with the files of both objects.
fn filled() -> (TempDir, Vec<(PathBuf, Vec<u8>, u64)>) {
    let directory = TempDir::new().unwrap();
    assert_eq!(child(directory.path()), whole());
    let files = files(directory.path());
    assert_eq!(files.len(), 2, "{files:?}");
    (directory, files)
}

/// Another process gives the same, and has made both files again.
fn both_are_made_again(directory: &TempDir, before: &[(PathBuf, Vec<u8>, u64)]) {
    assert_eq!(child(directory.path()), whole());
    let after = files(directory.path());
    assert_eq!(after.len(), before.len());
    for ((path, bytes, _), (_, first, _)) in after.iter().zip(before) {
        assert_eq!(bytes, first, "{}", path.display());
        let mode = fs::symlink_metadata(path).unwrap().mode();
        assert_eq!(mode & 0o170_022, 0o100_000, "{mode:o}");
    }
}

fn programs_are_the_same_as_by_the_whole_btf() {
    let options = OpenOptions::new().minimal_kernel_btf(MinimalCache::in_process());
    let expected = whole();
    assert_eq!(format!("{:?}", tags(&options)), expected);
    // From memory.
    assert_eq!(format!("{:?}", tags(&options)), expected);
}

/// How many files in memory with parts of the kernel's BTF this process has.
fn parts() -> usize {
    let entries = fs::read_dir("/proc/self/fd").unwrap();
    entries
        .filter_map(|entry| fs::read_link(entry.unwrap().path()).ok())
        .filter(|target| target.to_string_lossy().contains("minimal-kernel-btf"))
        .count()
}

fn libbpf_reads_the_part_and_it_is_gone_after_load() {
    let options = OpenOptions::new().minimal_kernel_btf(MinimalCache::in_process());
    let open = reads::OpenSkeleton::open_with(&options).unwrap();
    assert_eq!(parts(), 1);
    let skeleton = open.load().unwrap();
    assert_eq!(parts(), 0);
    drop(skeleton);
    drop(reads::OpenSkeleton::open_with(&options).unwrap());
    assert_eq!(parts(), 0);
}

fn a_path_that_is_given_goes_before_the_part() {
    let options = OpenOptions::new()
        .minimal_kernel_btf(MinimalCache::in_process())
        .btf_path("/nonexistent.btf");
    let open = reads::OpenSkeleton::open_with(&options).unwrap();
    assert_eq!(parts(), 0);
    let error = open.load().unwrap_err();
    assert!(error.to_string().contains("/nonexistent.btf"), "{error}");
}

fn a_second_process_takes_the_first_ones_files() {
    let (directory, before) = filled();
    assert_eq!(child(directory.path()), whole());
    // What is made again gets another number.
    assert_eq!(files(directory.path()), before);
}

fn files_that_are_damaged_or_of_another_object_are_made_again() {
    let (directory, before) = filled();
    let [(first, first_bytes, _), (second, second_bytes, _)] = before.as_slice() else {
        unreachable!()
    };
    let flipped = |bytes: &[u8]| {
        let mut bytes = bytes.to_vec();
        let middle = bytes.len() - 60;
        if let Some(byte) = bytes.get_mut(middle) {
            *byte ^= 1;
        }
        bytes
    };
    let cut = |bytes: &[u8]| bytes.split_at(bytes.len() / 2).0.to_vec();
    let cases = [
        (second_bytes.clone(), first_bytes.clone()),
        (flipped(first_bytes), flipped(second_bytes)),
        (cut(first_bytes), vec![]),
    ];
    // Each is a process that reads the kernel's whole BTF.
    let count = if in_guest() { 1 } else { cases.len() };
    for (in_first, in_second) in cases.into_iter().take(count) {
        fs::write(first, in_first).unwrap();
        fs::write(second, in_second).unwrap();
        both_are_made_again(&directory, &before);
    }
}

fn files_that_others_can_write_are_made_again() {
    let (directory, before) = filled();
    for (path, _, _) in &before {
        fs::set_permissions(path, Permissions::from_mode(0o666)).unwrap();
    }
    both_are_made_again(&directory, &before);
    for (path, _, _) in &before {
        chown(path, Some(65534), None).unwrap();
    }
    both_are_made_again(&directory, &before);
    for (path, _, _) in &before {
        assert_ne!(fs::metadata(path).unwrap().uid(), 65534);
    }
}

fn links_and_pipes_in_place_of_files_are_not_followed() {
    let (directory, before) = filled();
    let elsewhere = TempDir::new().unwrap();
    for (path, _, _) in &before {
        let target = elsewhere.path().join(path.file_name().unwrap());
        fs::rename(path, &target).unwrap();
        symlink(&target, path).unwrap();
    }
    both_are_made_again(&directory, &before);
    for (path, _, _) in &before {
        fs::remove_file(path).unwrap();
        mknodat(CWD, path, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
    }
    both_are_made_again(&directory, &before);
}

fn a_directory_that_others_can_write_is_refused() {
    let parent = TempDir::new().unwrap();
    let path = parent.path().join("cache");
    let refused = || MinimalCache::in_directory(&path).unwrap_err();
    fs::create_dir(&path).unwrap();
    for mode in [0o777, 0o775, 0o1777, 0o757] {
        fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
        let error = refused();
        assert!(matches!(error.kind(), ErrorKind::InvalidInput { .. }));
        assert!(error.to_string().contains("others can write"), "{error}");
    }
    fs::set_permissions(&path, Permissions::from_mode(0o755)).unwrap();
    chown(&path, Some(65534), None).unwrap();
    let error = refused();
    assert!(error.to_string().contains("user 65534"), "{error}");
    chown(&path, Some(0), None).unwrap();
    MinimalCache::in_directory(&path).unwrap();
    let link = parent.path().join("link");
    symlink(&path, &link).unwrap();
    let error = MinimalCache::in_directory(&link).unwrap_err();
    assert!(error.hint().unwrap().contains("symbolic link"), "{error}");
    let file = parent.path().join("file");
    fs::write(&file, "").unwrap();
    MinimalCache::in_directory(&file).unwrap_err();
    MinimalCache::in_directory(parent.path().join("no/such")).unwrap_err();
    // One that is not there is made, for nobody else to write to.
    let made = parent.path().join("made");
    MinimalCache::in_directory(&made).unwrap();
    assert_eq!(fs::metadata(made).unwrap().mode() & 0o022, 0);
}

fn a_directory_that_becomes_unsafe_is_no_longer_used() {
    let directory = TempDir::new().unwrap();
    let cache = MinimalCache::in_directory(directory.path()).unwrap();
    fs::set_permissions(directory.path(), Permissions::from_mode(0o777)).unwrap();
    let options = OpenOptions::new().minimal_kernel_btf(cache);
    // An object that no other test of this process opens: what is in memory is not written.
    let changed = renamed(READS);
    let open = options.name("renamed").open_bytes(&changed).unwrap();
    assert_eq!(parts(), 1);
    drop(open);
    assert_eq!(files(directory.path()), []);
}

/// `reads` with another member read than `tgid`.
fn renamed(object: &[u8]) -> Vec<u8> {
    let mut object = object.to_vec();
    let name = b"\0tgid\0";
    let at = object.windows(6).position(|window| window == name).unwrap();
    object.splice(at..at + 6, *b"\0exit\0");
    object
}

fn objects_without_relocations_and_broken_ones_are_left_to_libbpf() {
    let options = OpenOptions::new()
        .name("object")
        .minimal_kernel_btf(MinimalCache::in_process());
    let open = options.open_bytes(PINNED).unwrap();
    assert_eq!(parts(), 0);
    drop(open);
    let cut = CORE.split_at(200).0;
    for bytes in [&b"text"[..], NO_BTF, cut, &[]] {
        let with = options.open_bytes(bytes).map(drop);
        let without = OpenOptions::new().name("object").open_bytes(bytes);
        let text = |result: Result<(), libbpf_safe::Error>| format!("{result:?}");
        assert_eq!(text(with), text(without.map(drop)));
        assert_eq!(parts(), 0);
    }
}

fn a_directory_keeps_a_bounded_number_of_files() {
    let directory = TempDir::new().unwrap();
    // A user's own, of which the directory may be full.
    let others = (0..600).map(|number| format!("5.{number}.0-vmlinux.btf"));
    let others: Vec<_> = others.map(|name| directory.path().join(name)).collect();
    for other in &others {
        fs::write(other, "stays").unwrap();
    }
    for number in 0..600 {
        let name = format!("{number:032x}.btf");
        fs::write(directory.path().join(name), "old").unwrap();
    }
    assert_eq!(child(directory.path()), whole());
    let files = files(directory.path());
    assert_eq!(files.len(), 512 + others.len());
    assert!(others.iter().all(|other| other.exists()));
    // The oldest went, not what was just made.
    let made = files.iter().filter(|(_, bytes, _)| bytes.len() > 100);
    assert_eq!(made.count(), 2);
}
