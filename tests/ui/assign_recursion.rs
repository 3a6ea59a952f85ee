//! A struct that parts of an object are assigned to is in no struct that it has.

use libbpf_safe::{Program, assign};

assign! {
    struct Endless { //~ E0072
        program: Program = "counter",
        again: Endless,
    }
}
