//! Runs a command, and shows every program that is executed meanwhile: by the command, and by all others.
//!
//! It waits for two things at once: records in a ring buffer, and the end of the command.

use libbpf_safe::data::CharArray;
use libbpf_safe::ring_buffer::{Record, Ring};
use rustix::event::{PollFd, PollFlags, poll};
use rustix::process::{Pid, PidfdFlags, pidfd_open};
use std::error::Error;
use std::process::{Child, Command};

include!(concat!(env!("OUT_DIR"), "/exec.skel.rs"));

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
    let skeleton = exec::OpenSkeleton::open()?.load()?;
    let mut events = skeleton.maps.events.reader()?;
    let link = skeleton.programs.on_exec.attach()?;

    let child = start()?;
    let count = show_until_end(&mut events, child)?;

    link.detach()?;
    let lost = skeleton.maps.lost.lookup(0)?.unwrap_or_default();
    println!("{count} programs, and {lost} that there was no room for");
    Ok(())
}

/// The command that the arguments say.
fn start() -> Result<Child, Box<dyn Error>> {
    let mut arguments = std::env::args_os().skip(1);
    let mut command = match arguments.next() {
        Some(program) => Command::new(program),
        None => {
            let mut shell = Command::new("sh");
            shell.args(["-c", "ls / | sort | head -n 1"]);
            shell
        }
    };
    Ok(command.args(arguments).spawn()?)
}

/// Shows all records, until the command has ended and none is left.
fn show_until_end(events: &mut Ring, mut child: Child) -> Result<usize, Box<dyn Error>> {
    let end = pidfd_open(Pid::from_child(&child), PidfdFlags::empty())?;
    let mut count = 0;
    loop {
        let mut ready = [
            PollFd::new(events, PollFlags::IN),
            PollFd::new(&end, PollFlags::IN),
        ];
        poll(&mut ready, None)?;
        let [_, end] = ready;
        let has_ended = end.revents().contains(PollFlags::IN);

        count += events.consume(show)??;
        if has_ended {
            child.wait()?;
            return Ok(count);
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
