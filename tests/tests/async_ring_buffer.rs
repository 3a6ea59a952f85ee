//! Ring and perf buffers in tokio, which is told of changes only: a wake-up that were lost would end a test.

#![forbid(unsafe_code)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use libbpf_safe::perf_buffer::{Event, PerfBuffer};
use libbpf_safe::ring_buffer::{Record, RingBuffer};
use libbpf_tests::features::Feature;
use libbpf_tests::kernel_tests;
use libbpf_tests::rings::{Rings, number};
use libbpf_tests::skeletons::rings::types::action;
use std::os::fd::AsRawFd;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;
use tokio::runtime::Builder;
use tokio::time::timeout;

kernel_tests![
    // The kfunc bpf_dynptr_size, which `rings.bpf.c` calls.
    all need Feature::Linux(6, 5);
    every_record_wakes_a_task,
    every_record_wakes_a_task_that_waits_for_several_rings,
    every_sample_wakes_a_task,
    samples_from_before_are_read_without_a_wake_up,
];

const ROUNDS: u64 = 500;

/// Writes bursts of records, each as soon as the one before was read.
fn write_when_told(rings: &Rings, what: action, told: &Receiver<()>) {
    for round in 0..ROUNDS {
        assert_eq!(
            rings
                .order(what, 12, 1 + (round % 3) as u32, round)
                .returned,
            0
        );
        if told.recv().is_err() {
            return;
        }
    }
}

/// The constructor that tokio has in the place of this one, since 1.54, is unsafe: the descriptor must stay open,
/// and the same, which those of ring and perf buffers do.
#[allow(deprecated)]
fn watch<T: AsRawFd>(inner: T) -> AsyncFd<T> {
    AsyncFd::with_interest(inner, Interest::READABLE).unwrap()
}

/// How many records a burst has.
fn burst(round: u64) -> u64 {
    1 + round % 3
}

/// Runs a task beside a thread that writes; it fails where the task waits too long for a record.
fn beside_a_writer<F: Future<Output = ()>>(
    rings: &Rings,
    what: action,
    task: impl FnOnce(Sender<()>) -> F,
) {
    let (tell, told) = channel();
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    thread::scope(|scope| {
        scope.spawn(move || write_when_told(rings, what, &told));
        runtime.block_on(async {
            let task = timeout(Duration::from_secs(20), task(tell)).await;
            task.expect("a wake-up was lost");
        });
    });
}

fn every_record_wakes_a_task() {
    let rings = Rings::load();
    let ring = rings.maps.events.reader().unwrap();
    beside_a_writer(&rings, action::WRITE, async |tell| {
        let mut ring = watch(ring);
        for round in 0..ROUNDS {
            let mut count = 0;
            while count < burst(round) {
                let mut ready = ring.readable_mut().await.unwrap();
                while let Some(record) = ready.get_inner_mut().next_record().unwrap() {
                    assert_eq!(number(&record), round + count);
                    count += 1;
                }
                ready.clear_ready();
            }
            tell.send(()).unwrap();
        }
    });
}

fn every_record_wakes_a_task_that_waits_for_several_rings() {
    let (rings, other) = (Rings::load(), Rings::load());
    let mut buffer = RingBuffer::<fn(Record<'_>)>::new().unwrap();
    buffer
        .add(&other.maps.events, |_| panic!("nothing is written there"))
        .unwrap();
    buffer
        .add(&rings.maps.events, |record| assert_eq!(record.len(), 12))
        .unwrap();
    beside_a_writer(&rings, action::WRITE, async |tell| {
        let mut buffer = watch(buffer);
        for round in 0..ROUNDS {
            let mut count = 0;
            while count < burst(round) {
                let mut ready = buffer.readable_mut().await.unwrap();
                count += ready.get_inner_mut().consume().unwrap() as u64;
                ready.clear_ready();
            }
            assert_eq!(count, burst(round));
            tell.send(()).unwrap();
        }
    });
}

/// Reads a burst: what is there at first, and then what it is woken for.
async fn read_samples<C: FnMut(Event<'_>)>(buffer: &mut AsyncFd<PerfBuffer<C>>, burst: u64) {
    let mut count = 0;
    loop {
        count += buffer.get_mut().consume().unwrap() as u64;
        if count >= burst {
            assert_eq!(count, burst);
            return;
        }
        buffer.readable_mut().await.unwrap().clear_ready();
    }
}

fn every_sample_wakes_a_task() {
    let rings = Rings::load();
    let buffer = PerfBuffer::new(&rings.maps.samples, 1, |_: Event<'_>| ()).unwrap();
    beside_a_writer(&rings, action::PERF, async |tell| {
        let mut buffer = watch(buffer);
        for round in 0..ROUNDS {
            read_samples(&mut buffer, burst(round)).await;
            tell.send(()).unwrap();
        }
    });
}

/// The kernel tells of them when tokio begins to watch, and tokio asks again later.
fn samples_from_before_are_read_without_a_wake_up() {
    let rings = Rings::load();
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let buffer = PerfBuffer::new(&rings.maps.samples, 1, |_: Event<'_>| ()).unwrap();
    assert_eq!(rings.order(action::PERF, 12, 2, 0).returned, 0);
    runtime.block_on(async {
        let mut buffer = watch(buffer);
        let all = timeout(Duration::from_secs(20), read_samples(&mut buffer, 2));
        all.await.expect("they are there");
    });
}
