//! Tail calls.

use crate::{load, system_call};
use libbpf_safe::map::possible_cpus;

pub(crate) fn programs_call_each_other() {
    let skeleton = load();
    let maps = &skeleton.maps;
    let called = &skeleton.programs.called;
    maps.tail_calls.update(1, called).unwrap();
    let id = called.info().unwrap().id;
    assert_eq!(maps.tail_calls.lookup(1).unwrap(), Some(id));
    assert_eq!(maps.tail_calls.lookup(0).unwrap(), None);
    maps.array_of_maps.update(1, maps.inner.as_map()).unwrap();
    let _link = skeleton.programs.count.attach().unwrap();
    system_call();
    let calls = || maps.array.lookup(2).unwrap().unwrap().sum;
    assert!(calls() > 0);
    assert!(maps.inner.lookup(2).unwrap().unwrap() > 0);
    assert!(maps.tail_calls.delete(1).unwrap());
    let before = calls();
    // As many as no CPU had under way.
    for _ in 0..100 {
        system_call();
    }
    assert!(calls() <= before + possible_cpus().unwrap() as u64);
    let error = maps.tail_calls.update(0, &skeleton.programs.at_device);
    assert!(error.is_err(), "of another type");
}
