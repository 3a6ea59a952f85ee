//! Where links are pinned: the kernel does not tell, so every BPF file system is searched.

use libbpf_safe::struct_ops::SharedStructOpsLink;
use std::collections::HashMap;
use std::fs;
use std::os::unix::ffi::OsStringExt as _;
use std::path::{Path, PathBuf};

/// A file system that is mounted into itself has no end.
const DEEPEST: usize = 32;

/// The paths of all struct_ops links that are pinned, by the links' ids.
pub(super) fn of_links() -> HashMap<u32, Vec<PathBuf>> {
    let mut found = HashMap::new();
    let mounts = fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
    for mount in mounts.lines().filter_map(bpf_file_system) {
        search(&mount, 0, &mut found);
    }
    for paths in found.values_mut() {
        paths.sort();
        paths.dedup();
    }
    found
}

/// The folder where a line has a BPF file system.
fn bpf_file_system(line: &str) -> Option<PathBuf> {
    let (mount, kind) = line.split_once(" - ")?;
    let is_bpf = kind.split(' ').next() == Some("bpf");
    is_bpf.then(|| unescaped(mount.split(' ').nth(4).unwrap_or_default()))
}

/// Spaces and their like are octal numbers.
fn unescaped(text: &str) -> PathBuf {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let octal = (first == b'\\').then(|| after.get(..3)).flatten();
        let byte = octal
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| u8::from_str_radix(digits, 8).ok());
        bytes.push(byte.unwrap_or(first));
        rest = match byte {
            Some(_) => after.get(3..).unwrap_or_default(),
            None => after,
        };
    }
    std::ffi::OsString::from_vec(bytes).into()
}

fn search(folder: &Path, depth: usize, found: &mut HashMap<u32, Vec<PathBuf>>) {
    if depth > DEEPEST {
        return;
    }
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            search(&path, depth + 1, found);
        } else if let Ok(link) = SharedStructOpsLink::open_pinned(&path) {
            if let Ok(info) = link.info() {
                found.entry(info.id).or_default().push(path);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_bpf_file_systems_are_searched() {
        let line = "33 24 0:30 / /sys/fs/my\\040bpf\\134 rw,nosuid shared:9 - bpf bpf rw,mode=700";
        assert_eq!(
            bpf_file_system(line),
            Some(PathBuf::from("/sys/fs/my bpf\\"))
        );
        let line = "25 30 0:23 / /sys rw - sysfs bpf rw";
        assert_eq!(bpf_file_system(line), None);
        assert_eq!(bpf_file_system(""), None);
        assert_eq!(unescaped("a\\9"), PathBuf::from("a\\9"));
    }
}
