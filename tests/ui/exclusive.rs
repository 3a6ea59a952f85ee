//! While a part is lent out, nobody else reaches it: no second reference to a section, a shadow or a
//! program, and no change of the object underneath.

use libbpf_safe::{OpenObject, Result};
use libbpf_tests::skeletons::tcp_shadow::OpenSkeleton;
use std::mem;

fn parts_are_taken_twice(open: &mut OpenSkeleton) {
    let first = open.parts();
    let second = open.parts(); //~ E0499
    first.rodata.step = 1;
    second.rodata.step = 2;
}

fn a_shadow_is_taken_twice(open: &mut OpenSkeleton) {
    let first = open.parts().struct_ops.shadowed;
    let second = open.parts().struct_ops.shadowed; //~ E0499
    first.flags = second.flags;
}

fn a_shadow_is_moved_out_of_the_parts_twice(open: &mut OpenSkeleton) {
    let parts = open.parts();
    let first = parts.struct_ops.shadowed;
    let second = parts.struct_ops.shadowed; //~ E0382
    first.flags = second.flags;
}

fn the_open_object_is_looked_at_while_lent(open: &mut OpenSkeleton) {
    let ops = open.parts().struct_ops.shadowed;
    println!("{open:?}"); //~ E0502
    ops.flags = 1;
}

fn the_open_object_is_dropped_while_lent(mut open: OpenSkeleton) {
    let ops = open.parts().struct_ops.shadowed;
    drop(open); //~ E0505
    ops.flags = 1;
}

fn the_open_object_is_replaced_while_lent(mut open: OpenSkeleton, other: OpenSkeleton) {
    let ops = open.parts().struct_ops.shadowed;
    open = other; //~ E0506
    ops.flags = 1;
    drop(open);
}

fn objects_are_swapped_while_lent(one: &mut OpenSkeleton, other: &mut OpenSkeleton) {
    let rodata = one.parts().rodata;
    mem::swap(one, other); //~ E0499
    rodata.step = 1;
}

fn a_program_is_had_twice(open: &mut OpenObject) -> Result<()> {
    let mut first = open.program_mut("original")?;
    let mut second = open.program_mut("original")?; //~ E0499
    first.set_autoload(false);
    second.set_autoload(true);
    Ok(())
}

fn a_program_is_had_besides_all_programs(open: &mut OpenObject) -> Result<()> {
    let mut all = open.programs();
    let mut one = open.program_mut("original")?; //~ E0499
    all.next();
    one.set_autoload(true);
    Ok(())
}

fn a_map_is_had_twice(open: &mut OpenObject) -> Result<()> {
    let mut first = open.map_mut("counts")?;
    let mut second = open.map_mut("counts")?; //~ E0499
    first.set_max_entries(1)?;
    second.set_max_entries(2)
}

fn a_program_of_the_parts_is_borrowed_twice(open: &mut OpenSkeleton) {
    let mut parts = open.parts();
    let first = &mut parts.programs.on_sys_enter;
    let second = &mut parts.programs.on_sys_enter; //~ E0499
    first.set_autoload(false);
    second.set_autoload(true);
}

fn a_callback_is_taken_while_its_program_is_changed(open: &mut OpenSkeleton) {
    let mut parts = open.parts();
    let program = &mut parts.programs.spare;
    let callback = parts.programs.spare.callback(); //~ E0502
    program.set_autoload(true);
    println!("{callback:?}");
}

fn main() {}
