//! Runs a command, and shows how much memory programs ask the C library for at a time: with a uprobe at `malloc()`. With
//! `--usdt`, also how often they come by a probe that their authors have put there.
//!
//! `allocations [--usdt FILE:PROVIDER:PROBE] [COMMAND [ARGUMENT...]]`

use libbpf_safe::link::Link;
use libbpf_safe::program::attach::{Process, UsdtOptions};
use std::error::Error;
use std::process::Command;

include!(concat!(env!("OUT_DIR"), "/allocations.skel.rs"));

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1).peekable();
    let usdt = match arguments.next_if_eq("--usdt") {
        Some(_) => Some(arguments.next().ok_or("--usdt FILE:PROVIDER:PROBE")?),
        None => None,
    };
    let mut command = match arguments.next() {
        Some(program) => Command::new(program),
        None => {
            let mut shell = Command::new("sh");
            shell.args(["-c", "ls -l / | sort > /dev/null"]);
            shell
        }
    };

    let skeleton = allocations::OpenSkeleton::open()?.load()?;
    let programs = &skeleton.programs;
    // Where this one is attached is in the name of its section.
    let malloc = programs.on_malloc.attach()?;
    let probe = usdt.map(|place| attach_usdt(&programs.at_probe, &place));
    let probe = probe.transpose()?;
    let status = command.args(arguments).status()?;
    malloc.detach()?;

    println!("{status}");
    let sizes = skeleton.bss.sizes.get();
    let most = sizes.iter().copied().max().unwrap_or(0).max(1);
    for (power, &count) in sizes.iter().enumerate().filter(|(_, count)| **count > 0) {
        let bar = "#".repeat(usize::try_from(count * 40 / most)?);
        println!("{:>20} {count:>8} {bar}", format!("{}..", 1u128 << power));
    }
    if let Some(link) = probe {
        link.detach()?;
        let (hits, last) = (&skeleton.bss.hits, &skeleton.bss.last_argument);
        println!(
            "{} times at the probe, last with {}",
            hits.get(),
            last.get()
        );
    }
    Ok(())
}

/// Attaches to the probe that `FILE:PROVIDER:PROBE` says.
fn attach_usdt(program: &libbpf_safe::Program, place: &str) -> Result<Link, Box<dyn Error>> {
    let parts: Vec<&str> = place.split(':').collect();
    let [file, provider, name] = parts[..] else {
        return Err(format!("`{place}` is no FILE:PROVIDER:PROBE").into());
    };
    Ok(program.attach_usdt(Process::Any, file, provider, name, &UsdtOptions::default())?)
}
