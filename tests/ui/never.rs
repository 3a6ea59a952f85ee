//! edition: 2021
//!
//! A field that can hold no value at all: in this edition, reading it passes for reading `()`, which every
//! bit pattern is valid for. Newer compilers warn of that, as long as they are let.

#![allow(dependency_on_unit_never_type_fallback)]

use std::marker::PhantomData;

trait Returned {
    type Value;
}
impl<T> Returned for fn() -> T {
    type Value = T;
}
type Never = <fn() -> ! as Returned>::Value;

#[derive(Clone, Copy)]
#[repr(C)]
struct Plain {
    value: u32,
    never: Never,
}
libbpf_safe::plain!(Plain { value; never }); //~ E0277

#[repr(C)]
struct Ops<'open> {
    value: u32,
    never: Never,
    open: PhantomData<&'open ()>,
}
libbpf_safe::shadow!(Ops as c"a" { value as c"value"; never, open }); //~ E0277

fn main() {}
