//! Maps with a value for each CPU.

use crate::{load, maps, pair_of, system_call};
use libbpf_safe::map::{PerCpu, PerCpuArray, UpdateFlag, possible_cpus};
use libbpf_tests::skeletons::map_kinds::types::pair;
use rustix::thread::{CpuSet, sched_setaffinity};
use std::collections::BTreeMap;
use std::thread;

pub(crate) fn every_cpu_has_its_value() {
    let maps = maps();
    let cpus = possible_cpus().unwrap();
    assert!(cpus > 1, "there is nothing to tell apart");
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
    let keys: Vec<u32> = maps.per_cpu_lru.keys().map(Result::unwrap).collect();
    assert_eq!(keys, [1]);
    assert_eq!(maps.per_cpu_lru.take(&1).unwrap(), Some(read.clone()));
    maps.per_cpu_lru.update_batch(&[2], &[read]).unwrap();
    assert!(maps.per_cpu_lru.delete(&2).unwrap());
    assert_eq!(maps.per_cpu_lru.lookup(&2).unwrap(), None);

    let array: &PerCpuArray<u32> = &maps.per_cpu_array;
    let mut values = PerCpu::new().unwrap();
    values.set(cpus - 1, 77);
    array.update(1, &values).unwrap();
    assert_eq!(array.lookup(1).unwrap(), Some(values));
    assert_eq!(array.lookup(2).unwrap(), None);
    assert_eq!(array.iter().count(), 2);
}

/// The program's own view: each CPU counts for itself.
pub(crate) fn programs_count_on_every_cpu() {
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
            // Ten at least: one that interrupts the program on its CPU is not counted.
            for _ in 0..200 {
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

pub(crate) fn values_of_all_cpus_go_in_batches() {
    let maps = maps();
    let cpus = possible_cpus().unwrap();
    let values_of = |number: u32| {
        let mut values = PerCpu::new().unwrap();
        for cpu in 0..cpus {
            values.set(cpu, pair_of(number, cpu as u32, 0));
        }
        values
    };
    let hash = &maps.per_cpu_hash;
    let keys: Vec<u32> = (1..=150).collect();
    let values: Vec<PerCpu<pair>> = keys.iter().map(|&key| values_of(key)).collect();
    hash.update_batch(&keys, &values).unwrap();
    assert_eq!(hash.lookup(&150).unwrap(), Some(values_of(150)));
    let uneven = hash.update_batch(&keys, &values[1..]);
    assert!(uneven.is_err());
    hash.delete_batch(&keys[..100]).unwrap();
    assert_eq!(hash.lookup(&100).unwrap(), None);
    let drained: BTreeMap<u32, _> = hash.drain().map(Result::unwrap).collect();
    assert_eq!(drained.len(), 50);
    assert!(
        drained
            .iter()
            .all(|(&key, values)| *values == values_of(key))
    );
    assert_eq!(hash.iter().count(), 0);

    let array = &maps.per_cpu_array;
    let values = [PerCpu::all(1).unwrap(), PerCpu::all(2).unwrap()];
    array.update_batch(&[0, 1], &values).unwrap();
    let read: Vec<PerCpu<u32>> = array.iter().map(Result::unwrap).collect();
    assert_eq!(read, values);
    let mut one = PerCpu::new().unwrap();
    let mut batches = array.iter();
    batches.next_into(&mut one).unwrap().unwrap();
    assert_eq!(one, values[0]);
    batches.next_into(&mut one).unwrap().unwrap();
    assert_eq!(one, values[1]);
    assert!(batches.next_into(&mut one).is_none());
}

pub(crate) fn a_map_is_per_cpu_by_bytes_too() {
    let maps = maps();
    let cpus = possible_cpus().unwrap();
    let map = maps.per_cpu_array.as_map();
    let key = 1u32.to_ne_bytes();
    let values: Vec<[u8; 8]> = (1..=cpus as u64).map(u64::to_ne_bytes).collect();
    map.update_bytes_per_cpu(&key, &values, UpdateFlag::Any)
        .unwrap();
    // The kernel keeps the 4 bytes of a value, and pads them with zeros.
    assert_eq!(map.lookup_bytes_per_cpu(&key).unwrap().unwrap(), values);
    let typed = maps.per_cpu_array.lookup(1).unwrap().unwrap();
    assert_eq!(typed.get(cpus - 1), Some(cpus as u32));
    let fewer = map.update_bytes_per_cpu(&key, &values[1..], UpdateFlag::Any);
    assert!(fewer.is_err());
    let narrow = map.update_bytes_per_cpu(&key, &vec![[0u8; 4]; cpus], UpdateFlag::Any);
    assert!(narrow.is_err());
    let error = maps.array.as_map().lookup_bytes_per_cpu(&key).unwrap_err();
    assert!(
        error.to_string().contains("one value for all CPUs"),
        "{error}"
    );
}
