//! The command: building and generating, and how it explains itself.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used)]

use libbpf_tests::project::{Project, command, run};
use rustix::pty::{OpenptFlags, openpt, ptsname, unlockpt};
use std::fs::{self, File};
use std::io::Read;
use std::process::Stdio;

const SOURCE: &str = "int counter;\n";

#[test]
fn the_command_builds_and_generates() {
    let project = Project::new(&[
        (
            "a.bpf.c",
            "#include \"own.h\"\n#warning look here\nint counter[LENGTH];\n",
        ),
        ("include/own.h", "\n"),
    ]);
    let arguments = [
        "build",
        "a.bpf.c",
        "-I",
        "include",
        "-DLENGTH=2",
        "-o",
        "made",
    ];
    let (code, stdout, stderr) = run(&project, &arguments);
    assert_eq!(
        (code, stdout.as_str()),
        (Some(0), "made/a.skel.rs\n"),
        "{stderr}"
    );
    assert!(
        stderr.contains("a.bpf.c:2:2: warning: look here"),
        "{stderr}"
    );
    let skeleton = fs::read(project.path("made/a.skel.rs")).unwrap();

    let (code, stdout, stderr) = run(&project, &["gen", "made/a.bpf.o", "--out-dir", "again"]);
    assert_eq!(
        (code, stdout.as_str()),
        (Some(0), "again/a.skel.rs\n"),
        "{stderr}"
    );
    assert!(fs::read(project.path("again/a.skel.rs")).unwrap() == skeleton);

    // Where the object is: it is its own copy.
    let (code, stdout, stderr) = run(&project, &["gen", "again/a.bpf.o", "-o", "again"]);
    assert_eq!(
        (code, stdout.as_str()),
        (Some(0), "again/a.skel.rs\n"),
        "{stderr}"
    );

    let (code, _, stderr) = run(
        &project,
        &["build", "a.bpf.c", "-I", "include", "--", "-Werror"],
    );
    assert_eq!(code, Some(1));
    assert!(stderr.contains("error: look here"), "{stderr}");
}

#[test]
fn the_command_writes_headers_for_c() {
    let project = Project::new(&[("a.bpf.c", SOURCE)]);
    let build = ["build", "a.bpf.c", "--lang", "c", "-o", "made"];
    let (code, stdout, stderr) = run(&project, &build);
    assert_eq!(
        (code, stdout.as_str()),
        (Some(0), "made/a.skel.h\n"),
        "{stderr}"
    );
    let header = fs::read(project.path("made/a.skel.h")).unwrap();
    let gen_again = ["gen", "--lang", "c", "made/a.bpf.o", "-o", "again"];
    let (code, stdout, stderr) = run(&project, &gen_again);
    assert_eq!(
        (code, stdout.as_str()),
        (Some(0), "again/a.skel.h\n"),
        "{stderr}"
    );
    assert!(fs::read(project.path("again/a.skel.h")).unwrap() == header);
    // It has the object in itself.
    let beside: Vec<_> = fs::read_dir(project.path("again")).unwrap().collect();
    assert_eq!(beside.len(), 1, "{beside:?}");
    let gen_view = ["gen", "--subskeleton", "made/a.bpf.o", "-o", "again"];
    let (code, stdout, stderr) = run(&project, &gen_view);
    assert_eq!(
        (code, stdout.as_str()),
        (Some(0), "again/a.subskel.rs\n"),
        "{stderr}"
    );
    let view = fs::read_to_string(project.path("again/a.subskel.rs")).unwrap();
    assert!(view.contains("pub struct OpenSubskeleton<'open>"), "{view}");

    let (code, _, stderr) = run(&project, &["gen", "--lang", "pascal", "made/a.bpf.o"]);
    assert_eq!(code, Some(2));
    assert!(stderr.contains("possible values: rust, c"), "{stderr}");
}

#[test]
fn the_command_says_what_is_wrong() {
    let project = Project::new(&[("text.bpf.o", "not an ELF file")]);
    let (code, stdout, stderr) = run(&project, &["gen", "text.bpf.o"]);
    assert_eq!((code, stdout.as_str()), (Some(1), ""));
    assert!(stderr.starts_with("skelgen: "), "{stderr}");
    let (code, _, stderr) = run(&project, &["gen", "gone.bpf.o"]);
    assert_eq!(code, Some(1));
    assert!(
        stderr.starts_with("skelgen: cannot read gone.bpf.o"),
        "{stderr}"
    );
    for wrong in [
        &["gen"] as &[&str],
        &["build"],
        &["frobnicate"],
        &["gen", "--no-such"],
    ] {
        let (code, stdout, stderr) = run(&project, wrong);
        assert_eq!((code, stdout.as_str()), (Some(2), ""), "{wrong:?}");
        assert!(stderr.contains("error: "), "{stderr}");
    }
}

#[test]
fn every_command_explains_itself() {
    let project = Project::new(&[]);
    let (code, help, _) = run(&project, &["--help"]);
    assert_eq!(code, Some(0));
    for wanted in ["Examples:", "Exit code: 0, or 1", "2 for arguments"] {
        assert!(help.contains(wanted), "{wanted} in:\n{help}");
    }
    let (_, list) = help.split_once("Commands:\n").unwrap();
    let commands: Vec<&str> = list
        .lines()
        .map_while(|line| line.split_whitespace().next())
        .filter(|&command| command != "help")
        .collect();
    assert!(commands.len() >= 4, "{commands:?}");
    for command in commands {
        let (code, help, _) = run(&project, &[command, "--help"]);
        assert_eq!(code, Some(0));
        let example = format!("Examples:\n  skelgen {command} ");
        assert!(help.contains(&example), "no example in:\n{help}");
    }
}

/// Whoever waits at a terminal sees what is compiled; a log does not.
#[test]
fn on_a_terminal_it_is_told_what_is_compiled() {
    let project = Project::new(&[("a.bpf.c", SOURCE), ("b.bpf.c", SOURCE)]);
    let arguments = ["build", "a.bpf.c", "b.bpf.c", "-o", "made"];
    let (_, _, stderr) = run(&project, &arguments);
    assert_eq!(stderr, "");

    let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    unlockpt(&master).unwrap();
    let name = ptsname(&master, Vec::new()).unwrap();
    let terminal = File::options()
        .read(true)
        .write(true)
        .open(name.to_str().unwrap())
        .unwrap();
    let mut child = command()
        .args(arguments)
        .current_dir(project.path(""))
        .stdout(Stdio::null())
        .stderr(terminal)
        .spawn()
        .unwrap();
    assert!(child.wait().unwrap().success());
    // Nobody has the other end any more: reading ends with an error, after what was written.
    let mut said = Vec::new();
    let _ = File::from(master).read_to_end(&mut said);
    let said = String::from_utf8(said).unwrap();
    let lines: Vec<_> = said.lines().collect();
    assert_eq!(lines, ["compiling a.bpf.c", "compiling b.bpf.c"]);
}
