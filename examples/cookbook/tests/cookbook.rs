//! Each program of the cookbook is run as its page says, and what it shows is held against what was done meanwhile.

#![forbid(unsafe_code)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use libbpf_tests::PROBED;
use libbpf_tests::features::Feature;
use libbpf_tests::kernel::{KernelTest, run_needing};
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::net::UdpSocket;
use std::process::{Child, ChildStdout, Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

macro_rules! named {
    ($test:ident) => {
        (stringify!($test), $test as fn())
    };
}

const NO_NEED: &[Feature] = &[];
const TESTS: &[(KernelTest, &[Feature])] = &[
    (named!(programs_are_seen_as_they_start), NO_NEED),
    (named!(packets_are_counted_by_protocol), NO_NEED),
    (named!(a_port_is_closed_and_opened), &[Feature::Linux(6, 6)]),
    (named!(a_command_sends_no_more_than_its_quota), NO_NEED),
    (named!(allocations_are_told_by_size), NO_NEED),
    (named!(threads_are_listed), NO_NEED),
    (
        named!(a_scheduler_runs_the_machine),
        &[Feature::StructOps("sched_ext_ops")],
    ),
    (
        named!(a_device_queues_as_the_program_says),
        &[Feature::StructOps("Qdisc_ops")],
    ),
    (named!(an_object_file_is_loaded_by_its_names), NO_NEED),
    (named!(wrong_arguments_are_named), NO_NEED),
];

/// Where to send datagrams: then this program is the command that a test runs.
const SEND_TO: &str = "COOKBOOK_SEND_TO";

fn main() -> ExitCode {
    match std::env::var(SEND_TO) {
        Ok(port) => {
            let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
            for _ in 0..20 {
                // What the quota does not let through is an error.
                let _ = socket.send_to(&[0; 100], format!("127.0.0.1:{port}"));
            }
            ExitCode::SUCCESS
        }
        Err(_) => run_needing(TESTS),
    }
}

/// A program that runs while the test does something.
struct Running {
    child: Child,
    output: BufReader<ChildStdout>,
}

fn start(program: &str, arguments: &[&str]) -> Running {
    let mut child = Command::new(program)
        .args(arguments)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let output = BufReader::new(child.stdout.take().unwrap());
    Running { child, output }
}

impl Running {
    /// What it says next.
    fn line(&mut self) -> String {
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        line
    }

    /// What it says until it ends, which it does well.
    fn rest(mut self) -> String {
        let mut text = String::new();
        self.output.read_to_string(&mut text).unwrap();
        let status = self.child.wait().unwrap();
        assert!(status.success(), "{status}: {text}");
        text
    }
}

fn run(program: &str, arguments: &[&str]) -> String {
    start(program, arguments).rest()
}

/// The number that a line has in front of a word.
fn number_before(text: &str, word: &str) -> u64 {
    let words: Vec<&str> = text.split([' ', '\n', ',', ';']).collect();
    let place = words.iter().position(|found| *found == word);
    let place = place.unwrap_or_else(|| panic!("no `{word}` in: {text}"));
    words[place - 1].parse().unwrap()
}

/// Sends datagrams for as long as asked, and tells how many.
fn send_for(time: Duration, port: u16) -> u64 {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let start = Instant::now();
    let mut sent = 0;
    while start.elapsed() < time {
        // What nobody listens for comes back as an error of the next call.
        sent += u64::from(socket.send_to(b"ten bytes.", ("127.0.0.1", port)).is_ok());
        std::thread::sleep(Duration::from_millis(5));
    }
    sent
}

fn programs_are_seen_as_they_start() {
    let text = run(env!("CARGO_BIN_EXE_executed"), &[PROBED, "0"]);
    // A long path is cut.
    let path: String = PROBED.chars().take(60).collect();
    assert!(text.contains(&format!(" -> {path}")), "{text}");
    assert!(number_before(&text, "programs") > 0, "{text}");
    assert!(text.contains("and 0 that there was no room for"), "{text}");
}

fn packets_are_counted_by_protocol() {
    let program = start(env!("CARGO_BIN_EXE_xdp_counter"), &["lo", "2"]);
    let sent = send_for(Duration::from_millis(1500), 9);
    let text = program.rest();
    assert_eq!(text.matches("lo after").count(), 2, "{text}");
    let last = text.rfind("UDP").expect(&text);
    let line = text[last..].lines().next().unwrap();
    let numbers: Vec<u64> = line
        .split_whitespace()
        .skip(1)
        .map(|word| word.parse().unwrap())
        .collect();
    let [packets, bytes] = numbers[..] else {
        panic!("{text}");
    };
    // It was not there for the first ones; others may send, too.
    assert!(packets > sent / 2, "{packets} of {sent}");
    assert!(bytes >= packets * 42, "{bytes}");
}

fn a_port_is_closed_and_opened() {
    let receiver = UdpSocket::bind("127.0.0.1:0").unwrap();
    receiver.set_nonblocking(true).unwrap();
    let port = receiver.local_addr().unwrap().port();
    let text = port.to_string();
    let mut program = start(env!("CARGO_BIN_EXE_port_filter"), &["lo", &text, "2"]);
    assert!(program.line().contains("drops UDP"));
    let while_closed = send_for(Duration::from_millis(300), port);
    assert!(receiver.recv(&mut [0; 16]).is_err(), "nothing came through");
    assert!(program.line().contains("is open"));
    let while_open = send_for(Duration::from_millis(300), port);
    let mut received = 0;
    while receiver.recv(&mut [0; 16]).is_ok() {
        received += 1;
    }
    let text = program.rest();
    assert_eq!(number_before(&text, "dropped"), while_closed);
    assert_eq!(number_before(&text, "passed"), while_open);
    assert_eq!(received, while_open);
}

fn a_command_sends_no_more_than_its_quota() {
    let receiver = UdpSocket::bind("127.0.0.1:0").unwrap();
    receiver.set_nonblocking(true).unwrap();
    let port = receiver.local_addr().unwrap().port().to_string();
    let this = std::env::current_exe().unwrap();
    // This program itself sends.
    let text = Command::new(env!("CARGO_BIN_EXE_egress_quota"))
        .args(["1000".as_ref(), this.as_os_str()])
        .env(SEND_TO, &port)
        .output()
        .unwrap();
    let text = String::from_utf8(text.stdout).unwrap();
    let mut received = 0;
    while receiver.recv(&mut [0; 200]).is_ok() {
        received += 1;
    }
    // 100 bytes, and the headers of UDP and IPv4.
    assert_eq!(number_before(&text, "bytes"), 128 * received, "{text}");
    assert_eq!(received, 7);
    assert_eq!(number_before(&text, "dropped"), 128 * 13, "{text}");
}

fn allocations_are_told_by_size() {
    let usdt = format!("{PROBED}:libbpf_tests:turn");
    let text = run(
        env!("CARGO_BIN_EXE_allocations"),
        &["--usdt", &usdt, PROBED, "3"],
    );
    let sizes = text.lines().filter(|line| line.contains(".."));
    let allocations: u64 = sizes.map(number_after_label).sum();
    assert!(allocations > 0, "{text}");
    assert_eq!(number_before(&text, "times"), 3, "{text}");
    assert!(text.contains("last with 3"), "{text}");
}

fn number_after_label(line: &str) -> u64 {
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

fn threads_are_listed() {
    let busy = Instant::now();
    while busy.elapsed() < Duration::from_millis(60) {}
    let text = run(env!("CARGO_BIN_EXE_tasks"), &["50"]);
    let this = std::process::id();
    let thread = text.lines().any(|line| {
        let name = line.split_whitespace().nth(2).unwrap_or_default();
        name.starts_with("cookbook") || line.trim_start().starts_with(&format!("{this} "))
    });
    assert!(thread, "{text}");
    let none = run(env!("CARGO_BIN_EXE_tasks"), &["100000000000"]);
    assert_eq!(none.lines().count(), 1, "{none}");
}

fn a_scheduler_runs_the_machine() {
    let text = run(env!("CARGO_BIN_EXE_scheduler"), &["2", "1"]);
    assert!(text.contains("scheduling with cookbook_fair"), "{text}");
    assert!(text.contains("to the end: cookbook_fair"), "{text}");
    assert!(number_before(&text, "tasks") > 0, "{text}");
    let state = fs::read_to_string("/sys/kernel/sched_ext/state").unwrap();
    assert_eq!(state.trim(), "disabled");
}

fn a_device_queues_as_the_program_says() {
    let mut program = start(env!("CARGO_BIN_EXE_queue"), &["lo", "8", "1"]);
    assert!(program.line().contains("lo queues with cookbook_queue"));
    let receiver = UdpSocket::bind("127.0.0.1:0").unwrap();
    receiver.set_nonblocking(true).unwrap();
    let sent = send_for(
        Duration::from_millis(300),
        receiver.local_addr().unwrap().port(),
    );
    let mut received = 0;
    while receiver.recv(&mut [0; 16]).is_ok() {
        received += 1;
    }
    assert_eq!(received, sent, "packets go through it");
    let text = program.rest();
    assert!(number_before(&text, "packets") >= sent, "{text}");
}

fn an_object_file_is_loaded_by_its_names() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("hits.bpf.o");
    fs::write(&file, &libbpf_tests::skeletons::collection::OBJECT.0).unwrap();
    let file = file.to_str().unwrap();
    let text = run(env!("CARGO_BIN_EXE_object_file"), &[file, "1", "process=1"]);
    for line in [
        "map      counts",
        "program  counter (raw_tp/sys_enter)",
        "variable process",
    ] {
        assert!(text.contains(line), "{line} is not in: {text}");
    }
    let ran = text.find("counter ran ").expect(&text);
    assert!(number_before(&text[ran..], "times") > 0, "{text}");
    let refused = Command::new(env!("CARGO_BIN_EXE_object_file"))
        .args([file, "0", "proces=1"])
        .output()
        .unwrap();
    let error = String::from_utf8(refused.stderr).unwrap();
    assert!(
        !refused.status.success() && error.contains("`process`"),
        "{error}"
    );
}

fn wrong_arguments_are_named() {
    for (program, arguments, words) in [
        (
            env!("CARGO_BIN_EXE_xdp_counter"),
            &["lo", "x"][..],
            "seconds `x`",
        ),
        (
            env!("CARGO_BIN_EXE_xdp_counter"),
            &["none"],
            "network device `none`",
        ),
        (
            env!("CARGO_BIN_EXE_port_filter"),
            &["lo", "65536"],
            "port `65536`",
        ),
        (
            env!("CARGO_BIN_EXE_egress_quota"),
            &["much", "true"],
            "quota `much`",
        ),
        (
            env!("CARGO_BIN_EXE_allocations"),
            &["--usdt", "x"],
            "FILE:PROVIDER:PROBE",
        ),
        (env!("CARGO_BIN_EXE_tasks"), &["-1"], "milliseconds `-1`"),
        (env!("CARGO_BIN_EXE_scheduler"), &["1", ""], "seconds ``"),
        (env!("CARGO_BIN_EXE_queue"), &["lo", "many"], "limit `many`"),
        (
            env!("CARGO_BIN_EXE_object_file"),
            &["/dev/zero"],
            "`/dev/zero`",
        ),
    ] {
        let output = Command::new(program).args(arguments).output().unwrap();
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success(), "{program} {arguments:?}");
        assert!(error.contains(words), "{program} {arguments:?}: {error}");
    }
}
