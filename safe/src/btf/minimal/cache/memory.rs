//! Parts that this process has made or read.

use super::running;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// How many are kept; mostly of a few kilobytes each.
const MAX_PARTS: usize = 256;

/// A part of the kernel's BTF.
#[derive(Debug, Clone)]
pub(super) struct Part {
    pub(super) bytes: Arc<[u8]>,
    /// Which modules were loaded; empty where none was looked into.
    pub(super) modules: Vec<u8>,
}

static PARTS: Mutex<Option<HashMap<Vec<u8>, Part>>> = Mutex::new(None);

/// The part for these requests, if it is known.
pub(super) fn get(requests: &[u8]) -> Option<Arc<[u8]>> {
    let parts = PARTS.lock().unwrap_or_else(PoisonError::into_inner);
    let part = parts.as_ref()?.get(requests)?.clone();
    drop(parts);
    let is_current = part.modules.is_empty() || running::modules()? == part.modules;
    is_current.then_some(part.bytes)
}

pub(super) fn put(requests: Vec<u8>, part: Part) {
    let mut parts = PARTS.lock().unwrap_or_else(PoisonError::into_inner);
    let parts = parts.get_or_insert_default();
    if parts.len() >= MAX_PARTS {
        parts.clear();
    }
    parts.insert(requests, part);
}
