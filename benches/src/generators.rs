//! skelgen beside libbpf-cargo and bpftool.

use crate::report::Report;
use crate::sampling::{Peer, contender, in_turns, summary};
use crate::{Outcome, machine};
use std::fs;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

mod large;

pub fn measure(report: &mut Report) -> Outcome {
    machine::use_one_cpu();
    let folder = tempfile::TempDir::new()?;
    libraries(report, folder.path())?;
    machine::use_all_cpus();
    let skelgen = skelgen()?;
    machine::use_one_cpu();
    commands(report, folder.path(), &skelgen)?;
    large::measure(report, folder.path(), &skelgen)
}

/// Objects in a folder: those that the build has made, or those that `BENCH_OBJECTS` names.
fn objects() -> Result<Vec<PathBuf>, Box<dyn std::error::Error>> {
    let folder = std::env::var_os("BENCH_OBJECTS").map(PathBuf::from);
    let folder = folder.unwrap_or_else(|| Path::new(env!("OUT_DIR")).join("corpus"));
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "o") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn by_skelgen(object: &Path, out: &Path) -> bool {
    let name = object
        .file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let name = name.trim_end_matches(".bpf");
    let bytes = fs::read(object).unwrap();
    let text = skelgen::rust_skeleton(name, &bytes, "object.o");
    text.is_ok_and(|text| fs::write(out, text).is_ok())
}

/// Without rustfmt, which it would start for each object.
fn by_libbpf_cargo(object: &Path, out: &Path) -> bool {
    let generate = || {
        let mut builder = libbpf_cargo::SkeletonBuilder::new();
        builder
            .obj(object)
            .rustfmt("/nowhere")
            .generate(out)
            .is_ok()
    };
    catch_unwind(generate).unwrap_or(false)
}

/// CPU time, in this process.
fn libraries(report: &mut Report, folder: &Path) -> Outcome {
    report.group("Generators");
    let out = folder.join("skeleton.rs");
    let files = objects()?;
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let total = files.len();
    let skelgen_misses = files.iter().filter(|file| !by_skelgen(file, &out)).count();
    let files: Vec<_> = files
        .into_iter()
        .filter(|file| by_libbpf_cargo(file, &out) && by_skelgen(file, &out))
        .collect();
    let sample = |generate: fn(&Path, &Path) -> bool| {
        let before = machine::cpu_time();
        for file in &files {
            generate(file, &out);
        }
        machine::cpu_time() - before
    };
    let taken = in_turns(
        3,
        vec![
            contender(Peer::LibbpfRs, || sample(by_libbpf_cargo)),
            contender(Peer::Safe, || sample(by_skelgen)),
        ],
    );
    std::panic::set_hook(hook);
    let bytes: u64 = files
        .iter()
        .filter_map(|file| Some(file.metadata().ok()?.len()))
        .sum();
    report.row(
        format!(
            "library, CPU, {} objects of {} KB",
            files.len(),
            bytes >> 10
        ),
        1.0,
        taken,
    );
    report.note(format!(
        "generators: of {total} objects skelgen refuses {skelgen_misses}; {} are what both generate for. \
         libbpf-cargo's time is without rustfmt, skelgen's is formatted.",
        files.len()
    ));
    Ok(())
}

/// The command, built as it is installed.
fn skelgen() -> Result<PathBuf, String> {
    let target = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/benches");
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command
        .args([
            "build",
            "--quiet",
            "--release",
            "--manifest-path",
            "../Cargo.toml",
            "--package",
            "skelgen",
        ])
        .args(["--features", "cli", "--bin", "skelgen", "--target-dir"])
        .arg(&target);
    machine::run(&mut command)?;
    Ok(target.join("release/skelgen"))
}

fn whole(command: &mut Command) -> f64 {
    machine::run(command.stdout(Stdio::null()).stderr(Stdio::null()))
        .unwrap()
        .wall
        * 1e9
}

/// Whole processes.
fn commands(report: &mut Report, folder: &Path, skelgen: &Path) -> Outcome {
    if Command::new("bpftool").arg("version").output().is_err() {
        report.note("generators: there is no bpftool to compare commands with");
        return Ok(());
    }
    let bpftool = |arguments: &[&str]| {
        let mut command = Command::new("bpftool");
        command.args(arguments);
        command
    };
    let kernel = "/sys/kernel/btf/vmlinux";
    let taken = in_turns(
        21,
        vec![
            contender(Peer::C, || {
                whole(&mut bpftool(&[
                    "btf", "dump", "file", kernel, "format", "c",
                ]))
            }),
            contender(Peer::Safe, || whole(Command::new(skelgen).arg("vmlinux"))),
        ],
    );
    report.row("vmlinux.h (C: bpftool)", None, taken);
    let object = Path::new(env!("OUT_DIR")).join("minimal.bpf.o");
    let taken = in_turns(
        21,
        vec![
            contender(Peer::C, || {
                whole(bpftool(&["gen", "skeleton"]).arg(&object))
            }),
            contender(Peer::Safe, || {
                whole(
                    Command::new(skelgen)
                        .arg("gen")
                        .arg(&object)
                        .arg("--out-dir")
                        .arg(folder),
                )
            }),
        ],
    );
    report.row("a skeleton (C: bpftool, in C)", None, taken);
    Ok(())
}

/// As a row of what a child used: one number of this library alone.
fn alone(value: f64) -> Vec<crate::sampling::Taken> {
    summary(vec![(Peer::Safe, vec![value])])
}
