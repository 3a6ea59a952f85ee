//! Lists the threads that have had most time on a CPU: an iterator walks them in the kernel, and writes what a reader
//! gets.
//!
//! `tasks [MILLISECONDS]`: those with at least so much, 1 ms where nothing is said.

use cookbook::number;
use libbpf_safe::program::attach::IteratorTarget;
use std::error::Error;
use std::io::Read;
use std::time::Duration;

include!(concat!(env!("OUT_DIR"), "/tasks.skel.rs"));

fn main() -> Result<(), Box<dyn Error>> {
    let threshold = number(std::env::args().nth(1), "milliseconds", 1)?;
    let mut open = tasks::OpenSkeleton::open()?;
    open.parts().rodata.threshold = Duration::from_millis(threshold).as_nanos().try_into()?;
    let skeleton = open.load()?;
    let link = skeleton
        .programs
        .list
        .attach_iterator(IteratorTarget::All)?;

    // Each file is a walk of its own.
    let mut text = String::new();
    link.open_iterator()?.read_to_string(&mut text)?;

    let mut threads: Vec<(u64, &str, &str)> = text.lines().filter_map(parse).collect();
    threads.sort_unstable_by(|one, other| other.cmp(one));
    println!("{:>8} {:>12}  thread", "id", "ms");
    for (time, id, name) in threads {
        println!("{id:>8} {:>12.1}  {name}", time as f64 / 1e6);
    }
    Ok(())
}

/// The time, the id and the name of a line.
fn parse(line: &str) -> Option<(u64, &str, &str)> {
    let (id, rest) = line.split_once(' ')?;
    let (time, name) = rest.split_once(' ')?;
    Some((time.parse().ok()?, id, name))
}
