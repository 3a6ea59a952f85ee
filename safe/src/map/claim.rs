use super::Map;
use crate::error::{Error, ErrorKind, Result};
use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

/// The ids of the maps that this process has exactly one reader or writer of.
static CLAIMED: Mutex<BTreeSet<u32>> = Mutex::new(BTreeSet::new());

/// The only claim to the other end of a map in this process. It lasts until it is dropped.
///
/// It keeps the map, so that no other map gets its id meanwhile.
#[derive(Debug)]
pub(crate) struct Claim {
    map: Map,
}

impl Claim {
    /// `what` is the end that there can be one of: "reader", "writer".
    pub(crate) fn new(map: &Map, what: &str) -> Result<Claim> {
        let mut claimed = CLAIMED.lock().unwrap_or_else(PoisonError::into_inner);
        if !claimed.insert(map.info().id) {
            return Err(Error::new(
                map.cannot(&format!("make a {what} of")),
                ErrorKind::AlreadyExists,
            )
            .with_hint(format!(
                "this process has a {what} of it, and there can be one at a time: share that one, or drop it first"
            )));
        }
        Ok(Claim { map: map.clone() })
    }

    pub(crate) fn map(&self) -> &Map {
        &self.map
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        let mut claimed = CLAIMED.lock().unwrap_or_else(PoisonError::into_inner);
        claimed.remove(&self.map.info().id);
    }
}
