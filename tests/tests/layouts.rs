//! Random layouts: of each member, offset, size, value read and value written are what clang says.
//!
//! Other seeds than the usual: `LAYOUT_SEEDS=1000..1100 cargo test -p libbpf-tests --test layouts`

#![forbid(unsafe_code)]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::all,
    unused_imports,
    unused_mut,
    non_snake_case
)]

use libbpf_safe::data::{CharArray, Pod, Pointer, member};

/// What clang and Rust do not agree on.
#[derive(Default)]
struct Checks {
    count: usize,
    failures: Vec<String>,
}

impl Checks {
    fn check(&mut self, holds: bool, failure: impl FnOnce() -> String) {
        self.count += 1;
        if !holds {
            self.failures.push(failure());
        }
    }

    /// Size and alignment. BTF has no alignment greater than natural, and none less: Rust may have less.
    fn whole<T>(&mut self, what: &str, places: &[u64], exact: bool) {
        let (size, align) = (size_of::<T>() as u64, align_of::<T>() as u64);
        self.check(size == places[0], || {
            format!("{what}: {size} bytes, clang {}", places[0])
        });
        let fits = if exact {
            align == places[1]
        } else {
            align <= 16
        };
        self.check(fits, || {
            format!("{what}: aligned to {align}, clang {}", places[1])
        });
    }

    fn value(&mut self, what: &str, same: bool) {
        self.check(same, || {
            format!("{what} does not read what clang has written")
        });
    }

    fn bytes<T: Pod>(&mut self, what: &str, ours: &T, clangs: &T) {
        let (ours, clangs) = (bytemuck::bytes_of(ours), bytemuck::bytes_of(clangs));
        self.check(ours == clangs, || {
            format!("{what}\n  Rust:  {ours:02x?}\n  clang: {clangs:02x?}")
        });
    }

    /// A member with no zero byte, all others being zero, is where clang has it.
    fn place<T: Pod>(&mut self, what: &str, value: &T, places: &[u64]) {
        let bytes = bytemuck::bytes_of(value);
        let first = bytes.iter().position(|&byte| byte != 0).unwrap_or_default() as u64;
        let size = bytes.iter().filter(|&&byte| byte != 0).count() as u64;
        self.check([first, size] == places[..2], || {
            format!(
                "{what}: {size} bytes at {first}, clang {} at {}",
                places[1], places[0]
            )
        });
    }
}

include!(concat!(env!("OUT_DIR"), "/layouts.skel.rs"));
include!(concat!(env!("OUT_DIR"), "/layouts_checks.rs"));

#[test]
fn every_member_is_where_clang_has_it_and_reads_and_writes_the_same() {
    let mut open = layouts::OpenSkeleton::open().unwrap();
    let mut checks = Checks::default();
    check(open.parts(), &mut checks);
    assert!(checks.count > 1000, "{} checks", checks.count);
    assert!(
        checks.failures.is_empty(),
        "{} of {} checks failed:\n{}",
        checks.failures.len(),
        checks.count,
        checks.failures.join("\n")
    );
}
