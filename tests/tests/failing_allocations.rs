//! Each request for memory that libbpf or libelf makes is refused once: nothing crashes, the error says what failed,
//! no memory, descriptor, mapping or registration is left, and it works the next time.

#![deny(unsafe_code)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

#[path = "failing_allocations/allocator.rs"]
mod allocator;
#[path = "failing_allocations/child.rs"]
mod child;

use child::in_child;
use libbpf_safe::{ErrorKind, ObjectFile};
use libbpf_tests::faults::operations::{
    elements, linking, loaded_probes, loaded_types, probes, types, variables,
};
use libbpf_tests::faults::scenarios::{
    Outcome, Scenario, collection, congestion_controls, leaves_nothing, maps, readers,
};
use libbpf_tests::features::STRUCT_OPS_LINKS;
use libbpf_tests::kernel::in_guest;
use libbpf_tests::kernel_tests;
use libbpf_tests::skeletons::COLLECTION;

kernel_tests![
    all need STRUCT_OPS_LINKS;
    // First: nothing has been loaded.
    the_first_load_of_a_process_may_lack_memory_anywhere,
    congestion_controls_without_memory_leave_nothing,
    a_collection_without_memory_leaves_nothing,
    maps_without_memory_leave_nothing,
    readers_without_memory_leave_nothing,
    elements_without_memory_leave_nothing,
    variables_without_memory_leave_nothing,
    probes_without_memory_leave_nothing,
    types_without_memory_leave_nothing,
    types_that_are_loaded_without_memory_leave_nothing,
    linking_without_memory_leaves_nothing_and_libbpf_may_crash,
    memory_that_is_left_is_noticed,
];

fn congestion_controls_without_memory_leave_nothing() {
    each_request_is_refused(congestion_controls);
}

fn a_collection_without_memory_leaves_nothing() {
    each_request_is_refused(collection);
}

fn maps_without_memory_leave_nothing() {
    each_request_is_refused(maps);
}

fn readers_without_memory_leave_nothing() {
    each_request_is_refused(readers);
}

fn elements_without_memory_leave_nothing() {
    each_request_is_refused(elements);
}

fn variables_without_memory_leave_nothing() {
    each_request_is_refused(variables);
}

/// To attach, and no more: to open and load is as in the other tests, and to detach takes long.
fn probes_without_memory_leave_nothing() {
    loaded_probes().unwrap();
    let before = run(loaded_probes, 0).calls;
    each_request_is_refused_after(before, probes);
}

fn types_without_memory_leave_nothing() {
    each_request_is_refused(types);
}

fn types_that_are_loaded_without_memory_leave_nothing() {
    each_request_is_refused(loaded_types);
}

/// Does a scenario while this request is refused; 0 for none.
fn run_once(scenario: Scenario, refused: usize) -> Outcome {
    leaves_nothing(refused, || {
        allocator::refuse(refused);
        let result = scenario();
        (result, allocator::refuse_no_more())
    })
}

/// The same, and C holds no memory of it afterwards.
fn run(scenario: Scenario, refused: usize) -> Outcome {
    let held = allocator::held();
    let outcome = run_once(scenario, refused);
    let left = allocator::held() - held;
    assert_eq!(left, 0, "pieces of memory left by {refused}, {outcome:?}");
    outcome
}

fn each_request_is_refused(scenario: Scenario) {
    each_request_is_refused_after(0, scenario);
}

fn each_request_is_refused_after(before: usize, scenario: Scenario) {
    // The first times libbpf asks what the kernel supports, and keeps it, as others keep what they need once.
    for _ in 0..2 {
        let first = run_once(scenario, 0);
        assert!(first.error.is_none(), "{first:?}");
    }
    let whole = run(scenario, 0);
    assert!(whole.error.is_none(), "{whole:?}");
    let mut failures = 0;
    let mut said = 0;
    let mut tried = 0;
    for number in (before + 1..=whole.calls).step_by(stride()) {
        tried += 1;
        if let Some(error) = run(scenario, number).error {
            failures += 1;
            let text = error.to_string();
            said += usize::from(
                error.kind() == &ErrorKind::OutOfMemory || text.contains("out of memory"),
            );
        }
    }
    // Some are made again in another way: the kernel's BTF is read where it cannot be mapped.
    assert!(
        2 * failures > tried || stride() > 1,
        "{failures} of {tried}"
    );
    // libbpf and libelf give some other reason at times.
    assert!(2 * said > failures || stride() > 1, "{said} of {failures}");
    let again = run(scenario, 0);
    assert!(again.error.is_none(), "{again:?}");
}

/// Guests are emulated, and slow: there it is one request in 41.
fn stride() -> usize {
    if in_guest() { 41 } else { 1 }
}

const SUCCESS: u8 = 0;
const FAILURE: u8 = 1;
const NOT_REACHED: u8 = 2;

/// In a copy of this process.
fn run_apart(scenario: Scenario, refused: usize) -> Result<u8, i32> {
    // Rust has the C library note a thread's variables with destructors, which ends the process where it has no memory
    // for that. To open an object asks nothing of the kernel, so that what it supports is still to be asked.
    let _ = ObjectFile::from_bytes("collection", COLLECTION).unwrap();
    in_child(|| match run_once(scenario, refused) {
        outcome if outcome.calls < refused => NOT_REACHED,
        Outcome { error: None, .. } => SUCCESS,
        Outcome { error: Some(_), .. } => FAILURE,
    })
}

/// Each time in a new process: what the kernel supports is asked, too.
fn the_first_load_of_a_process_may_lack_memory_anywhere() {
    let ends = (1..).map(|number| run_apart(elements, number).unwrap());
    let ends: Vec<_> = ends.take_while(|&end| end != NOT_REACHED).collect();
    let failures = ends.iter().filter(|&&end| end == FAILURE).count();
    assert!(
        (20..200).contains(&failures),
        "{failures} of {}",
        ends.len()
    );
}

/// libbpf 1.7 does not look at what it gets for the first bytes of a section that it links (`extend_sec`), nor libelf
/// 0.188 at what it gets for a section (`elf_newscn`). Nothing can be done about it from here: to link may crash where
/// there is no memory at all.
fn linking_without_memory_leaves_nothing_and_libbpf_may_crash() {
    let mut crashes = 0;
    let mut failures = 0;
    for number in (1..).step_by(stride()) {
        match run_apart(linking, number) {
            Ok(NOT_REACHED) => break,
            Ok(FAILURE) => failures += 1,
            Ok(_) => {}
            Err(libc::SIGSEGV) => crashes += 1,
            Err(signal) => panic!("signal {signal} at request {number}"),
        }
    }
    assert!(failures > 500 / stride(), "{failures}");
    assert!(crashes < 40, "{crashes}");
}

/// The other tests could not fail otherwise.
fn memory_that_is_left_is_noticed() {
    let leaves_memory: Scenario = || {
        allocator::leave_one();
        Ok(Box::new(()))
    };
    let noticed = std::panic::catch_unwind(|| run(leaves_memory, 0));
    assert!(noticed.is_err());
}
