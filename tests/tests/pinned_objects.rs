//! Whole objects that are pinned, and single maps and programs that are not any more.

#![forbid(unsafe_code)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use libbpf_safe::map::{Access, Array, Map, UpdateFlag};
use libbpf_safe::program::KernelProgram;
use libbpf_safe::{ErrorKind, Object, OpenObject};
use libbpf_tests::bpf_file_system::BpfFileSystem;
use libbpf_tests::features::Feature;
use libbpf_tests::kernel::{is_gone, map_exists, program_exists};
use libbpf_tests::kernel_tests;
use libbpf_tests::skeletons::FUNCTIONS;
use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt;

kernel_tests![
    a_whole_object_is_pinned_and_unpinned,
    maps_and_programs_are_pinned_apart,
    what_cannot_all_be_pinned_is_not_pinned,
    what_was_there_before_stays,
    pins_of_others_are_not_removed,
    a_map_knows_its_pins,
    a_program_is_opened_by_its_pin,
    pins_are_made_in_folders_by_descriptor needs Feature::Linux(6, 5),
    a_map_is_opened_for_reading_only,
];

const ALL: &[&str] = &["count", "counts", "function_rodata", "outer", "own"];

fn load() -> Object {
    let open = OpenObject::from_bytes("functions", FUNCTIONS).unwrap();
    open.load().unwrap()
}

fn names(folder: &std::path::Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = names.collect();
    names.sort();
    names
}

fn a_whole_object_is_pinned_and_unpinned() {
    let files = BpfFileSystem::mount();
    let folder = files.join("prober");
    let object = load();
    object.pin(&folder).unwrap();
    assert_eq!(names(&folder), ALL);
    let mode = fs::metadata(&folder).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
    let map = object.map("counts").unwrap().info().id;
    let program = object.program("count").unwrap().info().unwrap().id;
    drop(object);
    // Pins keep them.
    let counts = Map::open_pinned(folder.join("counts")).unwrap();
    assert_eq!(counts.info().id, map);
    let count = KernelProgram::open_pinned(folder.join("count")).unwrap();
    assert_eq!(count.info().unwrap().id, program);
    assert_eq!(count.name(), "count");
    drop((counts, count));
    fs::remove_dir_all(&folder).unwrap();
    assert!(is_gone(|| map_exists(map) || program_exists(program)));

    let object = load();
    object.pin(&folder).unwrap();
    object.unpin(&folder).unwrap();
    assert!(names(&folder).is_empty());
    object.pin(&folder).unwrap();
    object.unpin(&folder).unwrap();
}

fn maps_and_programs_are_pinned_apart() {
    let files = BpfFileSystem::mount();
    let object = load();
    object.pin_maps(files.join("maps")).unwrap();
    object.pin_programs(files.join("programs")).unwrap();
    assert_eq!(names(&files.join("maps")), ALL[1..]);
    assert_eq!(names(&files.join("programs")), ALL[..1]);
    object.unpin_maps(files.join("maps")).unwrap();
    object.unpin_programs(files.join("programs")).unwrap();
    assert!(names(&files.join("maps")).is_empty());
    assert!(names(&files.join("programs")).is_empty());
}

fn what_cannot_all_be_pinned_is_not_pinned() {
    let files = BpfFileSystem::mount();
    let object = load();
    let folder = files.join("full");
    fs::create_dir(&folder).unwrap();
    object.map("own").unwrap().pin(folder.join("own")).unwrap();
    let error = object.pin(&folder).unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::AlreadyExists);
    assert!(error.to_string().contains("map `own`"), "{error}");
    assert_eq!(names(&folder), ["own"]);
    // Programs come last: a program's name that is taken takes maps back, too.
    fs::remove_file(folder.join("own")).unwrap();
    object
        .map("own")
        .unwrap()
        .pin(folder.join("count"))
        .unwrap();
    assert!(object.pin(&folder).is_err());
    assert_eq!(names(&folder), ["count"]);
    // Not in a BPF file system: the folder goes, too.
    let other = tempfile::tempdir().unwrap();
    let error = object.pin(other.path().join("made")).unwrap_err();
    assert!(error.hint().unwrap().contains("BPF file system"), "{error}");
    assert!(names(other.path()).is_empty());
    assert!(object.pin(files.join("no/such")).is_err());
}

fn what_was_there_before_stays() {
    let files = BpfFileSystem::mount();
    let object = load();
    let folder = files.join("kept");
    fs::create_dir(&folder).unwrap();
    object
        .map("counts")
        .unwrap()
        .pin(folder.join("other"))
        .unwrap();
    object.pin(&folder).unwrap();
    object.unpin(&folder).unwrap();
    assert_eq!(names(&folder), ["other"]);
}

fn pins_of_others_are_not_removed() {
    let files = BpfFileSystem::mount();
    let (object, other) = (load(), load());
    let folder = files.join("taken");
    object.pin(&folder).unwrap();
    let error = other.unpin(&folder).unwrap_err();
    assert!(error.to_string().contains("another map"), "{error}");
    // A map where a program is to be.
    let error = other.program("count").unwrap();
    let error = error.unpin(folder.join("counts")).unwrap_err();
    assert!(error.to_string().contains("no program"), "{error}");
    assert_eq!(names(&folder), ALL);
    // One that is not there: the others stay.
    fs::remove_file(folder.join("own")).unwrap();
    let error = object.unpin(&folder).unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::NotFound);
    assert_eq!(names(&folder).len(), ALL.len() - 1);
}

fn a_map_knows_its_pins() {
    let files = BpfFileSystem::mount();
    let (object, other) = (load(), load());
    let counts = object.map("counts").unwrap();
    let path = files.join("mine");
    assert!(!counts.is_pinned_at(&path).unwrap());
    counts.pin(&path).unwrap();
    assert!(counts.is_pinned_at(&path).unwrap());
    let others = other.map("counts").unwrap();
    assert!(!others.is_pinned_at(&path).unwrap());
    assert!(others.unpin(&path).is_err());
    counts.unpin(&path).unwrap();
    assert!(!counts.is_pinned_at(&path).unwrap());
    let program = object.program("count").unwrap();
    program.pin(&path).unwrap();
    assert!(!counts.is_pinned_at(&path).unwrap());
    program.unpin(&path).unwrap();
    assert!(files.names().is_empty());
}

fn a_program_is_opened_by_its_pin() {
    let files = BpfFileSystem::mount();
    let object = load();
    let path = files.join("program");
    let program = object.program("count").unwrap();
    program.to_kernel_program().unwrap().pin(&path).unwrap();
    let id = program.info().unwrap().id;
    drop((object, program));
    let program = KernelProgram::open_pinned(&path).unwrap();
    assert_eq!(program.info().unwrap().id, id);
    program.unpin(&path).unwrap();
    assert!(KernelProgram::open_pinned(&path).is_err());
    drop(program);
    assert!(is_gone(|| program_exists(id)));
}

fn pins_are_made_in_folders_by_descriptor() {
    let files = BpfFileSystem::mount();
    let folder = File::open(files.path()).unwrap();
    let object = load();
    let counts = object.map("counts").unwrap();
    counts.pin_at(&folder, "counts").unwrap();
    let count = object
        .program("count")
        .unwrap()
        .to_kernel_program()
        .unwrap();
    count.pin_at(&folder, "count").unwrap();
    assert_eq!(files.names(), ["count", "counts"]);
    let opened = Map::open_pinned_at(&folder, "counts", Access::ReadOnly).unwrap();
    assert_eq!(opened.info().id, counts.info().id);
    let error = Map::open_pinned_at(&folder, "count", Access::ReadWrite).unwrap_err();
    assert!(error.to_string().contains("no map"), "{error}");
}

fn a_map_is_opened_for_reading_only() {
    let object = load();
    let counts = object.map("counts").unwrap();
    let counts = Array::<u64>::try_from(counts).unwrap();
    counts.update(0, &7).unwrap();
    let id = object.map("counts").unwrap().info().id;
    let read = Map::from_id_with(id, Access::ReadOnly).unwrap();
    let key = 0u32.to_ne_bytes();
    let value = read.lookup_bytes(&key).unwrap().unwrap();
    assert_eq!(value, 7u64.to_ne_bytes());
    let error = read
        .update_bytes(&key, &value, UpdateFlag::Any)
        .unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::PermissionDenied);
    let write = Map::from_id_with(id, Access::WriteOnly).unwrap();
    write
        .update_bytes(&key, &8u64.to_ne_bytes(), UpdateFlag::Any)
        .unwrap();
    assert!(write.lookup_bytes(&key).is_err());
    assert_eq!(counts.lookup(0).unwrap(), Some(8));
}
