//! `plain!` and `plain_enum!` take no field that some bit pattern is wrong for, and no struct that is not
//! named in full.

use libbpf_safe::data::Pod;
use libbpf_safe::struct_ops::StructOpsProgram;
use libbpf_tests::skeletons::tcp_shadow::sections::rodata;
use std::cell::Cell;
use std::num::NonZeroU32;

#[derive(Clone, Copy)]
#[repr(C)]
struct WithBool {
    flag: bool,
}
libbpf_safe::plain!(WithBool { flag }); //~ E0277

#[derive(Clone, Copy)]
#[repr(C)]
struct WithReference {
    text: &'static u8,
}
libbpf_safe::plain!(WithReference { text }); //~ E0277

#[derive(Clone, Copy)]
#[repr(C)]
struct WithChar {
    letter: char,
}
libbpf_safe::plain!(WithChar { letter }); //~ E0277

#[derive(Clone, Copy)]
#[repr(C)]
struct WithNonZero {
    id: NonZeroU32,
}
libbpf_safe::plain!(WithNonZero { id }); //~ E0277

#[derive(Clone, Copy)]
#[repr(C)]
struct WithCallback {
    init: Option<StructOpsProgram<'static>>,
}
libbpf_safe::plain!(WithCallback { init }); //~ E0277

#[derive(Clone, Copy)]
#[repr(C)]
struct WithAnotherStruct {
    inner: Unproved,
}
#[derive(Clone, Copy)]
#[repr(C)]
struct Unproved {
    value: u32,
}
libbpf_safe::plain!(WithAnotherStruct { inner }); //~ E0277

#[derive(Clone, Copy)]
#[repr(C)]
struct Unnamed {
    value: u32,
    flag: bool,
}
libbpf_safe::plain!(Unnamed { value }); //~ E---- E0080

#[derive(Clone, Copy)]
#[repr(C)]
struct Twice {
    value: u32,
    small: u16,
}
libbpf_safe::plain!(Twice { //~ E0025
    value,
    small,
    small
});

#[repr(C)]
struct NotCopy {
    value: u32,
}
libbpf_safe::plain!(NotCopy { value }); //~ E0277

#[derive(Clone, Copy)]
#[repr(transparent)]
struct BoolEnum(bool);
libbpf_safe::plain_enum!(BoolEnum(bool) {}); //~ E0277 E0308

fn is_pod<T: Pod>() {}

fn what_generated_structs_hold(rodata: &mut rodata) {
    rodata.enabled = true; //~ E0308
    rodata.step = 1u64; //~ E0308
    is_pod::<Cell<u32>>(); //~ E0277
}

fn main() {}
