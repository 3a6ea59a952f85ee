//! What `tests/valgrind.rs` runs under valgrind, by its name.

#![forbid(unsafe_code)]

use libbpf_tests::handles;
use std::env;
use std::process::ExitCode;

fn main() -> ExitCode {
    match env::args().nth(1).as_deref() {
        Some("drops") => handles::every_part_first_and_last(0),
        Some("shared") => handles::used_by_threads_at_once(0),
        Some("apart") => handles::loaded_by_threads_at_once(0),
        _ => {
            eprintln!("usage: handles drops|shared|apart");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}
