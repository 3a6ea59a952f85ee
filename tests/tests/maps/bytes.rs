//! Maps by bytes, and what is refused.

use crate::{load, maps, pair_of};
use libbpf_safe::ErrorKind;
use libbpf_safe::map::{HashMap, PerCpuArray, UpdateFlag};
use libbpf_tests::skeletons::map_kinds::types::pair;
use std::os::fd::AsFd;

pub(crate) fn a_map_of_another_type_or_size_is_refused() {
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

pub(crate) fn a_map_is_read_and_written_by_bytes() {
    let maps = maps();
    let map = maps.hash.as_map();
    let (key, value) = (7u32.to_ne_bytes(), [9; 16]);
    assert_eq!(map.lookup_bytes(&key).unwrap(), None);
    map.update_bytes(&key, &value, UpdateFlag::NoExist).unwrap();
    let again = map.update_bytes(&key, &value, UpdateFlag::NoExist);
    assert_eq!(*again.unwrap_err().kind(), ErrorKind::AlreadyExists);
    assert_eq!(map.lookup_bytes(&key).unwrap(), Some(value.to_vec()));
    let typed = maps.hash.lookup(&7).unwrap().unwrap();
    assert_eq!(bytemuck::bytes_of(&typed), value);
    assert_eq!(map.next_key_bytes(None).unwrap(), Some(key.to_vec()));
    assert_eq!(map.next_key_bytes(Some(&key)).unwrap(), None);
    for short in [&key[1..], &[], &[0; 5]] {
        assert!(map.update_bytes(short, &value, UpdateFlag::Any).is_err());
        assert!(map.delete_bytes(short).is_err());
        assert!(map.next_key_bytes(Some(short)).is_err());
    }
    for wrong in [&value[1..], &[], &[0; 17]] {
        assert!(map.update_bytes(&key, wrong, UpdateFlag::Any).is_err());
    }
    assert!(map.delete_bytes(&key).unwrap());
    assert!(!map.delete_bytes(&key).unwrap());
    assert_eq!(map.next_key_bytes(None).unwrap(), None);
}

pub(crate) fn a_frozen_map_is_not_written_to() {
    let maps = maps();
    let array = &maps.array;
    array.update(0, &pair_of(1, 2, 3)).unwrap();
    array.as_map().freeze().unwrap();
    assert!(array.update(0, &pair_of(0, 0, 0)).is_err());
    assert_eq!(array.lookup(0).unwrap(), Some(pair_of(1, 2, 3)));
    let again = array.as_map().freeze().unwrap_err();
    assert!(again.to_string().contains("freeze map `array`"), "{again}");
}
