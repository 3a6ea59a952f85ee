//! What maps are created with, changed between open and load: the kernel has what was set, and what cannot be set
//! is refused.

#![forbid(unsafe_code)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use libbpf_safe::map::{
    Array, BloomFilter, CreateFlags, HashMap, HashOfMaps, Map, MapType, OpenMap, UpdateFlag,
};
use libbpf_safe::{Error, ErrorKind, Object, OpenObject, Result};
use libbpf_tests::features::{Feature, STRUCT_OPS_LINKS};
use libbpf_tests::kernel_tests;
use libbpf_tests::skeletons::{arena, attach, map_kinds};

kernel_tests![
    sizes_and_types_that_were_set_are_the_kernels,
    a_typed_handle_refuses_a_map_of_another_size,
    flags_that_were_set_hold,
    an_iteration_that_the_kernel_refuses_ends_with_its_error,
    an_array_becomes_mappable,
    a_bloom_filter_has_as_many_hashes_as_wanted,
    a_node_is_set_with_its_flag,
    a_map_of_maps_holds_what_is_like_its_inner_map,
    a_device_that_takes_no_maps_is_told,
    what_has_memory_of_its_own_is_not_changed needs STRUCT_OPS_LINKS,
    an_arena_is_not_changed needs Feature::Linux(6, 9),
    what_libbpf_fills_keeps_its_type_and_sizes,
];

fn open() -> OpenObject {
    OpenObject::from_bytes("map_kinds", &map_kinds::OBJECT.0).unwrap()
}

fn loaded_with(change: impl FnOnce(&mut OpenObject) -> Result<()>) -> Result<Object> {
    let mut open = open();
    change(&mut open).unwrap();
    open.load()
}

fn says(error: &Error, words: &[&str]) {
    let text = error.to_string();
    assert!(words.iter().all(|word| text.contains(word)), "{text}");
}

fn sizes_and_types_that_were_set_are_the_kernels() {
    let object = loaded_with(|open| {
        let mut map = open.map_mut("lru")?;
        map.set_map_type(MapType::HASH)?;
        map.set_key_size(16)?;
        map.set_value_size(24)?;
        map.set_max_entries(33)?;
        assert_eq!((map.key_size(), map.value_size()), (16, 24));
        assert_eq!(map.map_type(), MapType::HASH);
        Ok(())
    })
    .unwrap();
    let map = object.map("lru").unwrap();
    let info = map.info();
    assert_eq!(info.map_type, MapType::HASH);
    assert_eq!((info.key_size, info.value_size), (16, 24));
    assert_eq!(info.max_entries, 33);
    map.update_bytes(&[1; 16], &[2; 24], UpdateFlag::Any)
        .unwrap();
    assert_eq!(map.lookup_bytes(&[1; 16]).unwrap(), Some(vec![2; 24]));
    let typed: HashMap<[u64; 2], [u64; 3]> = map.try_into().unwrap();
    assert_eq!(
        typed.lookup(&[0x0101_0101_0101_0101; 2]).unwrap(),
        Some([0x0202_0202_0202_0202; 3])
    );
}

fn a_typed_handle_refuses_a_map_of_another_size() {
    let mut open = map_kinds::OpenSkeleton::open().unwrap();
    open.parts().maps.hash.set_value_size(32).unwrap();
    let error = open.load().unwrap_err();
    says(&error, &["`hash`", "value", "16", "32"]);
    let mut open = map_kinds::OpenSkeleton::open().unwrap();
    let mut maps = open.parts().maps;
    maps.lru.set_map_type(MapType::PERCPU_HASH).unwrap();
    says(&open.load().unwrap_err(), &["`lru`", "percpu_hash"]);
    // What the kernel does not take is told by load, by name.
    let error = loaded_with(|open| open.map_mut("array")?.set_key_size(8)).unwrap_err();
    says(&error, &["'array'"]);
}

fn flags_that_were_set_hold() {
    let object = loaded_with(|open| {
        let mut hash = open.map_mut("hash")?;
        hash.set_create_flags(CreateFlags::NO_PREALLOC | CreateFlags::READ_ONLY)?;
        assert_eq!(hash.create_flags(), 1 | 8);
        Ok(())
    })
    .unwrap();
    let hash = object.map("hash").unwrap();
    // Who may write is the descriptor's, and the kernel does not keep it with the map.
    let flags = CreateFlags::from(hash.info().create_flags);
    assert_eq!(flags, CreateFlags::NO_PREALLOC);
    let error = hash
        .update_bytes(&[0; 4], &[0; 16], UpdateFlag::Any)
        .unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::PermissionDenied);
    assert_eq!(hash.lookup_bytes(&[0; 4]).unwrap(), None);
}

fn an_iteration_that_the_kernel_refuses_ends_with_its_error() {
    let object = loaded_with(|open| {
        let mut hash = open.map_mut("narrow")?;
        hash.set_create_flags(CreateFlags::WRITE_ONLY)
    })
    .unwrap();
    let hash: HashMap<u8, u8> = object.map("narrow").unwrap().try_into().unwrap();
    hash.update(&1, &2, UpdateFlag::Any).unwrap();
    let elements: Vec<_> = hash.iter().collect();
    assert!(matches!(elements[..], [Err(_)]), "{elements:?}");
    let keys: Vec<_> = hash.keys().collect();
    assert!(matches!(keys[..], [Err(_)]), "{keys:?}");
    let drained: Vec<_> = hash.drain().collect();
    assert!(matches!(drained[..], [Err(_)]), "{drained:?}");
    let error = hash.iter().next().unwrap().unwrap_err();
    assert_eq!(error.raw_os_error(), Some(1), "EPERM, positive");
    says(&error, &["iterate over map `narrow`"]);
}

fn an_array_becomes_mappable() {
    let object = loaded_with(|open| {
        let mut array = open.map_mut("long_array")?;
        array.set_create_flags(CreateFlags::MMAPABLE)
    })
    .unwrap();
    let array: Array<u64> = object.map("long_array").unwrap().try_into().unwrap();
    let mapped = array.mapped().unwrap();
    mapped.get(999).unwrap().set(5);
    assert_eq!(array.lookup(999).unwrap(), Some(5));
}

fn a_bloom_filter_has_as_many_hashes_as_wanted() {
    let object = loaded_with(|open| {
        let mut bloom = open.map_mut("bloom")?;
        bloom.set_map_extra(7)?;
        assert_eq!(bloom.map_extra(), 7);
        Ok(())
    })
    .unwrap();
    let map = object.map("bloom").unwrap();
    assert_eq!(map.info().map_extra, 7);
    let bloom: BloomFilter<u64> = map.try_into().unwrap();
    bloom.insert(&3).unwrap();
    assert!(bloom.may_contain(&3).unwrap());
    let error = loaded_with(|open| open.map_mut("bloom")?.set_map_extra(99)).unwrap_err();
    says(&error, &["'bloom'"]);
}

fn a_node_is_set_with_its_flag() {
    const FLAG: u32 = 4;
    let object = loaded_with(|open| {
        let mut lru = open.map_mut("lru")?;
        assert_eq!(lru.numa_node(), None);
        lru.set_numa_node(Some(0))?;
        assert_eq!(lru.numa_node(), Some(0));
        let mut hash = open.map_mut("hash")?;
        hash.set_numa_node(Some(0))?;
        hash.set_numa_node(None)
    })
    .unwrap();
    let flags = |name| object.map(name).unwrap().info().create_flags;
    assert_eq!((flags("lru"), flags("hash")), (FLAG, 0));
    // That the kernel looks at the node is seen by one that is not there.
    let error = loaded_with(|open| open.map_mut("lru")?.set_numa_node(Some(1 << 20))).unwrap_err();
    says(&error, &["'lru'"]);
}

fn a_map_of_maps_holds_what_is_like_its_inner_map() {
    let other = open().load().unwrap();
    let like = other.map("lru").unwrap();
    let mut open = open();
    let mut outer = open.map_mut("hash_of_maps").unwrap();
    outer.set_inner_map(&other.map("hash").unwrap()).unwrap();
    // The last one holds, and stays open until load.
    outer.set_inner_map(&like).unwrap();
    drop((other, like));
    let object = open.load().unwrap();
    let outer: HashOfMaps<u64> = object.map("hash_of_maps").unwrap().try_into().unwrap();
    let lru = object.map("lru").unwrap();
    outer.update(&5, &lru, UpdateFlag::Any).unwrap();
    assert_eq!(outer.lookup_id(&5).unwrap(), Some(lru.info().id));
    let inner: Map = object.map("inner").unwrap();
    assert!(outer.update(&6, &inner, UpdateFlag::Any).is_err());

    let mut open = self::open();
    let error = open.map_mut("hash").unwrap().set_inner_map(&inner);
    says(&error.unwrap_err(), &["`hash`", "no map of maps"]);
}

fn a_device_that_takes_no_maps_is_told() {
    let loopback = libbpf_tests::net::loopback();
    let error = loaded_with(|open| {
        let mut hash = open.map_mut("hash")?;
        assert_eq!(hash.ifindex(), 0);
        hash.set_ifindex(loopback)?;
        assert_eq!(hash.ifindex(), loopback);
        Ok(())
    })
    .unwrap_err();
    says(&error, &["'hash'"]);
}

/// Each setter that goes by memory which libbpf keeps.
fn all_refused(mut map: OpenMap<'_>, why: &str) {
    let before = map.definition();
    let results = [
        map.set_map_type(MapType::HASH),
        map.set_key_size(8),
        map.set_value_size(4096),
        map.set_create_flags(CreateFlags::NONE),
        map.set_map_extra(1 << 40),
        map.set_numa_node(Some(0)),
    ];
    for result in results {
        says(&result.unwrap_err(), &[why, &before.name]);
    }
    assert_eq!(map.definition(), before, "nothing has changed");
}

fn what_has_memory_of_its_own_is_not_changed() {
    let mut open = OpenObject::from_bytes("attach", &attach::OBJECT.0).unwrap();
    all_refused(open.map_mut("control").unwrap(), "a struct_ops map");
    all_refused(open.map_mut("attach.rodata").unwrap(), "a data section");
    all_refused(open.map_mut("attach.bss").unwrap(), "a data section");
    // Nor does another map become one.
    let mut numbers = open.map_mut("numbers").unwrap();
    for kind in [MapType::STRUCT_OPS, MapType::ARENA] {
        let error = numbers.set_map_type(kind).unwrap_err();
        says(&error, &["`numbers`", &kind.to_string()]);
    }
    assert_eq!(numbers.map_type(), MapType::HASH);
    open.load().unwrap();
}

fn an_arena_is_not_changed() {
    let mut open = OpenObject::from_bytes("arena", &arena::OBJECT.0).unwrap();
    let maps = open.maps();
    let name = maps
        .filter(|map| map.map_type() == MapType::ARENA)
        .map(|map| map.name().to_owned())
        .next()
        .unwrap();
    all_refused(open.map_mut(&name).unwrap(), "an arena");
    open.load().unwrap();
}

fn what_libbpf_fills_keeps_its_type_and_sizes() {
    let mut open = open();
    for name in ["tail_calls", "array_of_maps", "hash_of_maps"] {
        let mut map = open.map_mut(name).unwrap();
        let results = [
            map.set_map_type(MapType::ARRAY),
            map.set_key_size(8),
            map.set_value_size(8),
        ];
        for result in results {
            says(&result.unwrap_err(), &[name, "libbpf puts in the elements"]);
        }
    }
    let mut array = open.map_mut("array").unwrap();
    for kind in [MapType::PROG_ARRAY, MapType::ARRAY_OF_MAPS] {
        assert!(array.set_map_type(kind).is_err());
    }
    open.load().unwrap();
}
