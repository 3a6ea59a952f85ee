//! The committed bindings are what bindgen makes of the headers today (`make bindings` renews them).
#![cfg(feature = "bindgen")]
#![allow(clippy::panic)]

#[test]
fn committed_bindings_are_current() {
    let fresh = include_str!(concat!(env!("OUT_DIR"), "/bindings.rs"));
    let committed = include_str!("../src/bindings.rs");
    if committed == fresh {
        return;
    }
    let mut lines = committed.lines().zip(fresh.lines()).enumerate();
    let difference = lines.find(|(_, (committed, fresh))| committed != fresh);
    panic!(
        "vendor/include changed: run `make bindings` and commit libbpf-ffi/src/bindings.rs; \
         the first line that differs, counted from 0, and what it is now: {difference:#?}"
    );
}
