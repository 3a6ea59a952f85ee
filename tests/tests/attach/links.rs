//! What links can do.

use crate::events::PROBED;
use crate::{load, system_call};
use libbpf_safe::ErrorKind;
use libbpf_safe::link::Link;
use libbpf_safe::map::Map;
use libbpf_safe::program::attach::{Process, UsdtOptions};
use libbpf_tests::bpf_file_system::BpfFileSystem;
use std::path::Path;
use std::process::Command;

pub(crate) fn a_pinned_link_outlives_its_handle() {
    let files = BpfFileSystem::mount();
    let skeleton = load("t_at_pin");
    let hits = &skeleton.bss.raw_hits;
    let ran = || {
        let before = hits.get();
        system_call();
        hits.get() > before
    };
    let path = files.join("raw");
    let mut link = skeleton.programs.raw.attach().unwrap();
    assert_eq!(link.pin_path(), None);
    link.pin(&path).unwrap();
    assert_eq!(link.pin_path().as_deref(), Some(path.as_path()));
    assert!(link.pin(files.join("again")).is_err(), "pinned already");
    let id = link.info().unwrap().id;
    drop(link);
    assert!(ran(), "the pin keeps it");

    let mut link = Link::open_pinned(&path).unwrap();
    assert_eq!(link.info().unwrap().id, id);
    link.unpin().unwrap();
    assert!(!path.exists());
    assert!(ran(), "the handle keeps it");
    drop(link);
    assert!(!ran(), "nothing keeps it");
    let mut link = skeleton.programs.raw.attach().unwrap();
    let error = link.pin("/proc/no_bpf_file_system").unwrap_err();
    assert!(error.to_string().contains("/proc/no_bpf"), "{error}");
    assert!(link.unpin().is_err(), "it was not pinned");
}

pub(crate) fn what_is_no_link_is_not_opened_as_one() {
    let missing = Link::open_pinned("/sys/fs/bpf/there/is/nothing").unwrap_err();
    assert_eq!(*missing.kind(), ErrorKind::NotFound);
    assert!(Link::open_pinned(Path::new("/proc/self/stat")).is_err());
    assert!(Link::open_pinned("a\0b").is_err());
}

pub(crate) fn pins_are_opened_as_what_they_are() {
    let files = BpfFileSystem::mount();
    let skeleton = load("t_at_kinds");
    let (map, program, link) = (files.join("map"), files.join("program"), files.join("link"));
    let numbers = skeleton.maps.numbers.as_map();
    numbers.pin(&map).unwrap();
    skeleton.programs.raw.pin(&program).unwrap();
    let mut raw = skeleton.programs.raw.attach().unwrap();
    raw.pin(&link).unwrap();
    assert_eq!(Map::open_pinned(&map).unwrap().info().id, numbers.info().id);
    for (path, other) in [(&program, "program"), (&link, "link")] {
        let error = Map::open_pinned(path).unwrap_err();
        assert!(error.to_string().contains("is no map"), "{other}: {error}");
    }
    for path in [&map, &program] {
        let error = Link::open_pinned(path).unwrap_err();
        assert!(error.to_string().contains("is no link"), "{error}");
    }
    let again = numbers.pin(&map).unwrap_err();
    assert_eq!(*again.kind(), ErrorKind::AlreadyExists);
    let elsewhere = tempfile::tempdir().unwrap();
    let nowhere = skeleton.programs.raw.pin(elsewhere.path().join("raw"));
    let nowhere = nowhere.unwrap_err();
    assert!(nowhere.to_string().contains("BPF file system"), "{nowhere}");
    // The pin keeps the map when all else is gone.
    let id = numbers.info().id;
    drop((raw, skeleton));
    let kept = Map::open_pinned(&map).unwrap();
    std::fs::remove_file(&map).unwrap();
    assert!(Map::from_id(id).is_ok());
    drop(kept);
}

pub(crate) fn a_link_takes_another_program() {
    let skeleton = load("t_at_update");
    // A raw tracepoint keeps its program; the kernel says so, and nothing changes.
    let mut link = skeleton.programs.raw.attach().unwrap();
    let error = link
        .update_program(&skeleton.programs.raw_elsewhere)
        .unwrap_err();
    assert!(error.to_string().contains("`raw_elsewhere`"), "{error}");
    let before = skeleton.bss.raw_hits.get();
    system_call();
    assert!(skeleton.bss.raw_hits.get() > before);
    assert!(link.force_detach().is_err());
}

/// libbpf keeps what a USDT link needs in the object.
pub(crate) fn a_usdt_link_outlives_its_object() {
    let skeleton = load("t_at_outlive");
    let hits = skeleton.bss.clone();
    let link = skeleton
        .programs
        .at_probe
        .attach_usdt(
            Process::Any,
            PROBED,
            "libbpf_tests",
            "turn",
            &UsdtOptions::default(),
        )
        .unwrap();
    drop(skeleton);
    let output = Command::new(PROBED).arg("2").output().unwrap();
    assert!(output.status.success());
    assert_eq!(hits.usdt_hits.get(), 2);
    drop(link);
    let output = Command::new(PROBED).arg("2").output().unwrap();
    assert!(output.status.success());
    assert_eq!(hits.usdt_hits.get(), 2);
}

/// libbpf keeps what all USDT links of an object share, and changes it without a lock.
pub(crate) fn usdt_probes_are_attached_by_threads_at_once() {
    let skeleton = load("t_at_threads");
    let attach = || {
        let options = UsdtOptions::default();
        let program = &skeleton.programs.at_probe;
        program.attach_usdt(Process::Any, PROBED, "libbpf_tests", "turn", &options)
    };
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..5 {
                    let (first, second) = (attach().unwrap(), attach().unwrap());
                    drop(first);
                    second.detach().unwrap();
                }
            });
        }
    });
    let link = attach().unwrap();
    let turns = || {
        let status = Command::new(PROBED).arg("2").status().unwrap();
        assert!(status.success());
        skeleton.bss.usdt_hits.get()
    };
    assert_eq!(turns(), 2, "one link is left, and works");
    drop(link);
    assert_eq!(turns(), 2);
}
