use super::Map;
use crate::data::Pod;
use crate::error::Result;
use std::collections::HashSet;
use std::marker::PhantomData;

/// The keys of a map, one by one, in the map's own order.
///
/// The kernel only tells the key after another one, and starts over where that one was removed
/// meanwhile. So what was yielded is remembered, and yielded once.
#[derive(Debug)]
pub struct Keys<'a, K> {
    map: &'a Map,
    last: Option<Vec<u8>>,
    seen: HashSet<Vec<u8>>,
    done: bool,
    key: PhantomData<fn() -> K>,
}

impl<'a, K: Pod> Keys<'a, K> {
    pub(super) fn new(map: &'a Map) -> Self {
        Keys {
            map,
            last: None,
            seen: HashSet::new(),
            done: false,
            key: PhantomData,
        }
    }

    /// No key follows.
    pub(super) fn end(&mut self) {
        self.done = true;
    }
}

impl<K: Pod> Iterator for Keys<'_, K> {
    type Item = Result<K>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.done {
            let next = match self.map.next_key_bytes(self.last.as_deref()) {
                Ok(Some(next)) => next,
                Ok(None) => break,
                Err(error) => {
                    self.done = true;
                    return Some(Err(error));
                }
            };
            self.last = Some(next.clone());
            if let Ok(key) = bytemuck::try_pod_read_unaligned(&next) {
                if self.seen.insert(next) {
                    return Some(Ok(key));
                }
            }
        }
        self.done = true;
        None
    }
}
