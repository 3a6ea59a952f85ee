//! `skelgen gen`

use super::output::Output;
use super::{Failure, Verdict};
use clap::{Args, ValueEnum};
use skelgen::{Builder, Generated};
use std::path::PathBuf;

pub(super) const AFTER_HELP: &str = "\
Prints the paths of the skeletons, one a line.

Examples:
  skelgen gen tcp_cc.bpf.o --out-dir src/bpf
  skelgen gen --lang c tcp_cc.bpf.o
  skelgen gen --lang c --name demo tcp_cc.bpf.o
  skelgen gen --subskeleton tcp_lib.bpf.o
  skelgen gen --lang c --subskeleton tcp_lib.bpf.o";

/// The language of skeletons
#[derive(Clone, Copy, ValueEnum)]
pub(super) enum Language {
    /// A module: NAME.skel.rs
    Rust,
    /// A header for C and C++ as bpftool writes it: NAME.skel.h
    C,
}

impl Language {
    pub(super) fn set(self, builder: Builder) -> Builder {
        match self {
            Language::Rust => builder,
            Language::C => builder.only_c_header(),
        }
    }
}

#[derive(Args)]
pub(super) struct Arguments {
    /// Objects; NAME.bpf.o becomes NAME.skel.rs
    #[arg(required = true, value_name = "OBJECT")]
    objects: Vec<PathBuf>,
    /// Where the skeletons go, with a copy of each object beside those in Rust
    #[arg(short, long, value_name = "FOLDER", default_value = ".")]
    out_dir: PathBuf,
    /// What the skeletons are written in
    #[arg(long, value_name = "LANGUAGE", default_value = "rust")]
    lang: Language,
    /// What a header for C calls the object: NAME__open; otherwise tcp_cc_bpf for tcp_cc.bpf.o, as with bpftool
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Write views of objects that somebody else opens: NAME.subskel.rs, or NAME.subskel.h as bpftool's
    #[arg(long)]
    subskeleton: bool,
}

pub(super) fn run(arguments: Arguments, output: &mut Output) -> Result<Verdict, Failure> {
    let mut builder = arguments
        .objects
        .into_iter()
        .fold(Builder::new(), Builder::object)
        .out_dir(arguments.out_dir);
    if let Some(name) = arguments.name {
        builder = builder.c_name(name);
    }
    let builder = match (arguments.lang, arguments.subskeleton) {
        (Language::C, true) => builder.only_c_subskeleton(),
        (Language::Rust, true) => builder.subskeleton(),
        (lang, false) => lang.set(builder),
    };
    report(&builder.generate()?, output)
}

/// Names the skeletons, and passes on what clang said.
pub(super) fn report(generated: &[Generated], output: &mut Output) -> Result<Verdict, Failure> {
    for one in generated {
        if !one.warnings.is_empty() {
            eprintln!("{}", one.warnings);
        }
        output.line(one.skeleton.display())?;
    }
    Ok(Verdict::Fine)
}
