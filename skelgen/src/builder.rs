use crate::compile::{Clang, Kept, Target, write_libbpf_headers, write_vmlinux_header};
use crate::error::{Error, Result};
use crate::files::{create_folder, read, write_if_changed};
use crate::linked::{Linked, compile};
use crate::memory::{c_skeleton, c_subskeleton, rust_skeleton, rust_subskeleton};
use libbpf_safe::btf::Btf;
use std::collections::{BTreeSet, HashMap};
use std::env;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Compiles BPF sources and generates their skeletons: for build scripts.
///
/// ```no_run
/// // build.rs
/// fn main() -> Result<(), skelgen::Error> {
///     skelgen::Builder::new().source("src/bpf/tcp_cc.bpf.c").build()
/// }
/// ```
///
/// Then, in the crate:
///
/// ```ignore
/// include!(concat!(env!("OUT_DIR"), "/tcp_cc.skel.rs"));
/// ```
///
/// clang is needed, and nothing else: libbpf's headers and `vmlinux.h`, made from the running kernel's BTF,
/// are on its include path.
#[derive(Debug, Clone, Default)]
#[must_use = "nothing happens before `build`"]
pub struct Builder {
    sources: Vec<PathBuf>,
    linked: Vec<Linked>,
    objects: Vec<PathBuf>,
    target: Option<Target>,
    clang: Clang,
    vmlinux_btf: Option<PathBuf>,
    out_dir: Option<PathBuf>,
    writes: Writes,
    c_name: Option<String>,
}

/// Which skeletons are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Writes {
    #[default]
    Rust,
    SubRust,
    RustAndC,
    C,
    SubC,
}

impl Writes {
    /// That of a skeleton.
    fn has_module(self) -> bool {
        matches!(self, Writes::Rust | Writes::RustAndC)
    }

    fn only_c(self) -> bool {
        matches!(self, Writes::C | Writes::SubC)
    }
}

/// Names the BTF that `vmlinux.h` is made from, where the builder does not.
const VMLINUX_BTF: &str = "VMLINUX_BTF";

/// What was made of one source or object.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Generated {
    /// The object file.
    pub object: PathBuf,
    /// The generated Rust module; the header for C where only that was asked for.
    pub skeleton: PathBuf,
    /// The generated header for C, where one was asked for.
    pub c_header: Option<PathBuf>,
    /// All that clang read, without what skelgen itself wrote; empty for an object that was given.
    pub dependencies: Vec<PathBuf>,
    /// clang's warnings, as clang wrote them.
    pub warnings: String,
}

impl Builder {
    /// With clang from the path, and the running kernel's types.
    pub fn new() -> Builder {
        Builder::default()
    }

    /// Adds a source. `src/bpf/tcp_cc.bpf.c` becomes the module `tcp_cc` in `tcp_cc.skel.rs`.
    pub fn source(mut self, path: impl Into<PathBuf>) -> Self {
        self.sources.push(path.into());
        self
    }

    /// Adds several sources, each with a skeleton of its own.
    pub fn sources<P: Into<PathBuf>>(mut self, paths: impl IntoIterator<Item = P>) -> Self {
        self.sources.extend(paths.into_iter().map(Into::into));
        self
    }

    /// Adds several files that are linked and become one skeleton: sources, and objects (`.o`) that are
    /// compiled already. `linked("app", ["one.bpf.c", "two.bpf.c"])` becomes the module `app` in `app.skel.rs`.
    ///
    /// ```no_run
    /// // build.rs
    /// fn main() -> Result<(), skelgen::Error> {
    ///     skelgen::Builder::new().linked("app", ["src/bpf/one.bpf.c", "src/bpf/two.bpf.c"]).build()
    /// }
    /// ```
    ///
    /// What one file defines others declare `extern`; a map in several of them, declared alike, is one map.
    pub fn linked<P: Into<PathBuf>>(
        mut self,
        name: impl Into<String>,
        files: impl IntoIterator<Item = P>,
    ) -> Self {
        self.linked.push(Linked {
            name: name.into(),
            files: files.into_iter().map(Into::into).collect(),
        });
        self
    }

    /// The machine that the programs will run on, as Rust names it: `aarch64`, or a whole
    /// `s390x-unknown-linux-gnu`. Otherwise that of the crate that is being built, or this machine.
    ///
    /// It is what `bpf_tracing.h` goes by, and the byte order. The kernel's types are of the machine that
    /// [`vmlinux_btf`](Builder::vmlinux_btf) is from.
    pub fn target(mut self, name: &str) -> Self {
        self.target = Some(Target::named(name));
        self
    }

    /// Adds an object that is compiled already: `tcp_cc.bpf.o` becomes the module `tcp_cc`.
    pub fn object(mut self, path: impl Into<PathBuf>) -> Self {
        self.objects.push(path.into());
        self
    }

    /// The clang to use. Otherwise it is what the environment variable `CLANG` names, `clang`, or the
    /// newest `clang-NN` on the path.
    pub fn clang(mut self, path: impl Into<PathBuf>) -> Self {
        self.clang.program = Some(path.into());
        self
    }

    /// Adds an include path, searched before skelgen's own: a `vmlinux.h` in it replaces the generated one.
    pub fn include_path(mut self, path: impl Into<PathBuf>) -> Self {
        self.clang.include_paths.push(path.into());
        self
    }

    /// Defines a macro: `-DNAME=VALUE`.
    pub fn define(self, name: &str, value: &str) -> Self {
        self.clang_arg(format!("-D{name}={value}"))
    }

    /// Passes an argument to clang.
    pub fn clang_arg(mut self, argument: impl Into<OsString>) -> Self {
        self.clang.arguments.push(argument.into());
        self
    }

    /// Calls a function with each source before clang compiles it, which may take seconds: to show what goes on.
    pub fn on_compile(mut self, tell: fn(&Path)) -> Self {
        self.clang.tell = Some(tell);
        self
    }

    /// The BTF that `vmlinux.h` is made from, in place of the running kernel's: raw, or in an ELF file. Without
    /// it, the environment variable `VMLINUX_BTF` may name such a file: for a build where no kernel has BTF.
    pub fn vmlinux_btf(mut self, path: impl Into<PathBuf>) -> Self {
        self.vmlinux_btf = Some(path.into());
        self
    }

    /// Where the files go; otherwise `OUT_DIR`.
    pub fn out_dir(mut self, path: impl Into<PathBuf>) -> Self {
        self.out_dir = Some(path.into());
        self
    }

    /// Writes a header for C and C++, too: `tcp_cc.skel.h` beside `tcp_cc.skel.rs`.
    ///
    /// It takes the place of one that `bpftool gen skeleton` writes, with the same names and functions, and
    /// has the object in it. Shadow copies of struct_ops maps are from the extension, whose header
    /// `libbpf_struct_ops.h` and library come with `libbpf-ffi`; an object without such maps needs libbpf only.
    pub fn c_header(mut self) -> Self {
        self.writes = Writes::RustAndC;
        self
    }

    /// Writes a header for C and C++, as [`c_header`](Builder::c_header) does, in place of the Rust module.
    pub fn only_c_header(mut self) -> Self {
        self.writes = Writes::C;
        self
    }

    /// Writes subskeletons in place of skeletons: `tcp_lib.subskel.rs` is a view of objects that somebody else opens, for
    /// a library whose BPF part is linked into them, wherever its variables are there. `Subskeleton::new` looks at a
    /// loaded object, `OpenSubskeleton::new` at an open one; both fail where a map, program or variable is missing or of
    /// another type, and say which.
    pub fn subskeleton(mut self) -> Self {
        self.writes = Writes::SubRust;
        self
    }

    /// Writes a header for C and C++ of a subskeleton, in place of the Rust module: a view of an object that somebody
    /// else opens, for a library whose BPF part is linked into objects of others. `tcp_lib.subskel.h` has the names and
    /// functions of `bpftool gen subskeleton`; `NAME__open` fails where a map, program or variable is missing, and
    /// says which.
    pub fn only_c_subskeleton(mut self) -> Self {
        self.writes = Writes::SubC;
        self
    }

    /// What the header for C calls the object: `NAME__open` and `struct NAME`. Otherwise it is what bpftool would
    /// call it: `tcp_cc_bpf` for `tcp_cc.bpf.o`. Each object needs a name of its own, so with several this is an error.
    pub fn c_name(mut self, name: impl Into<String>) -> Self {
        self.c_name = Some(name.into());
        self
    }

    /// Generates, and tells cargo what it depends on: every source, every header that clang read, `CLANG`,
    /// `VMLINUX_BTF`, and the BTF file that was named; but nothing in `OUT_DIR`, as only the script itself writes there. A
    /// file is written only where its content changes, and clang compiles only what has changed since it did in this
    /// `OUT_DIR`.
    ///
    /// clang's warnings become cargo's.
    ///
    /// # Errors
    ///
    /// As [`generate`](Builder::generate).
    pub fn build(&self) -> Result<()> {
        let generated = self.generate()?;
        let mut directives = BTreeSet::from([
            "rerun-if-env-changed=CLANG".to_owned(),
            format!("rerun-if-env-changed={VMLINUX_BTF}"),
        ]);
        let objects = self.objects.iter().chain(&self.vmlinux_btf);
        // What the script itself has written is newer than its start: cargo would run it again each time.
        let files = generated
            .iter()
            .flat_map(|one| &one.dependencies)
            .chain(objects)
            .filter(|file| !is_in_out_dir(file));
        directives.extend(files.map(|file| format!("rerun-if-changed={}", file.display())));
        for directive in directives {
            println!("cargo:{directive}");
        }
        for line in generated.iter().flat_map(|one| one.warnings.lines()) {
            println!("cargo:warning={line}");
        }
        Ok(())
    }

    /// Generates, and says what.
    ///
    /// # Errors
    ///
    /// There is no clang, or no kernel BTF; a source does not compile; an object is not understood; a file
    /// cannot be read or written.
    pub fn generate(&self) -> Result<Vec<Generated>> {
        self.check_names()?;
        let out_dir = self.destination()?;
        create_folder(&out_dir)?;
        let mut generated = Vec::new();
        let headers = out_dir.join("skelgen-include");
        if !self.sources.is_empty() || !self.linked.is_empty() {
            self.write_headers(&headers)?;
        }
        let mut clang = self.clang.clone();
        clang.include_paths.push(headers.clone());
        if is_in_out_dir(&out_dir) {
            clang.kept = Some(Arc::new(Kept::new(out_dir.join("skelgen-kept"))));
        }
        let target = self.target.clone().unwrap_or_else(Target::current);
        let alone = self.sources.iter().map(|source| {
            let files = vec![source.clone()];
            stem(source).map(|name| Linked { name, files })
        });
        for linked in alone.chain(self.linked.iter().cloned().map(Ok)) {
            let Linked { name: stem, files } = linked?;
            let object = out_dir.join(format!("{stem}.bpf.o"));
            let compiled = compile(&clang, &files, &object, &target)?;
            let bytes = read(&object)?;
            let (skeleton, c_header) =
                self.write_skeletons(&stem, (&object, &bytes), &object, &out_dir)?;
            generated.push(Generated {
                skeleton,
                c_header,
                object,
                dependencies: compiled
                    .dependencies
                    .into_iter()
                    .filter(|file| !file.starts_with(&headers))
                    .collect(),
                warnings: compiled.warnings,
            });
        }
        for object in &self.objects {
            let stem = stem(object)?;
            let (mut object, given) = (object.clone(), object);
            let bytes = read(&object)?;
            // The module of a skeleton includes it from beside; a header has it in itself.
            if self.writes.has_module() {
                let copy = out_dir.join(format!("{stem}.bpf.o"));
                write_if_changed(&copy, &bytes)?;
                object = copy;
            }
            let (skeleton, c_header) =
                self.write_skeletons(&stem, (&object, &bytes), given, &out_dir)?;
            generated.push(Generated {
                skeleton,
                c_header,
                object,
                dependencies: Vec::new(),
                warnings: String::new(),
            });
        }
        Ok(generated)
    }

    /// Writes what is asked for of an object: the path of the module, or of the header alone, and the header's.
    /// `given` has the name that bpftool would make the header's of.
    fn write_skeletons(
        &self,
        stem: &str,
        (object, bytes): (&Path, &[u8]),
        given: &Path,
        out_dir: &Path,
    ) -> Result<(PathBuf, Option<PathBuf>)> {
        if self.writes == Writes::SubRust {
            let module = out_dir.join(format!("{stem}.subskel.rs"));
            write_if_changed(&module, rust_subskeleton(stem, bytes)?.as_bytes())?;
            return Ok((module, None));
        }
        let module = out_dir.join(format!("{stem}.skel.rs"));
        if self.writes.has_module() {
            let object_file = object
                .file_name()
                .and_then(OsStr::to_str)
                .unwrap_or_default();
            let code = rust_skeleton(stem, bytes, object_file)?;
            write_if_changed(&module, code.as_bytes())?;
        }
        if self.writes == Writes::Rust {
            return Ok((module, None));
        }
        let is_sub = self.writes == Writes::SubC;
        let ending = if is_sub { "subskel" } else { "skel" };
        let header = out_dir.join(format!("{stem}.{ending}.h"));
        let name = self.c_name.clone().map_or_else(|| c_name(given), Ok)?;
        let code = if is_sub {
            c_subskeleton(&name, bytes)?
        } else {
            c_skeleton(&name, bytes)?
        };
        write_if_changed(&header, code.as_bytes())?;
        let skeleton = if self.writes.only_c() {
            header.clone()
        } else {
            module
        };
        Ok((skeleton, Some(header)))
    }

    /// Two files of one name would write the same skeleton.
    fn check_names(&self) -> Result<()> {
        if self.c_name.is_some() && self.sources.len() + self.linked.len() + self.objects.len() > 1
        {
            return Err(Error::Input(
                "one name for the headers of several objects: name each in a Builder of its own"
                    .into(),
            ));
        }
        let mut known: HashMap<String, &Path> = HashMap::new();
        for linked in &self.linked {
            let name = &linked.name;
            let Some(first) = linked.files.first() else {
                return Err(Error::Input(format!(
                    "there is nothing to link into `{name}`"
                )));
            };
            if name.is_empty() || name.contains(['/', '\0']) {
                return Err(Error::Input(format!("`{name}` is no name for a skeleton")));
            }
            if known.insert(name.clone(), first).is_some() {
                return Err(Error::Input(format!("`{name}` is linked twice")));
            }
        }
        for path in self.sources.iter().chain(&self.objects) {
            if let Some(other) = known.insert(stem(path)?, path) {
                return Err(Error::Input(format!(
                    "`{}` and `{}` have the same name, and would become the same skeleton",
                    other.display(),
                    path.display()
                )));
            }
        }
        Ok(())
    }

    fn destination(&self) -> Result<PathBuf> {
        self.out_dir
            .clone()
            .or_else(|| env::var_os("OUT_DIR").map(PathBuf::from))
            .ok_or_else(|| {
                Error::Input("name a folder by Builder::out_dir: OUT_DIR is not set, as it is in build scripts".into())
            })
    }

    fn write_headers(&self, folder: &Path) -> Result<()> {
        write_libbpf_headers(folder)?;
        let provided = |path: &PathBuf| path.join("vmlinux.h").is_file();
        if self.vmlinux_btf.is_none() && self.clang.include_paths.iter().any(provided) {
            return Ok(());
        }
        let from_environment = || std::env::var_os(VMLINUX_BTF).map(PathBuf::from);
        let btf = match self.vmlinux_btf.clone().or_else(from_environment) {
            Some(path) => Btf::from_file(path),
            None => Btf::from_kernel(),
        };
        write_vmlinux_header(folder, &btf.map_err(Error::Vmlinux)?)
    }
}

/// Whether it is where a build script, and nobody else, writes.
fn is_in_out_dir(path: &Path) -> bool {
    env::var_os("OUT_DIR").is_some_and(|own| !own.is_empty() && path.starts_with(own))
}

/// `tcp_cc.bpf` of `tcp_cc.bpf.o`, which is `tcp_cc_bpf` in C.
fn c_name(object: &Path) -> Result<String> {
    let stem = stem(object)?;
    let name = object.file_name().and_then(OsStr::to_str);
    Ok(name
        .and_then(|name| name.strip_suffix(".o"))
        .map_or(stem, str::to_owned))
}

/// `tcp_cc` of `src/bpf/tcp_cc.bpf.c`.
fn stem(path: &Path) -> Result<String> {
    let name = path
        .file_name()
        .and_then(OsStr::to_str)
        .ok_or_else(|| Error::Input(format!("`{}` has no file name in UTF-8", path.display())))?;
    let stem = [".bpf.c", ".bpf.o", ".c", ".o"]
        .iter()
        .find_map(|ending| name.strip_suffix(ending))
        .unwrap_or(name);
    if stem.is_empty() {
        return Err(Error::Input(format!(
            "`{}` has no name before its ending",
            path.display()
        )));
    }
    Ok(stem.to_owned())
}
