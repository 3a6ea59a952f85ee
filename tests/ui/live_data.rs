//! Memory that BPF programs write is seen through cells only.

use libbpf_safe::data::{FrozenCell, LiveCell, LiveSection};
use libbpf_safe::{live, live_member, plain};
use libbpf_tests::skeletons::globals::types::reading;
use libbpf_tests::skeletons::globals::{Skeleton, live as variables};

fn references(skeleton: &mut Skeleton) {
    let runs: &u64 = &skeleton.bss.runs; //~ E0308
    skeleton.bss.last.time = 1; //~ E0609
    let _ = runs;
}

fn assignment(skeleton: &mut Skeleton) {
    skeleton.bss.runs = LiveCell::new(1); //~ E0594
}

fn constants(skeleton: &Skeleton) {
    skeleton.rodata.step.set(1); //~ E0599
    skeleton.kconfig.CONFIG_BPF.set(false.into()); //~ E0599
    skeleton.rodata_table.table.elements()[0].set(1); //~ E0599
}

fn types(skeleton: &Skeleton) {
    skeleton.bss.runs.set(1u32); //~ E0308
    skeleton.bss.phase.fetch_add(1); //~ E0599
    skeleton.bss.flag.set(true); //~ E0308
}

fn members(skeleton: &Skeleton) {
    live_member!(skeleton.bss.last, reading, duration); //~ E0609
    live_member!(skeleton.bss.last, variables::bss, runs); //~ E0599
    let _: &LiveCell<u64> = live_member!(skeleton.bss.last, reading, value); //~ E0308
}

fn lifetimes(section: LiveSection<variables::bss>) -> &'static LiveCell<u64> {
    &section.runs //~ E0515
}

#[repr(C)]
struct NoCell {
    value: u64,
}
live!(NoCell of NoCell { value }); //~ E0277

#[derive(Clone, Copy)]
#[repr(C)]
struct Pair {
    first: u32,
    second: u32,
}
plain!(Pair { first, second });

#[repr(C)]
struct Swapped {
    second: LiveCell<u32>,
    first: LiveCell<u32>,
}
live!(Swapped of Pair { second, first }); //~ E0080

#[repr(C)]
struct Unnamed {
    first: LiveCell<u32>,
    second: FrozenCell<u32>,
}
live!(Unnamed of Pair { first }); //~ E---- E0080

fn main() {}
