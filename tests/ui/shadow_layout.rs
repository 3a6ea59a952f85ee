//! `shadow!` takes no struct with padding in it, or with an alignment that its buffer may not have.

use libbpf_safe::struct_ops::StructOpsProgram;
use std::marker::PhantomData;

#[repr(C)]
struct Padded<'open> {
    init: Option<StructOpsProgram<'open>>,
    flags: u32,
}
libbpf_safe::shadow!(Padded as c"a" { init as c"init", flags as c"flags" }); //~ E0080

#[derive(Clone, Copy, PartialEq)]
#[repr(C, align(32))]
struct Wide {
    bytes: [u8; 32],
}
libbpf_safe::plain!(Wide { bytes });

#[repr(C)]
struct WideField<'open> {
    wide: Wide,
    open: PhantomData<&'open ()>,
}
libbpf_safe::shadow!(WideField as c"a" { wide as c"wide"; open }); //~ E0080

#[repr(C, align(32))]
struct WideItself<'open> {
    bytes: [u8; 32],
    open: PhantomData<&'open ()>,
}
libbpf_safe::shadow!(WideItself as c"a" { bytes as c"bytes"; open }); //~ E0080

fn main() {}
