//! `skelgen vmlinux`

use super::output::Output;
use super::{Failure, Verdict};
use clap::Args;
use libbpf_safe::btf::{Btf, KernelBtf};
use skelgen::{vmlinux_header, write_file};
use std::path::{Path, PathBuf};

pub(super) const AFTER_HELP: &str = "\
With names of types (`struct sock`, or just `sock`) the header has only these and what they need: structs that are only
pointed to are only declared. The integers that bpf_helpers.h goes by are always there. What reads structs is relocated to
where the running kernel has their members.

Examples:
  skelgen vmlinux -o vmlinux.h
  skelgen vmlinux task_struct 'enum bpf_map_type' > vmlinux.h
  skelgen vmlinux --btf /boot/vmlinux-6.12 --module tcp_demo.ko -o vmlinux.h";

#[derive(Args)]
pub(super) struct Arguments {
    /// Only these types, with what they need
    #[arg(value_name = "TYPE")]
    types: Vec<String>,
    /// The types of this kernel: its BTF, raw or in an ELF file, in place of the running kernel's
    #[arg(long, value_name = "FILE", visible_alias = "elf")]
    btf: Option<PathBuf>,
    /// With those of this module: the name of one that is loaded, or a file with its BTF, raw or a .ko
    #[arg(long, value_name = "MODULE")]
    module: Option<PathBuf>,
    /// Write to this file, not to standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

pub(super) fn run(arguments: &Arguments, output: &mut Output) -> Result<Verdict, Failure> {
    let btf = btf(arguments)?;
    let text = vmlinux_header(&btf, &arguments.types)?;
    match &arguments.output {
        Some(path) => write_file(path, text.as_bytes())?,
        None => output.bytes(text.as_bytes())?,
    }
    Ok(Verdict::Fine)
}

fn btf(arguments: &Arguments) -> Result<Btf, Failure> {
    let vmlinux = match &arguments.btf {
        Some(path) => Btf::from_file(path)?,
        None => Btf::from_kernel()?,
    };
    let Some(module) = &arguments.module else {
        return Ok(vmlinux);
    };
    let kernel = KernelBtf::from(vmlinux.clone()).with_module(module_file(module))?;
    Ok(kernel.modules().last().cloned().unwrap_or(vmlinux))
}

/// A name without a folder is that of a module that is loaded, unless there is such a file.
fn module_file(module: &Path) -> PathBuf {
    let loaded = Path::new("/sys/kernel/btf").join(module);
    if module.components().count() == 1 && !module.exists() && loaded.exists() {
        loaded
    } else {
        module.to_owned()
    }
}
