//! `make install`, manual pages and completions.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used)]

use libbpf_tests::project::{Project, command, run, text};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

fn names(folder: &Path) -> BTreeSet<String> {
    fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect()
}

/// Installs what the tests use, as a package's build would.
fn install(project: &Project) {
    // Built where the tests' is: nothing is left to be done.
    command();
    let output = Command::new("make")
        .args(["install", "PREFIX=/usr", "PROFILE=dev"])
        .arg(format!("CARGO={}", env!("CARGO")))
        .arg(format!("DESTDIR={}", project.path("root").display()))
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
}

#[test]
fn what_is_installed_is_complete_and_works() {
    let project = Project::new(&[]);
    install(&project);
    let usr = project.path("root/usr");
    assert_eq!(
        names(&usr),
        ["bin", "include", "lib", "share"]
            .map(str::to_owned)
            .into_iter()
            .collect()
    );
    let output = Command::new(usr.join("bin/skelgen"))
        .arg("--version")
        .output()
        .unwrap();
    assert!(text(&output.stdout).starts_with("skelgen "));

    // Each command has its page.
    let pages = names(&usr.join("share/man/man1"));
    let (_, help, _) = run(&project, &["--help"]);
    let (_, list) = help.split_once("Commands:\n").unwrap();
    let commands = list
        .lines()
        .map_while(|line| line.split_whitespace().next())
        .filter(|&command| command != "help");
    for command in commands {
        assert!(pages.contains(&format!("skelgen-{command}.1")), "{pages:?}");
    }
    assert!(pages.contains("skelgen.1") && pages.contains("skelgen-struct-ops-dump.1"));

    for shell in [
        "bash-completion/completions/skelgen",
        "zsh/site-functions/_skelgen",
        "fish/vendor_completions.d/skelgen.fish",
    ] {
        let completions = fs::read_to_string(usr.join("share").join(shell)).unwrap();
        assert!(completions.contains("inspect"), "{shell}");
    }
}

#[test]
fn pages_are_read_by_man_without_a_warning() {
    let project = Project::new(&[]);
    let (code, _, stderr) = run(&project, &["man", "--out-dir", "pages"]);
    assert_eq!((code, stderr.as_str()), (Some(0), ""));
    let groff = Command::new("groff").arg("-v").output();
    for page in names(&project.path("pages")) {
        let source = fs::read_to_string(project.path("pages").join(&page)).unwrap();
        for section in [".SH NAME", ".SH SYNOPSIS", ".SH EXAMPLES", "EXIT STATUS"] {
            assert!(source.contains(section), "{section} in {page}:\n{source}");
        }
        // Not everybody has it.
        if groff.is_err() {
            continue;
        }
        let output = Command::new("groff")
            .args(["-man", "-Tascii", "-ww"])
            .arg(project.path("pages").join(&page))
            .output()
            .unwrap();
        assert_eq!(text(&output.stderr), "", "{page}");
    }
}

#[test]
fn a_page_is_printed_for_each_command() {
    let project = Project::new(&[]);
    let (code, whole, _) = run(&project, &["man"]);
    assert_eq!(code, Some(0));
    assert!(whole.contains("skelgen\\-build(1)"), "{whole}");
    let (code, dump, _) = run(&project, &["man", "struct-ops", "dump"]);
    assert_eq!(code, Some(0));
    assert!(
        dump.contains(".nf\n  skelgen struct\\-ops dump\n"),
        "{dump}"
    );
    assert!(dump.contains("skelgen struct\\-ops dump"), "{dump}");
    let (code, stdout, stderr) = run(&project, &["man", "frobnicate"]);
    assert_eq!((code, stdout.as_str()), (Some(1), ""));
    assert!(stderr.contains("`skelgen` has no command `frobnicate`: there are"));
    let (code, _, stderr) = run(&project, &["man", "gen", "more"]);
    assert_eq!(code, Some(1));
    assert!(stderr.contains("it has none"), "{stderr}");
    project.write("file", "");
    let (code, _, stderr) = run(&project, &["man", "--out-dir", "file"]);
    assert_eq!(code, Some(1));
    assert!(stderr.contains("cannot create file: "), "{stderr}");
}

#[test]
fn bash_completes_commands_and_options() {
    let project = Project::new(&[]);
    let (code, script, stderr) = run(&project, &["completions", "bash"]);
    assert_eq!((code, stderr.as_str()), (Some(0), ""));
    project.write("script", &script);
    let complete = |line: &str| {
        let last = line.rsplit(' ').next().unwrap();
        let position = line.split(' ').count() - 1;
        let before = line.split(' ').nth(position - 1).unwrap();
        let program = format!(
            "source ./script; COMP_WORDS=({line}); COMP_CWORD={position}; _skelgen skelgen '{last}' {before}; \
             echo \"${{COMPREPLY[@]}}\""
        );
        let output = Command::new("bash")
            .args(["--norc", "-c", &program])
            .current_dir(project.path(""))
            .output()
            .unwrap();
        text(&output.stdout).trim().to_owned()
    };
    assert_eq!(complete("skelgen insp"), "inspect");
    assert_eq!(complete("skelgen struct-ops un"), "unregister");
    assert_eq!(complete("skelgen gen --la"), "--lang");
    let (code, _, stderr) = run(&project, &["completions", "tcsh"]);
    assert_eq!(code, Some(2));
    assert!(stderr.contains("bash, elvish, fish"), "{stderr}");
}

#[test]
fn nobody_has_to_read_all_of_it() {
    use std::process::Stdio;
    let mut child = command()
        .args(["completions", "zsh"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(text(&output.stderr), "");
    assert_eq!(output.status.code(), Some(0));
}
