//! Ring buffers: what a BPF program writes is what the reader finds, and what it gives back is free again.

#![forbid(unsafe_code)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use libbpf_safe::ErrorKind;
use libbpf_safe::map::{PerCpu, RingBuf};
use libbpf_safe::ring_buffer::{Record, Ring, RingBuffer};
use libbpf_tests::features::Feature;
use libbpf_tests::kernel::in_guest;
use libbpf_tests::kernel_tests;
use libbpf_tests::rings::{Rings, number};
use libbpf_tests::skeletons::overwritten;
use libbpf_tests::skeletons::rings::types::{action, scratch};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Resource, getrlimit, setrlimit};
use std::cell::RefCell;
use std::ops::ControlFlow;
use std::os::fd::AsFd;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::Command;
use std::rc::Rc;
use std::thread;
use std::time::{Duration, Instant};

kernel_tests![
    // The kfunc bpf_dynptr_size, which `rings.bpf.c` calls.
    all need Feature::Linux(6, 5);
    records_come_in_order_and_their_room_is_given_back,
    records_of_every_length_are_whole,
    records_that_wrap_are_whole,
    a_record_in_hand_keeps_its_room,
    a_batch_is_given_back_as_far_as_it_was_gone_through,
    discarded_records_are_passed_over,
    a_record_that_is_not_submitted_stops_the_reader,
    a_record_larger_than_the_ring_never_comes,
    a_record_is_read_as_a_value_of_its_size_only,
    copies_are_whole,
    closures_get_all_records_or_as_many_as_wanted,
    closures_stop,
    a_closure_gives_room_back_before_it_has_all,
    a_panic_goes_on_and_its_record_counts_as_read,
    a_ring_has_one_reader_in_a_process,
    another_process_that_reads_is_found_out,
    a_ring_that_overwrites_is_refused,
    many_rings_are_polled,
    no_ring_is_starved,
    a_descriptor_is_ready_while_there_are_records,
    waiting_ends_in_time,
    a_reader_outlives_everything,
    nothing_is_lost_between_two_threads,
];

const NOW: Option<Duration> = Some(Duration::ZERO);
const SOON: Option<Duration> = Some(Duration::from_secs(5));

/// The numbers of all records that there are.
fn numbers(ring: &mut Ring) -> Vec<u64> {
    let mut numbers = Vec::new();
    ring.consume(|record| numbers.push(number(&record)))
        .unwrap();
    numbers
}

fn records_come_in_order_and_their_room_is_given_back() {
    let rings = Rings::load();
    let mut ring = rings.maps.events.reader().unwrap();
    assert_eq!((ring.size(), rings.maps.events.size()), (4096, 4096));
    assert!(ring.next_record().unwrap().is_none());
    rings.write(16, 3, 7);
    assert_eq!((ring.available(), ring.producer_position()), (72, 72));
    for expected in 7..10 {
        let record = ring.next_record().unwrap().unwrap();
        assert_eq!((record.len(), number(&record)), (16, expected));
    }
    assert!(ring.next_record().unwrap().is_none());
    assert_eq!((ring.available(), ring.consumer_position()), (0, 72));
}

/// Has the program write these bytes behind the number.
fn set_pattern(rings: &Rings) -> scratch {
    let mut data = scratch::default();
    for (index, byte) in data.rest.iter_mut().enumerate() {
        *byte = (index % 251) as u8;
    }
    let all = PerCpu::all(data).unwrap();
    rings.maps.scratch.update(0, &all).unwrap();
    data
}

fn records_of_every_length_are_whole() {
    let rings = Rings::load();
    let pattern = set_pattern(&rings);
    let mut ring = rings.maps.events.reader().unwrap();
    for length in (0..64).chain([4000, 4079, 4080]) {
        rings.write(length, 1, 5);
        let record = ring.next_record().unwrap().expect("a record");
        assert_eq!(record.len(), length as usize);
        assert!(record.as_ptr().addr() % 8 == 0);
        let behind = record.len().max(8) - 8;
        assert_eq!(record.get(8..).unwrap_or_default(), &pattern.rest[..behind]);
    }
    assert_eq!(ring.available(), 0);
}

fn records_that_wrap_are_whole() {
    let rings = Rings::load();
    let pattern = set_pattern(&rings);
    let mut ring = rings.maps.events.reader().unwrap();
    // 1008 bytes with the header: in 40 rounds they start and end everywhere.
    for round in 0..40 {
        rings.write(1000, 3, round);
        for record in &ring.records().unwrap() {
            assert_eq!(record.unwrap()[8..], pattern.rest[..992]);
        }
    }
    assert_eq!(ring.consumer_position(), 40 * 3 * 1008);
}

fn a_record_in_hand_keeps_its_room() {
    let rings = Rings::load();
    let mut ring = rings.maps.events.reader().unwrap();
    // 170 of 24 bytes leave 16.
    rings.write(16, 170, 0);
    let record = ring.next_record().unwrap().unwrap();
    assert!(
        rings.order(action::WRITE, 16, 1, 170).returned < 0,
        "the ring is full"
    );
    assert_eq!(number(&record), 0);
    drop(record);
    rings.write(16, 1, 170);
    assert_eq!(numbers(&mut ring), (1..171).collect::<Vec<_>>());
}

fn a_batch_is_given_back_as_far_as_it_was_gone_through() {
    let rings = Rings::load();
    let mut ring = rings.maps.events.reader().unwrap();
    rings.write(16, 5, 0);
    let batch = ring.records().unwrap();
    let first: Vec<Record<'_>> = batch.iter().take(2).map(Result::unwrap).collect();
    // Again from the start: no further than before.
    assert_eq!(number(&batch.iter().next().unwrap().unwrap()), 0);
    assert_eq!((number(&first[0]), number(&first[1])), (0, 1));
    drop(batch);
    assert_eq!(ring.consumer_position(), 48);
    drop(ring.records().unwrap());
    assert_eq!(ring.consumer_position(), 48);
    let batch = ring.records().unwrap();
    let rest: Vec<_> = batch
        .iter()
        .map(|record| number(&record.unwrap()))
        .collect();
    assert_eq!(rest, [2, 3, 4]);
    // One that comes later is gone through as well.
    rings.write(16, 1, 5);
    assert_eq!(batch.iter().count(), 4);
    drop(batch);
    assert_eq!(ring.available(), 0);
}

fn discarded_records_are_passed_over() {
    let rings = Rings::load();
    let mut ring = rings.maps.events.reader().unwrap();
    rings.order(action::SUBMIT, 0, 1, 1);
    rings.order(action::DISCARD, 0, 2, 2);
    rings.order(action::SUBMIT, 0, 1, 4);
    rings.order(action::DISCARD, 0, 1, 5);
    assert_eq!(ring.available(), 5 * 24);
    let batch = ring.records().unwrap();
    assert_eq!(batch.iter().count(), 2);
    drop(batch);
    assert_eq!(ring.available(), 0);
    rings.order(action::DISCARD, 0, 2, 6);
    rings.order(action::SUBMIT, 0, 1, 8);
    assert_eq!(numbers(&mut ring), [8]);
    rings.order(action::DISCARD, 0, 1, 9);
    assert_eq!(numbers(&mut ring), []);
    assert_eq!(ring.available(), 0);
}

fn a_record_that_is_not_submitted_stops_the_reader() {
    let rings = Rings::load();
    let mut ring = rings.maps.events.reader().unwrap();
    rings.hold(20, || {
        assert_eq!(ring.available(), 48);
        assert!(ring.next_record().unwrap().is_none());
        assert_eq!(ring.records().unwrap().iter().count(), 0);
        assert_eq!(numbers(&mut ring), []);
        assert!(!ring.read_into(&mut Vec::new()).unwrap());
        assert_eq!(ring.consumer_position(), 0);
    });
    assert_eq!(numbers(&mut ring), [20, 21]);
}

fn a_record_larger_than_the_ring_never_comes() {
    let rings = Rings::load();
    let mut ring = rings.maps.events.reader().unwrap();
    for length in [4081, 4088, 8191] {
        assert!(rings.order(action::WRITE, length, 1, 0).returned < 0);
    }
    assert_eq!((ring.available(), numbers(&mut ring)), (0, vec![]));
}

fn a_record_is_read_as_a_value_of_its_size_only() {
    let rings = Rings::load();
    let mut ring = rings.maps.events.reader().unwrap();
    rings.order(action::SUBMIT, 0, 1, 77);
    let record = ring.next_record().unwrap().unwrap();
    assert_eq!(*record.value::<[u64; 2]>().unwrap(), [77, !77]);
    let (first, rest) = record.prefix::<u64>().unwrap();
    assert_eq!((*first, rest), (77, &(!77u64).to_ne_bytes()[..]));
    for error in [
        record.value::<u64>().unwrap_err(),
        record.value::<[u64; 3]>().unwrap_err(),
        record.prefix::<[u64; 3]>().unwrap_err(),
    ] {
        let text = error.to_string();
        assert!(matches!(error.kind(), ErrorKind::Mismatch { .. }), "{text}");
        assert!(
            text.contains("map `events`") && text.contains("found 16"),
            "{text}"
        );
    }
    // Records are aligned to 8, which u128 is not on every machine; here it is to 16.
    if align_of::<u128>() > 8 && record.as_ptr().addr() % 16 != 0 {
        assert!(
            record
                .value::<u128>()
                .unwrap_err()
                .to_string()
                .contains("alignment")
        );
    }
}

fn copies_are_whole() {
    let rings = Rings::load();
    let pattern = set_pattern(&rings);
    let mut ring = rings.maps.events.reader().unwrap();
    let mut copy = vec![1; 3];
    assert!(!ring.read_into(&mut copy).unwrap());
    for length in [1000, 0, 13, 4000] {
        rings.order(action::DISCARD, 0, 1, 9);
        rings.write(length, 1, 3);
        assert!(ring.read_into(&mut copy).unwrap());
        assert_eq!(copy.len(), length as usize);
        let behind = copy.len().max(8) - 8;
        assert_eq!(copy.get(8..).unwrap_or_default(), &pattern.rest[..behind]);
        assert_eq!(ring.available(), 0);
    }
}

fn closures_get_all_records_or_as_many_as_wanted() {
    let rings = Rings::load();
    let mut ring = rings.maps.events.reader().unwrap();
    rings.write(16, 5, 0);
    let mut seen = Vec::new();
    let count = ring
        .consume_n(2, |record| seen.push(number(&record)))
        .unwrap();
    assert_eq!((count, ring.available()), (2, 72));
    assert_eq!(ring.consume_n(0, |_| ()).unwrap(), 0);
    assert_eq!(
        ring.consume(|record| seen.push(number(&record))).unwrap(),
        3
    );
    assert_eq!(seen, [0, 1, 2, 3, 4]);
}

fn a_closure_gives_room_back_before_it_has_all() {
    let rings = Rings::load();
    let mut ring = rings.maps.events.reader().unwrap();
    // 170 records of 24 bytes, headers included, fill the page.
    rings.write(16, 170, 0);
    assert_ne!(rings.order(action::WRITE, 16, 1, 170).returned, 0);
    let (mut seen, mut more) = (Vec::new(), 0);
    let count = ring.consume(|record| {
        seen.push(number(&record));
        let full = seen.len() as u64;
        if more == 0 && full % 10 == 0 && rings.order(action::WRITE, 16, 1, 170).returned == 0 {
            more = full;
        }
    });
    // A step is an eighth of the ring, 22 records.
    assert!((20..=30).contains(&more), "{more}");
    assert_eq!(count.unwrap(), 171);
    assert_eq!(seen, (0..171).collect::<Vec<_>>());
    assert_eq!(ring.available(), 0);
}

fn closures_stop() {
    let rings = Rings::load();
    let mut ring = rings.maps.events.reader().unwrap();
    rings.write(16, 4, 0);
    let stop_at = |at| {
        move |record: Record<'_>| match number(&record) {
            number if number == at => ControlFlow::Break(number),
            _ => ControlFlow::Continue(()),
        }
    };
    assert_eq!(ring.consume(stop_at(1)).unwrap(), ControlFlow::Break(1));
    assert_eq!(ring.consumer_position(), 48);
    let result = ring.consume(|record| match number(&record) {
        2 => Err("two"),
        _ => Ok(()),
    });
    assert_eq!(result.unwrap(), Err("two"));
    assert_eq!(ring.consume(stop_at(9)).unwrap(), ControlFlow::Continue(1));
}

fn a_panic_goes_on_and_its_record_counts_as_read() {
    let rings = Rings::load();
    let seen = RefCell::new(Vec::new());
    let mut buffer = RingBuffer::new().unwrap();
    let callback = |record: Record<'_>| {
        seen.borrow_mut().push(number(&record));
        if number(&record) == 1 {
            std::panic::resume_unwind(Box::new("of the callback"));
        }
    };
    buffer.add(&rings.maps.events, callback).unwrap();
    rings.write(16, 3, 0);
    let panic = catch_unwind(AssertUnwindSafe(|| buffer.poll(SOON))).unwrap_err();
    assert_eq!(panic.downcast_ref(), Some(&"of the callback"));
    assert_eq!(buffer.rings().next().unwrap().consumer_position(), 48);
    assert_eq!(buffer.poll(SOON).unwrap(), 1);
    assert_eq!(*seen.borrow(), [0, 1, 2]);
}

fn a_ring_has_one_reader_in_a_process() {
    let (rings, other) = (Rings::load(), Rings::load());
    let ring = rings.maps.events.reader().unwrap();
    let nothing: fn(Record<'_>) = |_| ();
    let mut buffer = RingBuffer::new().unwrap();
    let again =
        RingBuf::try_from(libbpf_safe::map::Map::from_id(ring.map().info().id).unwrap()).unwrap();
    for error in [
        rings.maps.events.reader().unwrap_err(),
        again.reader().unwrap_err(),
        buffer.add(&rings.maps.events, nothing).unwrap_err(),
    ] {
        assert_eq!(*error.kind(), ErrorKind::AlreadyExists);
        assert!(
            error.to_string().contains("reader of map `events`"),
            "{error}"
        );
    }
    other.maps.events.reader().unwrap();
    drop(ring);
    buffer.add(&rings.maps.events, nothing).unwrap();
    buffer.add(&other.maps.events, nothing).unwrap();
    drop(buffer);
    rings.maps.events.reader().unwrap();
}

fn another_process_that_reads_is_found_out() {
    let rings = Rings::load();
    let mut ring = rings.maps.events.reader().unwrap();
    let id = ring.map().info().id.to_string();
    let read_elsewhere = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ring_reader"));
        assert!(command.args(["reader", &id]).status().unwrap().success());
    };
    rings.write(16, 6, 0);
    // In turns it is no harm.
    read_elsewhere();
    assert_eq!(number(&ring.next_record().unwrap().unwrap()), 1);

    let record = ring.next_record().unwrap().unwrap();
    read_elsewhere();
    drop(record);
    let error = ring.next_record().unwrap_err();
    assert!(error.to_string().contains("another process"), "{error}");
    // Told once; its position stands.
    assert_eq!(number(&ring.next_record().unwrap().unwrap()), 3);

    let batch = ring.records().unwrap();
    assert_eq!(batch.iter().count(), 2);
    read_elsewhere();
    drop(batch);
    assert!(ring.records().is_err());
    assert_eq!(numbers(&mut ring), [5]);
}

fn a_ring_that_overwrites_is_refused() {
    let skeleton = match overwritten::OpenSkeleton::open().unwrap().load() {
        Ok(skeleton) => skeleton,
        // Before Linux 6.19 there is none.
        Err(error) => return assert_eq!(error.raw_os_error(), Some(22), "{error}"),
    };
    let error = skeleton.maps.events.reader().unwrap_err();
    assert!(error.to_string().contains("BPF_F_RB_OVERWRITE"), "{error}");
}

fn many_rings_are_polled() {
    // Each has some 20 descriptors with all that is around it.
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    setrlimit(Resource::Nofile, limit).unwrap();
    // In software emulation each takes half a second to load.
    let (middle, last) = if in_guest() { (7, 15) } else { (31, 63) };
    let all: Vec<Rings> = (0..=last).map(|_| Rings::load()).collect();
    let seen = Rc::new(RefCell::new(Vec::new()));
    let mut buffer = RingBuffer::<Box<dyn FnMut(Record<'_>)>>::new().unwrap();
    for (index, rings) in all.iter().enumerate() {
        let seen = Rc::clone(&seen);
        let callback = move |record: Record<'_>| seen.borrow_mut().push((index, number(&record)));
        buffer.add(&rings.maps.events, Box::new(callback)).unwrap();
    }
    assert_eq!(buffer.rings().len(), all.len());
    assert_eq!(buffer.poll(NOW).unwrap(), 0);
    for index in [last, 0, middle] {
        all[index].write(16, 2, 100 * index as u64);
    }
    assert_eq!(buffer.poll(SOON).unwrap(), 6);
    seen.borrow_mut().sort_unstable();
    let expected = [0, middle, last].map(|index| {
        let first = 100 * index as u64;
        [(index, first), (index, first + 1)]
    });
    assert_eq!(*seen.borrow(), expected.as_flattened());
    for rings in &all {
        rings.write(16, 1, 0);
    }
    assert_eq!(buffer.consume().unwrap(), all.len());
    assert_eq!(seen.borrow().len(), 6 + all.len());
    assert!(buffer.rings().all(|ring| ring.available() == 0));
}

fn no_ring_is_starved() {
    let (first, second) = (Rings::load(), Rings::load());
    let counts = [RefCell::new(0), RefCell::new(0)];
    let mut buffer = RingBuffer::<Box<dyn FnMut(Record<'_>)>>::new().unwrap();
    buffer
        .add(
            &first.maps.events,
            Box::new(|_| *counts[0].borrow_mut() += 1),
        )
        .unwrap();
    buffer
        .add(
            &second.maps.events,
            Box::new(|_| *counts[1].borrow_mut() += 1),
        )
        .unwrap();
    first.write(16, 100, 0);
    second.write(16, 100, 0);
    for _ in 0..4 {
        assert_eq!(buffer.consume_n(10).unwrap(), 10);
    }
    assert_eq!((*counts[0].borrow(), *counts[1].borrow()), (20, 20));
    assert_eq!(buffer.consume_n(1000).unwrap(), 160);
}

/// Whether a descriptor is ready to read.
fn is_ready(fd: &impl AsFd) -> bool {
    let mut entries = [PollFd::new(fd, PollFlags::IN)];
    poll(&mut entries, Some(&Timespec::default())).unwrap() == 1
}

fn a_descriptor_is_ready_while_there_are_records() {
    let rings = Rings::load();
    let mut ring = rings.maps.events.reader().unwrap();
    assert!(!is_ready(&ring));
    rings.write(16, 2, 0);
    assert!(is_ready(&ring));
    drop(ring.next_record().unwrap());
    assert!(is_ready(&ring));
    drop(ring.next_record().unwrap());
    assert!(!is_ready(&ring));
    drop(ring);

    let mut buffer = RingBuffer::new().unwrap();
    buffer
        .add(&rings.maps.events, |_| ControlFlow::Break(()))
        .unwrap();
    assert!(!is_ready(&buffer));
    rings.write(16, 2, 0);
    for _ in 0..2 {
        assert!(is_ready(&buffer));
        assert_eq!(buffer.poll(SOON).unwrap(), ControlFlow::Break(()));
    }
    assert!(!is_ready(&buffer));
}

fn waiting_ends_in_time() {
    let rings = Rings::load();
    let ring = rings.maps.events.reader().unwrap();
    let start = Instant::now();
    assert!(!ring.wait(Some(Duration::from_millis(30))).unwrap());
    assert!(start.elapsed() >= Duration::from_millis(30));
    thread::scope(|scope| {
        let waiting = scope.spawn(|| ring.wait(None).unwrap());
        thread::sleep(Duration::from_millis(20));
        rings.write(8, 1, 0);
        assert!(waiting.join().unwrap());
    });
    drop(ring);
    let mut buffer = RingBuffer::<fn(Record<'_>)>::new().unwrap();
    let error = buffer.poll(None).unwrap_err();
    assert!(
        matches!(error.kind(), ErrorKind::InvalidInput { .. }),
        "{error}"
    );
    buffer.add(&rings.maps.events, |_| ()).unwrap();
    assert_eq!(buffer.poll(None).unwrap(), 1);
    let start = Instant::now();
    assert_eq!(buffer.poll(Some(Duration::from_millis(30))).unwrap(), 0);
    assert!(start.elapsed() >= Duration::from_millis(30));
}

fn a_reader_outlives_everything() {
    let rings = Rings::load();
    let mut ring = rings.maps.events.reader().unwrap();
    rings.write(16, 2, 40);
    drop(rings);
    let record = ring.next_record().unwrap().unwrap();
    assert_eq!(number(&record), 40);
    drop(record);
    thread::spawn(move || assert_eq!(numbers(&mut ring), [41]))
        .join()
        .unwrap();
}

fn nothing_is_lost_between_two_threads() {
    let all = if in_guest() { 4_000 } else { 20_000 };
    let rings = Rings::load();
    let mut next = 0;
    let mut buffer = RingBuffer::new().unwrap();
    let callback = |record: Record<'_>| {
        assert_eq!(number(&record), next);
        next += 1;
    };
    buffer.add(&rings.maps.events, callback).unwrap();
    thread::scope(|scope| {
        scope.spawn(|| {
            for number in 0..all {
                // Until there is room.
                while rings.order(action::WRITE, 16, 1, number).returned < 0 {}
            }
        });
        let mut count = 0;
        while count < all {
            let start = Instant::now();
            let more = buffer.poll(SOON).unwrap() as u64;
            // None at once: the next record is not submitted yet. None in time: nobody woke this thread.
            assert!(
                more > 0 || start.elapsed() < Duration::from_secs(4),
                "a wake-up was lost after {count} records"
            );
            count += more;
        }
    });
    drop(buffer);
    assert_eq!(next, all);
}
