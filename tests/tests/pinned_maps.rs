//! Maps that are found pinned, and taken in place of new ones.

#![forbid(unsafe_code)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use libbpf_safe::map::{HashMap, UpdateFlag};
use libbpf_safe::{ErrorKind, Object, ObjectFile, OpenObject, OpenOptions, Result};
use libbpf_tests::bpf_file_system::BpfFileSystem;
use libbpf_tests::kernel_tests;
use libbpf_tests::skeletons::{COLLECTION, PINNED, RENAMED};
use std::path::Path;

kernel_tests![
    a_map_that_says_so_is_pinned_and_shared_by_loads,
    a_pin_path_can_be_set_and_taken_away,
    a_map_keeps_its_name_whatever_the_pinned_one_is_called,
    a_pinned_map_that_differs_is_named_with_all_differences,
    a_failed_load_leaves_nothing_pinned,
    what_goes_with_its_object_is_not_pinned,
];

fn file(pins: &BpfFileSystem) -> ObjectFile {
    let options = OpenOptions::new().pin_root(pins.path());
    ObjectFile::from_bytes_with("pinned", PINNED, options).unwrap()
}

fn id(object: &Object, map: &str) -> u32 {
    object.map(map).unwrap().info().id
}

fn a_map_that_says_so_is_pinned_and_shared_by_loads() {
    let pins = BpfFileSystem::mount();
    let file = file(&pins);
    let path = file.map("shared").unwrap().pin_path.as_deref();
    assert_eq!(path, Some(&*pins.join("shared")));
    let first = file.load().unwrap();
    let shared = id(&first, "shared");
    let map: HashMap<u32, u64> = first.map("shared").unwrap().try_into().unwrap();
    map.update(&1, &11, UpdateFlag::Any).unwrap();
    let own = id(&first, "own");
    drop((first, map));
    assert_eq!(pins.names(), ["shared"]);
    let second = file.load().unwrap();
    assert_eq!(id(&second, "shared"), shared);
    assert_ne!(id(&second, "own"), own);
    let map: HashMap<u32, u64> = second.map("shared").unwrap().try_into().unwrap();
    assert_eq!(map.lookup(&1).unwrap(), Some(11));
}

fn a_pin_path_can_be_set_and_taken_away() {
    let pins = BpfFileSystem::mount();
    let file = file(&pins);
    let load = |path: Option<&Path>| -> Result<Object> {
        let mut open = file.open()?;
        open.map_mut("shared")?.set_pin_path(None)?;
        open.map_mut("own")?.set_pin_path(path)?;
        assert_eq!(open.map_mut("own")?.pin_path().as_deref(), path);
        open.load()
    };
    let place = pins.join("elsewhere");
    let first = load(Some(&place)).unwrap();
    assert_eq!(pins.names(), ["elsewhere"]);
    let second = load(Some(&place)).unwrap();
    assert_eq!(id(&first, "own"), id(&second, "own"));
    assert_ne!(id(&first, "shared"), id(&second, "shared"));
    let third = load(None).unwrap();
    assert_ne!(id(&first, "own"), id(&third, "own"));
    let error = load(Some(Path::new("a\0b"))).unwrap_err();
    assert!(error.to_string().contains("NUL"), "{error}");
    let error = load(Some(Path::new("/proc/no_bpf"))).unwrap_err();
    assert!(format!("{error:?}").contains("/proc/no_bpf"), "{error:?}");
}

fn a_map_keeps_its_name_whatever_the_pinned_one_is_called() {
    let pins = BpfFileSystem::mount();
    let found = with_another_name(&pins).load().unwrap();
    // The same by a handle; until load the map is as the object says.
    let mut open = file(&pins).open().unwrap();
    let mut own = open.map_mut("own").unwrap();
    let name = own.name();
    own.reuse(&found.map("own").unwrap()).unwrap();
    assert_eq!((own.name(), name), ("own", "own"));
    assert!(own.btf_value_type().is_some());
    let replaced = open.load().unwrap();
    for object in [found, replaced] {
        assert_eq!(object.map("own").unwrap().name(), "own");
        assert_eq!(object.map("own").unwrap().info().name, "renamed");
        let maps = object.maps().map(|map| map.unwrap().name().to_owned());
        assert_eq!(maps.collect::<Vec<_>>(), ["own", "shared"]);
    }
}

/// The object with `own` at a place where an array is pinned that the kernel knows as `renamed`.
fn with_another_name(pins: &BpfFileSystem) -> OpenObject {
    let file = ObjectFile::from_bytes("renamed", RENAMED).unwrap();
    let place = pins.join("renamed");
    let mut open = file.open().unwrap();
    open.map_mut("renamed")
        .unwrap()
        .set_pin_path(Some(&place))
        .unwrap();
    drop(open.load().unwrap());
    let mut open = self::file(pins).open().unwrap();
    open.map_mut("shared").unwrap().set_pin_path(None).unwrap();
    open.map_mut("own")
        .unwrap()
        .set_pin_path(Some(&place))
        .unwrap();
    open
}

fn a_pinned_map_that_differs_is_named_with_all_differences() {
    let pins = BpfFileSystem::mount();
    let file = file(&pins);
    let _first = file.load().unwrap();
    let mut open = file.open().unwrap();
    let mut own = open.map_mut("own").unwrap();
    own.set_pin_path(Some(&pins.join("shared"))).unwrap();
    open.map_mut("shared").unwrap().set_pin_path(None).unwrap();
    let error = open.load().unwrap_err();
    assert_eq!(
        error.kind(),
        &ErrorKind::Mismatch {
            what: format!(
                "map `own` is not what is pinned at {}",
                pins.join("shared").display()
            ),
            expected: "type array, max entries 1".into(),
            found: "type hash, max entries 8".into(),
        }
    );
    assert!(error.hint().unwrap().contains("set_pin_path"));
    assert_eq!(pins.names(), ["shared"]);
}

fn a_failed_load_leaves_nothing_pinned() {
    let pins = BpfFileSystem::mount();
    let file = file(&pins);
    let mut loader = file.loader();
    let error = loader
        .select(["user", "refused"])
        .unwrap()
        .load()
        .unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::VerifierRejected { .. }));
    assert_eq!(pins.names(), [""; 0]);
    // What was pinned before stays.
    let first = file.load().unwrap();
    loader.load().unwrap_err();
    assert_eq!(pins.names(), ["shared"]);
    assert_eq!(id(&file.load().unwrap(), "shared"), id(&first, "shared"));
}

fn what_goes_with_its_object_is_not_pinned() {
    let pins = BpfFileSystem::mount();
    let file = ObjectFile::from_bytes("collection", COLLECTION).unwrap();
    let mut open = file.open().unwrap();
    for (name, what) in [
        ("congestion", "a struct_ops map"),
        ("collecti.data", "a data section"),
    ] {
        let mut map = open.map_mut(name).unwrap();
        let error = map.set_pin_path(Some(&pins.join(name))).unwrap_err();
        assert!(error.to_string().contains(what), "{error}");
        assert_eq!(map.pin_path(), None);
    }
}
