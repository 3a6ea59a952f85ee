//! The generated skeletons of `tests/bpf`.

include!(concat!(env!("OUT_DIR"), "/tcp_shadow.skel.rs"));
