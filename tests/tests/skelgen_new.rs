//! `skelgen new`: what it makes builds, and runs on this kernel.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, clippy::panic)]

use libbpf_tests::features::{Feature, STRUCT_OPS_LINKS};
use libbpf_tests::kernel::{Case, Needs, has_congestion_control, is_gone, run_cases};
use libbpf_tests::project::{Project, run, text};
use libbpf_tests::tcp::transfer;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

fn main() -> ExitCode {
    // Cargo is not in a guest.
    let case = |name: &str, needs, test: fn()| Case::new(name, needs, test).with_tool("cargo");
    run_cases(vec![
        case(
            "a_congestion_control_builds_and_runs",
            Needs::Kernel,
            a_congestion_control_builds_and_runs,
        )
        .needing(&[STRUCT_OPS_LINKS]),
        case(
            "a_counter_of_packets_builds_and_runs",
            Needs::Kernel,
            a_counter_of_packets_builds_and_runs,
        )
        .needing(&[Feature::Linux(5, 9)]),
        case(
            "a_tracer_builds_and_runs",
            Needs::Kernel,
            a_tracer_builds_and_runs,
        ),
        case(
            "what_is_there_is_left_alone",
            Needs::Nothing,
            what_is_there_is_left_alone,
        ),
        case(
            "names_that_cannot_be_are_refused",
            Needs::Nothing,
            names_that_cannot_be_are_refused,
        ),
        case(
            "without_a_checkout_crates_are_published_ones",
            Needs::Nothing,
            without_a_checkout_crates_are_published_ones,
        ),
    ])
}

fn workspace() -> PathBuf {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests.parent().unwrap().to_owned()
}

/// Makes a project and builds it offline, with the dependencies that this workspace has built already.
fn build(name: &str, kind: &str) -> PathBuf {
    let project = Project::new(&[]);
    let workspace = workspace();
    let from = workspace.to_str().unwrap();
    let arguments = ["new", name, "--kind", kind, "--libbpf-safe", from];
    let (code, stdout, stderr) = run(&project, &arguments);
    assert_eq!((code, stderr.as_str()), (Some(0), ""));
    let run_it = format!("  cd {name} && cargo build && sudo target/debug/{name}");
    assert!(
        stdout.lines().any(|line| line.starts_with(&run_it)),
        "{stdout}"
    );
    let made = project.path(name);
    fs::copy(workspace.join("Cargo.lock"), made.join("Cargo.lock")).unwrap();
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    let output = Command::new(env!("CARGO"))
        .args(["build", "--offline", "--quiet"])
        .env("CARGO_TARGET_DIR", target)
        .env("RUSTFLAGS", "")
        .current_dir(&made)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert_eq!(text(&output.stderr), "", "warnings");
    let formatted = Command::new(env!("CARGO"))
        .args(["fmt", "--check"])
        .current_dir(&made)
        .output()
        .unwrap();
    assert!(formatted.status.success(), "{}", text(&formatted.stdout));
    target.join("debug").join(name)
}

/// A program that runs until the test has seen enough.
struct Running {
    child: Child,
    lines: Receiver<String>,
}

impl Running {
    fn start(program: &Path, arguments: &[&str]) -> Running {
        let mut child = Command::new(program)
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (sender, lines) = channel();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        thread::spawn(move || {
            for line in stdout.lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    break;
                }
            }
        });
        Running { child, lines }
    }

    /// Waits for a line.
    fn wait_for(&self, wanted: impl Fn(&str) -> bool) -> String {
        let mut seen = Vec::new();
        loop {
            match self.lines.recv_timeout(Duration::from_secs(20)) {
                Ok(line) if wanted(&line) => return line,
                Ok(line) => seen.push(line),
                Err(error) => panic!("{error}; it said {seen:#?}"),
            }
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

fn a_congestion_control_builds_and_runs() {
    let program = build("new-control", "struct-ops");
    let running = Running::start(&program, &["t_new_cc", "40"]);
    running.wait_for(|line| line == "the congestion control t_new_cc is registered");
    assert!(has_congestion_control("t_new_cc"));
    transfer("t_new_cc", 1 << 16).unwrap();
    running.wait_for(|line| {
        let (connections, acked) = line.split_once(" connections, ").unwrap();
        let acked = acked.strip_suffix(" segments acknowledged").unwrap();
        connections != "0" && acked != "0"
    });
    drop(running);
    assert!(is_gone(|| has_congestion_control("t_new_cc")));
}

fn a_counter_of_packets_builds_and_runs() {
    let program = build("new-counter", "xdp");
    let running = Running::start(&program, &["lo"]);
    running.wait_for(|line| line == "counting the packets of lo");
    transfer("reno", 1 << 16).unwrap();
    let line = running.wait_for(|line| line.starts_with("protocol 0x0800: "));
    let bytes = line.rsplit(' ').nth(1).unwrap();
    assert!(bytes.parse::<u64>().unwrap() > 1 << 16, "{line}");
    drop(running);
    let output = Command::new(&program).arg("no_device").output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("there is no network device no_device"));
}

fn a_tracer_builds_and_runs() {
    let program = build("new-tracer", "tracing");
    let running = Running::start(&program, &[]);
    running.wait_for(|line| line == "showing what is executed");
    let mut child = Command::new("/usr/bin/env").arg("true").spawn().unwrap();
    let id = child.id().to_string();
    child.wait().unwrap();
    let line = running.wait_for(|line| {
        line.trim_start().starts_with(&format!("{id} ")) && line.ends_with("-> /usr/bin/env")
    });
    assert!(line.contains("user 0"), "{line}");
}

fn what_is_there_is_left_alone() {
    let project = Project::new(&[("mine/Cargo.toml", "precious")]);
    let (code, _, stderr) = run(&project, &["new", "mine", "--kind", "xdp"]);
    assert_eq!(code, Some(1));
    assert!(stderr.contains("cannot create mine: "), "{stderr}");
    let kept = fs::read_to_string(project.path("mine/Cargo.toml")).unwrap();
    assert_eq!(kept, "precious");
    assert!(!project.path("mine/src").exists());
    let (code, _, stderr) = run(&project, &["new", "no/such/folder", "--kind", "xdp"]);
    assert_eq!(code, Some(1));
    assert!(
        stderr.contains("cannot create no/such/folder: "),
        "{stderr}"
    );
    let wrong = ["new", "mine2", "--kind", "xdp", "--libbpf-safe", "mine"];
    let (code, _, stderr) = run(&project, &wrong);
    assert_eq!(code, Some(1));
    assert!(stderr.contains("cannot find mine/safe: "), "{stderr}");
    assert!(!project.path("mine2").exists());
}

fn names_that_cannot_be_are_refused() {
    let project = Project::new(&[]);
    let long = "a".repeat(65);
    for name in [
        "1st",
        "with space",
        "dot.ted",
        "build",
        "deps",
        "\"quoted\"",
        "..",
        "",
        &long,
    ] {
        let (code, _, stderr) = run(&project, &["new", name, "--kind", "xdp"]);
        assert_ne!(code, Some(0), "{name}");
        assert!(
            stderr.contains("cannot be the name") || name.is_empty(),
            "{stderr}"
        );
        assert_eq!(fs::read_dir(project.path("")).unwrap().count(), 0, "{name}");
    }
    let (code, _, stderr) = run(&project, &["new", "fine", "--kind", "wasm"]);
    assert_eq!(code, Some(2));
    assert!(stderr.contains("struct-ops, xdp, tracing"), "{stderr}");
}

fn without_a_checkout_crates_are_published_ones() {
    let project = Project::new(&[]);
    let (code, _, stderr) = run(&project, &["new", "fine", "--kind", "tracing"]);
    assert_eq!(code, Some(0), "{stderr}");
    let manifest = fs::read_to_string(project.path("fine/Cargo.toml")).unwrap();
    let version = env!("CARGO_PKG_VERSION");
    assert!(
        manifest.contains(&format!("libbpf-safe = \"{version}\"")),
        "{manifest}"
    );
    assert!(
        manifest.contains(&format!("skelgen = \"{version}\"")),
        "{manifest}"
    );
    for file in [
        "build.rs",
        "README.md",
        ".gitignore",
        "src/main.rs",
        "src/bpf/executed.bpf.c",
    ] {
        let text = fs::read_to_string(project.path("fine").join(file)).unwrap();
        assert!(
            !text.contains("{name}") && !text.contains("{stem}"),
            "{file}:\n{text}"
        );
    }
}
