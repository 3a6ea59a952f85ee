//! A program that is the same for every kernel: a congestion control with members that some, or all, lack. It says
//! what was left out, and how much its congestion control has carried. Run by `tests/any_kernel.rs`.

#![forbid(unsafe_code)]

use libbpf_safe::OpenOptions;
use libbpf_safe::struct_ops::Presence;
use libbpf_tests::skeletons::newer::OpenSkeleton;
use libbpf_tests::tcp::transfer;
use std::error::Error;

const NAME: &str = "t_any_kernel";

fn main() -> Result<(), Box<dyn Error>> {
    let options = OpenOptions::new().presence(Presence::Drop);
    let mut open = OpenSkeleton::open_with(&options)?;
    open.parts().struct_ops.carried.name.set(NAME)?;
    let skeleton = open.load()?;
    for dropped in skeleton.object.dropped() {
        println!("dropped: {dropped}");
    }
    let link = skeleton.struct_ops.carried.attach()?;
    println!("carried: {}", transfer(NAME, 1 << 20)?);
    link.detach()?;
    Ok(())
}
