//! Loads a TCP congestion control written in BPF, after changing its settings and callbacks, sends data
//! over it, and shows what the kernel counted.
//!
//! Ctrl-C ends the transfer early. However the program ends, nothing stays registered: the kernel drops
//! the congestion control with its link.

mod report;
mod transfer;

use clap::{Parser, ValueEnum};
use libbpf_safe::enable_run_statistics;
use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

include!(concat!(env!("OUT_DIR"), "/tcp_cc.skel.rs"));

/// Send data over a TCP congestion control written in BPF
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// How the congestion window grows
    #[arg(long, value_enum, default_value_t = Pace::Eager)]
    pace: Pace,
    /// The name that the kernel registers it under: letters, digits, `_` and `.`
    #[arg(long, default_value = "bpf_demo")]
    name: String,
    /// The largest congestion window, in segments; 0 is no limit
    #[arg(long, default_value_t = 0)]
    window_limit: u32,
    /// `tcp_congestion_ops.flags`; 1 lets every user select it
    #[arg(long, default_value_t = 1)]
    flags: u32,
    /// Leave the optional callbacks `set_state` and `cwnd_event` empty
    #[arg(long)]
    no_events: bool,
    /// How much to send, in MiB
    #[arg(long, default_value_t = 2048)]
    megabytes: u64,
}

/// The candidates for the callback `cong_avoid`.
#[derive(Clone, Copy, ValueEnum)]
enum Pace {
    /// As Reno
    Steady,
    /// As Reno with four times as much acknowledged
    Eager,
    /// Never
    Frozen,
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse();
    let stop = Arc::new(AtomicBool::new(false));
    let stop_handler = Arc::clone(&stop);
    ctrlc::set_handler(move || stop_handler.store(true, Ordering::Relaxed))?;

    let skeleton = configure(&arguments)?.load()?;
    let statistics = enable_run_statistics()?;
    let link = skeleton.struct_ops.demo.attach()?;
    println!(
        "registered `{}` with the kernel (link {})",
        arguments.name,
        link.info()?.id
    );

    let transfer = transfer::run(&arguments.name, arguments.megabytes << 20, &stop)?;

    report::print(&skeleton, &transfer)?;
    drop(statistics);
    link.detach()?;
    println!("unregistered `{}`", arguments.name);
    Ok(())
}

/// Opens the object and sets what the arguments say: plain fields of plain structs.
fn configure(arguments: &Arguments) -> Result<tcp_cc::OpenSkeleton, Box<dyn Error>> {
    let mut open = tcp_cc::OpenSkeleton::open()?;
    let parts = open.parts();

    parts.rodata.window_limit = arguments.window_limit;

    let demo = parts.struct_ops.demo;
    demo.name.set(&arguments.name)?;
    demo.flags = arguments.flags;
    demo.cong_avoid = Some(match arguments.pace {
        Pace::Steady => parts.programs.steady.callback(),
        Pace::Eager => parts.programs.eager.callback(),
        Pace::Frozen => parts.programs.frozen.callback(),
    });
    if arguments.no_events {
        demo.set_state = None;
        demo.cwnd_event = None;
    }
    Ok(open)
}
