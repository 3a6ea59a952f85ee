use super::Map;
use crate::data::Pod;
use crate::error::Result;
use std::collections::HashSet;
use std::marker::PhantomData;

type Exists = fn(&Map, &[u8]) -> Result<bool>;

/// The keys of a map, one by one, in the map's own order.
///
/// The kernel only tells the key after another one, and starts over where that one was removed
/// meanwhile. So what was yielded is remembered, and yielded once.
#[derive(Debug)]
pub struct Keys<'a, K> {
    map: &'a Map,
    last: Option<Vec<u8>>,
    seen: HashSet<Vec<u8>>,
    /// Whether there is an element of this key, where the kernel's word is not to be taken for it.
    exists: Option<Exists>,
    done: bool,
    key: PhantomData<fn() -> K>,
}

impl<'a, K: Pod> Keys<'a, K> {
    pub(super) fn new(map: &'a Map) -> Self {
        Keys {
            map,
            last: None,
            seen: HashSet::new(),
            exists: None,
            done: false,
            key: PhantomData,
        }
    }

    /// The keys of a map whose end the kernel does not find. It then makes a key of what lies there, and does so
    /// for ever where that is one of the map's.
    pub(super) fn without_end(map: &'a Map, exists: Exists) -> Self {
        Keys {
            exists: Some(exists),
            ..Keys::new(map)
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
            if let Some(exists) = self.exists {
                match exists(self.map, &next) {
                    Ok(true) if !self.seen.contains(&next) => {}
                    Ok(_) => break,
                    Err(error) => {
                        self.done = true;
                        return Some(Err(error));
                    }
                }
            }
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
