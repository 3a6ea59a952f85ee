//! Why a map that is pinned could not be taken in place of a new one.

use super::open::OpenInner;
use crate::error::{Error, ErrorKind};
use crate::map::{Map, OpenMap};

/// What libbpf says, with the path between.
const BEGIN: &str = "couldn't reuse pinned map at '";
const END: &str = "': parameter mismatch";

/// Compares the pinned map with the object's, where libbpf said that they differ, and not in what.
pub(super) fn mismatch(operation: &str, inner: &OpenInner, messages: &[String]) -> Option<Error> {
    let path = messages.iter().find_map(|message| {
        let (_, rest) = message.split_once(BEGIN)?;
        rest.split_once(END).map(|(path, _)| path)
    })?;
    let mut maps = inner.object().maps();
    let map = maps.find(|map| map.pin_path().is_some_and(|it| it.as_os_str() == path))?;
    let definition = OpenMap::new(inner, map).definition();
    let pinned = Map::open_pinned(path).ok()?;
    let ErrorKind::Mismatch {
        expected, found, ..
    } = definition.mismatch(&pinned)?
    else {
        return None;
    };
    let error = ErrorKind::Mismatch {
        what: format!("map `{}` is not what is pinned at {path}", definition.name),
        expected,
        found,
    };
    Some(Error::new(operation, error).with_hint(
        "remove what is pinned there, or give the map another path with `OpenMap::set_pin_path`",
    ))
}
