//! Which bpftool there is, to hold what skelgen writes against.

use std::path::{Path, PathBuf};
use std::process::Command;

/// A bpftool that runs.
#[derive(Debug, Clone)]
pub struct Bpftool {
    /// The program.
    pub path: PathBuf,
    version: (u32, u32),
}

impl Bpftool {
    /// The one that `scripts/bpftool` has unpacked, or the system's.
    pub fn find() -> Option<Bpftool> {
        // The target folder, wherever it is; cargo marks it only where it has made it itself.
        let unpacked = Path::new(env!("OUT_DIR"))
            .ancestors()
            .map(|folder| folder.join("guest/bpftool/usr/sbin/bpftool"))
            .find(|path| path.is_file());
        let system = ["bpftool", "/usr/sbin/bpftool"].map(PathBuf::from);
        unpacked.into_iter().chain(system).find_map(Bpftool::at)
    }

    fn at(path: PathBuf) -> Option<Bpftool> {
        let output = Command::new(&path).arg("version").output().ok()?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let mut numbers = text.lines().next()?.rsplit_once('v')?.1.split('.');
        let mut number = || numbers.next()?.parse().ok();
        let version = (number()?, number()?);
        Some(Bpftool { path, version })
    }

    /// Whether its skeletons have members of struct_ops maps, and arenas.
    pub fn is_new(&self) -> bool {
        self.version >= (7, 5)
    }
}
