//! Puts a queueing discipline in BPF on a network device for some seconds. Needs Linux 6.16 or later, built with
//! `CONFIG_NET_SCH_BPF`.
//!
//! `queue [DEVICE] [LIMIT] [SECONDS]`: the loopback device, 256 packets, and 5 seconds.

use cookbook::{device_index, number};
use libbpf_safe::program::attach::QueueingDiscipline;
use std::error::Error;
use std::thread::sleep;
use std::time::Duration;

include!(concat!(env!("OUT_DIR"), "/queue.skel.rs"));

/// The number of the device's queue: any that the device does not have.
const HANDLE: u32 = 0x10 << 16;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let device = arguments.next().unwrap_or("lo".to_owned());
    let limit = number(arguments.next(), "limit", 256)?;
    let seconds = number(arguments.next(), "seconds", 5)?;
    let index = device_index(&device)?;

    let mut open = queue::OpenSkeleton::open()?;
    let parts = open.parts();
    parts.rodata.limit = limit;
    parts.struct_ops.queue.id.set("cookbook_queue")?;
    let skeleton = open.load()?;

    let link = skeleton.struct_ops.queue.attach()?;
    // Now the kernel knows it by its name, and a device can have it.
    let discipline = QueueingDiscipline::root(index, "cookbook_queue", HANDLE);
    discipline.create()?;
    println!("{device} queues with cookbook_queue");
    sleep(Duration::from_secs(seconds));
    // A device that uses it keeps it registered.
    discipline.destroy()?;
    link.detach()?;

    let bss = &skeleton.bss;
    let (sent, dropped, longest) = (bss.sent.get(), bss.dropped.get(), bss.longest.get());
    println!("{sent} packets sent, {dropped} dropped; at most {longest} waited");
    Ok(())
}
