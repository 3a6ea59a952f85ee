//! Ring buffers: how fast records are read that are there.

use crate::maps::{for_aya, for_libbpf_rs, maps as object};
use crate::report::Report;
use crate::sampling::{Peer, contender, in_turns, once};
use crate::{Outcome, machine};
use libbpf_safe::Program;
use libbpf_safe::program::TestRun;
use std::os::fd::{AsFd, AsRawFd};

pub mod c;

const ROUNDS: usize = 101;
/// Records of 16 bytes in a ring of a megabyte.
const COUNT: usize = 40_000;

/// Has a program write records.
pub fn order(program: &Program, count: usize) {
    let mut context = [0; 8];
    context[..4].copy_from_slice(&(count as u32).to_ne_bytes());
    let result = program.test_run(TestRun::new().context(&context)).unwrap();
    assert_eq!(result.context[4..8], [0; 4], "records were lost");
}

fn number(record: &[u8]) -> u64 {
    record
        .first_chunk()
        .map_or(0, |bytes| u64::from_ne_bytes(*bytes))
}

pub fn measure(report: &mut Report) -> Outcome {
    machine::use_one_cpu();
    report.group("Ring buffer, one record of 16 bytes");
    // The numbers in the records, 0 to COUNT - 1.
    let all = (COUNT * (COUNT - 1) / 2) as u64;
    let load = || -> libbpf_safe::Result<object::Skeleton> { object::OpenSkeleton::open()?.load() };
    let skeletons = (0..6).map(|_| load()).collect::<Result<Vec<_>, _>>()?;
    let [by_c, by_closure, by_iterator, one_by_one, by_rs, by_aya] = &skeletons[..] else {
        return Err("six objects".into());
    };
    let for_one = |skeleton: &object::Skeleton, drain: &mut dyn FnMut() -> u64| {
        order(&skeleton.programs.fill, COUNT);
        let (time, sum) = once(drain);
        assert_eq!(sum, all);
        time / COUNT as f64
    };
    let c_ring = c::RingBuffer::new(&[by_c.maps.events.as_fd().as_raw_fd()]);

    let mut ring = by_closure.maps.events.reader()?;
    let handle = for_libbpf_rs(by_rs.maps.events.as_map());
    let rs_sum = std::cell::Cell::new(0);
    let mut builder = libbpf_rs::RingBufferBuilder::new();
    builder.add(&handle, |record| {
        rs_sum.set(rs_sum.get() + number(record));
        0
    })?;
    let rs_ring = builder.build()?;
    let taken = in_turns(
        ROUNDS,
        vec![
            contender(Peer::C, || for_one(by_c, &mut || c_ring.consume())),
            contender(Peer::Safe, || {
                for_one(by_closure, &mut || {
                    let mut sum = 0;
                    ring.consume(|record| sum += number(&record)).unwrap();
                    sum
                })
            }),
            contender(Peer::LibbpfRs, || {
                for_one(by_rs, &mut || {
                    rs_sum.set(0);
                    rs_ring.consume().unwrap();
                    rs_sum.get()
                })
            }),
        ],
    );
    report.row("by callback", 1.0, taken);

    let mut ring = by_iterator.maps.events.reader()?;
    let mut aya_ring = aya::maps::RingBuf::try_from(for_aya(by_aya.maps.events.as_map()))?;
    let taken = in_turns(
        ROUNDS,
        vec![
            contender(Peer::C, || for_one(by_c, &mut || c_ring.consume())),
            contender(Peer::Safe, || {
                for_one(by_iterator, &mut || {
                    let records = ring.records().unwrap();
                    records.iter().map(|record| number(&record.unwrap())).sum()
                })
            }),
            contender(Peer::Aya, || {
                for_one(by_aya, &mut || {
                    let mut sum = 0;
                    while let Some(record) = aya_ring.next() {
                        sum += number(&record);
                    }
                    sum
                })
            }),
        ],
    );
    report.row("by iterator (C: by callback)", 1.0 / 1.08, taken);

    let mut ring = one_by_one.maps.events.reader()?;
    let taken = in_turns(
        ROUNDS,
        vec![
            contender(Peer::C, || for_one(by_c, &mut || c_ring.consume())),
            contender(Peer::Safe, || {
                for_one(one_by_one, &mut || {
                    let mut sum = 0;
                    while let Some(record) = ring.next_record().unwrap() {
                        sum += number(&record);
                    }
                    sum
                })
            }),
        ],
    );
    report.row("one by one, each given back", None, taken);
    Ok(())
}
