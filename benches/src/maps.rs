//! Elements of maps: one by one, in batches, per CPU, and in shared memory.

use crate::report::Report;
use crate::sampling::{Peer, contender, each, in_turns, once};
use crate::{Outcome, machine};
use aya::maps::{Map as AyaMap, MapData};
use libbpf_rs::{MapCore, MapFlags, MapHandle};
use libbpf_safe::map::{Map, PerCpu, UpdateFlag};
use std::os::fd::{AsFd, AsRawFd};

pub mod c;

include!(concat!(env!("OUT_DIR"), "/maps.skel.rs"));

const ROUNDS: usize = 101;
const GOAL: f64 = 1.02;
/// How many elements a sample goes through.
const COUNT: usize = 2000;
/// How many a map has that is read in batches.
const MANY: usize = 10_000;

/// The same map for libbpf-rs.
pub fn for_libbpf_rs(map: &Map) -> MapHandle {
    MapHandle::from_map_id(map.info().id).unwrap()
}

/// The same map for aya.
pub fn for_aya(map: &Map) -> AyaMap {
    AyaMap::from_map_data(MapData::from_id(map.info().id).unwrap()).unwrap()
}

pub fn measure(report: &mut Report) -> Outcome {
    machine::use_one_cpu();
    let skeleton = maps::OpenSkeleton::open()?.load()?;
    single(report, &skeleton)?;
    batches(report, &skeleton)?;
    arrays(report, &skeleton)?;
    per_cpu(report, &skeleton)
}

fn single(report: &mut Report, skeleton: &maps::Skeleton) -> Outcome {
    report.group("Hash map, one element");
    let typed = &skeleton.maps.counts;
    let fd = typed.as_fd().as_raw_fd();
    let handle = for_libbpf_rs(typed.as_map());
    let mut by_aya = aya::maps::HashMap::<_, u32, u64>::try_from(for_aya(typed.as_map()))?;
    let key = |index: usize| index as u32;
    for index in 0..COUNT {
        typed.update(&key(index), &1, UpdateFlag::Any)?;
    }
    let taken = in_turns(
        ROUNDS,
        vec![
            contender(Peer::C, || each(COUNT, |index| c::lookup(fd, key(index)))),
            contender(Peer::Safe, || {
                each(COUNT, |index| typed.lookup(&key(index)).unwrap())
            }),
            contender(Peer::LibbpfRs, || {
                each(COUNT, |index| {
                    let value = handle
                        .lookup(&key(index).to_ne_bytes(), MapFlags::ANY)
                        .unwrap();
                    value.map(|value| u64::from_ne_bytes(value.try_into().unwrap()))
                })
            }),
            contender(Peer::Aya, || {
                each(COUNT, |index| by_aya.get(&key(index), 0).unwrap())
            }),
        ],
    );
    report.row("lookup", GOAL, taken);

    let by_aya = std::cell::RefCell::new(&mut by_aya);
    let taken = in_turns(
        ROUNDS,
        vec![
            contender(Peer::C, || {
                each(COUNT, |index| c::update(fd, key(index), 2))
            }),
            contender(Peer::Safe, || {
                each(COUNT, |index| {
                    typed.update(&key(index), &3, UpdateFlag::Any).unwrap()
                })
            }),
            contender(Peer::LibbpfRs, || {
                each(COUNT, |index| {
                    let value = 4u64.to_ne_bytes();
                    handle
                        .update(&key(index).to_ne_bytes(), &value, MapFlags::ANY)
                        .unwrap();
                })
            }),
            contender(Peer::Aya, || {
                each(COUNT, |index| {
                    by_aya.borrow_mut().insert(key(index), 5, 0).unwrap()
                })
            }),
        ],
    );
    report.row("update", GOAL, taken);

    let fill = || (0..COUNT).for_each(|index| c::update(fd, key(index), 2));
    let taken = in_turns(
        ROUNDS,
        vec![
            contender(Peer::C, || {
                fill();
                each(COUNT, |index| c::delete(fd, key(index)))
            }),
            contender(Peer::Safe, || {
                fill();
                each(COUNT, |index| assert!(typed.delete(&key(index)).unwrap()))
            }),
            contender(Peer::LibbpfRs, || {
                fill();
                each(COUNT, |index| {
                    handle.delete(&key(index).to_ne_bytes()).unwrap()
                })
            }),
            contender(Peer::Aya, || {
                fill();
                each(COUNT, |index| {
                    by_aya.borrow_mut().remove(&key(index)).unwrap()
                })
            }),
        ],
    );
    report.row("delete", GOAL, taken);
    Ok(())
}

fn batches(report: &mut Report, skeleton: &maps::Skeleton) -> Outcome {
    report.group("Hash map of 10,000, for one element");
    let typed = &skeleton.maps.counts;
    let fd = typed.as_fd().as_raw_fd();
    let handle = for_libbpf_rs(typed.as_map());
    let by_aya = aya::maps::HashMap::<_, u32, u64>::try_from(for_aya(typed.as_map()))?;
    let keys: Vec<u32> = (0..MANY as u32).collect();
    let values = vec![1u64; MANY];
    let key_bytes: Vec<u8> = keys.iter().flat_map(|key| key.to_ne_bytes()).collect();
    let value_bytes: Vec<u8> = values
        .iter()
        .flat_map(|value| value.to_ne_bytes())
        .collect();
    let for_one = |(time, ()): (f64, ())| time / MANY as f64;

    let taken = in_turns(
        ROUNDS,
        vec![
            contender(Peer::C, || {
                for_one(once(|| c::update_batch(fd, &keys, &values)))
            }),
            contender(Peer::Safe, || {
                for_one(once(|| typed.update_batch(&keys, &values).unwrap()))
            }),
            contender(Peer::LibbpfRs, || {
                for_one(once(|| {
                    let count = MANY as u32;
                    handle
                        .update_batch(
                            &key_bytes,
                            &value_bytes,
                            count,
                            MapFlags::ANY,
                            MapFlags::ANY,
                        )
                        .unwrap();
                }))
            }),
        ],
    );
    report.row("update in a batch", GOAL, taken);

    let all = MANY as u64;
    let mut room = c::Room::new(4096);
    let taken = in_turns(
        ROUNDS,
        vec![
            contender(Peer::C, || {
                for_one(once(|| assert_eq!(c::sum_batches(fd, &mut room), all)))
            }),
            contender(Peer::Safe, || {
                for_one(once(|| {
                    let sum = typed.iter().map(|element| element.unwrap().1).sum::<u64>();
                    assert_eq!(sum, all);
                }))
            }),
            contender(Peer::LibbpfRs, || {
                for_one(once(|| {
                    // It loses elements where a batch is smaller than the map.
                    let elements = handle
                        .lookup_batch(16384, MapFlags::ANY, MapFlags::ANY)
                        .unwrap();
                    let values =
                        elements.map(|(_, value)| u64::from_ne_bytes(value.try_into().unwrap()));
                    assert_eq!(values.sum::<u64>(), all);
                }))
            }),
            contender(Peer::Aya, || {
                for_one(once(|| {
                    let sum = by_aya.iter().map(|element| element.unwrap().1).sum::<u64>();
                    assert_eq!(sum, all);
                }))
            }),
        ],
    );
    report.row("go through all", GOAL, taken);

    let fill = || c::update_batch(fd, &keys, &values);
    let taken = in_turns(
        ROUNDS,
        vec![
            contender(Peer::C, || {
                fill();
                for_one(once(|| c::delete_batch(fd, &keys)))
            }),
            contender(Peer::Safe, || {
                fill();
                for_one(once(|| typed.delete_batch(&keys).unwrap()))
            }),
            contender(Peer::LibbpfRs, || {
                fill();
                for_one(once(|| {
                    handle
                        .delete_batch(&key_bytes, MANY as u32, MapFlags::ANY, MapFlags::ANY)
                        .unwrap();
                }))
            }),
        ],
    );
    report.row("delete in a batch", GOAL, taken);
    Ok(())
}

fn arrays(report: &mut Report, skeleton: &maps::Skeleton) -> Outcome {
    report.group("Array that can be mapped, one element");
    let typed = &skeleton.maps.cells;
    let handle = for_libbpf_rs(typed.as_map());
    let by_aya = aya::maps::Array::<_, u64>::try_from(for_aya(typed.as_map()))?;
    let mapped = typed.mapped()?;
    let by_c = c::Mapped::new(typed.as_fd().as_raw_fd(), mapped.len());
    let taken = in_turns(
        ROUNDS,
        vec![
            contender(Peer::C, || each(COUNT, |index| by_c.get(index % 1024))),
            contender(Peer::Safe, || {
                each(COUNT, |index| {
                    mapped.get(index % 1024).map(|cell| cell.get())
                })
            }),
            // These know no mapping.
            contender(Peer::LibbpfRs, || {
                each(COUNT, |index| {
                    let key = (index as u32 % 1024).to_ne_bytes();
                    handle.lookup(&key, MapFlags::ANY).unwrap()
                })
            }),
            contender(Peer::Aya, || {
                each(COUNT, |index| {
                    by_aya.get(&(index as u32 % 1024), 0).unwrap()
                })
            }),
        ],
    );
    report.row("read", None, taken);
    let taken = in_turns(
        ROUNDS,
        vec![
            contender(Peer::C, || {
                each(COUNT, |index| by_c.set(index % 1024, index as u64))
            }),
            contender(Peer::Safe, || {
                each(COUNT, |index| {
                    mapped.get(index % 1024).unwrap().set(index as u64)
                })
            }),
        ],
    );
    report.row("write", None, taken);
    Ok(())
}

fn per_cpu(report: &mut Report, skeleton: &maps::Skeleton) -> Outcome {
    report.group("Hash map with a value for each CPU");
    let typed = &skeleton.maps.shares;
    let fd = typed.as_fd().as_raw_fd();
    let handle = for_libbpf_rs(typed.as_map());
    let by_aya = aya::maps::PerCpuHashMap::<_, u32, u64>::try_from(for_aya(typed.as_map()))?;
    let count = 1000;
    for key in 0..count as u32 {
        typed.update(&key, &PerCpu::all(1)?, UpdateFlag::Any)?;
    }
    let mut values = PerCpu::new()?;
    let mut room = vec![0u64; values.len()];
    let taken = in_turns(
        ROUNDS,
        vec![
            contender(Peer::C, || {
                each(count, |key| c::sum_per_cpu(fd, key as u32, &mut room))
            }),
            contender(Peer::Safe, || {
                each(count, |key| {
                    assert!(typed.lookup_into(&(key as u32), &mut values).unwrap());
                    values.iter().sum::<u64>()
                })
            }),
            contender(Peer::LibbpfRs, || {
                each(count, |key| {
                    let key = (key as u32).to_ne_bytes();
                    let values = handle.lookup_percpu(&key, MapFlags::ANY).unwrap().unwrap();
                    let values = values
                        .into_iter()
                        .map(|value| u64::from_ne_bytes(value.try_into().unwrap()));
                    values.sum::<u64>()
                })
            }),
            contender(Peer::Aya, || {
                each(count, |key| {
                    let values = by_aya.get(&(key as u32), 0).unwrap();
                    values.iter().sum::<u64>()
                })
            }),
        ],
    );
    report.row("lookup, and the sum", GOAL, taken);

    let mut values = PerCpu::new()?;
    let mut room = c::Room::new(512 * values.len());
    let for_one = |(time, ()): (f64, ())| time / count as f64;
    let all = (count * values.len()) as u64;
    let taken = in_turns(
        ROUNDS,
        vec![
            contender(Peer::C, || {
                for_one(once(|| {
                    assert_eq!(c::sum_batches_per_cpu(fd, &mut room), all)
                }))
            }),
            contender(Peer::Safe, || {
                for_one(once(|| {
                    let (mut elements, mut sum) = (typed.iter(), 0);
                    while let Some(key) = elements.next_into(&mut values) {
                        key.unwrap();
                        sum += values.iter().sum::<u64>();
                    }
                    assert_eq!(sum, all);
                }))
            }),
            contender(Peer::Aya, || {
                for_one(once(|| {
                    let elements = by_aya
                        .iter()
                        .map(|element| element.unwrap().1.iter().sum::<u64>());
                    assert_eq!(elements.sum::<u64>(), all);
                }))
            }),
        ],
    );
    report.row("go through 1,000, for one", GOAL, taken);
    Ok(())
}
