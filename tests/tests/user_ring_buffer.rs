//! User ring buffers: what is submitted is what a BPF program drains, and nothing else is.

#![forbid(unsafe_code)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use libbpf_safe::ErrorKind;
use libbpf_safe::map::{Map, UserRingBuf};
use libbpf_tests::features::Feature;
use libbpf_tests::kernel_tests;
use libbpf_tests::rings::Rings;
use libbpf_tests::skeletons::rings::types::{action, outcome};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use std::fs;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

kernel_tests![
    // The kfunc bpf_dynptr_size, which `rings.bpf.c` calls.
    all need Feature::Linux(6, 5);
    samples_reach_the_program_in_order,
    a_sample_that_is_dropped_was_never_there,
    samples_of_every_length_are_drained,
    a_sample_that_can_never_be_drained_is_refused,
    a_full_ring_has_no_room_until_it_is_drained,
    waiting_for_room_ends_when_there_is_some,
    waiting_for_room_costs_no_time,
    a_ring_has_one_writer_in_a_process,
    another_process_that_writes_is_found_out,
    a_writer_outlives_everything,
];

/// Has the program drain all samples.
fn drain(rings: &Rings) -> outcome {
    rings.order(action::DRAIN, 0, 1, 0)
}

fn samples_reach_the_program_in_order() {
    let rings = Rings::load();
    let mut writer = rings.maps.requests.writer().unwrap();
    assert_eq!((writer.size(), rings.maps.requests.size()), (4096, 4096));
    for number in [5u64, 70, 900] {
        let mut sample = writer.reserve(8).unwrap().unwrap();
        sample.copy_from_slice(&number.to_ne_bytes());
        assert_eq!(*sample, number.to_ne_bytes());
        sample.submit().unwrap();
    }
    assert!(writer.write(&6000u64.to_ne_bytes()).unwrap());
    assert_eq!(writer.pending(), 64);
    let outcome = drain(&rings);
    assert_eq!(
        (outcome.returned, outcome.sum, outcome.bytes),
        (4, 6975, 32)
    );
    assert_eq!(writer.pending(), 0);
}

fn a_sample_that_is_dropped_was_never_there() {
    let rings = Rings::load();
    let mut writer = rings.maps.requests.writer().unwrap();
    for length in [8, 100] {
        let mut sample = writer.reserve(length).unwrap().unwrap();
        sample.fill(1);
    }
    writer.reserve(1000).unwrap().unwrap().discard();
    assert_eq!((writer.pending(), drain(&rings).returned), (0, 0));
    assert!(writer.write(&3u64.to_ne_bytes()).unwrap());
    let outcome = drain(&rings);
    assert_eq!((outcome.returned, outcome.sum), (1, 3));
}

fn samples_of_every_length_are_drained() {
    let rings = Rings::load();
    let mut writer = rings.maps.requests.writer().unwrap();
    let mut bytes = 0;
    // They start everywhere, and wrap.
    for length in (0..40).chain([1000, 999, 4088, 4087, 1001, 1, 3000, 3000]) {
        assert!(writer.write(&vec![1; length]).unwrap());
        bytes += length as u64;
        let outcome = drain(&rings);
        assert_eq!((outcome.returned, outcome.bytes), (1, bytes), "{length}");
    }
}

fn a_sample_that_can_never_be_drained_is_refused() {
    let rings = Rings::load();
    let mut writer = rings.maps.requests.writer().unwrap();
    assert_eq!(writer.max_sample(), 4088);
    // The last ones are 8 and 0 in 32 bits, and would wrap in 64.
    for length in [
        4089,
        4096,
        1 << 30,
        (1 << 32) + 8,
        1 << 32,
        usize::MAX,
        usize::MAX - 7,
    ] {
        let error = writer.reserve(length).unwrap_err();
        let text = error.to_string();
        assert!(
            matches!(error.kind(), ErrorKind::InvalidInput { .. }),
            "{text}"
        );
        assert!(
            text.contains("map `requests`") && text.contains("4088"),
            "{text}"
        );
        assert!(writer.reserve_blocking(length, None).is_err());
    }
    assert_eq!((writer.pending(), drain(&rings).returned), (0, 0));
}

/// Fills the ring but for 16 bytes.
fn fill(rings: &Rings) -> libbpf_safe::ring_buffer::UserRingBuffer {
    let mut writer = rings.maps.requests.writer().unwrap();
    while writer.write(&[0; 16]).unwrap() {}
    assert_eq!(writer.pending(), 170 * 24);
    writer
}

fn a_full_ring_has_no_room_until_it_is_drained() {
    let rings = Rings::load();
    let mut writer = fill(&rings);
    assert!(writer.reserve(9).unwrap().is_none());
    // 16 bytes are left.
    assert!(writer.reserve(8).unwrap().is_some());
    assert_eq!(drain(&rings).returned, 170);
    assert!(writer.reserve(4088).unwrap().is_some());
}

fn waiting_for_room_ends_when_there_is_some() {
    let rings = Rings::load();
    let mut writer = fill(&rings);
    thread::scope(|scope| {
        let waiting = scope.spawn(|| {
            let sample = writer.reserve_blocking(100, None).unwrap();
            sample.unwrap().submit().unwrap();
        });
        thread::sleep(Duration::from_millis(20));
        assert!(!waiting.is_finished());
        assert_eq!(drain(&rings).returned, 170);
        waiting.join().unwrap();
    });
    assert_eq!(drain(&rings).returned, 1);
}

/// How long this thread has been on a CPU.
fn on_cpu() -> Duration {
    let text = fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    let nanoseconds = text.split(' ').next().unwrap().parse().unwrap();
    Duration::from_nanos(nanoseconds)
}

fn waiting_for_room_costs_no_time() {
    const TIME: Duration = Duration::from_millis(200);
    let rings = Rings::load();
    let mut writer = fill(&rings);
    // Some room is left, for which the map's descriptor is ready to write.
    let mut entries = [PollFd::new(&writer, PollFlags::OUT)];
    assert_eq!(poll(&mut entries, Some(&Timespec::default())).unwrap(), 1);
    let (start, before) = (Instant::now(), on_cpu());
    assert!(writer.reserve_blocking(100, Some(TIME)).unwrap().is_none());
    assert!(start.elapsed() >= TIME);
    assert!(on_cpu() - before < TIME / 4, "{:?}", on_cpu() - before);
}

fn a_ring_has_one_writer_in_a_process() {
    let rings = Rings::load();
    let writer = rings.maps.requests.writer().unwrap();
    let again = UserRingBuf::try_from(Map::from_id(writer.map().info().id).unwrap()).unwrap();
    for map in [&rings.maps.requests, &again] {
        let error = map.writer().unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::AlreadyExists);
        assert!(
            error.to_string().contains("writer of map `requests`"),
            "{error}"
        );
    }
    drop(writer);
    assert!(again.writer().unwrap().write(&9u64.to_ne_bytes()).unwrap());
    assert_eq!(drain(&rings).sum, 9);
}

fn another_process_that_writes_is_found_out() {
    let rings = Rings::load();
    let mut writer = rings.maps.requests.writer().unwrap();
    let id = writer.map().info().id.to_string();
    let write_elsewhere = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ring_reader"));
        assert!(command.args(["writer", &id]).status().unwrap().success());
    };
    write_elsewhere();
    let mut sample = writer.reserve(100).unwrap().unwrap();
    sample.fill(1);
    write_elsewhere();
    let error = sample.submit().unwrap_err();
    assert!(error.to_string().contains("another process"), "{error}");
    assert!(writer.write(&2u64.to_ne_bytes()).unwrap());
    let outcome = drain(&rings);
    assert_eq!((outcome.returned, outcome.sum), (3, 2));
}

fn a_writer_outlives_everything() {
    let rings = Rings::load();
    let mut writer = rings.maps.requests.writer().unwrap();
    let map = writer.map().clone();
    drop(rings);
    thread::spawn(move || assert!(writer.write(&[7; 8]).unwrap()))
        .join()
        .unwrap();
    // Its end is free again, and the sample is still in the map.
    let writer = UserRingBuf::try_from(map).unwrap().writer().unwrap();
    assert_eq!(writer.pending(), 16);
}
