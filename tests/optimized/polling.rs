//! Loops that wait for a variable to change end, however well they are compiled.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use libbpf_safe::data::LiveCell;
use libbpf_safe::program::TestRun;
use libbpf_tests::kernel_tests;
use libbpf_tests::skeletons::globals::OpenSkeleton;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use std::{process, thread};

kernel_tests![
    a_loop_sees_what_a_program_writes,
    a_loop_sees_what_a_thread_writes,
    a_loop_sees_all_words_of_a_value,
];

/// Long enough for the loop to be under way before what it waits for.
const BEFORE: Duration = Duration::from_millis(20);

/// Ends the process where a loop does not end.
fn within_ten_seconds(test: impl FnOnce()) {
    let done = Arc::new(AtomicBool::new(false));
    let also_done = Arc::clone(&done);
    thread::spawn(move || {
        for _ in 0..100 {
            thread::sleep(Duration::from_millis(100));
            if also_done.load(Ordering::Relaxed) {
                return;
            }
        }
        eprintln!("the loop does not end");
        process::exit(1);
    });
    test();
    done.store(true, Ordering::Relaxed);
}

fn a_loop_sees_what_a_program_writes() {
    let skeleton = OpenSkeleton::open().unwrap().load().unwrap();
    let tick = skeleton.programs.tick.clone();
    within_ten_seconds(|| {
        let thread = thread::spawn(move || {
            thread::sleep(BEFORE);
            tick.test_run(TestRun::new()).unwrap();
        });
        while skeleton.bss.ready.get() == 0 {}
        thread.join().unwrap();
    });
    assert_eq!(skeleton.bss.runs.get(), 1);
}

fn a_loop_sees_what_a_thread_writes() {
    static READY: LiveCell<u8> = LiveCell::new(0);
    within_ten_seconds(|| {
        thread::scope(|scope| {
            scope.spawn(|| {
                thread::sleep(BEFORE);
                READY.set(7);
            });
            while READY.get() != 7 {}
        });
    });
}

fn a_loop_sees_all_words_of_a_value() {
    static VALUE: LiveCell<[u32; 5]> = LiveCell::new([0; 5]);
    within_ten_seconds(|| {
        thread::scope(|scope| {
            scope.spawn(|| {
                thread::sleep(BEFORE);
                VALUE.set([1, 2, 3, 4, 5]);
            });
            while VALUE.get() != [1, 2, 3, 4, 5] {}
        });
    });
}
