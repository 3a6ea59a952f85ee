//! Maps of maps.

use crate::maps;
use libbpf_safe::ErrorKind;
use libbpf_safe::map::{Map, UpdateFlag};
use std::collections::BTreeMap;

pub(crate) fn maps_hold_maps() {
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

pub(crate) fn maps_in_maps_are_told_by_id() {
    let maps = maps();
    let inner = maps.inner.as_map();
    let id = inner.info().id;
    maps.array_of_maps.update(1, inner).unwrap();
    assert_eq!(maps.array_of_maps.lookup_id(1).unwrap(), Some(id));
    assert_eq!(maps.array_of_maps.lookup_id(0).unwrap(), None);
    maps.hash_of_maps
        .update(&9, inner, UpdateFlag::Any)
        .unwrap();
    assert_eq!(maps.hash_of_maps.lookup_id(&9).unwrap(), Some(id));
    let all: Vec<(u64, u32)> = maps.hash_of_maps.iter_ids().map(Result::unwrap).collect();
    assert_eq!(all, [(9, id)]);
}

pub(crate) fn maps_go_in_batches() {
    let maps = maps();
    let (inner, other) = (maps.inner.as_map(), maps.other_inner.as_map());
    let (id, other_id) = (inner.info().id, other.info().id);
    let array = &maps.array_of_maps;
    array.update_batch(&[1, 0], &[inner, other]).unwrap();
    assert_eq!(array.lookup_id(0).unwrap(), Some(other_id));
    assert_eq!(array.lookup_id(1).unwrap(), Some(id));
    let error = array.update_batch(&[0, 2], &[inner, other]).unwrap_err();
    assert!(error.to_string().contains("1 of 2"), "{error}");
    assert_eq!(array.lookup_id(0).unwrap(), Some(id));
    assert!(array.update_batch(&[0, 1], &[inner]).is_err());

    let hash = &maps.hash_of_maps;
    hash.update_batch(&[5, 6], &[inner, other]).unwrap();
    let found: BTreeMap<u64, u32> = hash.iter_ids().map(Result::unwrap).collect();
    assert_eq!(found, BTreeMap::from([(5, id), (6, other_id)]));
    let unlike = hash.update_batch(&[5], &[maps.hash.as_map()]);
    assert!(unlike.is_err());
    let error = hash.delete_batch(&[5, 7]).unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::NotFound);
    assert!(error.to_string().contains("1 of 2"), "{error}");
    let left: Vec<(u64, u32)> = hash.drain_ids().map(Result::unwrap).collect();
    assert_eq!(left, [(6, other_id)]);
    assert_eq!(hash.keys().count(), 0);
    assert_eq!(hash.lookup_id(&6).unwrap(), None);
}
