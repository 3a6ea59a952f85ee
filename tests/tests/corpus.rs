//! Legal C, with names and layouts that are hard on a generator. That this compiles is the test of its
//! code: every skeleton has its layout asserted against what clang wrote into BTF. That libbpf opens the
//! objects, and gives every part, is tested here.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used)]
#![deny(warnings)]

use std::fmt::Write;

/// Everything in each skeleton in it can be borrowed and shown.
macro_rules! skeletons {
    ($($module:ident),*) => {
        fn open_all() {
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

/// Small sources, the same on any kernel.
mod small {
    use super::*;

    include!(concat!(env!("OUT_DIR"), "/corpus/all.rs"));

    #[test]
    fn every_object_opens_with_all_its_parts() {
        open_all();
    }
}

/// Sources in the style of tools, schedulers and the kernel's own tests, with the types of `vmlinux.h`.
mod kernel {
    use super::*;

    include!(concat!(env!("OUT_DIR"), "/corpus/kernel/all.rs"));

    #[test]
    fn every_object_with_kernel_types_opens_with_all_its_parts() {
        open_all();
    }
}

/// Random sources; others than the usual by `SOURCE_SEEDS=100..200`.
mod random {
    use super::*;

    include!(concat!(env!("OUT_DIR"), "/random/all.rs"));

    #[test]
    fn every_random_object_opens_with_all_its_parts() {
        open_all();
    }
}
