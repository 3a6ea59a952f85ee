//! A file system of the type `bpf`, where maps, programs and links are pinned, for one test.

use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// Mounted until it is dropped; what is pinned goes with it.
#[derive(Debug)]
pub struct BpfFileSystem {
    folder: TempDir,
}

impl BpfFileSystem {
    /// Mounts one in a folder of its own.
    pub fn mount() -> BpfFileSystem {
        let folder = tempfile::tempdir().unwrap();
        let status = Command::new("mount")
            .args(["-t", "bpf", "bpf"])
            .arg(folder.path())
            .status()
            .unwrap();
        assert!(status.success(), "a bpf file system cannot be mounted");
        BpfFileSystem { folder }
    }

    /// Its root.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// A place in it.
    pub fn join(&self, name: &str) -> PathBuf {
        self.path().join(name)
    }

    /// What is pinned in it, but for what the kernel pins in each (`maps.debug`, `progs.debug`).
    pub fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.path()).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<_> = names.filter(|name| !name.ends_with(".debug")).collect();
        names.sort();
        names
    }
}

impl Drop for BpfFileSystem {
    fn drop(&mut self) {
        // Nothing to be done where it fails; the folder then stays.
        let _ = Command::new("umount").arg(self.path()).status();
    }
}
