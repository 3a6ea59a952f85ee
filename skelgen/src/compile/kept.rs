//! What clang made before of the same input: a build script that runs again compiles only what has changed.
//!
//! The same input is the same clang, arguments and environment, the same bytes in every file that clang read, and the same
//! names where it looked for headers. It is kept in `OUT_DIR` only, which goes with the rest of a build.

use super::Compiled;
use crate::files::{create_folder, write_if_changed};
use std::collections::HashMap;
use std::env;
use std::ffi::OsStr;
use std::fs;
use std::hash::{DefaultHasher, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::{Duration, SystemTime};

/// What clang goes by beside its arguments.
const ENVIRONMENT: &[&str] = &[
    "CCC_OVERRIDE_OPTIONS",
    "CPATH",
    "C_INCLUDE_PATH",
    "SOURCE_DATE_EPOCH",
];

/// Arguments that begin so have clang read what it does not tell of.
const UNTOLD: &[&str] = &["@", "--config", "-fplugin", "-fpass-plugin", "-load"];

/// Times of files are as coarse as the kernel's tick.
const TICK: Duration = Duration::from_millis(20);

type State = (PathBuf, SystemTime, u64);

/// A folder of objects, each beside a record of what it was made of.
#[derive(Debug)]
pub(crate) struct Kept {
    folder: PathBuf,
    /// What clang says of itself; nothing where it cannot be asked.
    version: OnceLock<Vec<u8>>,
    /// Of files that were read in this run; most sources include the same ones.
    sums: Mutex<HashMap<State, String>>,
}

impl Kept {
    pub(crate) fn new(folder: PathBuf) -> Kept {
        Kept {
            folder,
            version: OnceLock::new(),
            sums: Mutex::default(),
        }
    }

    /// What tells a call of clang from others, but for the files that it reads. `None` where that is not known.
    pub(super) fn call<'a>(
        &self,
        command: &Command,
        folders: impl Iterator<Item = &'a Path>,
    ) -> Option<String> {
        let mut text = Vec::new();
        let mut add = |part: &[u8]| {
            text.extend_from_slice(&part.len().to_ne_bytes());
            text.extend_from_slice(part);
        };
        let program = Path::new(command.get_program());
        let (path, changed, size) = state(&program.canonicalize().ok()?)?;
        let version = self.version.get_or_init(|| {
            let output = Command::new(program).arg("--version").output();
            output.map(|output| output.stdout).unwrap_or_default()
        });
        if version.is_empty() {
            return None;
        }
        add(path.as_os_str().as_encoded_bytes());
        add(format!("{changed:?} {size}").as_bytes());
        add(version);
        for argument in command.get_args() {
            let bytes = argument.as_encoded_bytes();
            if UNTOLD
                .iter()
                .any(|untold| bytes.starts_with(untold.as_bytes()))
            {
                return None;
            }
            add(bytes);
        }
        for name in ENVIRONMENT {
            let value = env::var_os(name).unwrap_or_default();
            add(value.as_encoded_bytes());
        }
        // A header that is new may be found in the place of another.
        for folder in folders {
            for name in headers(folder) {
                add(&name);
            }
        }
        Some(sum(&text))
    }

    /// What was kept of this call, where nothing that it read has changed; the object is copied.
    pub(super) fn take(&self, call: &str, object: &Path) -> Option<Compiled> {
        let (kept, record) = self.places(object)?;
        let record = fs::read_to_string(record).ok()?;
        let (made_of, warnings) = record.split_once("\n\n")?;
        let mut lines = made_of.lines();
        let bytes = fs::read(kept).ok()?;
        if lines.next()? != call || lines.next()? != sum(&bytes) {
            return None;
        }
        let mut dependencies = Vec::new();
        for line in lines {
            let (before, path) = line.split_once(' ')?;
            let path = PathBuf::from(path);
            if self.sum_of(&path)? != before {
                return None;
            }
            dependencies.push(path);
        }
        fs::write(object, bytes).ok()?;
        Some(Compiled {
            dependencies,
            warnings: warnings.to_owned(),
        })
    }

    /// Keeps what a call that began then has made. What cannot be kept is compiled again.
    pub(super) fn keep(&self, call: &str, object: &Path, compiled: &Compiled, began: SystemTime) {
        if let Some(record) = self.record(call, object, compiled, began) {
            let Some((kept, place)) = self.places(object) else {
                return;
            };
            let _ = create_folder(&self.folder)
                .and_then(|()| write_if_changed(&kept, &record.bytes))
                .and_then(|()| write_if_changed(&place, record.text.as_bytes()));
        }
    }

    fn record(
        &self,
        call: &str,
        object: &Path,
        compiled: &Compiled,
        began: SystemTime,
    ) -> Option<Record> {
        let bytes = fs::read(object).ok()?;
        let mut text = format!("{call}\n{}\n", sum(&bytes));
        for path in &compiled.dependencies {
            let name = path.to_str().filter(|name| !name.contains('\n'))?;
            // What clang read may not be what is there now.
            let (_, changed, _) = state(path)?;
            if changed.checked_add(TICK)? > began {
                return None;
            }
            text += &format!("{} {name}\n", self.sum_of(path)?);
        }
        text += "\n";
        text += &compiled.warnings;
        Some(Record { bytes, text })
    }

    /// Where an object is kept, and its record.
    fn places(&self, object: &Path) -> Option<(PathBuf, PathBuf)> {
        let kept = self.folder.join(object.file_name()?);
        let record = kept.with_extension("record");
        Some((kept, record))
    }

    fn sum_of(&self, path: &Path) -> Option<String> {
        let state = state(path)?;
        let mut sums = self.sums.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(sum) = sums.get(&state) {
            return Some(sum.clone());
        }
        let sum = sum(&fs::read(path).ok()?);
        sums.insert(state, sum.clone());
        Some(sum)
    }
}

struct Record {
    bytes: Vec<u8>,
    text: String,
}

fn state(path: &Path) -> Option<State> {
    let found = fs::metadata(path).ok()?;
    Some((path.to_owned(), found.modified().ok()?, found.len()))
}

/// The names in a folder, but for sources and objects: a new one of these is in nobody's way.
fn headers(folder: &Path) -> Vec<Vec<u8>> {
    let folder = match folder.as_os_str().is_empty() {
        true => Path::new("."),
        false => folder,
    };
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<_> = entries
        .map(|entry| PathBuf::from(entry.file_name()))
        .filter(|name| {
            let ending = name.extension().and_then(OsStr::to_str);
            !matches!(ending, Some("c" | "o"))
        })
        .map(|name| name.as_os_str().as_encoded_bytes().to_vec())
        .collect();
    names.sort();
    names
}

/// 128 bits, in hexadecimal: this guards against changes, not against harm, as whoever can write there can write anything.
fn sum(bytes: &[u8]) -> String {
    let half = |seed: u8| {
        let mut hasher = DefaultHasher::new();
        hasher.write_u8(seed);
        hasher.write(bytes);
        hasher.finish()
    };
    format!("{:016x}{:016x}", half(0), half(1))
}
