//! What skelgen writes, letter by letter.
//!
//! `BLESS=1 cargo test -p libbpf-tests --test golden` writes the files of `tests/golden` again.

#![allow(clippy::unwrap_used, clippy::panic)]

use skelgen::{Builder, Generated};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};
use tempfile::TempDir;

fn sources() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("golden");
    let mut sources: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.to_string_lossy().ends_with(".bpf.c"))
        .collect();
    sources.sort();
    assert!(!sources.is_empty());
    sources
}

fn builder(out_dir: &Path) -> Builder {
    Builder::new()
        .include_path(Path::new(env!("CARGO_MANIFEST_DIR")).join("include"))
        .c_header()
        .out_dir(out_dir)
}

fn generate(out_dir: &Path) -> Vec<Generated> {
    builder(out_dir).sources(sources()).generate().unwrap()
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap().to_string_lossy().into_owned()
}

/// Without the object's bytes, which every clang makes others of.
fn without_object(text: &str) -> String {
    let lines = text.lines().filter(|line| !line.starts_with("\t\t\""));
    lines.map(|line| format!("{line}\n")).collect()
}

#[test]
fn the_golden_files_are_current() {
    let out_dir = TempDir::new().unwrap();
    let bless = env::var_os("BLESS").is_some_and(|value| value == "1");
    let mut stale = Vec::new();
    let files = generate(out_dir.path()).into_iter().flat_map(|generated| {
        let header = generated.c_header.unwrap();
        [generated.skeleton, header]
    });
    let views = builder(out_dir.path()).sources(sources()).subskeleton();
    let views = views.generate().unwrap().into_iter();
    let files = files.chain(views.map(|generated| generated.skeleton));
    for file in files {
        let name = file_name(&file);
        let golden = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("golden")
            .join(&name);
        let text = without_object(&fs::read_to_string(&file).unwrap());
        let old = fs::read_to_string(&golden).unwrap_or_default();
        if old == text {
            continue;
        }
        if bless {
            fs::write(&golden, &text).unwrap();
            continue;
        }
        let line = old.lines().zip(text.lines()).take_while(|(a, b)| a == b);
        let line = line.count();
        stale.push(format!(
            "{name}, line {}:\n  golden:    {}\n  generated: {}",
            line + 1,
            old.lines().nth(line).unwrap_or("(ends)"),
            text.lines().nth(line).unwrap_or("(ends)"),
        ));
    }
    assert!(
        stale.is_empty(),
        "skelgen writes something else than tests/golden has. If that is meant, write them again:\n  \
         BLESS=1 cargo test -p libbpf-tests --test golden\n{}",
        stale.join("\n")
    );
}

#[test]
fn no_path_and_no_chance_gets_into_the_files() {
    let (first, second) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let deeper = second.path().join("deeper/and deeper");
    // Sources elsewhere, too.
    let elsewhere = second.path().join("golden");
    fs::create_dir(&elsewhere).unwrap();
    let copies: Vec<PathBuf> = sources()
        .iter()
        .map(|source| {
            let copy = elsewhere.join(source.file_name().unwrap());
            fs::copy(source, &copy).unwrap();
            copy
        })
        .collect();
    let originals = generate(first.path());
    let others = builder(&deeper).sources(copies).generate().unwrap();
    for (one, other) in originals.iter().zip(&others) {
        for (one, other) in [
            (&one.skeleton, &other.skeleton),
            (
                one.c_header.as_ref().unwrap(),
                other.c_header.as_ref().unwrap(),
            ),
            (&one.object, &other.object),
        ] {
            assert_eq!(file_name(one), file_name(other));
            assert!(
                fs::read(one).unwrap() == fs::read(other).unwrap(),
                "{} depends on where it is made",
                file_name(one)
            );
        }
    }
}

#[test]
fn a_second_run_writes_nothing() {
    let out_dir = TempDir::new().unwrap();
    let times = |generated: &[Generated]| {
        generated
            .iter()
            .flat_map(|one| [&one.skeleton, &one.object, one.c_header.as_ref().unwrap()])
            .map(|path| fs::metadata(path).unwrap().modified().unwrap())
            .collect::<Vec<_>>()
    };
    let first = times(&generate(out_dir.path()));
    assert_eq!(times(&generate(out_dir.path())), first);
}

#[test]
fn rustfmt_leaves_the_files_as_they_are() {
    let out_dir = TempDir::new().unwrap();
    for generated in generate(out_dir.path()) {
        let output = Command::new("rustfmt")
            .args(["--edition", "2024", "--check", "--color", "never"])
            .args(["--config-path", "/dev/null"])
            .arg(&generated.skeleton)
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "{}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
    }
}

#[test]
fn generated_code_is_safe() {
    let out_dir = TempDir::new().unwrap();
    for generated in generate(out_dir.path()) {
        let text = fs::read_to_string(&generated.skeleton).unwrap();
        let code = text
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"));
        for line in code {
            assert!(!line.contains("unsafe"), "{line}");
            assert!(!line.ends_with(' ') && !line.contains('\t'), "{line:?}");
        }
        assert!(!text.contains("\n\n\n") && text.ends_with("}\n"));
    }
}
