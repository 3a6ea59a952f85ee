//! `skelgen min-btf`

use super::output::Output;
use super::{Failure, Verdict};
use clap::Args;
use libbpf_safe::btf::{KernelBtf, Minimal};
use skelgen::{read_file, write_file};
use std::path::PathBuf;

pub(super) const AFTER_HELP: &str = "\
The file takes the place of the kernel's BTF where libbpf adjusts programs to a kernel: OpenOptions::btf_path in Rust,
btf_custom_path in C. It is for that one kernel, and for these objects.

Prints the path of the file.

Examples:
  skelgen min-btf prober.bpf.o -o prober.btf
  skelgen min-btf --btf vmlinux-5.4.btf one.bpf.o two.bpf.o -o both-5.4.btf";

#[derive(Args)]
pub(super) struct Arguments {
    /// Objects whose relocations are to be served
    #[arg(required = true, value_name = "OBJECT")]
    objects: Vec<PathBuf>,
    /// The kernel's BTF, raw or in an ELF file; `running` is the running kernel's
    #[arg(long, value_name = "FILE", default_value = "running")]
    btf: PathBuf,
    /// The BTF of a module of that kernel: raw, or in a .ko file
    #[arg(long = "module", value_name = "FILE")]
    modules: Vec<PathBuf>,
    /// Where it goes
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
}

pub(super) fn run(arguments: &Arguments, output: &mut Output) -> Result<Verdict, Failure> {
    let kernel = match arguments.btf.to_str() {
        Some("running") => KernelBtf::running()?,
        _ => KernelBtf::from_file(&arguments.btf)?,
    };
    let mut modules = arguments.modules.iter();
    let kernel = modules.try_fold(kernel, |kernel, module| kernel.with_module(module))?;
    let mut minimal = Minimal::of(&kernel);
    for object in &arguments.objects {
        minimal.add_object(&object.display().to_string(), &read_file(object)?)?;
    }
    write_file(&arguments.output, minimal.build()?.raw())?;
    output.line(arguments.output.display())?;
    Ok(Verdict::Fine)
}
