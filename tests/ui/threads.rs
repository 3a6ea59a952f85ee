//! Parts that are borrowed do not go to a thread that may outlive the open object.

use libbpf_tests::skeletons::tcp_shadow::OpenSkeleton;
use std::thread;

fn a_section_goes_to_a_thread(mut open: OpenSkeleton) {
    let rodata = open.parts().rodata; //~ E0597
    thread::spawn(move || rodata.step = 1);
}

fn a_caller_s_section_goes_to_a_thread(open: &mut OpenSkeleton) {
    let rodata = open.parts().rodata;
    thread::spawn(move || rodata.step = 1); //~ E0521
}

fn main() {}
