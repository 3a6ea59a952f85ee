//! Storage of a program's attachment to a cgroup.

use crate::storage::cgroup;
use libbpf_safe::ErrorKind;
use libbpf_safe::map::PerCpu;
use libbpf_safe::program::attach::CgroupOptions;
use libbpf_tests::skeletons::cgroup_local::OpenSkeleton;
use libbpf_tests::skeletons::cgroup_local::types::bpf_cgroup_storage_key;
use std::fs::{self, File};
use std::net::UdpSocket;
use std::os::fd::AsRawFd;
use std::os::unix::fs::MetadataExt;
use std::thread;
use std::time::{Duration, Instant};

/// `BPF_CGROUP_INET_EGRESS`
const EGRESS: u32 = 1;

pub(crate) fn attachments_have_storage() {
    let skeleton = OpenSkeleton::open().unwrap().load().unwrap();
    let maps = &skeleton.maps;
    let cgroup = cgroup();
    let id = cgroup.metadata().unwrap().ino();
    let key = bpf_cgroup_storage_key {
        cgroup_inode_id: id,
        attach_type: EGRESS,
        ..Default::default()
    };
    let error = maps.attached.update(&key, &5).unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::NotFound, "nothing is attached");
    assert_eq!(maps.attached.lookup(&key).unwrap(), None);

    let link = skeleton
        .programs
        .count
        .attach_cgroup(&cgroup, &CgroupOptions::default())
        .unwrap();
    maps.attached.update(&key, &1000).unwrap();
    let zeros = PerCpu::all(0).unwrap();
    maps.attached_per_cpu.update(&id, &zeros).unwrap();
    let sender = UdpSocket::bind("127.0.0.1:0").unwrap();
    sender
        .send_to(b"packet", sender.local_addr().unwrap())
        .unwrap();
    assert!(maps.attached.lookup(&key).unwrap().unwrap() > 1000);
    let counts = maps.attached_per_cpu.lookup(&id).unwrap().unwrap();
    assert!(counts.iter().sum::<u64>() > 0, "{counts:?}");
    let keys: Vec<u64> = maps
        .attached
        .keys()
        .map(|key| key.unwrap().cgroup_inode_id)
        .collect();
    assert_eq!(keys, [id]);
    let keys: Vec<u64> = maps.attached_per_cpu.keys().map(Result::unwrap).collect();
    assert_eq!(keys, [id]);
    link.detach().unwrap();
}

/// The kernel ends there, where other maps start over.
pub(crate) fn keys_go_on_where_a_cgroup_goes() {
    let skeleton = OpenSkeleton::open().unwrap().load().unwrap();
    let map = &skeleton.maps.attached_per_cpu;
    let root = cgroup();
    let parent = fs::read_link(format!("/proc/self/fd/{}", root.as_raw_fd())).unwrap();
    let cgroups = ["one", "two", "three"].map(|name| {
        let folder = parent.join(format!("t_keys_{name}_{}", std::process::id()));
        fs::create_dir(&folder).unwrap();
        let cgroup = File::open(&folder).unwrap();
        let options = CgroupOptions::default();
        let link = skeleton.programs.count.attach_cgroup(&cgroup, &options);
        (folder, cgroup.metadata().unwrap().ino(), link.unwrap())
    });
    let mut keys = map.keys().map(Result::unwrap);
    let first = keys.next().unwrap();
    let mut left = Vec::new();
    for (folder, id, link) in cgroups {
        drop(link);
        if id != first {
            left.push((folder, id));
            continue;
        }
        fs::remove_dir(folder).unwrap();
        let end = Instant::now() + Duration::from_secs(5);
        while map.lookup(&first).unwrap().is_some() {
            assert!(Instant::now() < end, "the cgroup has not gone");
            thread::sleep(Duration::from_millis(5));
        }
    }
    let mut rest: Vec<u64> = keys.collect();
    rest.sort_unstable();
    let mut expected: Vec<u64> = left.iter().map(|(_, id)| *id).collect();
    expected.sort_unstable();
    for (folder, _) in left {
        fs::remove_dir(folder).unwrap();
    }
    assert_eq!(rest, expected);
}
