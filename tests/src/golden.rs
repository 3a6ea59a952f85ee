//! The skeletons of `tests/golden`, under stricter lints than most users have.

#![deny(
    warnings,
    missing_docs,
    missing_debug_implementations,
    unreachable_pub,
    rust_2018_idioms,
    unused_qualifications,
    clippy::all,
    clippy::pedantic
)]

macro_rules! skeletons {
    ($($module:ident),*) => {};
}

include!(concat!(env!("OUT_DIR"), "/golden/all.rs"));
