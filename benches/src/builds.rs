//! Cold release builds of the least program with each library, its crates and its size.

use crate::report::Report;
use crate::sampling::{Peer, summary};
use crate::{Outcome, machine};
use std::collections::BTreeSet;
use std::error::Error;
use std::fs;
use std::path::Path;
use std::process::Command;

/// How often each is built, where `BENCH_BUILDS` does not say.
const ROUNDS: usize = 3;

const PROGRAMS: [(Peer, &str, &str); 4] = [
    (Peer::LibbpfRs, "libbpf-rs", "minimal-rs"),
    (Peer::Safe, "libbpf-safe", "minimal-safe"),
    (Peer::Aya, "aya", "minimal-aya"),
    // In Rust, but by C's functions: what no wrapper can be smaller than.
    (Peer::C, "libbpf-sys", "minimal-sys"),
];

/// Of a profile for small programs, the same for all.
const SMALL: &[(&str, &str)] = &[
    ("CARGO_PROFILE_RELEASE_OPT_LEVEL", "s"),
    ("CARGO_PROFILE_RELEASE_LTO", "true"),
    ("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "1"),
    ("CARGO_PROFILE_RELEASE_PANIC", "abort"),
];

pub fn measure(report: &mut Report) -> Outcome {
    machine::use_all_cpus();
    report.group("Cold release build of the least program");
    let headers = Path::new(env!("OUT_DIR")).join("skelgen-include");
    let folder = tempfile::TempDir::new_in("../target/benches")?;
    let mut walls = PROGRAMS.map(|(peer, ..)| (peer, Vec::new()));
    let mut cpus = walls.clone();
    let mut crates = walls.clone();
    let mut sizes = walls.clone();
    let mut small = walls.clone();
    let rounds = std::env::var("BENCH_BUILDS").ok();
    let rounds = rounds.map_or(Ok(ROUNDS), |rounds| rounds.parse())?;
    for round in 0..rounds {
        for (index, (_, program, binary)) in PROGRAMS.iter().enumerate() {
            let target = folder.path().join(program);
            let project = Path::new("programs").join(program);
            if round == 0 {
                // So that nothing is fetched while it is measured.
                machine::run(cargo(&project).args(["fetch", "--quiet", "--locked"]))?;
                crates[index].1.push(count_crates(&project)? as f64);
            }
            let build = |profile: &[(&str, &str)]| {
                let mut build = cargo(&project);
                build.args(["build", "--release", "--quiet", "--offline", "--locked"]);
                build.arg("--target-dir").arg(&target);
                build.env("BPF_HEADERS", &headers);
                build.envs(profile.iter().copied());
                let used = machine::run(&mut build)?;
                let size = target.join("release").join(binary).metadata();
                let size = size.map_err(|error| error.to_string())?.len();
                fs::remove_dir_all(&target).map_err(|error| error.to_string())?;
                Ok::<_, String>((used, size as f64 / 1000.0))
            };
            let (used, size) = build(&[])?;
            walls[index].1.push(used.wall * 1e9);
            cpus[index].1.push(used.cpu * 1e9);
            sizes[index].1.push(size);
            if round == 0 {
                small[index].1.push(build(SMALL)?.1);
            }
        }
    }
    report.row("wall", 10.0 / 13.5, summary(walls.into()));
    report.row("CPU", None, summary(cpus.into()));
    report.row_in(
        "crates",
        "crates that are compiled",
        None,
        summary(crates.into()),
    );
    report.row_in(
        "KB",
        "stripped program",
        580.0 / 659.0,
        summary(sizes.into()),
    );
    report.row_in(
        "KB",
        "  opt-level = \"s\", lto, one unit, abort",
        None,
        summary(small.into()),
    );
    report.note(
        "builds: aya's program has no struct_ops, which aya does not know, and no skeleton. C's is in Rust, \
         with libbpf-sys alone, and has no skeleton either.",
    );
    Ok(())
}

fn cargo(project: &Path) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(project);
    // What cargo says to the program that it runs is not for these.
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("CARGO_") && name != "CARGO_HOME" {
            command.env_remove(name);
        }
    }
    command
}

fn count_crates(project: &Path) -> Result<usize, Box<dyn Error>> {
    let mut command = cargo(project);
    command.args([
        "tree",
        "--edges",
        "normal,build",
        "--prefix",
        "none",
        "--format",
        "{p}",
        "--locked",
    ]);
    let output = command.output()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let crates: BTreeSet<_> = text
        .lines()
        .filter_map(|line| {
            line.split_once(" v")
                .map(|(name, rest)| (name, rest.split(' ').next()))
        })
        .collect();
    Ok(crates.len())
}
