//! Static linking of BPF objects.

mod explain;
mod offsets;

use crate::error::{Error, ErrorKind, Result};
use crate::log::capture;
use crate::object::c_path;
use crate::raw;
use std::path::{Path, PathBuf};
use std::{fs, io, process};

/// Links object files into one, as `bpftool gen object` does. What only a debugger reads (DWARF) is left
/// out; BTF stays.
///
/// A function or global variable of the same name in several files has to be `static` in all but one of
/// them, `extern`, or `__weak`; maps that are declared in several files are one map, if they are alike.
/// Where a `__weak` variable gives way to another, BTF says where that one is, which libbpf leaves as it was.
///
/// ```no_run
/// libbpf_safe::Linker::new("app.bpf.o").file("one.bpf.o").file("two.bpf.o").link()?;
/// # Ok::<(), libbpf_safe::Error>(())
/// ```
#[derive(Debug, Clone)]
#[must_use = "nothing happens before `link`"]
#[doc(alias = "bpf_linker")]
pub struct Linker {
    output: PathBuf,
    files: Vec<PathBuf>,
}

impl Linker {
    /// Will write this file.
    #[doc(alias = "bpf_linker__new")]
    pub fn new(output: impl Into<PathBuf>) -> Linker {
        Linker {
            output: output.into(),
            files: Vec::new(),
        }
    }

    /// Adds an object file.
    #[doc(alias = "bpf_linker__add_file")]
    pub fn file(mut self, path: impl Into<PathBuf>) -> Linker {
        self.files.push(path.into());
        self
    }

    /// Links. The output is written when all went well; until then a file that is there stays as it is.
    ///
    /// # Errors
    ///
    /// A file cannot be read or written, or is no BPF object with BTF; there is no file to link.
    /// [`ErrorKind::LinkConflict`] where two of them contradict each other.
    #[doc(alias = "bpf_linker__finalize")]
    pub fn link(&self) -> Result<()> {
        let operation = format!("link BPF objects into `{}`", self.output.display());
        if self.files.is_empty() {
            return Err(invalid(&operation, "there are no objects to link".into()));
        }
        let output = self.place(&operation)?;
        let mut partial = output.clone().into_os_string();
        partial.push(format!(".{}.partial", process::id()));
        let partial = PathBuf::from(partial);
        let result = self.link_into(&operation, &partial).and_then(|()| {
            offsets::correct(&partial)
                .and_then(|()| fs::rename(&partial, &output))
                .map_err(|error| failed(&operation, &error))
        });
        if result.is_err() {
            // Whatever there is of it.
            let _ = fs::remove_file(&partial);
        }
        result
    }

    /// Where the output goes. Another file than a regular one is not to be replaced by one.
    fn place(&self, operation: &str) -> Result<PathBuf> {
        match fs::metadata(&self.output) {
            Ok(found) if !found.is_file() => Err(invalid(
                operation,
                "there is something that is not a regular file".into(),
            )),
            // Through a symbolic link.
            Ok(_) => fs::canonicalize(&self.output).map_err(|error| failed(operation, &error)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(self.output.clone()),
            Err(error) => Err(failed(operation, &error)),
        }
    }

    fn link_into(&self, operation: &str, output: &Path) -> Result<()> {
        let output = c_path(operation, output)?;
        let mut linker = call(operation, || raw::linker::Linker::new(&output))?;
        for (index, file) in self.files.iter().enumerate() {
            let before = self.files.get(..index).unwrap_or_default();
            self.add(operation, &mut linker, file, before)?;
        }
        call(operation, || linker.finalize())
    }

    fn add(
        &self,
        operation: &str,
        linker: &mut raw::linker::Linker,
        file: &Path,
        before: &[PathBuf],
    ) -> Result<()> {
        let operation = format!("{operation}: add `{}`", file.display());
        let found = fs::metadata(file).map_err(|error| failed(&operation, &error))?;
        if !found.is_file() {
            return Err(invalid(&operation, "it is not a regular file".into()));
        }
        let path = c_path(&operation, file)?;
        let (result, messages) = capture(|| linker.add_file(&path));
        result.map_err(|errno| {
            let error = match explain::reason(&messages, before) {
                Some(kind) => Error::new(operation, kind).with_errno(errno),
                None => Error::system(operation, errno),
            };
            error.with_messages(messages)
        })
    }
}

fn call<T>(operation: &str, call: impl FnOnce() -> raw::Result<T>) -> Result<T> {
    let (result, messages) = capture(call);
    result.map_err(|errno| Error::system(operation, errno).with_messages(messages))
}

fn failed(operation: &str, error: &io::Error) -> Error {
    Error::system(
        operation,
        raw::Errno(error.raw_os_error().unwrap_or(libc::EIO)),
    )
}

fn invalid(operation: &str, reason: String) -> Error {
    Error::new(operation, ErrorKind::InvalidInput { reason })
}
