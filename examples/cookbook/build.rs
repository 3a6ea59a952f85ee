//! Compiles the BPF programs, and generates a skeleton for each.

use std::process::{Command, Stdio};

fn main() -> Result<(), skelgen::Error> {
    skelgen::Builder::new()
        .source("src/bpf/exec.bpf.c")
        .source("src/bpf/packets.bpf.c")
        .source("src/bpf/port.bpf.c")
        .source("src/bpf/quota.bpf.c")
        .source("src/bpf/allocations.bpf.c")
        .source("src/bpf/tasks.bpf.c")
        .source("src/bpf/scheduler.bpf.c")
        .build()?;

    // This one holds pointers of the kernel in a map, which clang before version 15 does not write into BTF.
    let mut queue = skelgen::Builder::new().source("src/bpf/queue.bpf.c");
    if let Some(clang) = newer_clang() {
        queue = queue.clang(clang);
    }
    queue.build()
}

/// One that is installed beside the one that has no number, which may be as old as the system.
fn newer_clang() -> Option<String> {
    if std::env::var_os("CLANG").is_some() {
        return None;
    }
    let mut numbered = (15..30).rev().map(|version| format!("clang-{version}"));
    numbered.find(|clang| {
        let mut asked = Command::new(clang);
        let asked = asked.arg("--version").stdout(Stdio::null()).status();
        asked.is_ok_and(|status| status.success())
    })
}
