//! An object of 23 MB with much BTF: what its skeleton takes, and what rustc takes to check that.

use super::alone;
use crate::report::Report;
use crate::{Outcome, machine};
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// In megabytes.
const TABLE: usize = 22;
const STRUCTS: usize = 900;

/// A large table, and many structs of which maps and variables reach some.
fn source() -> String {
    let mut text = String::from("#include \"types.h\"\n#include <bpf/bpf_helpers.h>\n");
    for index in 0..STRUCTS {
        let _ = write!(text, "struct node_{index} {{ ");
        if index > 0 {
            let _ = write!(text, "struct node_{} *previous; ", index - 1);
        }
        for member in 0..12 {
            let _ = write!(
                text,
                "__u{} member_{index}_{member}; ",
                [8, 16, 32, 64][member % 4]
            );
        }
        text += "};\n";
    }
    let _ = write!(
        text,
        "const volatile __u8 table[{TABLE} << 20] = {{ 1 }};\nstruct node_{} *last;\n",
        STRUCTS - 1
    );
    for index in 0..60 {
        let _ = writeln!(text, "struct node_{index} variable_{index};");
    }
    text += "SEC(\"socket\") int program(void *ctx) { return table[7] + variable_3.member_3_0; }\n";
    text += "char LICENSE[] SEC(\"license\") = \"GPL\";\n";
    text
}

pub fn measure(report: &mut Report, folder: &Path, skelgen: &Path) -> Outcome {
    let source_file = folder.join("large.bpf.c");
    fs::write(&source_file, source())?;
    machine::run(
        Command::new(skelgen)
            .arg("build")
            .arg(&source_file)
            .args(["--include", "bpf", "--out-dir"])
            .arg(folder)
            .stdout(Stdio::null()),
    )?;
    let object = folder.join("large.bpf.o");
    let generate = || {
        let mut command = Command::new(skelgen);
        machine::run(
            command
                .arg("gen")
                .arg(&object)
                .arg("--out-dir")
                .arg(folder)
                .stdout(Stdio::null()),
        )
    };
    let best = |run: &dyn Fn() -> Result<machine::Used, String>| -> Result<machine::Used, String> {
        let mut runs = (0..7).map(|_| run()).collect::<Result<Vec<_>, _>>()?;
        runs.sort_by(|one, other| one.cpu.total_cmp(&other.cpu));
        Ok(runs.swap_remove(3))
    };
    let used = best(&generate)?;
    let size = object.metadata()?.len() as f64 / 1e6;
    report.row(
        format!("skeleton of {size:.0} MB, CPU"),
        None,
        alone(used.cpu * 1e9),
    );
    report.row_in("MiB", "  its memory", None, alone(used.memory / 1048576.0));

    let skeleton = folder.join("large.skel.rs");
    let library = library()?;
    let out = folder.join("out");
    fs::create_dir_all(&out)?;
    let check = || {
        machine::run(
            Command::new("rustc")
                .args([
                    "--edition",
                    "2024",
                    "--crate-type",
                    "lib",
                    "--crate-name",
                    "large",
                    "--emit",
                    "metadata",
                    "--out-dir",
                ])
                .arg(&out)
                .arg("--extern")
                .arg(format!("libbpf_safe={}", library.display()))
                .arg(format!(
                    "-Ldependency={}",
                    library.parent().unwrap_or(&library).display()
                ))
                .arg(&skeleton),
        )
    };
    let used = best(&check)?;
    report.row("  checked by rustc, CPU", None, alone(used.cpu * 1e9));
    report.row_in(
        "MiB",
        "  rustc's memory",
        None,
        alone(used.memory / 1048576.0),
    );
    Ok(())
}

/// The newest build of the library beside this program.
fn library() -> Result<PathBuf, Box<dyn std::error::Error>> {
    let deps = std::env::current_exe()?.with_file_name("deps");
    let mut found = Vec::new();
    for entry in fs::read_dir(deps)? {
        let path = entry?.path();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if name.starts_with("liblibbpf_safe-") && name.ends_with(".rlib") {
            found.push((path.metadata()?.modified()?, path));
        }
    }
    found.sort();
    Ok(found.pop().ok_or("no library")?.1)
}
