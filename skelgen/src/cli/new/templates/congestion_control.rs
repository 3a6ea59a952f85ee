//! Registers a TCP congestion control, and shows what it does until it is stopped with Ctrl-C.
//!
//! Its arguments are a name and the largest window, in segments; both may be left out.

use std::error::Error;
use std::thread::sleep;
use std::time::Duration;

include!(concat!(env!("OUT_DIR"), "/congestion_control.skel.rs"));

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);

    let mut open = congestion_control::OpenSkeleton::open()?;
    let parts = open.parts();
    let ops = parts.struct_ops.congestion_control;
    if let Some(name) = arguments.next() {
        ops.name.set(&name)?;
    }
    if let Some(limit) = arguments.next() {
        parts.rodata.window_limit = limit.parse()?;
    }
    let name = ops.name;

    let skeleton = open.load()?;
    // It is registered as long as the link is held; the kernel takes it back when the process ends.
    let _link = skeleton.struct_ops.congestion_control.attach()?;
    println!("the congestion control {name} is registered");
    loop {
        sleep(Duration::from_secs(1));
        println!(
            "{} connections, {} segments acknowledged",
            skeleton.bss.connections.get(),
            skeleton.bss.segments_acked.get()
        );
    }
}
