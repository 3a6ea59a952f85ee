//! The command line: a file for each command, and what they share.

mod build;
mod check;
mod completions;
mod failure;
mod r#gen;
mod inspect;
mod json;
mod link;
mod man;
mod min_btf;
mod new;
mod output;
mod struct_ops;
mod table;
mod vmlinux;

use clap::{Parser, Subcommand};
use failure::Failure;
use output::Output;
use std::process::ExitCode;

const AFTER_HELP: &str = "\
Examples:
  skelgen build src/bpf/tcp_cc.bpf.c --out-dir src/bpf
  skelgen inspect tcp_cc.bpf.o
  skelgen check tcp_cc.bpf.o --btf vmlinux-6.12

The skeletons need the crate libbpf-safe: include!(\"bpf/tcp_cc.skel.rs\");
Headers for C need libbpf, and for objects with struct_ops maps libbpf_struct_ops.h with its library.

Exit code: 0, or 1 where something failed or was found to be wrong, or 2 for arguments that are not understood.
Colours are used on a terminal, unless NO_COLOR is set.";

/// BPF programs: typed skeletons for them, and what is in them
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
    #[command(after_help = build::AFTER_HELP)]
    Build(build::Arguments),
    /// Generate skeletons of objects that are compiled already
    #[command(after_help = r#gen::AFTER_HELP)]
    Gen(r#gen::Arguments),
    /// Show what is in objects: maps, programs, variables, struct_ops members
    #[command(after_help = inspect::AFTER_HELP)]
    Inspect(inspect::Arguments),
    /// Say what of an object's struct_ops maps will not work on a kernel
    #[command(after_help = check::AFTER_HELP)]
    Check(check::Arguments),
    /// Write vmlinux.h: the types of a kernel, or some of them
    #[command(after_help = vmlinux::AFTER_HELP)]
    Vmlinux(vmlinux::Arguments),
    /// Link objects into one
    #[command(after_help = link::AFTER_HELP)]
    Link(link::Arguments),
    /// Write the part of a kernel's BTF that objects need to be adjusted to it
    #[command(after_help = min_btf::AFTER_HELP)]
    MinBtf(min_btf::Arguments),
    /// List, show, register and unregister the struct_ops maps of this machine
    #[command(after_help = struct_ops::AFTER_HELP)]
    StructOps(struct_ops::Arguments),
    /// Start a project that builds and runs
    #[command(after_help = new::AFTER_HELP)]
    New(new::Arguments),
    /// Print what completes skelgen's commands in a shell
    #[command(after_help = completions::AFTER_HELP)]
    Completions(completions::Arguments),
    /// Print the manual page of a command
    #[command(after_help = man::AFTER_HELP)]
    Man(man::Arguments),
}

/// What a command that did not fail has to say to whoever called it.
enum Verdict {
    Fine,
    /// It was done, and what was looked at is not as it has to be.
    Wrong,
}

pub(crate) fn run() -> ExitCode {
    let arguments = Cli::parse();
    let mut output = Output::new();
    let result = match arguments.command {
        Command::Build(arguments) => build::run(arguments, &mut output),
        Command::Gen(arguments) => r#gen::run(arguments, &mut output),
        Command::Inspect(arguments) => inspect::run(&arguments, &mut output),
        Command::Check(arguments) => check::run(&arguments, &mut output),
        Command::Vmlinux(arguments) => vmlinux::run(&arguments, &mut output),
        Command::Link(arguments) => link::run(&arguments, &mut output),
        Command::MinBtf(arguments) => min_btf::run(&arguments, &mut output),
        Command::StructOps(arguments) => struct_ops::run(&arguments, &mut output),
        Command::New(arguments) => new::run(&arguments, &mut output),
        Command::Completions(arguments) => completions::run(&arguments, &mut output),
        Command::Man(arguments) => man::run(&arguments, &mut output),
    };
    match result.and_then(|verdict| output.finish().map(|()| verdict)) {
        Ok(Verdict::Fine) => ExitCode::SUCCESS,
        Ok(Verdict::Wrong) => ExitCode::FAILURE,
        // Whoever reads it has seen enough.
        Err(failure) if failure.is_broken_pipe() => ExitCode::SUCCESS,
        Err(failure) => {
            // What clang says has lines; nothing else in it has more to do than to be read.
            let said = failure.to_string();
            let lines: Vec<_> = said.lines().map(output::one_line).collect();
            eprintln!("skelgen: {}", lines.join("\n"));
            ExitCode::FAILURE
        }
    }
}
