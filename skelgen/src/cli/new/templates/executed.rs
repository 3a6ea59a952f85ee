//! Shows every program that is executed, until it is stopped with Ctrl-C.

use libbpf_safe::data::CharArray;
use libbpf_safe::ring_buffer::Record;
use std::error::Error;

include!(concat!(env!("OUT_DIR"), "/executed.skel.rs"));

/// `struct event` of the BPF program.
#[derive(Clone, Copy)]
#[repr(C)]
struct Event {
    pid: u32,
    user: u32,
    before: CharArray<16>,
    file: CharArray<64>,
}
libbpf_safe::plain!(Event {
    pid,
    user,
    before,
    file
});

fn main() -> Result<(), Box<dyn Error>> {
    let skeleton = executed::OpenSkeleton::open()?.load()?;
    let mut events = skeleton.maps.events.reader()?;
    // It is attached as long as the link is held; the kernel takes it off when the process ends.
    let _link = skeleton.programs.on_exec.attach()?;
    println!("showing what is executed");
    let mut lost = 0;
    loop {
        events.wait(None)?;
        events.consume(show)??;
        let all = skeleton.bss.lost.get();
        if all != lost {
            println!("{} records had no room", all - lost);
            lost = all;
        }
    }
}

/// Shows one record; an error ends the reading.
fn show(record: Record<'_>) -> libbpf_safe::Result<()> {
    let event: &Event = record.value()?;
    println!(
        "{:>7} user {:<5} {:<16} -> {}",
        event.pid, event.user, event.before, event.file
    );
    Ok(())
}
