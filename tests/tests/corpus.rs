//! Legal C, with names and layouts that are hard on a generator. That this compiles is the test of its
//! code: every skeleton has its layout asserted against what clang wrote into BTF. That libbpf opens the
//! objects, and gives every part, is tested here.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used)]
#![deny(warnings)]

use std::fmt::Write;

/// A test for each skeleton: everything in it can be borrowed and shown.
macro_rules! skeletons {
    ($($module:ident),*) => {
        #[test]
        fn every_object_opens_with_all_its_parts() {
            let mut failures = String::new();
            $(
                match $module::OpenSkeleton::open() {
                    Ok(mut open) => drop(format!("{:?}", open.parts())),
                    Err(error) => writeln!(failures, "{}: {error:?}", $module::NAME).unwrap(),
                }
            )*
            assert!(failures.is_empty(), "{failures}");
        }
    };
}

include!(concat!(env!("OUT_DIR"), "/corpus/all.rs"));
