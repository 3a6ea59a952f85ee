use super::Map;
use crate::data::Pod;
use crate::error::Result;
use std::collections::HashSet;
use std::marker::PhantomData;

type Exists = fn(&Map, &[u8]) -> Result<bool>;

/// A walk over a map in which the kernel neither finds the end, nor starts over where a key was removed: whoever
/// wants all keys walks until there is nothing new.
#[derive(Debug)]
struct Walk {
    /// Whether there is an element of a key.
    exists: Exists,
    /// The keys of this walk.
    keys: HashSet<Vec<u8>>,
    /// Whether it came to one that was not yielded before.
    found: bool,
}

/// The keys of a map, one by one, in the map's own order.
///
/// The kernel only tells the key after another one, and starts over where that one was removed
/// meanwhile. So what was yielded is remembered, and yielded once.
#[derive(Debug)]
pub struct Keys<'a, K> {
    map: &'a Map,
    last: Option<Vec<u8>>,
    seen: HashSet<Vec<u8>>,
    /// Where the kernel's word is not to be taken for it.
    walk: Option<Walk>,
    done: bool,
    key: PhantomData<fn() -> K>,
}

impl<'a, K: Pod> Keys<'a, K> {
    pub(super) fn new(map: &'a Map) -> Self {
        Keys {
            map,
            last: None,
            seen: HashSet::new(),
            walk: None,
            done: false,
            key: PhantomData,
        }
    }

    /// The keys of a map whose end the kernel does not find: it makes a key of what lies there. Nor does it start
    /// over where a key was removed.
    pub(super) fn of_list(map: &'a Map, exists: Exists) -> Self {
        Keys {
            walk: Some(Walk {
                exists,
                keys: HashSet::new(),
                found: false,
            }),
            ..Keys::new(map)
        }
    }

    /// No key follows.
    pub(super) fn end(&mut self) {
        self.done = true;
    }
}

impl<K: Pod> Keys<'_, K> {
    /// What follows, as far as it can be believed.
    fn following(&mut self) -> Result<Option<Vec<u8>>> {
        let next = self.map.next_key_bytes(self.last.as_deref())?;
        let (Some(next), Some(walk)) = (&next, &mut self.walk) else {
            return Ok(next);
        };
        // A key that comes twice in a walk would come for ever.
        let is_element = walk.keys.insert(next.clone()) && (walk.exists)(self.map, next)?;
        Ok(is_element.then(|| next.clone()))
    }

    /// Whether there may be keys that the last walk did not come to.
    fn starts_over(&mut self) -> Result<bool> {
        let Some(walk) = &mut self.walk else {
            return Ok(false);
        };
        let last_is_gone = match self.last.take() {
            Some(last) => !(walk.exists)(self.map, &last)?,
            None => false,
        };
        walk.keys.clear();
        Ok(std::mem::take(&mut walk.found) || last_is_gone)
    }
}

impl<K: Pod> Iterator for Keys<'_, K> {
    type Item = Result<K>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.done {
            let next = match self.following() {
                Ok(Some(next)) => next,
                Ok(None) => match self.starts_over() {
                    Ok(true) => continue,
                    Ok(false) => break,
                    Err(error) => {
                        self.done = true;
                        return Some(Err(error));
                    }
                },
                Err(error) => {
                    self.done = true;
                    return Some(Err(error));
                }
            };
            self.last = Some(next.clone());
            if let Ok(key) = bytemuck::try_pod_read_unaligned(&next) {
                if self.seen.insert(next) {
                    if let Some(walk) = &mut self.walk {
                        walk.found = true;
                    }
                    return Some(Ok(key));
                }
            }
        }
        self.done = true;
        None
    }
}
