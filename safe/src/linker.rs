//! Static linking of BPF objects.

use crate::error::{Error, Result};
use crate::log::capture;
use crate::object::c_path;
use crate::raw;
use std::path::{Path, PathBuf};

/// Links object files into one, as `bpftool gen object` does. What only a debugger reads (DWARF) is left
/// out; BTF stays.
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

    /// Links. The output must not be one of the inputs.
    ///
    /// # Errors
    ///
    /// A file cannot be read or written, is no BPF object with BTF, or two of them contradict each other.
    #[doc(alias = "bpf_linker__finalize")]
    pub fn link(&self) -> Result<()> {
        let operation = format!("link BPF objects into `{}`", self.output.display());
        let output = c_path(&operation, &self.output)?;
        let mut linker = call(&operation, || raw::linker::Linker::new(&output))?;
        for file in &self.files {
            self.add(&operation, &mut linker, file)?;
        }
        call(&operation, || linker.finalize())
    }

    fn add(&self, operation: &str, linker: &mut raw::linker::Linker, file: &Path) -> Result<()> {
        let operation = format!("{operation}: add `{}`", file.display());
        let file = c_path(&operation, file)?;
        call(&operation, || linker.add_file(&file))
    }
}

fn call<T>(operation: &str, call: impl FnOnce() -> raw::Result<T>) -> Result<T> {
    let (result, messages) = capture(call);
    result.map_err(|errno| Error::system(operation, errno).with_messages(messages))
}
