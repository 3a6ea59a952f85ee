//! `skelgen inspect`

mod as_json;
mod as_text;
mod report;

use super::output::Output;
use super::{Failure, Verdict};
use clap::Args;
use report::Report;
use std::path::PathBuf;

pub(super) const AFTER_HELP: &str = "\
--json prints an array with an object for each file: file, name, bytes, maps, programs, variables, struct_ops. A variable's
value is left out where it is zero-initialized, filled in at load, or of more than 4 KiB.

Examples:
  skelgen inspect tcp_cc.bpf.o
  skelgen inspect *.bpf.o --json | jq '.[].programs[] | select(.loaded) | .name'";

#[derive(Args)]
pub(super) struct Arguments {
    /// Objects
    #[arg(required = true, value_name = "OBJECT")]
    objects: Vec<PathBuf>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &Arguments, output: &mut Output) -> Result<Verdict, Failure> {
    let mut reports = Vec::new();
    for (index, path) in arguments.objects.iter().enumerate() {
        let report = Report::read(path)?;
        if arguments.json {
            reports.push(as_json::of(&report));
            continue;
        }
        if index > 0 {
            output.line("")?;
        }
        as_text::write(&report, output)?;
    }
    if arguments.json {
        output.line(format_args!("{:#}", serde_json::Value::Array(reports)))?;
    }
    Ok(Verdict::Fine)
}
