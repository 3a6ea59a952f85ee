//! What other libraries take, and only a fault comes of.

use libbpf_safe::link::{Link, Links};
use libbpf_safe::map::{CreateFlags, HashMap, OpenMap, UpdateFlag};
use libbpf_safe::program::TestRun;
use libbpf_safe::program::attach::UprobeOptions;
use libbpf_safe::{OpenObject, Program};
use libbpf_tests::skeletons::tcp_shadow::{OpenSkeleton, Skeleton};

fn flags_of_creation_are_none_of_an_update(map: &HashMap<u32, u32>, open: &mut OpenMap<'_>) {
    let _ = map.update(&1, &2, CreateFlags::NO_PREALLOC); //~ E0308
    let _ = open.set_create_flags(UpdateFlag::NoExist); //~ E0308
}

fn options_take_no_addresses(packet: &[u8]) {
    let _ = TestRun::new().data(packet.as_ptr()); //~ E0308
    let _ = UprobeOptions {
        function: Some(c"main".as_ptr()), //~ E0308
        ..UprobeOptions::default()
    };
}

fn options_do_not_outlive_what_they_name() -> TestRun<'static> {
    let packet = vec![0; 64];
    TestRun::new().data(&packet) //~ E0515
}

/// The result has bytes of its own: nothing that was lent is written to.
fn what_is_lent_to_a_run_is_not_written_to(program: &Program) {
    let mut packet = [0; 64];
    let run = TestRun::new().data(&packet);
    packet[0] = 1; //~ E0506
    let _ = program.test_run(run);
}

fn keys_and_values_are_no_bytes(map: &HashMap<u32, u32>) {
    let bytes: [u8; 4] = [0; 4];
    let _ = map.lookup(&bytes); //~ E0308
    let _ = map.update(&bytes, &bytes, UpdateFlag::Any); //~ E0308
    let _: Option<Vec<u8>> = map.lookup(&1).unwrap(); //~ E0308
}

fn a_section_is_lent_to_two(open: &mut OpenSkeleton) {
    let mut parts = open.parts();
    let first = &mut parts.data;
    let second = &mut parts.data; //~ E0499
    first.written = 1;
    second.written = 2;
}

fn a_link_has_one_owner(skeleton: &Skeleton) -> Option<Link> {
    skeleton.links.on_sys_enter.clone() //~ E0599
}

fn an_object_is_loaded_while_a_map_is_lent(mut open: OpenObject) {
    let map = open.map_mut("counts").unwrap();
    let _ = open.load(); //~ E0505
    drop(map);
}

fn links_are_used_after_they_are_gone(links: Links) {
    drop(links);
    links.detach(); //~ E0382
}

fn main() {}
