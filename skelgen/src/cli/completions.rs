//! `skelgen completions`

use super::output::Output;
use super::{Cli, Failure, Verdict};
use clap::{Args, CommandFactory as _};
use clap_complete::{Shell, generate};

pub(super) const AFTER_HELP: &str = "\
`make install` puts those of bash, zsh and fish where these find them.

Examples:
  skelgen completions bash > ~/.local/share/bash-completion/completions/skelgen
  skelgen completions zsh > \"${fpath[1]}/_skelgen\"
  skelgen completions fish > ~/.config/fish/completions/skelgen.fish";

#[derive(Args)]
pub(super) struct Arguments {
    /// The shell
    shell: Shell,
}

pub(super) fn run(arguments: &Arguments, output: &mut Output) -> Result<Verdict, Failure> {
    let mut text = Vec::new();
    generate(arguments.shell, &mut Cli::command(), "skelgen", &mut text);
    output.bytes(&text)?;
    Ok(Verdict::Fine)
}
