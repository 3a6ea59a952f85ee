//! `skelgen new`

mod kind;

use super::output::{Look, Output};
use super::{Failure, Verdict};
use clap::Args;
use kind::Kind;
use std::fs;
use std::path::{Path, PathBuf};

pub(super) const AFTER_HELP: &str = "\
The project has a BPF program, a main.rs that loads it and shows what it does, and a README. It is built with cargo and
clang, and run as root.

Examples:
  skelgen new my-cc --kind struct-ops
  skelgen new counter --kind xdp && cd counter && cargo build && sudo target/debug/counter lo
  skelgen new watch --kind tracing --libbpf-safe ~/src/libbpf-safe";

const MANIFEST: &str = include_str!("templates/manifest.toml");
const BUILD: &str = include_str!("templates/build.rs");
const IGNORED: &str = include_str!("templates/gitignore");
const README: &str = include_str!("templates/README.md");

/// The longest name that crates.io takes.
const LONGEST_NAME: usize = 64;

/// Those in `target/debug`: cargo builds no program that is called so.
const FOLDERS: &[&str] = &["build", "deps", "examples", "incremental"];

#[derive(Args)]
pub(super) struct Arguments {
    /// The folder to make, whose name is the project's
    #[arg(value_name = "NAME")]
    folder: PathBuf,
    /// What the BPF program does
    #[arg(long)]
    kind: Kind,
    /// Take libbpf-safe and skelgen from a folder with their sources, in place of crates.io
    #[arg(long, value_name = "FOLDER")]
    libbpf_safe: Option<PathBuf>,
}

pub(super) fn run(arguments: &Arguments, output: &mut Output) -> Result<Verdict, Failure> {
    let folder = &arguments.folder;
    let name = name_of(folder)?;
    let (library, generator) = sources(arguments.libbpf_safe.as_deref())?;
    let kind = arguments.kind;
    let stem = kind.stem();
    let fill = |template: &str| {
        template
            .replace("{name}", name)
            .replace("{stem}", stem)
            .replace("{libbpf-safe}", &library)
            .replace("{skelgen}", &generator)
            .replace("{what}", kind.what())
            .replace("{arguments}", kind.arguments())
            .replace("{usage}", kind.usage())
    };
    let files = [
        ("Cargo.toml".to_owned(), fill(MANIFEST)),
        ("build.rs".to_owned(), fill(BUILD)),
        (".gitignore".to_owned(), IGNORED.to_owned()),
        ("README.md".to_owned(), fill(README)),
        ("src/main.rs".to_owned(), kind.program().to_owned()),
        (format!("src/bpf/{stem}.bpf.c"), kind.bpf().to_owned()),
    ];
    // Not create_dir_all: what is there already is somebody's.
    fs::create_dir(folder).map_err(|error| refused("create", folder, &error))?;
    for (path, text) in files {
        let path = folder.join(path);
        let parent = path.parent().unwrap_or(folder);
        fs::create_dir_all(parent).map_err(|error| refused("create", parent, &error))?;
        fs::write(&path, text).map_err(|error| refused("write", &path, &error))?;
    }
    let shown = output.paint(Look::Name, &folder.display().to_string());
    output.line(format_args!("{shown}: {}", kind.what()))?;
    output.line(format_args!(
        "  cd {} && cargo build && sudo target/debug/{name}{}",
        folder.display(),
        kind.arguments()
    ))?;
    Ok(Verdict::Fine)
}

/// The last part of the path, where that can be a package's name.
fn name_of(folder: &Path) -> Result<&str, Failure> {
    let name = folder.file_name().and_then(|name| name.to_str());
    let name = name.unwrap_or_default();
    let starts_well = name.starts_with(|first: char| first.is_ascii_alphabetic());
    let rest = |letter: char| letter.is_ascii_alphanumeric() || letter == '-' || letter == '_';
    if FOLDERS.contains(&name) {
        return Err(Failure::Refused(format!(
            "`{name}` cannot be the name of a project: cargo makes a folder of this name beside the program"
        )));
    }
    if starts_well && name.chars().all(rest) && name.len() <= LONGEST_NAME {
        return Ok(name);
    }
    Err(Failure::Refused(format!(
        "`{}` cannot be the name of a project: it needs a letter, and then letters, digits, `-` and `_`, {LONGEST_NAME} \
         at most",
        folder.display()
    )))
}

/// Where cargo gets the library and the generator.
fn sources(checkout: Option<&Path>) -> Result<(String, String), Failure> {
    let Some(checkout) = checkout else {
        let version = format!("{:?}", env!("CARGO_PKG_VERSION"));
        return Ok((version.clone(), version));
    };
    let source = |package: &str| {
        let path = checkout.join(package);
        let path = fs::canonicalize(&path).map_err(|error| refused("find", &path, &error))?;
        if !path.join("Cargo.toml").is_file() {
            return Err(Failure::Refused(format!(
                "{} has no Cargo.toml",
                path.display()
            )));
        }
        // A string in Rust's syntax is one in TOML's, but for what no path should have.
        Ok(format!("{{ path = {:?} }}", path.display().to_string()))
    };
    Ok((source("safe")?, source("skelgen")?))
}

fn refused(action: &str, path: &Path, error: &std::io::Error) -> Failure {
    Failure::Refused(format!("cannot {action} {}: {error}", path.display()))
}
