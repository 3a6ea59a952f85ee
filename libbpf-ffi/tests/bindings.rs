//! The committed bindings are what bindgen makes of the headers today (`make bindings` renews them).
#![cfg(feature = "bindgen")]

#[test]
fn committed_bindings_are_current() {
    let fresh = include_str!(concat!(env!("OUT_DIR"), "/bindings.rs"));
    let committed = include_str!("../src/bindings.rs");
    assert_eq!(
        committed, fresh,
        "vendor/include changed: run `make bindings` and commit libbpf-ffi/src/bindings.rs"
    );
}
