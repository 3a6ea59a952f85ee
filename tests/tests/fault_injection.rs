//! Each system call fails once, alone or with its neighbour: nothing crashes, the error says what failed, no
//! descriptor, mapping or registration is left, and it works the next time.

#![forbid(unsafe_code)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use libbpf_tests::faults::operations::{elements, linking, loaded_types, probes, variables};
use libbpf_tests::faults::scenarios::{
    Scenario, attachments, collection, congestion_controls, maps, readers, run,
};
use libbpf_tests::faults::{Calls, Fault};
use libbpf_tests::features::STRUCT_OPS_LINKS;
use libbpf_tests::kernel::in_guest;
use libbpf_tests::kernel_tests;
use rustix::io::Errno;
use std::fs::File;
use std::process::Command;
use std::{mem, panic};

kernel_tests![
    all need STRUCT_OPS_LINKS;
    congestion_controls_that_fail_half_way_leave_nothing,
    a_collection_that_fails_half_way_leaves_nothing,
    attachments_that_fail_half_way_leave_nothing,
    maps_that_fail_half_way_leave_nothing,
    readers_that_fail_half_way_leave_nothing,
    elements_that_fail_half_way_leave_nothing,
    variables_that_fail_half_way_leave_nothing,
    probes_that_fail_half_way_leave_nothing,
    types_that_are_loaded_half_way_leave_nothing,
    linking_that_fails_half_way_leaves_nothing,
    the_first_load_of_a_process_may_fail_anywhere,
    what_is_left_is_noticed,
];

fn congestion_controls_that_fail_half_way_leave_nothing() {
    each_call_fails(congestion_controls);
}

fn a_collection_that_fails_half_way_leaves_nothing() {
    each_call_fails(collection);
}

fn attachments_that_fail_half_way_leave_nothing() {
    each_call_fails_by(attachments, IN_PAIRS);
}

fn maps_that_fail_half_way_leave_nothing() {
    each_call_fails_by(maps, IN_PAIRS);
}

fn readers_that_fail_half_way_leave_nothing() {
    each_call_fails_by(readers, IN_PAIRS);
}

fn elements_that_fail_half_way_leave_nothing() {
    each_call_fails_by(elements, IN_PAIRS);
}

fn variables_that_fail_half_way_leave_nothing() {
    each_call_fails_by(variables, IN_PAIRS);
}

fn probes_that_fail_half_way_leave_nothing() {
    each_call_fails_by(probes, OF_PROBES);
}

fn types_that_are_loaded_half_way_leave_nothing() {
    each_call_fails(loaded_types);
}

fn linking_that_fails_half_way_leaves_nothing() {
    each_call_fails_by(linking, IN_PAIRS);
}

/// Which calls, how many in a row, and why.
const FAULTS: &[(Calls, usize, Errno)] = &[
    (Calls::Bpf, 1, Errno::PERM),
    (Calls::Bpf, 2, Errno::NOMEM),
    (Calls::Descriptors, 1, Errno::MFILE),
    (Calls::Mappings, 1, Errno::NOMEM),
    (Calls::Events, 1, Errno::ACCESS),
];

/// For scenarios of many calls, most of which are alike.
const IN_PAIRS: &[(Calls, usize, Errno)] = FAULTS.split_at(1).1;

/// What is special about probes; the rest is as in other scenarios, and to detach probes takes long.
const OF_PROBES: &[(Calls, usize, Errno)] = FAULTS.split_at(3).1;

fn each_call_fails(scenario: Scenario) {
    each_call_fails_by(scenario, FAULTS);
}

fn each_call_fails_by(scenario: Scenario, faults: &[(Calls, usize, Errno)]) {
    // The first time libbpf asks what the kernel supports, and does so once only.
    run(scenario, Calls::Bpf.all_succeed());
    for &(calls, times, errno) in faults {
        let whole = run(scenario, calls.all_succeed());
        assert!(whole.error.is_none(), "{whole:?}");
        let (mut failures, mut tried) = (0, 0);
        // Every call is among those that fail once.
        for at in (1..=whole.calls).step_by(times * stride()) {
            tried += 1;
            let fault = Fault {
                calls,
                at,
                times,
                errno: errno.raw_os_error(),
            };
            if let Some(error) = run(scenario, fault).error {
                failures += 1;
                // libbpf goes on where BTF is refused; what needs it is then refused by the kernel itself.
                let told = error.raw_os_error();
                let expected = [errno, Errno::INVAL].map(|errno| Some(errno.raw_os_error()));
                assert!(expected.contains(&told), "{fault:?}: {error:?}");
            }
        }
        // libbpf does without some: it tries again, or leaves out names and BTF. Of a few it may do without all.
        assert!(
            4 * failures >= tried || stride() > 1,
            "{failures} of {tried}"
        );
    }
    let again = run(scenario, Calls::Bpf.all_succeed());
    assert!(again.error.is_none(), "{again:?}");
}

/// Guests are emulated, and slow: there it is one call in 23.
fn stride() -> usize {
    if in_guest() { 23 } else { 1 }
}

/// Each time in a new process: what the kernel supports is asked, too.
fn the_first_load_of_a_process_may_fail_anywhere() {
    for (calls, errno) in [("bpf", Errno::INVAL), ("descriptors", Errno::MFILE)] {
        let mut failures = 0;
        let mut at = 1;
        loop {
            let output = Command::new(env!("CARGO_BIN_EXE_faults"))
                .args([calls, &at.to_string(), &errno.raw_os_error().to_string()])
                .output()
                .unwrap();
            let errors = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{calls} {at}: {errors}");
            let text = String::from_utf8(output.stdout).unwrap();
            let mut lines = text.lines();
            let made: usize = lines.next().unwrap().parse().unwrap();
            if made < at {
                break;
            }
            failures += lines.count();
            at += stride();
        }
        let expected = 10 / stride()..200;
        assert!(expected.contains(&failures), "{failures} of {at}");
    }
}

/// The other tests could not fail otherwise.
fn what_is_left_is_noticed() {
    let leaves_a_descriptor: Scenario = || {
        mem::forget(File::open("/dev/null").unwrap());
        Ok(Box::new(()))
    };
    let noticed =
        panic::catch_unwind(|| run(leaves_a_descriptor, Calls::Descriptors.all_succeed()));
    assert!(noticed.is_err());
}
