//! What the kernel counted: runs of each program, and what the programs themselves left in their map.

use crate::tcp_cc::Skeleton;
use crate::tcp_cc::types::counted_callback;
use crate::transfer::Transfer;
use indicatif::HumanBytes;
use libbpf_safe::{Program, Result};

pub(crate) fn print(skeleton: &Skeleton, transfer: &Transfer) -> Result<()> {
    let seconds = transfer.elapsed.as_secs_f64();
    println!(
        "received {} in {seconds:.2} s",
        HumanBytes(transfer.received)
    );
    println!();
    println!(
        "{:<12} {:>10} {:>12} {:>9}",
        "program", "runs", "time", "per run"
    );
    let programs = &skeleton.programs;
    for program in [
        &programs.init,
        &programs.ssthresh,
        &programs.undo_cwnd,
        &programs.steady,
        &programs.eager,
        &programs.frozen,
        &programs.set_state,
        &programs.cwnd_event,
    ] {
        print_program(program)?;
    }
    println!();
    if let Some(counts) = skeleton
        .maps
        .call_counts
        .lookup(&counted_callback::CALLBACK_CONG_AVOID)?
    {
        println!(
            "the congestion control saw {} segments acknowledged in {} calls; its window was {} segments \
             at most, {} at the end",
            counts.segments_acked, counts.calls, counts.largest_window, counts.last_window
        );
    }
    Ok(())
}

/// One row, from the kernel's information about the program.
fn print_program(program: &Program) -> Result<()> {
    if !program.is_loaded() {
        println!("{:<12} {:>10}", program.name(), "not loaded");
        return Ok(());
    }
    let info = program.info()?;
    let per_run = match info.run_count {
        0 => "-".to_owned(),
        runs => format!("{} ns", info.run_time.as_nanos() / u128::from(runs)),
    };
    println!(
        "{:<12} {:>10} {:>9.3} ms {:>9}",
        program.name(),
        info.run_count,
        info.run_time.as_secs_f64() * 1e3,
        per_run
    );
    Ok(())
}
