//! Maps without keys.

use crate::maps;

pub(crate) fn queues_and_stacks_keep_their_order() {
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

pub(crate) fn a_bloom_filter_never_denies() {
    let bloom = maps().bloom;
    for value in 0..64u64 {
        bloom.insert(&value).unwrap();
    }
    assert!((0..64).all(|value| bloom.may_contain(&value).unwrap()));
    let wrong = (1000..3000u64).filter(|value| bloom.may_contain(value).unwrap());
    assert!(wrong.count() < 1000);
}
