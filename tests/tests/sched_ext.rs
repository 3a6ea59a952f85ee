//! A scheduler: configured through the shadow copy, and seen scheduling. Runs on a kernel with sched_ext:
//! `make test-kernels` has one in a guest.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use libbpf_safe::{Program, enable_run_statistics};
use libbpf_tests::features::Feature;
use libbpf_tests::kernel_tests;
use libbpf_tests::kernel_value::KernelValue;
use libbpf_tests::skeletons::scx_minimal::OpenSkeleton;
use std::fs;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

kernel_tests![
    all need Feature::StructOps(TYPE);
    a_scheduler_as_in_the_object_schedules_and_ends,
    a_scheduler_is_configured_through_the_shadow_copy,
    a_second_scheduler_is_refused,
    flags_decide_which_tasks_it_gets,
];

const TYPE: &str = "sched_ext_ops";
/// `SCX_OPS_SWITCH_PARTIAL`: only tasks that ask for it.
const SWITCH_PARTIAL: u64 = 1 << 3;
/// `SCX_EXIT_UNREG`: user space has taken it back.
const EXIT_UNREG: u64 = 64;

/// The kernel takes one scheduler at a time.
fn turn() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A file of `/sys/kernel/sched_ext`.
fn kernel_says(file: &str) -> String {
    let text = fs::read_to_string(format!("/sys/kernel/sched_ext/{file}")).unwrap();
    text.trim().to_owned()
}

/// Tasks that wake up and go to sleep, until `done`; false if that takes too long.
fn work_until(done: impl Fn() -> bool) -> bool {
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(20) {
        let sleepers: Vec<_> = (0..4)
            .map(|_| thread::spawn(|| thread::sleep(Duration::from_millis(1))))
            .collect();
        for sleeper in sleepers {
            sleeper.join().unwrap();
        }
        if done() {
            return true;
        }
    }
    false
}

fn runs(program: &Program) -> u64 {
    program.info().unwrap().run_count
}

fn a_scheduler_as_in_the_object_schedules_and_ends() {
    let _turn = turn();
    let skeleton = OpenSkeleton::open().unwrap().load().unwrap();
    let counts = &skeleton.maps.counts;
    let count = |key: u32| counts.lookup(key).unwrap().unwrap();
    assert_eq!(kernel_says("state"), "disabled");

    let link = skeleton.struct_ops.minimal.attach().unwrap();
    assert_eq!(kernel_says("state"), "enabled");
    assert_eq!(kernel_says("root/ops"), "minimal");
    assert_eq!(kernel_says("switch_all"), "1");
    let before = count(0);
    assert!(work_until(|| count(0) > before + 20), "no task came by");
    assert_eq!(kernel_says("state"), "enabled", "not thrown out meanwhile");
    assert!(!skeleton.programs.enqueue_short.is_loaded());

    link.detach().unwrap();
    assert!(work_until(|| kernel_says("state") == "disabled"));
    assert_eq!(count(2), EXIT_UNREG);
    let ended = count(0);
    work_until(|| true);
    assert_eq!(count(0), ended, "nothing is scheduled by it any more");
}

fn a_scheduler_is_configured_through_the_shadow_copy() {
    let _turn = turn();
    let mut open = OpenSkeleton::open().unwrap();
    let parts = open.parts();
    let ops = parts.struct_ops.minimal;
    assert_eq!(ops.timeout_ms, 5000);
    ops.timeout_ms = 7000;
    ops.name.set("configured").unwrap();
    ops.enqueue = Some(parts.programs.enqueue_short.callback());
    ops.init = None;
    let skeleton = open.load().unwrap();
    let _statistics = enable_run_statistics().unwrap();
    let link = skeleton.struct_ops.minimal.attach().unwrap();
    assert_eq!(kernel_says("state"), "enabled");
    assert_eq!(kernel_says("root/ops"), "configured");

    let value = KernelValue::read(&skeleton.struct_ops.minimal, TYPE);
    assert_eq!(value.number("timeout_ms"), 7000);
    assert_eq!(value.text("name"), "configured");
    assert_eq!(value.number("flags"), 0);
    assert_eq!(value.number("init"), 0);
    let programs = &skeleton.programs;
    let id = programs.enqueue_short.info().unwrap().id;
    assert_eq!(value.number("enqueue"), u64::from(id));
    assert!(!programs.enqueue.is_loaded() && !programs.init.is_loaded());

    let before = runs(&programs.enqueue_short);
    assert!(
        work_until(|| runs(&programs.enqueue_short) > before + 20),
        "the callback that was put in does not run"
    );
    let count = |key: u32| skeleton.maps.counts.lookup(key).unwrap().unwrap();
    assert_eq!(count(0), 0);
    assert!(count(1) > 0);
    // Dropping is unregistering.
    drop((link, skeleton));
    assert!(work_until(|| kernel_says("state") == "disabled"));
}

fn a_second_scheduler_is_refused() {
    let _turn = turn();
    let first = OpenSkeleton::open().unwrap().load().unwrap();
    let second = OpenSkeleton::open().unwrap().load().unwrap();
    let link = first.struct_ops.minimal.attach().unwrap();
    let error = second.struct_ops.minimal.attach().unwrap_err();
    assert_eq!(error.raw_os_error(), Some(16), "EBUSY: {error}");
    assert!(error.to_string().contains("`minimal`"), "{error}");
    assert!(
        error
            .to_string()
            .contains("another scheduler is in force: detach that first"),
        "{error}"
    );
    assert_eq!(kernel_says("state"), "enabled");
    link.detach().unwrap();
    assert!(work_until(|| kernel_says("state") == "disabled"));
    // Now there is room.
    drop(second.struct_ops.minimal.attach().unwrap());
    assert!(work_until(|| kernel_says("state") == "disabled"));
}

fn flags_decide_which_tasks_it_gets() {
    let _turn = turn();
    let mut open = OpenSkeleton::open().unwrap();
    open.parts().struct_ops.minimal.flags = SWITCH_PARTIAL;
    let skeleton = open.load().unwrap();
    let link = skeleton.struct_ops.minimal.attach().unwrap();
    assert_eq!(kernel_says("state"), "enabled");
    assert_eq!(kernel_says("switch_all"), "0");
    let value = KernelValue::read(&skeleton.struct_ops.minimal, TYPE);
    assert_eq!(value.number("flags"), SWITCH_PARTIAL);
    // Nobody here has asked for it.
    work_until(|| true);
    assert_eq!(skeleton.maps.counts.lookup(0).unwrap(), Some(0));
    link.detach().unwrap();
    assert!(work_until(|| kernel_says("state") == "disabled"));
}
