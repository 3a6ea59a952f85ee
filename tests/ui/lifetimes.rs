//! What is borrowed from an object does not outlive it.

use libbpf_safe::data::CharArray;
use libbpf_safe::link::Link;
use libbpf_safe::map::{Array, Map};
use libbpf_safe::struct_ops::{StructOpsLink, StructOpsMap, StructOpsProgram};
use libbpf_safe::{Object, OpenObject, Program, Result};
use libbpf_tests::skeletons::tcp_shadow::shadow::tcp_congestion_ops;
use libbpf_tests::skeletons::tcp_shadow::{OpenSkeleton, Parts, Skeleton};
use std::os::fd::{AsFd, BorrowedFd};

fn a_callback_outlives_the_open_object(mut open: OpenSkeleton) -> StructOpsProgram<'static> {
    open.parts().programs.spare.callback() //~ E0515
}

fn a_callback_is_said_to_live_forever(open: &mut OpenSkeleton) -> StructOpsProgram<'static> {
    open.parts().programs.spare.callback() //~ E----
}

fn parts_outlive_the_open_object<'open>(mut open: OpenSkeleton) -> Parts<'open> {
    open.parts() //~ E0515
}

fn a_callback_goes_into_a_shadow_that_outlives_its_object(
    keeper: &mut OpenSkeleton,
    mut lender: OpenSkeleton,
) {
    let ops = keeper.parts().struct_ops.shadowed;
    ops.init = Some(lender.parts().programs.spare.callback());
    drop(lender); //~ E0505
    ops.flags = 1;
}

fn a_callback_goes_into_the_shadow_of_a_caller<'open>(
    ops: &mut tcp_congestion_ops<'open>,
    mut lender: OpenSkeleton,
) {
    ops.init = Some(lender.parts().programs.spare.callback()); //~ E0597
}

fn shadows_are_swapped_with_an_object_that_goes(
    keeper: &mut OpenSkeleton,
    mut lender: OpenSkeleton,
) {
    let ops = keeper.parts().struct_ops.shadowed;
    std::mem::swap(ops, lender.parts().struct_ops.shadowed);
    drop(lender); //~ E0505
    ops.flags = 1;
}

fn a_shadow_is_said_to_hold_callbacks_of_longer_life<'short, 'long: 'short>(
    ops: &'short mut tcp_congestion_ops<'long>,
) -> &'short mut tcp_congestion_ops<'short> {
    ops //~ E----
}

fn a_name_outlives_its_open_object(mut open: OpenObject) -> Result<()> {
    let name = open.program_mut("original")?.name();
    drop(open); //~ E0505
    println!("{name}");
    Ok(())
}

fn a_map_name_is_said_to_live_forever(open: &mut OpenObject) -> Result<&'static str> {
    Ok(open.map_mut("counts")?.name()) //~ E----
}

fn a_string_of_a_shadow_outlives_it(mut open: OpenSkeleton) {
    let name: &CharArray<16> = &open.parts().struct_ops.shadowed.name;
    drop(open); //~ E0505
    println!("{name}");
}

fn the_name_of_a_program_outlives_its_handle(program: Program) {
    let name = program.name();
    drop(program); //~ E0505
    println!("{name}");
}

fn the_name_of_an_object_outlives_its_handle(object: Object) {
    let name = object.name();
    drop(object); //~ E0505
    println!("{name}");
}

fn what_is_known_of_a_map_outlives_its_handle(map: Map) {
    let info = map.info();
    drop(map); //~ E0505
    println!("{info:?}");
}

fn a_descriptor_outlives_its_program(program: Program) -> Result<()> {
    let fd: BorrowedFd<'_> = program.fd()?;
    drop(program); //~ E0505
    println!("{fd:?}");
    Ok(())
}

fn a_descriptor_outlives_its_map(marks: Array<u64>) {
    let fd = marks.as_fd();
    drop(marks); //~ E0505
    println!("{fd:?}");
}

fn an_iterator_outlives_its_map(skeleton: Skeleton) {
    let elements = skeleton.maps.counts.iter();
    drop(skeleton); //~ E0505
    for element in elements {
        println!("{element:?}");
    }
}

fn the_map_of_a_link_is_borrowed_across_an_update(
    mut link: StructOpsLink,
    other: StructOpsMap,
) -> Result<()> {
    let current = link.map();
    link.update(&other)?; //~ E0502
    println!("{current:?}");
    Ok(())
}

fn a_struct_ops_link_is_used_after_detach(link: StructOpsLink) -> Result<()> {
    link.detach()?;
    println!("{:?}", link.info()); //~ E0382
    Ok(())
}

fn a_struct_ops_link_is_detached_twice(link: StructOpsLink) -> Result<()> {
    link.detach()?;
    link.detach() //~ E0382
}

fn a_link_is_used_after_detach(link: Link) -> Result<()> {
    link.detach()?;
    println!("{:?}", link.info()); //~ E0382
    Ok(())
}

fn a_link_is_detached_in_two_places(link: Link, links: &mut Vec<Link>) -> Result<()> {
    links.push(link);
    link.detach() //~ E0382
}

fn main() {}
