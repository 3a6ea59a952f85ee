//! Lets a scheduler in BPF run this machine for some seconds, then shows what it did. Needs Linux 6.12 or later,
//! built with sched_ext.
//!
//! `scheduler [SLICE_MILLISECONDS] [SECONDS]`: slices of 5 ms, and 5 seconds.

use cookbook::number;
use std::error::Error;
use std::thread::sleep;
use std::time::Duration;

include!(concat!(env!("OUT_DIR"), "/scheduler.skel.rs"));

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let slice = number(arguments.next(), "milliseconds", 5)?;
    let seconds = number(arguments.next(), "seconds", 5)?;

    let mut open = scheduler::OpenSkeleton::open()?;
    let parts = open.parts();
    parts.rodata.slice = Duration::from_millis(slice).as_nanos().try_into()?;
    let ops = parts.struct_ops.fair;
    ops.name.set("cookbook_fair")?;
    // A task that waits for longer than this makes the kernel take its own scheduler back.
    ops.timeout_ms = 3000;

    let skeleton = open.load()?;
    let link = skeleton.struct_ops.fair.attach()?;
    println!("scheduling with {}", in_force()?);
    sleep(Duration::from_secs(seconds));
    // Whatever happened, the kernel's own scheduler is back when the link is gone.
    let last = in_force()?;
    link.detach()?;

    let (queued, dispatched) = (skeleton.bss.queued.get(), skeleton.bss.dispatched.get());
    println!("{queued} tasks queued, {dispatched} dispatched; to the end: {last}");
    Ok(())
}

/// The name of the scheduler, as the kernel has it.
fn in_force() -> Result<String, Box<dyn Error>> {
    let name = std::fs::read_to_string("/sys/kernel/sched_ext/root/ops");
    Ok(name.map_or("none".to_owned(), |name| name.trim().to_owned()))
}
