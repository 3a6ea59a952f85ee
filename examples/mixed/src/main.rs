//! A program whose policy is in C: C sets a congestion control up, Rust loads it and sends data over it, and both look at
//! one map of one object.

mod policy;

use bpf_safe::{LoadedObject, Open};
use nix::sys::socket::{setsockopt, sockopt};
use std::error::Error;
use std::ffi::OsString;
use std::io::Write;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::thread;

include!(concat!(env!("OUT_DIR"), "/paced.skel.rs"));

/// In segments.
const WINDOW_LIMIT: u32 = 12;

fn main() -> Result<(), Box<dyn Error>> {
    let mut open = paced::OpenSkeleton::open()?;
    policy::configure(Open::lent(open.lend()?), WINDOW_LIMIT)?;
    let name = open.parts().struct_ops.paced.name.to_str()?.to_owned();

    let skeleton = open.load()?;
    let link = skeleton.struct_ops.paced.attach()?;
    let in_force = skeleton.struct_ops.paced.value()?;
    println!(
        "registered as {}, with {}",
        in_force.get("name")?,
        in_force.get("cong_avoid")?
    );
    let bytes = transfer(&name, 4 << 20)?;
    println!("{bytes} bytes went over it");

    let in_c = policy::report(LoadedObject::new(skeleton.object.clone()))?;
    let paces = &skeleton.maps.paces;
    let in_rust = paces.lookup(0)?.ok_or("the map is empty")?;
    let limit = skeleton.rodata.window_limit.get();
    println!(
        "map `paces`: id {} in Rust, {} in C",
        paces.as_map().info().id,
        in_c.map_id
    );
    println!("window limit: {limit} in Rust, {} in C", in_c.window_limit);
    println!("calls: {} in Rust, {} in C", in_rust.calls, in_c.calls);
    Ok(link.detach()?)
}

/// Sends bytes over loopback with a congestion control; how many arrived.
fn transfer(congestion_control: &str, bytes: usize) -> Result<u64, Box<dyn Error>> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let mut stream = TcpStream::connect(listener.local_addr()?)?;
    setsockopt(
        &stream,
        sockopt::TcpCongestion,
        &OsString::from(congestion_control),
    )?;
    let sender = thread::spawn(move || stream.write_all(&vec![0; bytes]));
    let (mut receiver, _) = listener.accept()?;
    let received = std::io::copy(&mut receiver, &mut std::io::sink())?;
    sender.join().map_err(|_| "the sender failed")??;
    Ok(received)
}
