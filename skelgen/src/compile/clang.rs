use super::Target;
use super::depfile;
use super::kept::Kept;
use crate::error::{Error, Result};
use crate::files::{Temporary, read};
use std::env;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::SystemTime;

/// The newest version that is looked for by its own name, such as `clang-19`.
const NEWEST: u32 = 40;
/// The oldest version whose BTF is complete enough.
const OLDEST: u32 = 11;

/// How clang is called.
#[derive(Debug, Clone, Default)]
pub(crate) struct Clang {
    pub(crate) program: Option<PathBuf>,
    /// In the order in which they are searched.
    pub(crate) include_paths: Vec<PathBuf>,
    /// Beside the user's defines, after all that is set here.
    pub(crate) arguments: Vec<OsString>,
    /// Called with each source that is compiled.
    pub(crate) tell: Option<fn(&Path)>,
    /// Where objects are kept for the next run.
    pub(crate) kept: Option<Arc<Kept>>,
}

/// What a compilation yields beside the object file.
#[derive(Debug, Default)]
pub(crate) struct Compiled {
    /// Every file that was read.
    pub(crate) dependencies: Vec<PathBuf>,
    /// clang's warnings, as clang wrote them; empty where there are none.
    pub(crate) warnings: String,
}

impl Clang {
    /// Compiles a source file.
    pub(crate) fn compile(
        &self,
        source: &Path,
        object: &Path,
        target: &Target,
    ) -> Result<Compiled> {
        let program = self.find(source)?;
        let rule = object.with_extension("d");
        let _remove_rule = Temporary(&rule);
        if let Err(error) = File::open(source) {
            return Err(Error::File {
                action: "read",
                path: source.to_owned(),
                source: error,
            });
        }
        let mut command = Command::new(&program);
        command
            .args([
                "-g",
                "-O2",
                "-c",
                "-target",
                target.clang_target(),
                "-mcpu=v3",
            ])
            .arg(target.define())
            // Nested structs with a tag and no name, as kernels from 7.x declare them.
            .args(["-fms-extensions", "-Wno-microsoft-anon-tag"])
            // The object shall be the same wherever it is compiled.
            .arg("-fdebug-compilation-dir=.")
            .args(self.prefix_maps(source))
            .args(["-MD", "-MT", "object", "-MF"])
            .arg(&rule)
            .args(
                self.include_paths
                    .iter()
                    .flat_map(|path| [OsStr::new("-I"), path.as_os_str()]),
            )
            .args(
                target
                    .system_headers()
                    .iter()
                    .flat_map(|path| [OsStr::new("-idirafter"), path.as_os_str()]),
            )
            .args(&self.arguments)
            .arg("-o")
            .arg(object)
            .arg("--")
            .arg(source);
        let kept = self.kept.as_ref().and_then(|kept| {
            let folders = self.include_paths.iter().map(PathBuf::as_path);
            let call = kept.call(&command, folders.chain(source.parent()))?;
            Some((kept, call))
        });
        if let Some(compiled) = kept
            .as_ref()
            .and_then(|(kept, call)| kept.take(call, object))
        {
            return Ok(compiled);
        }
        if let Some(tell) = self.tell {
            tell(source);
        }
        let began = SystemTime::now();
        let output = command.output().map_err(|source| Error::RunClang {
            clang: program.clone(),
            source,
        })?;
        let diagnostics = String::from_utf8_lossy(&output.stderr)
            .trim_end()
            .to_owned();
        if !output.status.success() {
            return Err(Error::Compile {
                source_file: source.to_owned(),
                diagnostics,
            });
        }
        let dependencies = depfile::parse(&String::from_utf8_lossy(&read(&rule)?));
        let compiled = Compiled {
            dependencies,
            warnings: diagnostics,
        };
        if let Some((kept, call)) = &kept {
            kept.keep(call, object, &compiled, began);
        }
        Ok(compiled)
    }

    /// So that no absolute path gets into the object's line information: each folder becomes its name, and that of
    /// the source a dot, as it may be a checkout that everybody calls something else.
    fn prefix_maps(&self, source: &Path) -> Vec<OsString> {
        let parent = source.parent();
        let included = self.include_paths.iter().map(PathBuf::as_path);
        included
            .filter(|folder| Some(*folder) != parent)
            .map(|folder| {
                (
                    folder,
                    folder.file_name().unwrap_or_else(|| OsStr::new(".")),
                )
            })
            .chain(parent.map(|folder| (folder, OsStr::new("."))))
            .filter(|(folder, _)| folder.is_absolute())
            .filter(|(folder, _)| !folder.as_os_str().as_encoded_bytes().contains(&b'='))
            .map(|(folder, name)| {
                let mut argument = OsString::from("-ffile-prefix-map=");
                argument.push(folder);
                argument.push("=");
                argument.push(name);
                argument
            })
            .collect()
    }

    fn find(&self, source_file: &Path) -> Result<PathBuf> {
        let named = self
            .program
            .clone()
            .or_else(|| env::var_os("CLANG").map(PathBuf::from));
        if let Some(named) = named {
            return Ok(named);
        }
        let plain = std::iter::once("clang".to_owned());
        let numbered = (OLDEST..=NEWEST)
            .rev()
            .map(|version| format!("clang-{version}"));
        let path = env::var_os("PATH").unwrap_or_default();
        plain
            .chain(numbered)
            .find_map(|name| {
                env::split_paths(&path)
                    .map(|folder| folder.join(&name))
                    .find(|candidate| candidate.is_file())
            })
            .ok_or_else(|| Error::NoClang {
                source_file: source_file.to_owned(),
            })
    }
}
