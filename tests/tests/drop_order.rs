//! Handles are dropped in any order, on any thread: none is of use to another that is gone.

#![forbid(unsafe_code)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use libbpf_tests::features::STRUCT_OPS_LINKS;
use libbpf_tests::handles::{self, Monitor, PARTS, Part};
use libbpf_tests::kernel::{in_guest, open_descriptors};
use libbpf_tests::kernel_tests;
use std::sync::Mutex;
use std::thread;

kernel_tests![
    all need STRUCT_OPS_LINKS;
    parts_are_dropped_in_every_order,
    handles_are_used_by_threads_at_once,
    objects_are_loaded_by_threads_at_once,
];

/// Held by each test: descriptors are counted, and the count is of the whole process.
static ALONE: Mutex<()> = Mutex::new(());

/// The kernel waits when it unregisters something; these wait at the same time.
const LANES: usize = 12;

fn parts_are_dropped_in_every_order() {
    without_leak(|| {
        let mut orders = permutations(&PARTS);
        assert_eq!(orders.len(), 720);
        // In software emulation all of them take minutes; the rest is dropped on the machine's own kernel.
        if in_guest() {
            orders = orders.into_iter().step_by(37).collect();
        }
        thread::scope(|scope| {
            for (lane, orders) in orders.chunks(orders.len() / LANES).enumerate() {
                scope.spawn(move || {
                    for order in orders {
                        let monitor = Monitor::start(lane);
                        thread::scope(|scope| {
                            scope.spawn(move || monitor.drop_in_order(order));
                        });
                    }
                });
            }
        });
    });
}

fn handles_are_used_by_threads_at_once() {
    without_leak(|| handles::used_by_threads_at_once(0));
}

fn objects_are_loaded_by_threads_at_once() {
    without_leak(|| handles::loaded_by_threads_at_once(0));
}

/// Runs with the process to itself, and compares the open descriptors.
fn without_leak(test: impl FnOnce()) {
    let _alone = ALONE
        .lock()
        .unwrap_or_else(|poisoned| poisoned.into_inner());
    let before = open_descriptors();
    test();
    assert_eq!(open_descriptors(), before, "descriptors are left open");
}

fn permutations(parts: &[Part]) -> Vec<Vec<Part>> {
    if parts.is_empty() {
        return vec![Vec::new()];
    }
    let firsts = parts.iter().copied().flat_map(|first| {
        let others: Vec<_> = parts
            .iter()
            .copied()
            .filter(|&part| part != first)
            .collect();
        permutations(&others).into_iter().map(move |mut order| {
            order.insert(0, first);
            order
        })
    });
    firsts.collect()
}
