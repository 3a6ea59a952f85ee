//! Cgroups of a test's own.

use std::fs::{self, File};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// The root of cgroup2, wherever it is mounted.
pub fn root() -> PathBuf {
    let mounts = fs::read_to_string("/proc/self/mounts").unwrap();
    mounts
        .lines()
        .map(|line| line.split(' ').collect::<Vec<_>>())
        .find(|fields| fields[2] == "cgroup2")
        .map_or_else(
            || PathBuf::from("/sys/fs/cgroup"),
            |fields| fields[1].into(),
        )
}

/// A cgroup that is removed on drop, after what is in it has gone back.
#[derive(Debug)]
pub struct Cgroup {
    path: PathBuf,
    /// Where the process came from, if it entered.
    home: Option<PathBuf>,
}

impl Cgroup {
    /// Below the root; names are global, so it gets the process's id, too.
    pub fn new(name: &str) -> Cgroup {
        let name = format!("libbpf_tests_{name}_{}", std::process::id());
        Cgroup::at(root().join(name))
    }

    /// Below this one.
    pub fn below(&self, name: &str) -> Cgroup {
        Cgroup::at(self.path.join(name))
    }

    fn at(path: PathBuf) -> Cgroup {
        fs::create_dir(&path).unwrap();
        Cgroup { path, home: None }
    }

    /// Moves this process into it until it is dropped: what the process makes from now on belongs to it.
    pub fn enter(&mut self) {
        let text = fs::read_to_string("/proc/self/cgroup").unwrap();
        let home = text.lines().find_map(|line| line.strip_prefix("0::/"));
        self.home = Some(root().join(home.unwrap()));
        move_to(&self.path);
    }

    /// Its folder.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Its folder, open.
    pub fn folder(&self) -> File {
        File::open(&self.path).unwrap()
    }

    /// Its id: the inode of its folder.
    pub fn id(&self) -> u64 {
        fs::metadata(&self.path).unwrap().ino()
    }
}

fn move_to(cgroup: &Path) {
    fs::write(cgroup.join("cgroup.procs"), std::process::id().to_string()).unwrap();
}

impl Drop for Cgroup {
    fn drop(&mut self) {
        if let Some(home) = &self.home {
            move_to(home);
        }
        // Nothing to be done where it fails; the cgroup then stays, empty.
        let _ = fs::remove_dir(&self.path);
    }
}
