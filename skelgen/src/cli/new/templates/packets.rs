//! Counts the packets that a network device receives, until it is stopped with Ctrl-C.
//!
//! Its argument is the device; `lo`, where there is none.

use std::error::Error;
use std::fs;
use std::thread::sleep;
use std::time::Duration;

include!(concat!(env!("OUT_DIR"), "/packets.skel.rs"));

fn main() -> Result<(), Box<dyn Error>> {
    let device = std::env::args().nth(1).unwrap_or_else(|| "lo".to_owned());
    let index = fs::read_to_string(format!("/sys/class/net/{device}/ifindex"))
        .map_err(|error| format!("there is no network device {device}: {error}"))?;

    let skeleton = packets::OpenSkeleton::open()?.load()?;
    // It is attached as long as the link is held; the kernel takes it off when the process ends.
    let _link = skeleton.programs.count.attach_xdp(index.trim().parse()?)?;
    println!("counting the packets of {device}");
    loop {
        sleep(Duration::from_secs(1));
        for element in skeleton.maps.traffic.iter() {
            let (protocol, traffic) = element?;
            println!(
                "protocol {protocol:#06x}: {} packets, {} bytes",
                traffic.packets, traffic.bytes
            );
        }
    }
}
