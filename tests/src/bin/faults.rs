//! Registers congestion controls in a process that has done nothing with BPF before, while a call fails:
//! `faults bpf|descriptors NUMBER ERRNO`. Prints how many such calls there were, and the error. Run by
//! `tests/fault_injection.rs`.

#![forbid(unsafe_code)]

use libbpf_tests::faults::scenarios::{congestion_controls, run};
use libbpf_tests::faults::{Calls, Fault};
use std::env;
use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let mut next = || arguments.next().ok_or("bpf|descriptors NUMBER ERRNO");
    let calls = match next()?.as_str() {
        "bpf" => Calls::Bpf,
        _ => Calls::Descriptors,
    };
    let fault = Fault {
        calls,
        at: next()?.parse()?,
        times: 1,
        errno: next()?.parse()?,
    };
    let outcome = run(congestion_controls, fault);
    println!("{}", outcome.calls);
    if let Some(error) = outcome.error {
        println!("{error}");
    }
    Ok(())
}
