//! Maps have the key and value types of the C source, and only the operations that their type has.

use libbpf_safe::Result;
use libbpf_safe::map::{Array, HashMap, Map, OpenMap, UpdateFlag};
use libbpf_tests::skeletons::tcp_shadow::types::event_count;
use libbpf_tests::skeletons::tcp_shadow::{Maps, OpenSkeleton};

fn keys_and_values(maps: &Maps, value: event_count) {
    let key: u64 = 1;
    maps.counts.lookup(&key); //~ E0308
    maps.counts.lookup(1); //~ E0308
    maps.counts.lookup("key"); //~ E0308
    maps.counts.delete(&-1); //~ E0600
    maps.counts.update(&1, &7u64, UpdateFlag::Any); //~ E0308
    maps.counts.update(&1, &value, 0); //~ E0308
    maps.marks.lookup(&1); //~ E0308
    maps.marks.update(1, &value); //~ E0308
    let _: Result<Option<u64>> = maps.counts.lookup(&1); //~ E0308
}

fn operations(maps: &Maps) {
    maps.marks.delete(1); //~ E0599
    maps.marks.delete(&1); //~ E0599
    maps.counts.len(); //~ E0599
}

fn maps_are_not_each_other(maps: &Maps) {
    let _: &HashMap<u32, u64> = &maps.marks; //~ E0308
    let _: &Array<event_count> = &maps.counts; //~ E0308
}

fn values_hold_any_bits(map: Map, other: Map, third: Map) {
    let _ = HashMap::<u32, bool>::try_from(map); //~ E0277
    let _ = Array::<&'static u64>::try_from(other); //~ E0277
    let _ = HashMap::<char, u64>::try_from(third); //~ E0277
}

fn an_open_map_is_no_map(map: OpenMap<'_>, open: &mut OpenSkeleton) {
    let _ = Array::<u64>::try_from(map); //~ E0277
    let _: Map = open.parts().maps.counts; //~ E0308
}

fn main() {}
