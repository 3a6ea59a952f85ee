//! Stack traces.

use crate::{load, system_call};
use std::collections::BTreeSet;

pub(crate) fn stacks_are_recorded() {
    let skeleton = load();
    let maps = &skeleton.maps;
    let link = skeleton.programs.count.attach().unwrap();
    system_call();
    let id = maps.array.lookup(3).unwrap().unwrap().sum;
    link.detach().unwrap();
    let id = u32::try_from(id).unwrap();
    let stack = maps.stacks.lookup(id).unwrap().unwrap();
    assert!(!stack.is_empty() && stack.len() <= 32, "{stack:x?}");
    let ids: BTreeSet<u32> = maps.stacks.ids().map(Result::unwrap).collect();
    assert!(ids.contains(&id));
    assert!(maps.stacks.delete(id).unwrap());
    assert_eq!(maps.stacks.lookup(id).unwrap(), None);
}
