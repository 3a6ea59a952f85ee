//! `skelgen struct-ops`: what is registered with this kernel, whoever did it.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use libbpf_safe::OpenObject;
use libbpf_safe::struct_ops::KernelStructOpsMap;
use libbpf_tests::bpf_file_system::BpfFileSystem;
use libbpf_tests::features::STRUCT_OPS_LINKS;
use libbpf_tests::kernel::{Case, Needs, has_congestion_control, is_gone, run_cases};
use libbpf_tests::project::{Project, run};
use serde_json::Value;
use skelgen::Builder;
use std::path::PathBuf;
use std::process::{Command, ExitCode};
use std::sync::{Mutex, PoisonError};

/// Two congestion controls: one with a link, one without. Their names are arguments of the compiler.
const SOURCE: &str = r#"
typedef unsigned int __u32;
typedef unsigned long long __u64;
typedef unsigned short __u16;
typedef int __s32;
typedef long long __s64;
typedef __u16 __be16;
typedef __u32 __be32;
typedef __u32 __wsum;
enum bpf_map_type { BPF_MAP_TYPE_UNSPEC };
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

struct sock;
struct tcp_congestion_ops {
	__u32 (*ssthresh)(struct sock *sk);
	void (*cong_avoid)(struct sock *sk, __u32 ack, __u32 acked);
	__u32 (*undo_cwnd)(struct sock *sk);
	__u32 flags;
	char name[16];
};

char LICENSE[] SEC("license") = "GPL";

SEC("struct_ops") __u32 BPF_PROG(threshold_of_two_segments, struct sock *sk) { return 2; }
SEC("struct_ops") __u32 BPF_PROG(undo, struct sock *sk) { return 2; }
SEC("struct_ops") void BPF_PROG(avoid, struct sock *sk, __u32 ack, __u32 acked) {}

SEC(".struct_ops.link") struct tcp_congestion_ops linked_congestion_control = {
	.ssthresh = (void *)threshold_of_two_segments,
	.cong_avoid = (void *)avoid,
	.undo_cwnd = (void *)undo,
	.flags = 1,
	.name = LINKED,
};
#ifdef PLAIN
SEC(".struct_ops") struct tcp_congestion_ops plain = {
	.ssthresh = (void *)threshold_of_two_segments,
	.cong_avoid = (void *)avoid,
	.undo_cwnd = (void *)undo,
	.name = PLAIN,
};
#endif
"#;

fn main() -> ExitCode {
    let tests: &[(&str, fn())] = &[
        (
            "a_link_is_pinned_listed_and_ended",
            a_link_is_pinned_listed_and_ended,
        ),
        (
            "a_plain_map_stays_until_it_is_unregistered",
            a_plain_map_stays_until_it_is_unregistered,
        ),
        (
            "what_was_registered_is_data_too",
            what_was_registered_is_data_too,
        ),
        (
            "a_map_is_dumped_by_the_kernels_types",
            a_map_is_dumped_by_the_kernels_types,
        ),
        (
            "a_link_without_a_folder_is_refused",
            a_link_without_a_folder_is_refused,
        ),
        (
            "either_all_maps_are_registered_or_none",
            either_all_maps_are_registered_or_none,
        ),
        (
            "a_folder_that_is_no_place_for_pins_is_told",
            a_folder_that_is_no_place_for_pins_is_told,
        ),
        (
            "a_link_that_a_process_holds_is_ended",
            a_link_that_a_process_holds_is_ended,
        ),
        (
            "a_name_of_several_maps_is_not_guessed",
            a_name_of_several_maps_is_not_guessed,
        ),
        ("what_is_no_object_is_refused", what_is_no_object_is_refused),
        ("what_there_is_not_is_told", what_there_is_not_is_told),
    ];
    // The command is built where cargo is, which is not in a guest.
    let case = |&(name, test): &(&str, fn())| {
        Case::new(name, Needs::Kernel, move || alone(test))
            .needing(&[STRUCT_OPS_LINKS])
            .with_tool("cargo")
    };
    let beside = Case::new("bpftool_lists_the_same", Needs::Kernel, || {
        alone(bpftool_lists_the_same);
    })
    .needing(&[STRUCT_OPS_LINKS])
    .with_tool("bpftool");
    let mut cases: Vec<Case> = tests.iter().map(case).collect();
    cases.push(beside);
    run_cases(cases)
}

/// One by one: they list what there is, and the maps have the same names.
fn alone(test: fn()) {
    static LOCK: Mutex<()> = Mutex::new(());
    let _lock = LOCK.lock().unwrap_or_else(PoisonError::into_inner);
    test();
}

/// The object, with congestion controls of these names.
fn object(project: &Project, linked: &str, plain: Option<&str>) -> PathBuf {
    project.write("ops.bpf.c", SOURCE);
    let mut builder = Builder::new()
        .source(project.path("ops.bpf.c"))
        .out_dir(project.path(""))
        .define("LINKED", &format!("{linked:?}"));
    if let Some(plain) = plain {
        builder = builder.define("PLAIN", &format!("{plain:?}"));
    }
    builder.generate().unwrap().remove(0).object
}

/// Runs `skelgen struct-ops`, which has to work.
fn struct_ops(project: &Project, arguments: &[&str]) -> String {
    let (code, stdout, stderr) = run(project, &[&["struct-ops"], arguments].concat());
    assert_eq!((code, stderr.as_str()), (Some(0), ""), "{stdout}");
    stdout
}

/// Runs it where it has to fail, and returns what it says.
fn refused(project: &Project, arguments: &[&str]) -> String {
    let (code, stdout, stderr) = run(project, &[&["struct-ops"], arguments].concat());
    assert_eq!((code, stdout.as_str()), (Some(1), ""), "{stderr}");
    assert!(stderr.starts_with("skelgen: "), "{stderr}");
    assert_eq!(stderr.lines().count(), 1, "{stderr}");
    stderr
}

fn listed(project: &Project) -> Value {
    serde_json::from_str(&struct_ops(project, &["list", "--json"])).unwrap()
}

fn map_of(list: &Value, name: &str) -> Option<Value> {
    let maps = list["maps"].as_array().unwrap();
    maps.iter().find(|map| map["name"] == name).cloned()
}

fn a_link_is_pinned_listed_and_ended() {
    let (project, files) = (Project::new(&[]), BpfFileSystem::mount());
    object(&project, "t_cli_link", None);
    let folder = files.join("tcp");
    let printed = struct_ops(
        &project,
        &["register", "ops.bpf.o", folder.to_str().unwrap()],
    );
    let pin = folder.join("linked_congestion_control");
    assert!(
        has_congestion_control("t_cli_link"),
        "the command has ended"
    );

    let list = listed(&project);
    // The kernel keeps 15 bytes.
    let map = map_of(&list, "linked_congesti").unwrap();
    assert_eq!(map["type"], "tcp_congestion_ops");
    assert_eq!(map["state"], "in_force");
    let link = list["links"].as_array().unwrap().iter();
    let link = link
        .clone()
        .find(|link| link["map_id"] == map["id"])
        .unwrap();
    assert_eq!(map["links"], Value::from(vec![link["id"].clone()]));
    assert_eq!(link["pinned"], Value::from(vec![pin.to_str().unwrap()]));
    assert_eq!(
        printed,
        format!(
            "registered linked_congestion_control (tcp_congestion_ops): map {}, link {} pinned at {}\n",
            map["id"],
            link["id"],
            pin.display()
        )
    );
    let text = struct_ops(&project, &["list"]);
    let line = text
        .lines()
        .find(|line| line.contains("linked_congesti"))
        .unwrap();
    let words: Vec<&str> = line.split_whitespace().collect();
    let (map_id, link_id) = (map["id"].to_string(), link["id"].to_string());
    let expected = [
        map_id.as_str(),
        "linked_congesti",
        "tcp_congestion_ops",
        "in",
        "force",
        "link",
        link_id.as_str(),
        "pinned",
        "at",
        pin.to_str().unwrap(),
    ];
    assert_eq!(words, expected);

    let printed = struct_ops(&project, &["unregister", "linked_congestion_control"]);
    assert!(
        printed.starts_with("unregistered linked_congesti"),
        "{printed}"
    );
    assert!(!has_congestion_control("t_cli_link"));
    assert!(!pin.exists());
    assert!(is_gone(
        || map_of(&listed(&project), "linked_congesti").is_some()
    ));
}

fn a_plain_map_stays_until_it_is_unregistered() {
    let (project, files) = (Project::new(&[]), BpfFileSystem::mount());
    object(&project, "t_cli_beside", Some("t_cli_plain"));
    struct_ops(
        &project,
        &["register", "ops.bpf.o", files.path().to_str().unwrap()],
    );
    assert!(
        has_congestion_control("t_cli_plain"),
        "the command has ended"
    );
    let map = map_of(&listed(&project), "plain").unwrap();
    assert_eq!(map["state"], "in_force");
    assert_eq!(map["links"], Value::Array(Vec::new()));
    struct_ops(
        &project,
        &[
            "unregister",
            &map["id"].to_string(),
            "linked_congestion_control",
        ],
    );
    assert!(!has_congestion_control("t_cli_plain"));
    assert!(!has_congestion_control("t_cli_beside"));
    assert!(is_gone(|| map_of(&listed(&project), "plain").is_some()));
    assert_eq!(files.names(), Vec::<String>::new());
}

fn what_was_registered_is_data_too() {
    let (project, files) = (Project::new(&[]), BpfFileSystem::mount());
    object(&project, "t_cli_json", Some("t_cli_json2"));
    let folder = files.join("json");
    let arguments = ["register", "--json", "ops.bpf.o", folder.to_str().unwrap()];
    let printed: Value = serde_json::from_str(&struct_ops(&project, &arguments)).unwrap();
    let list = listed(&project);
    let map = |name: &str| map_of(&list, name).unwrap();
    let of = |name: &str| {
        let maps = printed.as_array().unwrap();
        maps.iter().find(|map| map["name"] == name).unwrap()
    };
    assert_eq!(printed.as_array().unwrap().len(), 2);
    let linked = of("linked_congestion_control");
    assert_eq!(linked["id"], map("linked_congesti")["id"]);
    assert_eq!(linked["type"], "tcp_congestion_ops");
    assert_eq!(linked["link"]["id"], map("linked_congesti")["links"][0]);
    let pin = folder.join("linked_congestion_control");
    assert_eq!(linked["link"]["pinned"], pin.to_str().unwrap());
    let plain = of("plain");
    assert_eq!(plain["id"], map("plain")["id"]);
    assert_eq!(plain["link"], Value::Null);
    struct_ops(
        &project,
        &["unregister", "plain", "linked_congestion_control"],
    );
    assert!(!has_congestion_control("t_cli_json"));
}

fn a_map_is_dumped_by_the_kernels_types() {
    let project = Project::new(&[]);
    let object = object(&project, "t_cli_dump", None);
    let object = OpenObject::from_file(object).unwrap().load().unwrap();
    let map = object.struct_ops("linked_congestion_control").unwrap();
    let link = map.attach().unwrap();
    let program = object.program("threshold_of_two_segments").unwrap();
    let program = program.info().unwrap().id;
    let id = map.to_map().unwrap().info().id.to_string();

    let text = struct_ops(&project, &["dump", &id]);
    let first = format!("/* map {id}, in force, link {} */", link.info().unwrap().id);
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some(first.as_str()));
    assert_eq!(
        lines.next(),
        Some("struct tcp_congestion_ops linked_congesti = {")
    );
    assert_eq!(lines.next_back(), Some("};"));
    let lines: Vec<&str> = lines.collect();
    // `list` is in the kernel's struct only, and the function's name is longer than what the kernel keeps.
    let callback = format!("    .ssthresh = threshold_of_two_segments, /* program {program} */");
    for wanted in [
        callback.as_str(),
        "    .flags = 1,",
        "    .name = \"t_cli_dump\",",
        "    .set_state = NULL,",
        "    .list = { .next = NULL, .prev = NULL },",
    ] {
        assert!(lines.contains(&wanted), "{wanted} in\n{text}");
    }

    let text = struct_ops(&project, &["dump", "linked_congestion_control", "--json"]);
    let json: Value = serde_json::from_str(&text).unwrap();
    let json = &json[0];
    assert_eq!(json["state"], "in_force");
    assert_eq!(json["members"]["flags"], 1);
    assert_eq!(json["members"]["name"], "t_cli_dump");
    assert_eq!(json["members"]["cong_avoid"], "avoid");
    assert_eq!(json["members"]["set_state"], Value::Null);
    assert_eq!(json["programs"]["ssthresh"], program);
    assert_eq!(json["programs"]["set_state"], Value::Null);
    // All there are.
    let all: Value = serde_json::from_str(&struct_ops(&project, &["dump", "--json"])).unwrap();
    assert!(all.as_array().unwrap().contains(json), "{all:#}");
    drop(link);
    let map = KernelStructOpsMap::from_id(id.parse().unwrap()).unwrap();
    let text = struct_ops(&project, &["dump", &id]);
    assert!(
        text.starts_with(&format!("/* map {id}, ready */")),
        "{text}"
    );
    assert_eq!(map.name(), "linked_congesti");
}

fn a_link_without_a_folder_is_refused() {
    let project = Project::new(&[]);
    object(&project, "t_cli_nowhere", None);
    let said = refused(&project, &["register", "ops.bpf.o"]);
    assert!(said.contains("`linked_congestion_control`"), "{said}");
    assert!(
        said.contains("name a folder in a BPF file system"),
        "{said}"
    );
    assert!(!has_congestion_control("t_cli_nowhere"));
}

fn either_all_maps_are_registered_or_none() {
    let (project, files) = (Project::new(&[]), BpfFileSystem::mount());
    object(&project, "t_cli_same", Some("t_cli_same"));
    let folder = files.join("none");
    let said = refused(
        &project,
        &["register", "ops.bpf.o", folder.to_str().unwrap()],
    );
    assert!(said.contains("\"t_cli_same\""), "{said}");
    assert!(!has_congestion_control("t_cli_same"));
    // With names that are free, but for one pin.
    object(&project, "t_cli_one", Some("t_cli_two"));
    let taken = OpenObject::from_file(project.path("ops.bpf.o")).unwrap();
    let taken = taken.load().unwrap();
    std::fs::create_dir(&folder).unwrap();
    let map = taken.struct_ops("plain").unwrap().to_map().unwrap();
    map.pin(folder.join("linked_congestion_control")).unwrap();
    let said = refused(
        &project,
        &["register", "ops.bpf.o", folder.to_str().unwrap()],
    );
    assert!(said.contains("exists"), "{said}");
    assert!(!has_congestion_control("t_cli_one"));
    assert!(!has_congestion_control("t_cli_two"));
}

fn a_folder_that_is_no_place_for_pins_is_told() {
    let project = Project::new(&[]);
    object(&project, "t_cli_no_pin", None);
    let said = refused(&project, &["register", "ops.bpf.o", "here"]);
    assert!(said.contains("BPF file system"), "{said}");
    assert!(!project.path("here").exists(), "made for nothing");
    let said = refused(&project, &["register", "ops.bpf.o", "no/such"]);
    assert!(said.contains("cannot create no/such"), "{said}");
    assert!(!has_congestion_control("t_cli_no_pin"));
}

/// Since Linux 6.11.
fn a_link_that_a_process_holds_is_ended() {
    let project = Project::new(&[]);
    let object = object(&project, "t_cli_held", None);
    let object = OpenObject::from_file(object).unwrap().load().unwrap();
    let map = object.struct_ops("linked_congestion_control").unwrap();
    let link = map.attach().unwrap();
    let id = map.to_map().unwrap().info().id.to_string();
    if libbpf_tests::features::running_release() < (6, 11) {
        let said = refused(&project, &["unregister", &id]);
        assert!(said.contains("held by a process"), "{said}");
        return;
    }
    struct_ops(&project, &["unregister", &id]);
    assert!(!has_congestion_control("t_cli_held"));
    let list = listed(&project);
    let links = list["links"].as_array().unwrap();
    let held = link.info().unwrap().id;
    let held = links.iter().find(|link| link["id"] == held).unwrap();
    assert_eq!(held["map_id"], Value::Null);
    assert!(struct_ops(&project, &["list"]).contains("detached"));
    let said = refused(&project, &["unregister", &id]);
    assert!(said.contains("no link puts"), "{said}");
}

fn a_name_of_several_maps_is_not_guessed() {
    let project = Project::new(&[]);
    let object = object(&project, "t_cli_twice", None);
    let load = || OpenObject::from_file(&object).unwrap().load().unwrap();
    let objects = [load(), load()];
    let id = |object: &libbpf_safe::Object| {
        let map = object.struct_ops("linked_congestion_control").unwrap();
        map.to_map().unwrap().info().id
    };
    let said = refused(&project, &["unregister", "linked_congestion_control"]);
    for object in &objects {
        assert!(said.contains(&id(object).to_string()), "{said}");
    }
    // A map that was not attached has no value yet.
    let map = map_of(&listed(&project), "linked_congesti").unwrap();
    assert_eq!(map["state"], "not_registered");
}

fn what_is_no_object_is_refused() {
    let project = Project::new(&[("text.bpf.o", "no object")]);
    object(&project, "t_cli_cut", None);
    let whole = std::fs::read(project.path("ops.bpf.o")).unwrap();
    std::fs::write(project.path("cut.bpf.o"), &whole[..whole.len() / 2]).unwrap();
    for file in [
        "gone.bpf.o",
        "text.bpf.o",
        "cut.bpf.o",
        "/dev/null",
        "/dev/zero",
        ".",
    ] {
        let said = refused(&project, &["register", file, "/sys/fs/bpf"]);
        assert!(said.contains(file), "{said}");
    }
    project.take("globals.bpf.o");
    let said = refused(&project, &["register", "globals.bpf.o"]);
    assert!(said.contains("has no struct_ops map"), "{said}");
}

fn what_there_is_not_is_told() {
    let project = Project::new(&[]);
    for action in ["dump", "unregister"] {
        let said = refused(&project, &[action, "t_cli_nobody"]);
        assert!(
            said.contains("no struct_ops map of the name `t_cli_nobody`"),
            "{said}"
        );
        let said = refused(&project, &[action, "4294967295"]);
        assert!(
            said.contains("no struct_ops map with the id `4294967295`"),
            "{said}"
        );
    }
    let (code, _, stderr) = run(&project, &["struct-ops", "unregister"]);
    assert_eq!(code, Some(2), "{stderr}");
}

fn bpftool_lists_the_same() {
    let project = Project::new(&[]);
    let object = object(&project, "t_cli_bpftool", None);
    let object = OpenObject::from_file(object).unwrap().load().unwrap();
    let map = object.struct_ops("linked_congestion_control").unwrap();
    let _link = map.attach().unwrap();
    let output = Command::new("bpftool")
        .args(["struct_ops", "list", "--json"])
        .output()
        .unwrap();
    let theirs: Value = serde_json::from_slice(&output.stdout).unwrap();
    let ours = listed(&project);
    let ours = ours["maps"].as_array().unwrap().iter();
    let ours: Vec<_> = ours
        .map(|map| (&map["id"], &map["name"], &map["type"]))
        .collect();
    let theirs = theirs.as_array().unwrap().iter();
    let theirs: Vec<_> = theirs
        .map(|map| (&map["id"], &map["name"], &map["kernel_struct_ops"]))
        .collect();
    assert!(!ours.is_empty());
    assert_eq!(ours, theirs);
}
