//! The file system that libbpf looks tracepoints up in.

use std::path::Path;
use std::process::Command;

/// Sees to it that it is mounted, and leaves it so: other tests look there, too.
pub fn mount() {
    if Path::new("/sys/kernel/tracing/events").exists() {
        return;
    }
    let status = Command::new("mount")
        .args(["-t", "tracefs", "none", "/sys/kernel/tracing"])
        .status()
        .unwrap();
    assert!(status.success(), "tracefs cannot be mounted");
}
