//! `shadow!` takes no field that some bit pattern is wrong for.

use libbpf_safe::struct_ops::StructOpsProgram;
use std::marker::PhantomData;

#[repr(C)]
struct WithBool<'open> {
    init: Option<StructOpsProgram<'open>>,
    flag: bool,
    rest: [u8; 7],
}
libbpf_safe::shadow!(WithBool as c"a" { init as c"init", flag as c"flag"; rest }); //~ E0277

#[repr(C)]
struct WithReference<'open> {
    text: &'open u8,
}
libbpf_safe::shadow!(WithReference as c"a" { text as c"text" }); //~ E0277

#[repr(C)]
struct WithoutNone<'open> {
    init: StructOpsProgram<'open>,
}
libbpf_safe::shadow!(WithoutNone as c"a" { init as c"init" }); //~ E0277

#[repr(C)]
struct WithFunction<'open> {
    init: Option<extern "C" fn()>,
    open: PhantomData<&'open ()>,
}
libbpf_safe::shadow!(WithFunction as c"a" { init as c"init"; open }); //~ E0277

#[repr(C)]
struct Unnamed<'open> {
    init: Option<StructOpsProgram<'open>>,
    flags: u64,
}
libbpf_safe::shadow!(Unnamed as c"a" { init as c"init" }); //~ E---- E0080

fn main() {}
