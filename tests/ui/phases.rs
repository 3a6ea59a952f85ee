//! What makes sense in one phase only does not exist in the other.

use libbpf_safe::map::Map;
use libbpf_safe::{Object, OpenObject, OpenProgram, Program};
use libbpf_tests::skeletons::tcp_shadow::{OpenSkeleton, Skeleton};

fn before_load(mut open: OpenSkeleton) {
    open.struct_ops.shadowed.attach(); //~ E0609
    open.parts().struct_ops.shadowed.attach(); //~ E0599
    open.parts().programs.on_sys_enter.attach(); //~ E0599
    open.parts().maps.counts.lookup(&1); //~ E0599
}

fn before_load_by_name(open: &mut OpenObject, program: OpenProgram<'_>) {
    open.program("on_sys_enter"); //~ E0599
    open.struct_ops("shadowed").unwrap().attach(); //~ E0599
    program.attach(); //~ E0599
    program.fd(); //~ E0599
}

fn after_load(skeleton: &mut Skeleton) {
    skeleton.parts(); //~ E0599
    skeleton.rodata.step = 1; //~ E0308
    skeleton.data.written = 1; //~ E0308
    skeleton.struct_ops.shadowed.flags = 1; //~ E0609
    skeleton.maps.counts.set_max_entries(16); //~ E0599
    skeleton.programs.original.set_autoload(false); //~ E0599
    skeleton.programs.original.callback(); //~ E0599
}

fn after_load_by_name(object: Object, program: &Program) {
    program.set_autoload(true); //~ E0599
    object.load(); //~ E0599
}

fn sizes_are_set_before_load(map: &Map, skeleton: &Skeleton) {
    map.set_value_size(4096); //~ E0599
    skeleton.maps.counts.set_value_size(4096); //~ E0599
    skeleton.rodata.set_value_size(4096); //~ E0599
}

/// libbpf keeps their size in step with a mapping that is lent out.
fn sections_are_no_maps(open: &mut OpenSkeleton) {
    open.parts().maps.rodata.set_max_entries(2); //~ E0609
}

fn main() {}
