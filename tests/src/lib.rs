//! What the tests share.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::missing_errors_doc
)]

pub mod bpf_file_system;
pub mod bpftool;
pub mod cgroup;
pub mod faults;
pub mod features;
pub mod frames;
pub mod golden;
pub mod handles;
#[allow(missing_docs)]
pub mod kernel;
pub mod kernel_value;
pub mod layouts;
pub mod libbpf_values;
pub mod module_report;
pub mod net;
pub mod project;
pub mod rings;
pub mod skeletons;
pub mod sources;
pub mod tcp;
pub mod tracefs;

/// A program in C with functions and a USDT probe, `libbpf_tests:turn`, which it comes by as often as it is told, with
/// the number of each turn.
pub const PROBED: &str = concat!(env!("OUT_DIR"), "/probed");
