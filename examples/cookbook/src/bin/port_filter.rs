//! Drops UDP datagrams that arrive on a network device for one port, and opens the port half-way: with a variable
//! that user space and the BPF program share.
//!
//! `port_filter [DEVICE] [PORT] [SECONDS]`: the loopback device, port 9 (discard), and 4 seconds.

use cookbook::{device_index, number};
use libbpf_safe::program::attach::{MultiOptions, Position};
use std::error::Error;
use std::thread::sleep;
use std::time::Duration;

include!(concat!(env!("OUT_DIR"), "/port.skel.rs"));

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let device = arguments.next().unwrap_or("lo".to_owned());
    let port = number(arguments.next(), "port", 9)?;
    let seconds: u32 = number(arguments.next(), "seconds", 4)?;
    let index = device_index(&device)?;

    let mut open = port::OpenSkeleton::open()?;
    open.parts().rodata.port = port;
    let skeleton = open.load()?;

    // Before what others have attached there.
    let options = MultiOptions {
        position: Position::First,
        ..MultiOptions::default()
    };
    let link = skeleton.programs.filter.attach_tcx(index, &options)?;
    println!(
        "link {}: {device} drops UDP to port {port}",
        link.info()?.id
    );

    let half = Duration::from_secs(seconds.into()) / 2;
    sleep(half);
    // The program sees it with the next packet: one store into memory that both map.
    skeleton.bss.open.set(true.into());
    println!("the port is open");
    sleep(half);

    link.detach()?;
    let (dropped, passed) = (skeleton.bss.dropped.get(), skeleton.bss.passed.get());
    println!("{dropped} dropped, {passed} passed");
    Ok(())
}
