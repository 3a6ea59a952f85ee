//! Tries of prefixes.

use crate::maps;
use libbpf_safe::map::UpdateFlag;
use libbpf_tests::skeletons::map_kinds::types::prefix;
use std::collections::{BTreeMap, BTreeSet};

pub(crate) fn the_longest_prefix_wins() {
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

pub(crate) fn prefixes_go_in_batches() {
    let routes = maps().routes;
    let prefixes: Vec<prefix> = (1..=8u8)
        .map(|number| prefix {
            bits: 8,
            address: [number, 0, 0, 0],
        })
        .collect();
    let values: Vec<u32> = (1..=8).collect();
    routes.update_batch(&prefixes, &values).unwrap();
    let found: BTreeMap<u8, u32> = routes
        .iter()
        .map(|element| element.unwrap())
        .map(|(prefix, value)| (prefix.address[0], value))
        .collect();
    assert_eq!(found, (1..=8u8).map(|n| (n, u32::from(n))).collect());
    routes.delete_batch(&prefixes[..6]).unwrap();
    assert_eq!(routes.iter().count(), 2);
    assert!(routes.delete_batch(&prefixes[..1]).is_err());
}
