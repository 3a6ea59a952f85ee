//! Hash maps.

use crate::{maps, pair_of};
use libbpf_safe::ErrorKind;
use libbpf_safe::map::{HashMap, UpdateFlag};
use libbpf_tests::skeletons::map_kinds::types::pair;
use std::collections::{BTreeMap, BTreeSet};
use std::thread;

pub(crate) fn a_hash_keeps_what_is_written() {
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

pub(crate) fn a_hash_yields_all_elements_in_batches() {
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

pub(crate) fn elements_come_once_while_others_change() {
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

pub(crate) fn a_batch_that_fails_says_how_far_it_came() {
    let hash = maps().hash;
    fill(&hash, 0..3);
    let error = hash.delete_batch(&[0, 1, 5, 2]).unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::NotFound);
    assert!(error.to_string().contains("2 of 4"), "{error}");
    let left: Vec<u32> = hash.iter().map(|element| element.unwrap().0).collect();
    assert_eq!(left, [2]);
    let value = pair_of(0, 0, 0);
    assert!(hash.update_batch(&[1, 2], &[value]).is_err());
    let error = maps()
        .array
        .update_batch(&[0, 1, 9], &[value; 3])
        .unwrap_err();
    assert!(error.to_string().contains("2 of 3"), "{error}");
}

pub(crate) fn a_hash_is_drained() {
    let hash = maps().hash;
    fill(&hash, 0..500);
    let drained: BTreeSet<u32> = hash.drain().map(|element| element.unwrap().0).collect();
    assert_eq!(drained, (0..500).collect());
    assert_eq!(hash.iter().count(), 0);
}

pub(crate) fn narrow_keys_go_through_batches() {
    let narrow = maps().narrow;
    for key in 0..=255u8 {
        narrow.update(&key, &!key, UpdateFlag::Any).unwrap();
    }
    let found: BTreeMap<u8, u8> = narrow.iter().map(Result::unwrap).collect();
    assert_eq!(found.len(), 256);
    assert!(found.iter().all(|(&key, &value)| value == !key));
}

pub(crate) fn an_lru_hash_forgets() {
    let lru = maps().lru;
    for key in 0..1000 {
        lru.update(&key, &1, UpdateFlag::Any).unwrap();
    }
    let left = lru.iter().count();
    assert!((1..=64).contains(&left), "{left}");
    lru.update(&2000, &7, UpdateFlag::NoExist).unwrap();
    assert_eq!(lru.lookup(&2000).unwrap(), Some(7));
    assert_eq!(lru.take(&2000).unwrap(), Some(7));
    assert_eq!(lru.lookup(&2000).unwrap(), None);
    lru.update_batch(&[3000, 3001], &[8, 9]).unwrap();
    assert!(lru.delete(&3000).unwrap());
    assert_eq!(lru.lookup(&3001).unwrap(), Some(9));
    let found: BTreeMap<u32, u64> = lru.drain().map(Result::unwrap).collect();
    assert_eq!(found.get(&3001), Some(&9));
    assert_eq!(lru.keys().count(), 0);
}

pub(crate) fn keys_come_once_while_others_go() {
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

fn fill(hash: &HashMap<u32, pair>, keys: std::ops::Range<u32>) {
    let keys: Vec<u32> = keys.collect();
    let values: Vec<pair> = keys.iter().map(|&key| pair_of(key, !key, 1)).collect();
    hash.update_batch(&keys, &values).unwrap();
}

/// More than one batch, in the other order.
pub(crate) fn a_batch_may_be_large() {
    let hash = maps().hash;
    fill(&hash, 0..4096);
    let keys: Vec<u32> = (0..4096).rev().collect();
    hash.delete_batch(&keys).unwrap();
    assert_eq!(hash.keys().count(), 0);
}
