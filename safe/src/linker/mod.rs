//! Static linking of BPF objects.

mod explain;
mod offsets;

use crate::error::{Error, ErrorKind, Result};
use crate::log::capture;
use crate::object::{WITH_BTF, c_path};
use crate::raw;
use std::fs::File;
use std::io::{Read, Seek};
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};
use std::sync::Arc;
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
    inputs: Vec<Input>,
}

/// An object to link.
#[derive(Debug, Clone)]
enum Input {
    File(PathBuf),
    Bytes {
        /// What errors call it.
        name: PathBuf,
        bytes: Arc<[u8]>,
    },
}

impl Input {
    fn path(&self) -> &Path {
        match self {
            Input::File(path) | Input::Bytes { name: path, .. } => path,
        }
    }
}

impl Linker {
    /// Will write this file.
    #[doc(alias = "bpf_linker__new")]
    pub fn new(output: impl Into<PathBuf>) -> Linker {
        Linker {
            output: output.into(),
            inputs: Vec::new(),
        }
    }

    /// Adds an object file.
    #[doc(alias = "bpf_linker__add_file")]
    pub fn file(mut self, path: impl Into<PathBuf>) -> Linker {
        self.inputs.push(Input::File(path.into()));
        self
    }

    /// Adds an object that is in memory; errors call it by this name.
    #[doc(alias = "bpf_linker__add_buf")]
    #[doc(alias = "bpf_linker__add_fd")]
    pub fn bytes(mut self, name: impl Into<PathBuf>, bytes: impl Into<Arc<[u8]>>) -> Linker {
        let (name, bytes) = (name.into(), bytes.into());
        self.inputs.push(Input::Bytes { name, bytes });
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

    /// Links in memory, and returns the object's bytes. Nothing is written to the output, whose name only
    /// stands in errors.
    ///
    /// ```no_run
    /// let object = libbpf_safe::Linker::new("app").file("one.bpf.o").file("two.bpf.o").link_bytes()?;
    /// let open = libbpf_safe::OpenObject::from_bytes("app", &object)?;
    /// # Ok::<(), libbpf_safe::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`link`](Self::link).
    #[doc(alias = "bpf_linker__new_fd")]
    pub fn link_bytes(&self) -> Result<Vec<u8>> {
        let operation = format!("link BPF objects into `{}`", self.output.display());
        let file = raw::memory_file::create(c"linked-objects");
        let mut file = File::from(file.map_err(|errno| Error::system(&*operation, errno))?);
        self.link_to(&operation, || raw::linker::Linker::to_fd(file.as_fd()))?;
        let mut bytes = Vec::new();
        file.rewind()
            .and_then(|()| file.read_to_end(&mut bytes))
            .map_err(|error| failed(&operation, &error))?;
        offsets::correct_bytes(&mut bytes);
        Ok(bytes)
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
        self.link_to(operation, || raw::linker::Linker::new(&output))
    }

    fn link_to<'f>(
        &self,
        operation: &str,
        new: impl FnOnce() -> raw::Result<raw::linker::Linker<'f>>,
    ) -> Result<()> {
        if self.inputs.is_empty() {
            return Err(invalid(operation, "there are no objects to link".into()));
        }
        let mut linker = call(operation, new)?;
        for (index, input) in self.inputs.iter().enumerate() {
            let before = self.inputs.get(..index).unwrap_or_default();
            add(operation, &mut linker, input, before)?;
        }
        call(operation, || linker.finalize())
    }
}

fn add(
    operation: &str,
    linker: &mut raw::linker::Linker<'_>,
    input: &Input,
    before: &[Input],
) -> Result<()> {
    let operation = format!("{operation}: add `{}`", input.path().display());
    let (result, messages) = match input {
        Input::Bytes { bytes, .. } => capture(|| linker.add_bytes(bytes)),
        Input::File(file) => {
            let found = fs::metadata(file).map_err(|error| failed(&operation, &error))?;
            if !found.is_file() {
                return Err(invalid(&operation, "it is not a regular file".into()));
            }
            let path = c_path(&operation, file)?;
            capture(|| linker.add_file(&path))
        }
    };
    result.map_err(|errno| {
        let error = match explain::reason(&messages, before) {
            Some(kind @ ErrorKind::ObjectBtfMissing) => Error::new(operation, kind)
                .with_errno(errno)
                .with_hint(WITH_BTF),
            Some(kind) => Error::new(operation, kind).with_errno(errno),
            None => Error::system(operation, errno),
        };
        error.with_messages(messages)
    })
}

fn call<T>(operation: &str, call: impl FnOnce() -> raw::Result<T>) -> Result<T> {
    let (result, messages) = capture(call);
    result.map_err(|errno| Error::system(operation, errno).with_messages(messages))
}

fn failed(operation: &str, error: &io::Error) -> Error {
    Error::system(operation, raw::Errno::from(error))
}

fn invalid(operation: &str, reason: String) -> Error {
    Error::new(operation, ErrorKind::InvalidInput { reason })
}
