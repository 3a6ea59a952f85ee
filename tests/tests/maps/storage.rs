//! Storage that belongs to an object of the kernel.

use crate::{load, maps, pair_of, system_call};
use libbpf_safe::map::UpdateFlag;
use libbpf_tests::skeletons::{inode_storage, young_maps};
use rustix::process::{PidfdFlags, getpid, pidfd_open};
use std::fs::File;
use std::net::TcpListener;

pub(crate) fn storage_belongs_to_its_owner() {
    let maps = maps();
    let value = pair_of(1, 2, 3);
    let sockets = [0, 1].map(|_| TcpListener::bind("127.0.0.1:0").unwrap());
    let storage = &maps.of_sockets;
    storage
        .update(&sockets[0], &value, UpdateFlag::NoExist)
        .unwrap();
    assert_eq!(storage.lookup(&sockets[0]).unwrap(), Some(value));
    assert_eq!(storage.lookup(&sockets[1]).unwrap(), None);
    assert!(storage.delete(&sockets[0]).unwrap());
    assert!(!storage.delete(&sockets[0]).unwrap());
    let file = File::open("/proc/self/stat").unwrap();
    assert!(storage.update(&file, &value, UpdateFlag::Any).is_err());

    let task = pidfd_open(getpid(), PidfdFlags::empty()).unwrap();
    let storage = &maps.of_tasks;
    storage.update(&task, &value, UpdateFlag::NoExist).unwrap();
    assert_eq!(storage.lookup(&task).unwrap(), Some(value));
    assert!(storage.delete(&task).unwrap());
    assert_eq!(storage.lookup(&task).unwrap(), None);
}

pub(crate) fn cgroups_have_storage() {
    let storage = young_maps::OpenSkeleton::open().unwrap().load().unwrap();
    let storage = storage.maps.of_cgroups;
    let cgroup = cgroup();
    storage.update(&cgroup, &789, UpdateFlag::Any).unwrap();
    assert_eq!(storage.lookup(&cgroup).unwrap(), Some(789));
    assert!(storage.delete(&cgroup).unwrap());
    assert_eq!(storage.lookup(&cgroup).unwrap(), None);
}

pub(crate) fn inodes_have_storage() {
    let skeleton = inode_storage::OpenSkeleton::open().unwrap();
    let storage = skeleton.load().unwrap().maps.of_inodes;
    let (one, other) = (tempfile::tempfile().unwrap(), tempfile::tempfile().unwrap());
    storage.update(&one, &5, UpdateFlag::NoExist).unwrap();
    assert!(storage.update(&one, &6, UpdateFlag::NoExist).is_err());
    assert_eq!(storage.lookup(&one).unwrap(), Some(5));
    // It is the file's, not the descriptor's.
    let again = one.try_clone().unwrap();
    assert_eq!(storage.lookup(&again).unwrap(), Some(5));
    assert_eq!(storage.lookup(&other).unwrap(), None);
    assert!(storage.delete(&again).unwrap());
    assert!(!storage.delete(&one).unwrap());
    assert_eq!(storage.lookup(&one).unwrap(), None);
}

pub(crate) fn cgroups_are_held_in_arrays() {
    let skeleton = load();
    let maps = &skeleton.maps;
    let cgroup = cgroup();
    // User space cannot look cgroups up; the program sees that the process is in one.
    let _link = skeleton.programs.count.attach().unwrap();
    let seen = || {
        let before = skeleton.bss.under_cgroup.get();
        system_call();
        skeleton.bss.under_cgroup.get() > before
    };
    assert!(!seen());
    maps.cgroups.update(0, &cgroup).unwrap();
    assert!(seen());
    assert!(maps.cgroups.delete(0).unwrap());
    assert!(!seen());
    assert!(!maps.cgroups.delete(0).unwrap());
    assert_eq!(maps.cgroups.len(), 2);
    assert!(maps.cgroups.update(2, &cgroup).is_err());
}

/// The root of cgroup2, wherever it is mounted.
pub(crate) fn cgroup() -> File {
    let mounts = std::fs::read_to_string("/proc/self/mounts").unwrap();
    let folder = mounts
        .lines()
        .map(|line| line.split(' ').collect::<Vec<_>>())
        .find(|fields| fields[2] == "cgroup2")
        .map_or("/sys/fs/cgroup", |fields| fields[1]);
    File::open(folder).unwrap()
}
