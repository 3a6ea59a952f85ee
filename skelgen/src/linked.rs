//! From sources to an object: compiled one by one, and linked.

use crate::compile::{Clang, Compiled, Target};
use crate::error::{Error, Result};
use crate::files::{Temporary, read, write_if_changed};
use libbpf_safe::Linker;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// Several files that become one object.
#[derive(Debug, Clone)]
pub(crate) struct Linked {
    pub(crate) name: String,
    pub(crate) files: Vec<PathBuf>,
}

/// Compiles and links, which leaves out what only a debugger reads: it is most of the file.
pub(crate) fn compile(
    clang: &Clang,
    files: &[PathBuf],
    object: &Path,
    target: &Target,
) -> Result<Compiled> {
    let linked = object.with_extension("linked.o");
    let _remove_linked = Temporary(&linked);
    let unlinked: Vec<PathBuf> = (0..files.len())
        .map(|index| object.with_extension(format!("{index}.unlinked.o")))
        .collect();
    let _remove = unlinked
        .iter()
        .map(|path| Temporary(path))
        .collect::<Vec<_>>();
    let mut linker = Linker::new(&linked);
    let mut all = Compiled::default();
    for (file, unlinked) in files.iter().zip(&unlinked) {
        if file.extension() == Some(OsStr::new("o")) {
            all.dependencies.push(file.clone());
            linker = linker.file(file);
            continue;
        }
        let compiled = clang.compile(file, unlinked, target)?;
        all.dependencies.extend(compiled.dependencies);
        if !all.warnings.is_empty() && !compiled.warnings.is_empty() {
            all.warnings.push('\n');
        }
        all.warnings += &compiled.warnings;
        linker = linker.file(unlinked);
    }
    linker.link().map_err(|error| Error::Link {
        files: files.to_vec(),
        source: error,
    })?;
    write_if_changed(object, &read(&linked)?)?;
    Ok(all)
}
