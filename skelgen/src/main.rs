//! The command `skelgen`.

use clap::{Args, Parser, Subcommand, ValueEnum};
use skelgen::{Builder, Generated};
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

const AFTER_HELP: &str = "\
Examples:
  skelgen build src/bpf/tcp_cc.bpf.c --out-dir src/bpf
  skelgen build *.bpf.c -I include -D DEBUG=1 -- -Wall -Werror
  skelgen gen tcp_cc.bpf.o --out-dir src/bpf
  skelgen gen --lang c tcp_cc.bpf.o

The skeletons need the crate libbpf-safe: include!(\"bpf/tcp_cc.skel.rs\");
Headers for C need libbpf, and for objects with struct_ops maps libbpf_struct_ops.h with its library.

Prints the paths of the skeletons, one a line. clang's warnings and errors go to standard error.
Exit code: 0, or 1 where something cannot be generated, or 2 for arguments that are not understood.";

const AFTER_BUILD_HELP: &str = "\
Examples:
  skelgen build src/bpf/tcp_cc.bpf.c --out-dir src/bpf
  skelgen build *.bpf.c -I include -D DEBUG=1 -- -Wall -Werror
  skelgen build old.bpf.c --vmlinux-btf /boot/vmlinux-6.1 --clang clang-14";

const AFTER_GEN_HELP: &str = "\
Examples:
  skelgen gen tcp_cc.bpf.o --out-dir src/bpf
  skelgen gen --lang c tcp_cc.bpf.o";

/// The language of skeletons
#[derive(Clone, Copy, ValueEnum)]
enum Language {
    /// A module: NAME.skel.rs
    Rust,
    /// A header for C and C++ as bpftool writes it: NAME.skel.h
    C,
}

impl Language {
    fn set(self, builder: Builder) -> Builder {
        match self {
            Language::Rust => builder,
            Language::C => builder.only_c_header(),
        }
    }
}

/// Typed Rust skeletons for BPF programs
#[derive(Parser)]
#[command(version, arg_required_else_help = true, after_help = AFTER_HELP)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Compile .bpf.c files with clang, and generate their skeletons
    ///
    /// clang is all that is needed: libbpf's headers and a vmlinux.h of the running kernel are provided.
    #[command(after_help = AFTER_BUILD_HELP)]
    Build(Build),
    /// Generate skeletons of objects that are compiled already
    #[command(after_help = AFTER_GEN_HELP)]
    Gen(Gen),
}

#[derive(Args)]
struct Build {
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
    /// What the skeletons are written in
    #[arg(long, value_name = "LANGUAGE", default_value = "rust")]
    lang: Language,
    /// Further arguments for clang
    #[arg(last = true, value_name = "CLANG ARGUMENT")]
    clang_args: Vec<OsString>,
}

#[derive(Args)]
struct Gen {
    /// Objects; NAME.bpf.o becomes NAME.skel.rs
    #[arg(required = true, value_name = "OBJECT")]
    objects: Vec<PathBuf>,
    /// Where the skeletons go, with a copy of each object beside those in Rust
    #[arg(short, long, value_name = "FOLDER", default_value = ".")]
    out_dir: PathBuf,
    /// What the skeletons are written in
    #[arg(long, value_name = "LANGUAGE", default_value = "rust")]
    lang: Language,
}

fn main() -> ExitCode {
    let result = match Cli::parse().command {
        Command::Build(arguments) => build(arguments),
        Command::Gen(arguments) => generate(arguments),
    };
    match result {
        Ok(generated) => {
            for one in generated {
                if !one.warnings.is_empty() {
                    eprintln!("{}", one.warnings);
                }
                println!("{}", one.skeleton.display());
            }
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("skelgen: {error}");
            ExitCode::FAILURE
        }
    }
}

fn build(arguments: Build) -> skelgen::Result<Vec<Generated>> {
    let mut builder = Builder::new()
        .sources(arguments.sources)
        .out_dir(arguments.out_dir);
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
    arguments.lang.set(builder).generate()
}

fn generate(arguments: Gen) -> skelgen::Result<Vec<Generated>> {
    let builder = arguments
        .objects
        .into_iter()
        .fold(Builder::new(), Builder::object)
        .out_dir(arguments.out_dir);
    arguments.lang.set(builder).generate()
}
