//! Values with a `bpf_spin_lock`.

use crate::{maps, pair_of};
use libbpf_safe::map::UpdateFlag;
use libbpf_tests::skeletons::map_kinds::types::locked;
use std::net::TcpListener;

pub(crate) fn values_with_a_lock_are_read_and_written_under_it() {
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
    // Where there is no lock the kernel refuses what asks for it, and tells that it was asked.
    let value = pair_of(1, 2, 3);
    maps.hash.update(&1, &value, UpdateFlag::Any).unwrap();
    assert!(maps.hash.lookup_locked(&1).is_err());
    assert!(maps.array.lookup_locked(1).is_err());
    let refused = maps.hash.update_locked(&1, &value, UpdateFlag::Any);
    assert!(refused.is_err());
    assert!(maps.array.update_locked(1, &value).is_err());
    assert!(maps.hash.take_locked(&1).is_err());
    assert_eq!(maps.hash.lookup(&1).unwrap(), Some(value));
}

fn unlocked() -> locked {
    maps().locked_array.lookup(0).unwrap().unwrap()
}

pub(crate) fn batches_take_the_lock() {
    let maps = maps();
    let value = locked {
        count: 7,
        ..unlocked()
    };
    let hash = &maps.locked_hash;
    hash.update_batch_locked(&[1, 2], &[value; 2]).unwrap();
    let mut found: Vec<(u32, u32)> = hash
        .iter_locked()
        .map(|element| element.unwrap())
        .map(|(key, value)| (key, value.count))
        .collect();
    found.sort_unstable();
    assert_eq!(found, [(1, 7), (2, 7)]);
    assert_eq!(hash.take_locked(&1).unwrap().unwrap().count, 7);
    assert!(hash.lookup(&1).unwrap().is_none());

    maps.locked_array.update(1, &value).unwrap();
    let counts: Vec<u32> = maps
        .locked_array
        .iter_locked()
        .map(|value| value.unwrap().count)
        .collect();
    assert_eq!(counts, [0, 7]);
    let values = [pair_of(1, 2, 3); 2];
    assert!(maps.hash.update_batch_locked(&[1, 2], &values).is_err());
    // Without a lock in the values the kernel refuses, and the iteration ends with that.
    let results: Vec<_> = maps.array.iter_locked().collect();
    assert!(matches!(results[..], [Err(_)]), "{results:?}");
}

pub(crate) fn storage_is_read_and_written_under_its_lock() {
    let maps = maps();
    let socket = TcpListener::bind("127.0.0.1:0").unwrap();
    let value = locked {
        count: 3,
        ..unlocked()
    };
    let storage = &maps.locked_of_sockets;
    storage
        .update_locked(&socket, &value, UpdateFlag::Any)
        .unwrap();
    assert_eq!(storage.lookup_locked(&socket).unwrap().unwrap().count, 3);
    assert!(
        maps.of_sockets.lookup_locked(&socket).is_err(),
        "no lock in there"
    );
    let refused = maps
        .of_sockets
        .update_locked(&socket, &pair_of(1, 2, 3), UpdateFlag::Any);
    assert!(refused.is_err());
}
