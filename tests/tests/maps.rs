//! Each type of map and each of its operations: what is written is read back from the kernel.

#![forbid(unsafe_code)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use libbpf_safe::ErrorKind;
use libbpf_safe::map::{HashMap, Map, PerCpu, PerCpuArray, UpdateFlag, possible_cpus};
use libbpf_tests::kernel_tests;
use libbpf_tests::skeletons::map_kinds::types::{locked, pair, prefix};
use libbpf_tests::skeletons::map_kinds::{Maps, OpenSkeleton, Skeleton};
use rustix::net::{AddressFamily, SocketType, bind, listen, socket, sockopt};
use rustix::process::{PidfdFlags, getpid, pidfd_open};
use rustix::thread::{CpuSet, sched_setaffinity};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::net::{Ipv4Addr, SocketAddrV4, TcpListener, TcpStream};
use std::os::fd::{AsFd, OwnedFd};
use std::thread;

kernel_tests![
    a_hash_keeps_what_is_written,
    a_hash_yields_all_elements_in_batches,
    elements_come_once_while_others_change,
    a_batch_that_fails_says_how_far_it_came,
    a_hash_is_drained,
    narrow_keys_go_through_batches,
    values_with_a_lock_are_read_and_written_under_it,
    an_lru_hash_forgets,
    an_array_keeps_what_is_written,
    every_cpu_has_its_value,
    programs_count_on_every_cpu,
    the_longest_prefix_wins,
    queues_and_stacks_keep_their_order,
    a_bloom_filter_never_denies,
    maps_hold_maps,
    programs_call_each_other,
    stacks_are_recorded,
    storage_belongs_to_its_owner,
    cgroups_have_storage,
    maps_hold_sockets,
    packets_are_redirected_to_devices_and_cpus,
    a_map_of_another_type_or_size_is_refused,
    keys_come_once_while_others_go,
];

fn load() -> Skeleton {
    let mut open = OpenSkeleton::open().unwrap();
    open.parts().rodata.process = std::process::id();
    open.load().unwrap()
}

fn maps() -> Maps {
    load().maps
}

fn pair_of(first: u32, second: u32, sum: u64) -> pair {
    pair { first, second, sum }
}

/// One that the program `count` sees.
fn system_call() {
    let _ = std::os::unix::process::parent_id();
}

/// The root of cgroup2, wherever it is mounted.
fn cgroup() -> File {
    let mounts = std::fs::read_to_string("/proc/self/mounts").unwrap();
    let folder = mounts
        .lines()
        .map(|line| line.split(' ').collect::<Vec<_>>())
        .find(|fields| fields[2] == "cgroup2")
        .map_or("/sys/fs/cgroup", |fields| fields[1]);
    File::open(folder).unwrap()
}

/// `SO_REUSEPORT` must be set before the socket is bound.
fn reuseport_listener() -> OwnedFd {
    let socket = socket(AddressFamily::INET, SocketType::STREAM, None).unwrap();
    sockopt::set_socket_reuseport(&socket, true).unwrap();
    bind(&socket, &SocketAddrV4::new(Ipv4Addr::LOCALHOST, 0)).unwrap();
    listen(&socket, 1).unwrap();
    socket
}

fn a_hash_keeps_what_is_written() {
    let hash = maps().hash;
    let value = pair_of(1, 2, u64::MAX);
    hash.update(&7, &value, UpdateFlag::NoExist).unwrap();
    let error = hash.update(&7, &value, UpdateFlag::NoExist).unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::AlreadyExists);
    let error = hash.update(&8, &value, UpdateFlag::Exist).unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::NotFound);
    assert_eq!(hash.lookup(&7).unwrap(), Some(value));
    assert_eq!(hash.lookup(&8).unwrap(), None);
    assert_eq!(hash.take(&7).unwrap(), Some(value));
    assert_eq!(hash.take(&7).unwrap(), None);
    hash.update(&9, &value, UpdateFlag::Any).unwrap();
    assert!(hash.delete(&9).unwrap());
    assert!(!hash.delete(&9).unwrap());
}

fn fill(hash: &HashMap<u32, pair>, keys: std::ops::Range<u32>) {
    let keys: Vec<u32> = keys.collect();
    let values: Vec<pair> = keys.iter().map(|&key| pair_of(key, !key, 1)).collect();
    hash.update_batch(&keys, &values, UpdateFlag::Any).unwrap();
}

fn a_hash_yields_all_elements_in_batches() {
    let hash = maps().hash;
    fill(&hash, 0..4096);
    let mut found = BTreeMap::new();
    for element in hash.iter() {
        let (key, value) = element.unwrap();
        assert_eq!(value, pair_of(key, !key, 1));
        assert!(found.insert(key, value).is_none(), "{key} came twice");
    }
    assert_eq!(found.len(), 4096);
    let removed: Vec<u32> = (0..4000).collect();
    hash.delete_batch(&removed).unwrap();
    assert_eq!(hash.iter().count(), 96);
    let keys: BTreeSet<u32> = hash.keys().map(Result::unwrap).collect();
    assert_eq!(keys, (4000..4096).collect());
}

fn elements_come_once_while_others_change() {
    let hash = maps().hash;
    fill(&hash, 0..2000);
    let stop = std::sync::atomic::AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            let mut key = 2000;
            while !stop.load(std::sync::atomic::Ordering::Relaxed) {
                hash.update(&key, &pair_of(0, 0, 0), UpdateFlag::Any)
                    .unwrap();
                hash.delete(&(key.wrapping_sub(40).max(2000))).unwrap();
                key = 2000 + (key + 1) % 2000;
            }
        });
        for _ in 0..20 {
            let mut times = BTreeMap::<u32, u32>::new();
            for element in hash.iter() {
                *times.entry(element.unwrap().0).or_default() += 1;
            }
            for key in 0..2000 {
                assert_eq!(times.get(&key), Some(&1), "{key}");
            }
        }
        stop.store(true, std::sync::atomic::Ordering::Relaxed);
    });
}

fn a_batch_that_fails_says_how_far_it_came() {
    let hash = maps().hash;
    fill(&hash, 0..3);
    let error = hash.delete_batch(&[0, 1, 5, 2]).unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::NotFound);
    assert!(error.to_string().contains("2 of 4"), "{error}");
    let left: Vec<u32> = hash.iter().map(|element| element.unwrap().0).collect();
    assert_eq!(left, [2]);
    let value = pair_of(0, 0, 0);
    assert!(
        hash.update_batch(&[1, 2], &[value], UpdateFlag::Any)
            .is_err()
    );
    let error = maps()
        .array
        .update_batch(&[0, 1, 9], &[value; 3])
        .unwrap_err();
    assert!(error.to_string().contains("2 of 3"), "{error}");
}

fn a_hash_is_drained() {
    let hash = maps().hash;
    fill(&hash, 0..500);
    let drained: BTreeSet<u32> = hash.drain().map(|element| element.unwrap().0).collect();
    assert_eq!(drained, (0..500).collect());
    assert_eq!(hash.iter().count(), 0);
}

fn narrow_keys_go_through_batches() {
    let narrow = maps().narrow;
    for key in 0..=255u8 {
        narrow.update(&key, &!key, UpdateFlag::Any).unwrap();
    }
    let found: BTreeMap<u8, u8> = narrow.iter().map(Result::unwrap).collect();
    assert_eq!(found.len(), 256);
    assert!(found.iter().all(|(&key, &value)| value == !key));
}

fn values_with_a_lock_are_read_and_written_under_it() {
    let maps = maps();
    let mut value = locked {
        count: 5,
        ..unlocked()
    };
    maps.locked_hash
        .update_locked(&1, &value, UpdateFlag::Any)
        .unwrap();
    assert_eq!(
        maps.locked_hash.lookup_locked(&1).unwrap().unwrap().count,
        5
    );
    value.count = 6;
    maps.locked_array.update_locked(1, &value).unwrap();
    assert_eq!(
        maps.locked_array.lookup_locked(1).unwrap().unwrap().count,
        6
    );
    assert!(maps.hash.lookup_locked(&1).is_err(), "no lock in there");
    assert!(maps.array.lookup_locked(1).is_err(), "no lock in there");
}

fn unlocked() -> locked {
    maps().locked_array.lookup(0).unwrap().unwrap()
}

fn an_lru_hash_forgets() {
    let lru = maps().lru;
    for key in 0..1000 {
        lru.update(&key, &1, UpdateFlag::Any).unwrap();
    }
    let left = lru.iter().count();
    assert!((1..=64).contains(&left), "{left}");
}

fn an_array_keeps_what_is_written() {
    let array = maps().array;
    assert_eq!(array.len(), 4);
    let value = pair_of(3, 4, 5);
    array.update(1, &value).unwrap();
    array.update_batch(&[2, 3], &[value; 2]).unwrap();
    assert_eq!(array.lookup(1).unwrap(), Some(value));
    assert_eq!(array.lookup(4).unwrap(), None);
    assert!(array.update(4, &value).is_err());
    let all: Vec<pair> = array.iter().map(Result::unwrap).collect();
    assert_eq!(all, [pair_of(0, 0, 0), value, value, value]);
}

fn every_cpu_has_its_value() {
    let maps = maps();
    let cpus = possible_cpus().unwrap();
    let mut written = PerCpu::new().unwrap();
    for cpu in 0..cpus {
        assert!(written.set(cpu, pair_of(cpu as u32, 1, 1 << cpu)));
    }
    assert!(!written.set(cpus, pair_of(0, 0, 0)));

    let hash = &maps.per_cpu_hash;
    assert_eq!(hash.lookup(&1).unwrap(), None);
    hash.update(&1, &written, UpdateFlag::NoExist).unwrap();
    let read = hash.lookup(&1).unwrap().unwrap();
    assert_eq!(read, written);
    let sums: Vec<u64> = read.iter().map(|value| value.sum).collect();
    assert_eq!(sums, (0..cpus).map(|cpu| 1 << cpu).collect::<Vec<u64>>());
    for key in 2..200 {
        hash.update(&key, &written, UpdateFlag::Any).unwrap();
    }
    let found: BTreeMap<u32, _> = hash.iter().map(Result::unwrap).collect();
    assert_eq!(found.len(), 199);
    assert!(found.values().all(|values| *values == written));
    let mut values = PerCpu::new().unwrap();
    let mut batches = hash.iter();
    let mut count = 0;
    while let Some(key) = batches.next_into(&mut values) {
        key.unwrap();
        assert_eq!(values, written);
        count += 1;
    }
    assert_eq!(count, 199);
    assert_eq!(hash.take(&1).unwrap(), Some(written.clone()));
    assert!(!hash.delete(&1).unwrap());
    assert_eq!(hash.keys().count(), 198);

    maps.per_cpu_lru
        .update(&1, &PerCpu::all(9).unwrap(), UpdateFlag::Any)
        .unwrap();
    let read = maps.per_cpu_lru.lookup(&1).unwrap().unwrap();
    assert_eq!(read.iter().collect::<Vec<u32>>(), vec![9; cpus]);

    let array: &PerCpuArray<u32> = &maps.per_cpu_array;
    let mut values = PerCpu::new().unwrap();
    values.set(cpus - 1, 77);
    array.update(1, &values).unwrap();
    assert_eq!(array.lookup(1).unwrap(), Some(values));
    assert_eq!(array.lookup(2).unwrap(), None);
    assert_eq!(array.iter().count(), 2);
}

/// The program's own view: each CPU counts for itself.
fn programs_count_on_every_cpu() {
    let skeleton = load();
    let maps = &skeleton.maps;
    let zero = PerCpu::all(pair_of(0, u32::MAX, 0)).unwrap();
    maps.per_cpu_hash
        .update(&0, &zero, UpdateFlag::Any)
        .unwrap();
    let _link = skeleton.programs.count.attach().unwrap();
    let cpus = possible_cpus().unwrap();
    for cpu in 0..cpus {
        thread::spawn(move || {
            let mut set = CpuSet::new();
            set.set(cpu);
            sched_setaffinity(None, &set).unwrap();
            for _ in 0..10 {
                system_call();
            }
        })
        .join()
        .unwrap();
    }
    let counts = maps.per_cpu_array.lookup(0).unwrap().unwrap();
    let pairs = maps.per_cpu_hash.lookup(&0).unwrap().unwrap();
    assert_eq!(counts.len(), cpus);
    for cpu in 0..cpus {
        assert!(counts.get(cpu).unwrap() >= 10, "{counts:?}");
        let pair = pairs.get(cpu).unwrap();
        assert!(pair.first >= 10);
        assert_eq!({ pair.second }, cpu as u32);
    }
}

fn the_longest_prefix_wins() {
    let routes = maps().routes;
    let prefix = |bits, address| prefix { bits, address };
    routes
        .update(&prefix(8, [10, 0, 0, 0]), &8, UpdateFlag::Any)
        .unwrap();
    routes
        .update(&prefix(16, [10, 1, 0, 0]), &16, UpdateFlag::Any)
        .unwrap();
    let lookup = |address| routes.lookup(&prefix(32, address)).unwrap();
    assert_eq!(lookup([10, 1, 2, 3]), Some(16));
    assert_eq!(lookup([10, 2, 2, 3]), Some(8));
    assert_eq!(lookup([11, 2, 2, 3]), None);
    let lengths: BTreeSet<u32> = routes.keys().map(|key| key.unwrap().bits).collect();
    assert_eq!(lengths, BTreeSet::from([8, 16]));
    assert!(routes.delete(&prefix(16, [10, 1, 0, 0])).unwrap());
    assert_eq!(lookup([10, 1, 2, 3]), Some(8));
    let too_long = routes.update(&prefix(33, [0; 4]), &0, UpdateFlag::Any);
    assert!(too_long.is_err());
}

fn queues_and_stacks_keep_their_order() {
    let maps = maps();
    for value in [1, 2] {
        maps.queue.push(&value).unwrap();
        maps.stack.push(&value).unwrap();
    }
    assert!(maps.queue.push(&3).is_err());
    assert!(maps.stack.push(&3).is_err());
    assert_eq!(maps.queue.peek().unwrap(), Some(1));
    assert_eq!(maps.stack.peek().unwrap(), Some(2));
    maps.queue.push_over(&3).unwrap();
    maps.stack.push_over(&3).unwrap();
    let queue: Vec<u32> = std::iter::from_fn(|| maps.queue.pop().unwrap()).collect();
    let stack: Vec<u32> = std::iter::from_fn(|| maps.stack.pop().unwrap()).collect();
    assert_eq!(queue, [2, 3]);
    assert_eq!(stack, [3, 2]);
    assert_eq!(maps.queue.peek().unwrap(), None);
}

fn a_bloom_filter_never_denies() {
    let bloom = maps().bloom;
    for value in 0..64u64 {
        bloom.insert(&value).unwrap();
    }
    assert!((0..64).all(|value| bloom.may_contain(&value).unwrap()));
    let wrong = (1000..3000u64).filter(|value| bloom.may_contain(value).unwrap());
    assert!(wrong.count() < 1000);
}

fn maps_hold_maps() {
    let maps = maps();
    let id = |map: &Map| map.info().id;
    let inner = maps.inner.as_map();
    let other = maps.other_inner.as_map();
    assert!(maps.array_of_maps.lookup(0).unwrap().is_none());
    maps.array_of_maps.update(0, inner).unwrap();
    maps.array_of_maps.update(0, other).unwrap();
    let found = maps.array_of_maps.lookup(0).unwrap().unwrap();
    assert_eq!(id(&found), id(other));
    assert!(maps.array_of_maps.delete(0).unwrap());
    assert!(maps.array_of_maps.lookup(0).unwrap().is_none());

    let hash = &maps.hash_of_maps;
    hash.update(&5, inner, UpdateFlag::NoExist).unwrap();
    assert_eq!(id(&hash.lookup(&5).unwrap().unwrap()), id(inner));
    assert_eq!(hash.keys().map(Result::unwrap).collect::<Vec<_>>(), [5]);
    assert!(
        hash.update(&6, maps.hash.as_map(), UpdateFlag::Any)
            .is_err()
    );
    assert!(hash.delete(&5).unwrap());
    assert!(hash.lookup(&5).unwrap().is_none());
}

fn programs_call_each_other() {
    let skeleton = load();
    let maps = &skeleton.maps;
    let called = &skeleton.programs.called;
    maps.tail_calls.update(1, called).unwrap();
    let id = called.info().unwrap().id;
    assert_eq!(maps.tail_calls.lookup(1).unwrap(), Some(id));
    assert_eq!(maps.tail_calls.lookup(0).unwrap(), None);
    maps.array_of_maps.update(1, maps.inner.as_map()).unwrap();
    let _link = skeleton.programs.count.attach().unwrap();
    system_call();
    let calls = || maps.array.lookup(2).unwrap().unwrap().sum;
    assert!(calls() > 0);
    assert!(maps.inner.lookup(2).unwrap().unwrap() > 0);
    assert!(maps.tail_calls.delete(1).unwrap());
    let before = calls();
    system_call();
    // A call may have been under way on each CPU.
    assert!(calls() <= before + possible_cpus().unwrap() as u64);
    let error = maps.tail_calls.update(0, &skeleton.programs.at_device);
    assert!(error.is_err(), "of another type");
}

fn stacks_are_recorded() {
    let skeleton = load();
    let maps = &skeleton.maps;
    let link = skeleton.programs.count.attach().unwrap();
    system_call();
    let id = maps.array.lookup(3).unwrap().unwrap().sum;
    link.detach().unwrap();
    let id = u32::try_from(id).unwrap();
    let stack = maps.stacks.lookup(id).unwrap().unwrap();
    assert!(!stack.is_empty() && stack.len() <= 32, "{stack:x?}");
    let ids: BTreeSet<u32> = maps.stacks.ids().map(Result::unwrap).collect();
    assert!(ids.contains(&id));
    assert!(maps.stacks.delete(id).unwrap());
    assert_eq!(maps.stacks.lookup(id).unwrap(), None);
}

fn storage_belongs_to_its_owner() {
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

fn cgroups_have_storage() {
    let maps = maps();
    let cgroup = cgroup();
    let value = pair_of(7, 8, 9);
    maps.of_cgroups
        .update(&cgroup, &value, UpdateFlag::Any)
        .unwrap();
    assert_eq!(maps.of_cgroups.lookup(&cgroup).unwrap(), Some(value));
    assert!(maps.of_cgroups.delete(&cgroup).unwrap());
    assert_eq!(maps.of_cgroups.lookup(&cgroup).unwrap(), None);

    maps.cgroups.update(0, &cgroup).unwrap();
    assert!(maps.cgroups.delete(0).unwrap());
    assert!(!maps.cgroups.delete(0).unwrap());
    assert_eq!(maps.cgroups.len(), 2);
    assert!(maps.cgroups.update(2, &cgroup).is_err());
}

fn maps_hold_sockets() {
    let maps = maps();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let stream = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let cookie = sockopt::socket_cookie(&stream).unwrap();

    maps.sockets
        .update(1, &stream, UpdateFlag::NoExist)
        .unwrap();
    assert_eq!(maps.sockets.lookup(1).unwrap(), Some(cookie));
    assert_eq!(maps.sockets.lookup(0).unwrap(), None);
    assert!(maps.sockets.delete(1).unwrap());
    assert_eq!(maps.sockets.lookup(1).unwrap(), None);

    maps.socket_hash
        .update(&50, &stream, UpdateFlag::Any)
        .unwrap();
    assert_eq!(maps.socket_hash.lookup(&50).unwrap(), Some(cookie));
    let keys: Vec<u32> = maps.socket_hash.keys().map(Result::unwrap).collect();
    assert_eq!(keys, [50]);
    assert!(maps.socket_hash.delete(&50).unwrap());

    let group = reuseport_listener();
    let cookie = sockopt::socket_cookie(&group).unwrap();
    maps.reuseport.update(0, &group, UpdateFlag::Any).unwrap();
    assert_eq!(maps.reuseport.lookup(0).unwrap(), Some(cookie));
    assert!(maps.reuseport.delete(0).unwrap());
    let alone = maps.reuseport.update(0, &listener, UpdateFlag::Any);
    assert!(alone.is_err(), "of no reuseport group");
}

fn packets_are_redirected_to_devices_and_cpus() {
    let skeleton = load();
    let maps = &skeleton.maps;
    let loopback = nix::net::if_::if_nametoindex("lo").unwrap();
    let program = &skeleton.programs.at_device;
    let id = program.info().unwrap().id;
    maps.devices
        .update(1, loopback, Some(program), UpdateFlag::Any)
        .unwrap();
    let found = maps.devices.lookup(1).unwrap().unwrap();
    assert_eq!((found.number, found.program_id), (loopback, id));
    assert_eq!(maps.devices.lookup(0).unwrap(), None);
    assert!(maps.devices.delete(1).unwrap());
    let nowhere = maps.devices.update(1, 9999, None, UpdateFlag::Any);
    assert!(nowhere.is_err());

    maps.device_hash
        .update(77, loopback, None, UpdateFlag::Any)
        .unwrap();
    let found = maps.device_hash.lookup(77).unwrap().unwrap();
    assert_eq!((found.number, found.program_id), (loopback, 0));
    assert!(maps.device_hash.delete(77).unwrap());

    let program = &skeleton.programs.at_cpu;
    maps.cpus
        .update(0, 192, Some(program), UpdateFlag::Any)
        .unwrap();
    let found = maps.cpus.lookup(0).unwrap().unwrap();
    let id = program.info().unwrap().id;
    assert_eq!((found.number, found.program_id), (192, id));
    assert_eq!(maps.cpus.lookup(1).unwrap(), None);
    assert!(maps.cpus.delete(0).unwrap());

    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let wrong = maps.xdp_sockets.update(0, &listener, UpdateFlag::Any);
    assert!(wrong.is_err(), "of another family");
}

fn a_map_of_another_type_or_size_is_refused() {
    let object = load().object;
    let map = |name| object.map(name).unwrap();
    let says = |error: libbpf_safe::Error, words: &[&str]| {
        let text = error.to_string();
        assert!(words.iter().all(|word| text.contains(word)), "{text}");
    };
    let error = HashMap::<u32, u64>::try_from(map("hash")).unwrap_err();
    says(error, &["`hash`", "value", "8", "16"]);
    let error = HashMap::<u64, pair>::try_from(map("hash")).unwrap_err();
    says(error, &["`hash`", "key"]);
    let error = PerCpuArray::<u32>::try_from(map("array")).unwrap_err();
    says(error, &["`array`", "percpu_array"]);
    let error = map("per_cpu_array")
        .lookup_bytes(&0u32.to_ne_bytes())
        .unwrap_err();
    says(error, &["one value for each CPU", "PerCpuArray"]);
    let error = map("hash").lookup_bytes(&[0]).unwrap_err();
    says(error, &["size of the key", "4"]);
    assert!(map("hash").as_fd().try_clone_to_owned().is_ok());
}

fn keys_come_once_while_others_go() {
    let hash = maps().hash;
    fill(&hash, 0..500);
    let mut seen = BTreeSet::new();
    for key in hash.keys() {
        let key = key.unwrap();
        assert!(seen.insert(key), "{key} came twice");
        // The kernel now starts over.
        hash.delete(&key).unwrap();
    }
    assert_eq!(seen.len(), 500);
}
