//! `skelgen man`

use super::output::Output;
use super::{Cli, Failure, Verdict};
use clap::{Args, Command, CommandFactory as _};
use clap_mangen::Man;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

pub(super) const AFTER_HELP: &str = "\
Prints the page, for man to show. With --out-dir, all pages are written to files: skelgen.1, skelgen-build.1 and so on.

Examples:
  skelgen man | man -l -
  skelgen man struct-ops dump | man -l -
  skelgen man --out-dir ~/.local/share/man/man1";

/// What the help of each command has before its examples.
const EXAMPLES: &str = "Examples:\n";

#[derive(Args)]
pub(super) struct Arguments {
    /// The command; all of skelgen, where there is none
    #[arg(value_name = "COMMAND")]
    command: Vec<String>,
    /// Write all pages to this folder
    #[arg(long, value_name = "FOLDER", conflicts_with = "command")]
    out_dir: Option<PathBuf>,
}

pub(super) fn run(arguments: &Arguments, output: &mut Output) -> Result<Verdict, Failure> {
    let mut whole = Cli::command().disable_help_subcommand(true);
    whole.build();
    match &arguments.out_dir {
        Some(folder) => write_all(&whole, folder)?,
        None => output.bytes(&page(find(&whole, &arguments.command)?)?)?,
    }
    Ok(Verdict::Fine)
}

fn find<'a>(whole: &'a Command, words: &[String]) -> Result<&'a Command, Failure> {
    let mut words = words.iter();
    words.try_fold(whole, |command, word| {
        command.find_subcommand(word).ok_or_else(|| {
            let name = command.get_bin_name().unwrap_or(command.get_name());
            let known: Vec<_> = command.get_subcommands().map(Command::get_name).collect();
            let known = match known.as_slice() {
                [] => "it has none".to_owned(),
                known => format!("there are {}", known.join(", ")),
            };
            Failure::Refused(format!("`{name}` has no command `{word}`: {known}"))
        })
    })
}

fn write_all(command: &Command, folder: &Path) -> Result<(), Failure> {
    let refused = |action: &str, path: &Path, error: &io::Error| {
        Failure::Refused(format!("cannot {action} {}: {error}", path.display()))
    };
    fs::create_dir_all(folder).map_err(|error| refused("create", folder, &error))?;
    let name = command.get_display_name().unwrap_or(command.get_name());
    let path = folder.join(format!("{name}.1"));
    fs::write(&path, page(command)?).map_err(|error| refused("write", &path, &error))?;
    let mut below = command.get_subcommands();
    below.try_for_each(|command| write_all(command, folder))
}

/// As clap has it, but for what the help says at its end: examples stay as they are written.
fn page(command: &Command) -> Result<Vec<u8>, Failure> {
    let mut text = Vec::new();
    let man = Man::new(command.clone().after_help("")).manual("skelgen");
    man.render_title(&mut text)?;
    man.render_name_section(&mut text)?;
    man.render_synopsis_section(&mut text)?;
    man.render_description_section(&mut text)?;
    man.render_options_section(&mut text)?;
    if command.has_subcommands() {
        man.render_subcommands_section(&mut text)?;
    }
    let after = command.get_after_help().map(ToString::to_string);
    let after = after.unwrap_or_default();
    let examples = |start: usize| after.split_at_checked(start);
    let (before, after) = match after.find(EXAMPLES).and_then(examples) {
        Some((before, after)) => (before, after.strip_prefix(EXAMPLES).unwrap_or_default()),
        None => (after.as_str(), ""),
    };
    // The whole command's help has its examples first.
    let (examples, notes) = after.split_once("\n\n").unwrap_or((after, ""));
    section(&mut text, "NOTES", before.trim(), false)?;
    section(&mut text, "NOTES", notes.trim(), false)?;
    section(&mut text, "EXAMPLES", examples.trim_end(), true)?;
    writeln!(text, ".SH \"EXIT STATUS\"")?;
    writeln!(text, "{}", escaped(EXIT_STATUS))?;
    Ok(text)
}

const EXIT_STATUS: &str = "0, or 1 where something failed or was found to be wrong, or 2 for arguments that are not \
     understood.";

fn section(to: &mut Vec<u8>, heading: &str, text: &str, as_it_is: bool) -> Result<(), Failure> {
    if text.is_empty() {
        return Ok(());
    }
    writeln!(to, ".SH {heading}")?;
    if as_it_is {
        writeln!(to, ".nf")?;
    }
    for line in text.lines() {
        match escaped(line) {
            line if line.is_empty() => writeln!(to, ".PP")?,
            line => writeln!(to, "{line}")?,
        }
    }
    if as_it_is {
        writeln!(to, ".fi")?;
    }
    Ok(())
}

/// No line is a request to roff, and hyphens are those of commands.
fn escaped(line: &str) -> String {
    let text = line.replace('\\', "\\e").replace('-', "\\-");
    if text.starts_with(['.', '\'']) {
        format!("\\&{text}")
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn nothing_is_a_request() {
        assert_eq!(escaped(".bpf.c -- \\n"), "\\&.bpf.c \\-\\- \\en");
        assert_eq!(escaped("'a'"), "\\&'a'");
        assert_eq!(escaped("a.b"), "a.b");
    }
}
