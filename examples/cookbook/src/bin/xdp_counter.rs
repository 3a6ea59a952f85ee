//! Counts the packets that a network device receives, by protocol, and shows the counts every second.
//!
//! `xdp_counter [DEVICE] [SECONDS]`: the loopback device, and 5 seconds.

use cookbook::{device_index, number};
use libbpf_safe::map::PerCpu;
use std::error::Error;
use std::io::{IsTerminal, stdout};
use std::thread::sleep;
use std::time::Duration;

include!(concat!(env!("OUT_DIR"), "/packets.skel.rs"));

use packets::types::traffic;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let device = arguments.next().unwrap_or("lo".to_owned());
    let seconds = number(arguments.next(), "seconds", 5)?;
    let index = device_index(&device)?;

    let skeleton = packets::OpenSkeleton::open()?.load()?;
    // The program is off the device again when the link is dropped.
    let _link = skeleton.programs.count.attach_xdp(index)?;

    // One for all elements: reading them needs no memory of its own.
    let mut by_cpu = PerCpu::new()?;
    for second in 1..=seconds {
        sleep(Duration::from_secs(1));
        if second > 1 && stdout().is_terminal() {
            // To the upper left, and all below is cleared.
            print!("\x1b[H\x1b[J");
        }
        println!("{device} after {second} s");
        println!("{:>12} {:>12} {:>14}", "protocol", "packets", "bytes");
        let mut elements = skeleton.maps.by_protocol.iter();
        let mut protocol = 0;
        while let Some(read) = elements.next_into(&mut by_cpu) {
            read?;
            show(protocol, &by_cpu);
            protocol += 1;
        }
    }
    Ok(())
}

/// A line for a protocol that packets came of.
fn show(protocol: u32, by_cpu: &PerCpu<traffic>) {
    let packets: u64 = by_cpu.iter().map(|traffic| traffic.packets).sum();
    let bytes: u64 = by_cpu.iter().map(|traffic| traffic.bytes).sum();
    if packets > 0 {
        println!("{:>12} {packets:>12} {bytes:>14}", name(protocol));
    }
}

/// The name of an IP protocol, or its number.
fn name(protocol: u32) -> String {
    match protocol {
        1 => "ICMP".to_owned(),
        6 => "TCP".to_owned(),
        17 => "UDP".to_owned(),
        58 => "ICMPv6".to_owned(),
        number => number.to_string(),
    }
}
