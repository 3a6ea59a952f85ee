//! What a BPF file system delegates to a process in another user namespace.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use libbpf_safe::{ErrorKind, OpenOptions, Token};
use libbpf_tests::bpf_file_system::BpfFileSystem;
use libbpf_tests::features::Feature;
use libbpf_tests::kernel_tests;
use libbpf_tests::skeletons::FUNCTIONS;
use rustix::mount::{fsconfig_create, fsconfig_set_string};
use rustix::process::{Pid, PidfdFlags, PidfdGetfdFlags, pidfd_getfd, pidfd_open};
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::os::fd::OwnedFd;
use std::process::{Command, Stdio};

kernel_tests![
    what_is_delegated_is_loaded_without_rights needs Feature::Linux(6, 9),
    a_btf_is_opened_by_what_is_delegated needs Feature::Linux(6, 15),
    nothing_is_delegated_to_the_first_users,
    an_object_that_is_to_have_a_token_fails_without,
];

/// What a process says that has what a token gives it, and nothing else.
fn child(task: &str) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_token_child"))
        .arg(folder.path())
        .arg(task)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut said = Vec::new();
    while let Some(Ok(line)) = lines.next() {
        if line == "users" {
            let process = format!("/proc/{}", child.id());
            fs::write(format!("{process}/uid_map"), "0 0 1").unwrap();
            fs::write(format!("{process}/gid_map"), "0 0 1").unwrap();
        } else if let Some(number) = line.strip_prefix("file system ") {
            let file_system = descriptor_of(child.id(), number.parse().unwrap());
            for what in ["cmds", "maps", "progs", "attachs"] {
                fsconfig_set_string(&file_system, format!("delegate_{what}"), "any").unwrap();
            }
            fsconfig_create(&file_system).unwrap();
        } else {
            said.push(line);
            continue;
        }
        writeln!(stdin).unwrap();
    }
    assert!(child.wait().unwrap().success(), "{said:?}");
    said
}

fn what_is_delegated_is_loaded_without_rights() {
    assert_eq!(child("load"), ["map 1", "done"]);
}

fn a_btf_is_opened_by_what_is_delegated() {
    assert_eq!(child("btf"), ["not without", "opened", "done"]);
}

fn descriptor_of(process: u32, number: i32) -> OwnedFd {
    let process = Pid::from_raw(process.try_into().unwrap()).unwrap();
    let process = pidfd_open(process, PidfdFlags::empty()).unwrap();
    pidfd_getfd(process, number, PidfdGetfdFlags::empty()).unwrap()
}

fn nothing_is_delegated_to_the_first_users() {
    let files = BpfFileSystem::mount();
    let error = Token::create(files.path()).unwrap_err();
    let text = error.to_string();
    assert!(text.contains("make a token of"), "{text}");
    assert!(error.hint().is_some(), "{text}");
    let error = Token::create("/no/such").unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::NotFound);
    let no_file_system = tempfile::tempdir().unwrap();
    let error = Token::create(no_file_system.path()).unwrap_err();
    assert_eq!(error.raw_os_error(), Some(22), "{error}");
}

fn an_object_that_is_to_have_a_token_fails_without() {
    let options = OpenOptions::new().name("functions");
    let nowhere = options.clone().token_path("/no/such").open_bytes(FUNCTIONS);
    assert!(nowhere.unwrap().load().is_err());
    let object = options.without_token().open_bytes(FUNCTIONS).unwrap();
    assert!(object.load().unwrap().token_fd().is_none());
}
