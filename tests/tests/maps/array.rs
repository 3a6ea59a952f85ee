//! Arrays.

use crate::{maps, pair_of};
use libbpf_tests::skeletons::map_kinds::types::pair;

pub(crate) fn an_array_keeps_what_is_written() {
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

pub(crate) fn an_array_is_read_in_batches() {
    let array = maps().long_array;
    let indices: Vec<u32> = (0..array.len()).collect();
    let values: Vec<u64> = indices.iter().map(|&index| u64::from(index) * 3).collect();
    array.update_batch(&indices, &values).unwrap();
    let read: Vec<u64> = array.iter().map(Result::unwrap).collect();
    assert_eq!(read, values);
}
