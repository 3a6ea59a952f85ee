//! Commands of skelgen beside bpftool's, whole processes in turns in one run. Prints medians and ratios; decides
//! nothing.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use libbpf_tests::project::text;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const ROUNDS: usize = 31;
const KERNEL: &str = "/sys/kernel/btf/vmlinux";

fn main() {
    let skelgen = skelgen();
    if Command::new("bpftool").arg("version").output().is_err() {
        println!("cannot compare: there is no bpftool");
        return;
    }
    let folder = tempfile::TempDir::new().unwrap();
    let object = Path::new(env!("OUT_DIR")).join("tcp_shadow.bpf.o");
    let object = object.to_str().unwrap();
    let out = folder.path().to_str().unwrap();
    println!("whole processes; median of {ROUNDS} rounds in turns");
    compare(
        "vmlinux.h of the running kernel",
        ["bpftool", "btf", "dump", "file", KERNEL, "format", "c"]
            .map(String::from)
            .to_vec(),
        [&skelgen, "vmlinux"].map(String::from).to_vec(),
    );
    compare(
        "a skeleton (in C; in Rust)",
        ["bpftool", "gen", "skeleton", object]
            .map(String::from)
            .to_vec(),
        [&skelgen, "gen", object, "--out-dir", out]
            .map(String::from)
            .to_vec(),
    );
}

fn skelgen() -> String {
    let output = Command::new(env!("CARGO"))
        .args([
            "build",
            "--quiet",
            "--release",
            "-p",
            "skelgen",
            "--features",
            "cli",
        ])
        .args(["--bin", "skelgen", "--message-format", "json"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    let messages = text(&output.stdout);
    let (_, rest) = messages.rsplit_once("\"executable\":\"").unwrap();
    rest.split('"').next().unwrap().to_owned()
}

fn compare(what: &str, peer: Vec<String>, ours: Vec<String>) {
    let contenders = [("bpftool", peer), ("skelgen", ours)];
    let mut times = [Vec::new(), Vec::new()];
    for _ in 0..ROUNDS {
        for ((_, arguments), times) in contenders.iter().zip(&mut times) {
            times.push(run(arguments));
        }
    }
    println!("{what}");
    let medians = times.map(median);
    for ((name, _), time) in contenders.iter().zip(&medians) {
        let ratio = time.as_secs_f64() / medians[0].as_secs_f64();
        println!(
            "  {name:<8} {:>9.3} ms  {ratio:.3}",
            time.as_secs_f64() * 1e3
        );
    }
}

fn run(arguments: &[String]) -> Duration {
    let mut command = Command::new(PathBuf::from(&arguments[0]));
    command.args(&arguments[1..]).stdout(Stdio::null());
    let start = Instant::now();
    assert!(command.status().unwrap().success(), "{arguments:?}");
    start.elapsed()
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}
