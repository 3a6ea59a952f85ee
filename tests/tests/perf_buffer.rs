//! Perf buffers: every sample comes, with its CPU, or is counted as lost.

#![forbid(unsafe_code)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use libbpf_safe::ErrorKind;
use libbpf_safe::map::{PerCpu, possible_cpus};
use libbpf_safe::perf_buffer::{Event, EventKind, PerfBuffer, PerfBufferOptions};
use libbpf_tests::features::Feature;
use libbpf_tests::kernel_tests;
use libbpf_tests::rings::{Rings, number};
use libbpf_tests::skeletons::rings::types::{action, scratch};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::thread::{CpuSet, sched_setaffinity};
use std::cell::RefCell;
use std::ops::ControlFlow;
use std::os::fd::AsFd;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;
use std::time::Duration;

kernel_tests![
    // The kfunc bpf_dynptr_size, which `rings.bpf.c` calls.
    all need Feature::Linux(6, 5);
    samples_come_from_the_cpu_that_wrote_them,
    samples_that_had_no_room_are_counted,
    samples_that_wrap_are_whole,
    a_sample_is_read_as_a_value_of_its_size_only,
    a_buffer_is_ready_after_as_many_samples_as_wanted,
    only_the_cpus_that_are_asked_for_are_read,
    each_cpu_has_a_descriptor,
    samples_with_more_than_their_bytes_are_raw,
    closures_stop,
    a_panic_goes_on_and_its_sample_counts_as_read,
    a_buffer_that_makes_no_sense_is_refused,
    a_map_has_one_reader_in_a_process,
    an_event_goes_into_a_map_by_hand,
    a_buffer_outlives_everything,
];

const NOW: Option<Duration> = Some(Duration::ZERO);
const SOON: Option<Duration> = Some(Duration::from_secs(5));

/// Runs on this CPU until its thread ends.
fn stay_on(cpu: usize) {
    let mut set = CpuSet::new();
    set.set(cpu);
    sched_setaffinity(None, &set).unwrap();
}

fn cpus() -> usize {
    possible_cpus().unwrap()
}

fn write(rings: &Rings, length: u32, count: u32, number: u64) {
    assert_eq!(rings.order(action::PERF, length, count, number).returned, 0);
}

/// What a closure saw.
#[derive(Debug, PartialEq, Eq)]
enum Seen {
    Sample {
        cpu: u32,
        number: u64,
        length: usize,
    },
    Lost {
        cpu: u32,
        count: u64,
    },
}

fn seen(event: Event<'_>) -> Seen {
    let cpu = event.cpu();
    match event.kind() {
        EventKind::Sample(sample) => Seen::Sample {
            cpu,
            number: number(&sample),
            length: sample.len(),
        },
        EventKind::Lost(count) => Seen::Lost { cpu, count },
        other => panic!("{other:?}"),
    }
}

fn samples_come_from_the_cpu_that_wrote_them() {
    let rings = Rings::load();
    let mut all = Vec::new();
    let mut buffer = PerfBuffer::new(&rings.maps.samples, 8, |event: Event<'_>| {
        all.push(seen(event))
    })
    .unwrap();
    assert!(cpus() > 1, "one CPU proves nothing");
    assert_eq!(buffer.poll(NOW).unwrap(), 0);
    for cpu in 0..cpus() {
        thread::scope(|scope| {
            scope.spawn(|| {
                stay_on(cpu);
                write(&rings, 12, 2, 100 * cpu as u64);
            });
        });
    }
    let mut count = 0;
    while count < 2 * cpus() {
        let more = buffer.poll(SOON).unwrap();
        assert!(more > 0);
        count += more;
    }
    drop(buffer);
    all.sort_by_key(|seen| match *seen {
        Seen::Sample { cpu, number, .. } => (cpu, number),
        Seen::Lost { .. } => panic!("{seen:?}"),
    });
    let expected = (0..cpus() as u32).flat_map(|cpu| {
        [0, 1].map(|index| Seen::Sample {
            cpu,
            number: u64::from(100 * cpu + index),
            length: 12,
        })
    });
    assert_eq!(all, expected.collect::<Vec<_>>());
}

fn samples_that_had_no_room_are_counted() {
    stay_on(0);
    let rings = Rings::load();
    let all = RefCell::new(Vec::new());
    let mut buffer = PerfBuffer::new(&rings.maps.samples, 1, |event: Event<'_>| {
        all.borrow_mut().push(seen(event));
    })
    .unwrap();
    // 64 bytes each, with the headers.
    let failed = rings.order(action::PERF, 52, 200, 0).returned;
    assert_eq!(failed, -28, "ENOSPC");
    let came = buffer.consume().unwrap() as u64;
    assert!((60..=64).contains(&came), "{came}");
    assert!(
        all.borrow()
            .iter()
            .all(|seen| matches!(seen, Seen::Sample { .. }))
    );
    all.borrow_mut().clear();
    write(&rings, 12, 1, 1000);
    assert_eq!(buffer.consume().unwrap(), 2);
    let lost = Seen::Lost {
        cpu: 0,
        count: 200 - came,
    };
    let sample = Seen::Sample {
        cpu: 0,
        number: 1000,
        length: 12,
    };
    assert_eq!(*all.borrow(), [lost, sample]);
}

fn samples_that_wrap_are_whole() {
    stay_on(0);
    let rings = Rings::load();
    let mut data = scratch::default();
    for (index, byte) in data.rest.iter_mut().enumerate() {
        *byte = (index % 251) as u8;
    }
    rings
        .maps
        .scratch
        .update(0, &PerCpu::all(data).unwrap())
        .unwrap();
    let mut next = 0;
    let mut buffer = PerfBuffer::new(&rings.maps.samples, 1, |event: Event<'_>| {
        let EventKind::Sample(sample) = event.kind() else {
            panic!("{event:?}");
        };
        assert_eq!(number(&sample), next);
        assert_eq!(sample[8..1004], data.rest[..996]);
        next += 1;
    })
    .unwrap();
    for round in 0..60 {
        write(&rings, 1004, 3, 3 * round);
        assert_eq!(buffer.consume().unwrap(), 3);
    }
    drop(buffer);
    assert_eq!(next, 180);
}

fn a_sample_is_read_as_a_value_of_its_size_only() {
    stay_on(0);
    let rings = Rings::load();
    let mut count = 0;
    let mut buffer = PerfBuffer::new(&rings.maps.samples, 1, |event: Event<'_>| {
        let EventKind::Sample(sample) = event.kind() else {
            panic!("{event:?}");
        };
        // 8 bytes, and 4 of padding.
        assert_eq!(sample.len(), 12);
        assert_eq!(sample.value::<u64>().unwrap(), 70 + count);
        assert!(sample.value::<[u64; 2]>().is_err());
        let error = sample.value::<u32>().unwrap_err();
        assert!(
            matches!(error.kind(), ErrorKind::Mismatch { .. }),
            "{error}"
        );
        count += 1;
    })
    .unwrap();
    write(&rings, 8, 3, 70);
    assert_eq!(buffer.consume().unwrap(), 3);
}

fn a_buffer_is_ready_after_as_many_samples_as_wanted() {
    stay_on(0);
    let rings = Rings::load();
    let mut buffer = PerfBufferOptions::new()
        .page_count(1)
        .sample_period(4)
        .open(&rings.maps.samples, |_| ())
        .unwrap();
    write(&rings, 12, 3, 0);
    assert_eq!(buffer.poll(NOW).unwrap(), 0);
    write(&rings, 12, 1, 3);
    assert_eq!(buffer.poll(SOON).unwrap(), 4);
    write(&rings, 12, 1, 4);
    assert_eq!(buffer.poll(NOW).unwrap(), 0);
    assert_eq!(buffer.consume().unwrap(), 1);
}

fn only_the_cpus_that_are_asked_for_are_read() {
    let rings = Rings::load();
    let mut buffer = PerfBufferOptions::new()
        .page_count(1)
        .cpus([1, 1])
        .open(&rings.maps.samples, |event| assert_eq!(event.cpu(), 1))
        .unwrap();
    assert_eq!(buffer.cpus().len(), 1);
    stay_on(0);
    assert_eq!(rings.order(action::PERF, 12, 1, 0).returned, -2, "ENOENT");
    stay_on(1);
    write(&rings, 12, 1, 0);
    assert_eq!(buffer.consume_cpu(1).unwrap(), 1);
    let error = buffer.consume_cpu(0).unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::NotFound);
    drop(buffer);
    assert_eq!(rings.order(action::PERF, 12, 1, 0).returned, -2, "ENOENT");
}

fn each_cpu_has_a_descriptor() {
    let rings = Rings::load();
    let mut buffer = PerfBuffer::new(&rings.maps.samples, 1, |_| ()).unwrap();
    assert_eq!(buffer.cpus().len(), cpus());
    stay_on(1);
    write(&rings, 12, 1, 0);
    let ready = buffer.cpus().filter(|(_, fd)| is_ready(fd));
    assert_eq!(ready.map(|(cpu, _)| cpu).collect::<Vec<_>>(), [1]);
    assert_eq!(buffer.consume_cpu(1).unwrap(), 1);
    assert!(!is_ready(&buffer));
    write(&rings, 12, 1, 1);
    assert!(is_ready(&buffer));
    assert_eq!(buffer.consume().unwrap(), 1);
    assert!(!is_ready(&buffer));
}

/// Whether a descriptor is ready to read.
fn is_ready(fd: &impl AsFd) -> bool {
    let mut entries = [PollFd::new(fd, PollFlags::IN)];
    poll(&mut entries, Some(&Timespec::default())).unwrap() == 1
}

fn samples_with_more_than_their_bytes_are_raw() {
    const PERF_SAMPLE_TIME: u64 = 1 << 2;
    const PERF_SAMPLE_RAW: u64 = 1 << 10;
    const PERF_RECORD_SAMPLE: u32 = 9;
    stay_on(0);
    let rings = Rings::load();
    let mut times = Vec::new();
    let mut buffer = PerfBufferOptions::new()
        .page_count(1)
        .sample_type(PERF_SAMPLE_TIME | PERF_SAMPLE_RAW)
        .open(&rings.maps.samples, |event| {
            assert!(matches!(event.kind(), EventKind::Other(PERF_RECORD_SAMPLE)));
            // struct { u64 time; u32 size; char data[size]; }
            let raw = event.raw();
            assert_eq!((raw.len(), &raw[8..12]), (24, &12u32.to_ne_bytes()[..]));
            times.push(number(raw));
            assert_eq!(number(&raw[12..]), 50);
        })
        .unwrap();
    write(&rings, 12, 1, 50);
    write(&rings, 12, 1, 50);
    assert_eq!(buffer.consume().unwrap(), 2);
    drop(buffer);
    assert!(times[0] > 0 && times[0] < times[1], "{times:?}");
}

fn closures_stop() {
    stay_on(0);
    let rings = Rings::load();
    let mut buffer = PerfBuffer::new(&rings.maps.samples, 1, |event: Event<'_>| {
        match seen(event) {
            Seen::Sample { number: 1, .. } => ControlFlow::Break("one"),
            _ => ControlFlow::Continue(()),
        }
    })
    .unwrap();
    write(&rings, 12, 4, 0);
    assert_eq!(buffer.poll(SOON).unwrap(), ControlFlow::Break("one"));
    assert_eq!(buffer.poll(SOON).unwrap(), ControlFlow::Continue(2));
}

fn a_panic_goes_on_and_its_sample_counts_as_read() {
    stay_on(0);
    let rings = Rings::load();
    let numbers = RefCell::new(Vec::new());
    let mut buffer = PerfBuffer::new(&rings.maps.samples, 1, |event: Event<'_>| {
        let EventKind::Sample(sample) = event.kind() else {
            return;
        };
        numbers.borrow_mut().push(number(&sample));
        if number(&sample) == 1 {
            std::panic::resume_unwind(Box::new("of the callback"));
        }
    })
    .unwrap();
    write(&rings, 12, 3, 0);
    let panic = catch_unwind(AssertUnwindSafe(|| buffer.consume())).unwrap_err();
    assert_eq!(panic.downcast_ref(), Some(&"of the callback"));
    assert_eq!(buffer.consume().unwrap(), 1);
    assert_eq!(*numbers.borrow(), [0, 1, 2]);
}

fn a_buffer_that_makes_no_sense_is_refused() {
    let rings = Rings::load();
    for page_count in [0, 3, usize::MAX] {
        let error = PerfBuffer::new(&rings.maps.samples, page_count, |_| ()).unwrap_err();
        assert!(error.to_string().contains("no power of two"), "{error}");
    }
    assert!(PerfBuffer::new(&rings.maps.samples, 1 << 63, |_| ()).is_err());
    let options = PerfBufferOptions::new();
    let open = |options: PerfBufferOptions| options.open(&rings.maps.samples, |_| ()).unwrap_err();
    let error = open(options.clone().cpus([9999]));
    assert!(
        error.to_string().contains("CPU 9999 for map `samples`"),
        "{error}"
    );
    let error = open(options.clone().cpus([]));
    assert!(
        matches!(error.kind(), ErrorKind::InvalidInput { .. }),
        "{error}"
    );
    // What was opened before the error is out of the map again.
    assert!(
        options
            .clone()
            .cpus([0, 9999])
            .open(&rings.maps.samples, |_| ())
            .is_err()
    );
    stay_on(0);
    assert_eq!(rings.order(action::PERF, 12, 1, 0).returned, -2, "ENOENT");
}

fn a_map_has_one_reader_in_a_process() {
    let rings = Rings::load();
    let buffer = PerfBuffer::new(&rings.maps.samples, 1, |_| ()).unwrap();
    let error = PerfBuffer::new(&rings.maps.samples, 1, |_| ()).unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::AlreadyExists);
    drop(buffer);
    let mut buffer = PerfBuffer::new(&rings.maps.samples, 1, |_| ()).unwrap();
    write(&rings, 12, 1, 0);
    assert_eq!(buffer.consume().unwrap(), 1);
}

fn an_event_goes_into_a_map_by_hand() {
    let (rings, other) = (Rings::load(), Rings::load());
    let mut numbers = Vec::new();
    let mut buffer = PerfBuffer::new(&rings.maps.samples, 1, |event: Event<'_>| {
        numbers.push(seen(event));
    })
    .unwrap();
    let array = &other.maps.samples;
    assert!(array.len() as usize >= cpus());
    stay_on(0);
    assert!(!array.delete(0).unwrap());
    array.update(0, buffer.cpus().next().unwrap().1).unwrap();
    write(&other, 12, 1, 8);
    assert!(array.delete(0).unwrap());
    assert_eq!(other.order(action::PERF, 12, 1, 9).returned, -2, "ENOENT");
    assert!(array.update(9999, buffer.cpus().next().unwrap().1).is_err());
    assert!(array.update(0, array).is_err(), "a map is no perf event");
    assert_eq!(buffer.consume().unwrap(), 1);
    drop(buffer);
    assert!(matches!(numbers[..], [Seen::Sample { number: 8, .. }]));
}

fn a_buffer_outlives_everything() {
    stay_on(0);
    let rings = Rings::load();
    let mut buffer = PerfBuffer::new(&rings.maps.samples, 1, |event: Event<'_>| {
        assert!(matches!(seen(event), Seen::Sample { number: 8, .. }));
    })
    .unwrap();
    write(&rings, 12, 1, 8);
    drop(rings);
    thread::spawn(move || assert_eq!(buffer.consume().unwrap(), 1))
        .join()
        .unwrap();
}
