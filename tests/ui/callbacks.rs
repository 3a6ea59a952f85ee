//! Only a struct_ops program becomes a callback, and a callback nothing else.

use libbpf_safe::data::Pointer;
use libbpf_safe::struct_ops::StructOpsProgram;
use libbpf_safe::{OpenProgram, Program};
use libbpf_tests::skeletons::tcp_shadow::shadow::tcp_congestion_ops;
use libbpf_tests::skeletons::tcp_shadow::{OpenSkeleton, Skeleton};

fn wrong_members(open: &mut OpenSkeleton) {
    let parts = open.parts();
    let ops = parts.struct_ops.shadowed;
    // A program that is no struct_ops program.
    ops.init = Some(parts.programs.on_sys_enter.callback()); //~ E0599
    ops.init = Some(parts.programs.on_sys_enter); //~ E0308
    // The program, not the handle of it.
    ops.init = Some(parts.programs.spare); //~ E0308
    // An empty callback is None, not a number.
    ops.init = 0; //~ E0308
    ops.init = Some(0); //~ E0308
    // A callback is no number, nor a pointer to data, nor a string.
    ops.flags = parts.programs.spare.callback(); //~ E0308
    ops.owner = parts.programs.spare.callback(); //~ E0308
    ops.name = parts.programs.spare.callback(); //~ E0308
    // Nor does a pointer become a callback.
    ops.init = Some(Pointer::from_address(1)); //~ E0308
    // A setting has the width that C gives it.
    ops.flags = 1u64; //~ E0308
    ops.flags = -1; //~ E0600
    // Text goes through the checked setter.
    ops.name = "bpf_reno"; //~ E0308
    // A member that the type does not have.
    ops.flag = 1; //~ E0609
}

fn of_any_program(program: OpenProgram<'_>, ops: &mut tcp_congestion_ops<'_>) {
    ops.init = Some(program.callback()); //~ E0599
}

fn of_a_loaded_program(program: &Program, skeleton: Skeleton, open: &mut OpenSkeleton) {
    let ops = open.parts().struct_ops.shadowed;
    ops.init = Some(program); //~ E0308
    ops.init = Some(skeleton.programs.spare); //~ E0308
}

fn out_of_thin_air() -> [StructOpsProgram<'static>; 2] {
    [
        StructOpsProgram::from(1usize), //~ E0308
        StructOpsProgram::default(),    //~ E0599
    ]
}

/// The shadow copy stays where it is: only the memory of the object counts.
fn a_shadow_is_copied(open: &mut OpenSkeleton) {
    let parts = open.parts();
    let copy: tcp_congestion_ops<'_> = parts.struct_ops.shadowed.clone(); //~ E0599
    drop(copy);
}

fn main() {}
