//! Folders with sources, and the command `skelgen` in them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use tempfile::TempDir;

/// A folder with sources, which goes when it is dropped.
#[derive(Debug)]
pub struct Project {
    folder: TempDir,
}

impl Project {
    /// A folder with these files: their names and what is in them.
    pub fn new(files: &[(&str, &str)]) -> Project {
        let project = Project {
            folder: TempDir::new().unwrap(),
        };
        for (name, text) in files {
            project.write(name, text);
        }
        project
    }

    /// Where a file is.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file, also in a folder that there is not yet.
    pub fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Copies one of the objects that the tests' build script has made.
    pub fn take(&self, object: &str) {
        let built = Path::new(env!("OUT_DIR")).join(object);
        fs::copy(built, self.path(object)).unwrap();
    }
}

/// What a program has printed.
pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The command, built once.
pub fn command() -> Command {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    let program = PROGRAM.get_or_init(|| {
        let output = Command::new(env!("CARGO"))
            .args(["build", "--quiet", "-p", "skelgen", "--features", "cli"])
            .args(["--bin", "skelgen", "--message-format", "json"])
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", text(&output.stderr));
        let messages = text(&output.stdout);
        let (_, rest) = messages.rsplit_once("\"executable\":\"").unwrap();
        PathBuf::from(rest.split('"').next().unwrap())
    });
    Command::new(program)
}

/// Runs the command in the folder: its exit code, and what it printed.
pub fn run(project: &Project, arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = command()
        .args(arguments)
        .current_dir(project.path(""))
        .output()
        .unwrap();
    let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
    (output.status.code(), stdout, stderr)
}
