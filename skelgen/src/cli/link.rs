//! `skelgen link`

use super::output::Output;
use super::{Failure, Verdict};
use clap::Args;
use libbpf_safe::Linker;
use std::path::PathBuf;

pub(super) const AFTER_HELP: &str = "\
What is defined in two of the objects has to be static in one of them, or __weak. Maps that several declare alike are one.
What only a debugger reads is left out. An output that is there stays as it is where linking fails.

Prints the path of the file.

Examples:
  skelgen link one.bpf.o two.bpf.o -o app.bpf.o
  skelgen link with_dwarf.bpf.o -o small.bpf.o";

#[derive(Args)]
pub(super) struct Arguments {
    /// Objects
    #[arg(required = true, value_name = "OBJECT")]
    objects: Vec<PathBuf>,
    /// The object that is made
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
}

pub(super) fn run(arguments: &Arguments, output: &mut Output) -> Result<Verdict, Failure> {
    let linker = Linker::new(&arguments.output);
    let objects = arguments.objects.iter();
    objects.fold(linker, Linker::file).link()?;
    output.line(arguments.output.display())?;
    Ok(Verdict::Fine)
}
