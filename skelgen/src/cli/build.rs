//! `skelgen build`

use super::r#gen::{Language, report};
use super::output::{Output, one_line};
use super::{Failure, Verdict};
use clap::Args;
use skelgen::Builder;
use std::ffi::OsString;
use std::io::{self, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};

pub(super) const AFTER_HELP: &str = "\
Prints the paths of the skeletons, one a line. clang's warnings and errors go to standard error.

Examples:
  skelgen build src/bpf/tcp_cc.bpf.c --out-dir src/bpf
  skelgen build *.bpf.c -I include -D DEBUG=1 -- -Wall -Werror
  skelgen build one.bpf.c two.bpf.c --link app
  skelgen build old.bpf.c --vmlinux-btf /boot/vmlinux-6.1 --clang clang-14";

#[derive(Args)]
pub(super) struct Arguments {
    /// Sources; NAME.bpf.c becomes NAME.bpf.o and NAME.skel.rs
    #[arg(required = true, value_name = "SOURCE")]
    sources: Vec<PathBuf>,
    /// Where the files go
    #[arg(short, long, value_name = "FOLDER", default_value = ".")]
    out_dir: PathBuf,
    /// The clang to use, in place of $CLANG or the one on the path
    #[arg(long, value_name = "PROGRAM")]
    clang: Option<PathBuf>,
    /// Search this folder for headers, before skelgen's own
    #[arg(short = 'I', long = "include", value_name = "FOLDER")]
    include_paths: Vec<PathBuf>,
    /// Define a macro for clang
    #[arg(short = 'D', long = "define", value_name = "NAME[=VALUE]")]
    defines: Vec<String>,
    /// Make vmlinux.h from this BTF, raw or in an ELF file, in place of the running kernel's
    #[arg(long, value_name = "FILE")]
    vmlinux_btf: Option<PathBuf>,
    /// Link all sources, and objects (.o) among them, into one object with one skeleton of this name
    #[arg(long, value_name = "NAME")]
    link: Option<String>,
    /// The machine that the programs will run on, as Rust names it: aarch64, s390x-unknown-linux-gnu
    #[arg(long, value_name = "TARGET")]
    target: Option<String>,
    /// What the skeletons are written in
    #[arg(long, value_name = "LANGUAGE", default_value = "rust")]
    lang: Language,
    /// Further arguments for clang
    #[arg(last = true, value_name = "CLANG ARGUMENT")]
    clang_args: Vec<OsString>,
}

pub(super) fn run(arguments: Arguments, output: &mut Output) -> Result<Verdict, Failure> {
    let builder = Builder::new().out_dir(arguments.out_dir);
    let mut builder = match arguments.link {
        Some(name) => builder.linked(name, arguments.sources),
        None => builder.sources(arguments.sources),
    };
    if let Some(target) = arguments.target {
        builder = builder.target(&target);
    }
    if let Some(clang) = arguments.clang {
        builder = builder.clang(clang);
    }
    if let Some(btf) = arguments.vmlinux_btf {
        builder = builder.vmlinux_btf(btf);
    }
    for path in arguments.include_paths {
        builder = builder.include_path(path);
    }
    for define in arguments.defines {
        builder = builder.clang_arg(format!("-D{define}"));
    }
    for argument in arguments.clang_args {
        builder = builder.clang_arg(argument);
    }
    if io::stderr().is_terminal() {
        builder = builder.on_compile(tell);
    }
    report(&arguments.lang.set(builder).generate()?, output)
}

/// To whom is waiting; it is no matter where nobody reads it.
fn tell(source: &Path) {
    let name = one_line(&source.display().to_string());
    let _ = writeln!(io::stderr(), "compiling {name}");
}
