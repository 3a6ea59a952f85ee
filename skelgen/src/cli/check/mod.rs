//! `skelgen check`

mod as_json;
mod presence;

use super::output::{Look, Output};
use super::{Failure, Verdict};
use clap::Args;
use libbpf_safe::btf::KernelBtf;
use libbpf_safe::struct_ops::{Preflight, Severity};
use presence::PresenceArguments;
use std::path::{Path, PathBuf};

pub(super) const AFTER_HELP: &str = "\
What is refused makes load fail. What is dropped is left out, because --presence or --drop says so. What is unlikely may work, and
most likely does not do what was meant: the kernel may refuse it at load or attach.

--json prints an array with an object for each file: file, refused, findings; each finding has severity, kind, map, member,
program, found, expected, hint, text.

Exit code: 0, or 1 where something is refused (with --strict, where anything is found) or cannot be read.

Examples:
  skelgen check tcp_cc.bpf.o
  skelgen check scheduler.bpf.o --btf vmlinux-6.12 --module sch_bpf.ko
  skelgen check scheduler.bpf.o --drop ops.cgroup_set_bandwidth --warn old_ops
  skelgen check *.bpf.o --presence drop --strict --json";

#[derive(Args)]
pub(super) struct Arguments {
    /// Objects
    #[arg(required = true, value_name = "OBJECT")]
    objects: Vec<PathBuf>,
    /// Hold them against this kernel: its BTF, raw or in an ELF file, in place of the running kernel's
    #[arg(long, value_name = "FILE")]
    btf: Option<PathBuf>,
    /// The BTF of a module of that kernel: raw, or in a .ko file
    #[arg(long = "module", value_name = "FILE", requires = "btf")]
    modules: Vec<PathBuf>,
    #[command(flatten)]
    presence: PresenceArguments,
    /// Fail for everything that is found
    #[arg(long)]
    strict: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &Arguments, output: &mut Output) -> Result<Verdict, Failure> {
    let kernel = kernel(arguments)?;
    let mut found = arguments.presence.nowhere();
    let mut open = Vec::new();
    for path in &arguments.objects {
        open.push(arguments.presence.open(path, &mut found)?);
    }
    if let Some(missing) = arguments.presence.missing(&arguments.objects, &found) {
        return Err(missing);
    }
    let mut reports = Vec::new();
    let mut wrong = false;
    for (path, mut object) in arguments.objects.iter().zip(open) {
        let report = object.preflight(&kernel)?;
        wrong |= report.is_refused() || arguments.strict && !report.findings().is_empty();
        if arguments.json {
            reports.push(as_json::report(path, &report));
        } else {
            write(path, &report, output)?;
        }
    }
    if arguments.json {
        output.line(format_args!("{:#}", serde_json::Value::Array(reports)))?;
    }
    Ok(if wrong { Verdict::Wrong } else { Verdict::Fine })
}

fn kernel(arguments: &Arguments) -> Result<KernelBtf, Failure> {
    let Some(path) = &arguments.btf else {
        return Ok(KernelBtf::running()?);
    };
    let kernel = KernelBtf::from_file(path)?;
    let mut modules = arguments.modules.iter();
    modules.try_fold(kernel, |kernel, module| Ok(kernel.with_module(module)?))
}

fn write(path: &Path, report: &Preflight, output: &mut Output) -> Result<(), Failure> {
    let findings = report.findings();
    let (look, verdict) = match findings.len() {
        0 => (Look::Good, "nothing is wrong".to_owned()),
        1 => (Look::Heading, "1 finding".to_owned()),
        count => (Look::Heading, format!("{count} findings")),
    };
    let verdict = output.paint(look, &verdict);
    let path = output.paint(Look::Plain, &path.display().to_string());
    output.line(format_args!("{path}: {verdict}"))?;
    for finding in findings {
        let look = match finding.severity {
            Severity::Refused => Look::Bad,
            Severity::Dropped | Severity::Unlikely => Look::Warning,
        };
        // Its first word is the severity.
        let text = finding.to_string();
        let (severity, rest) = text.split_once(':').unwrap_or(("", &text));
        let severity = output.paint(look, severity);
        let rest = output.paint(Look::Plain, rest);
        output.line(format_args!("  {severity}:{rest}"))?;
    }
    Ok(())
}
