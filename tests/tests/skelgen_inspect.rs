//! `skelgen inspect`: what is in an object, for people and as JSON.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use libbpf_tests::project::{Project, command, run};
use serde_json::{Value, json};
use std::fs;
use std::io::Read as _;
use std::process::Stdio;

fn inspect(object: &str) -> Value {
    let project = Project::new(&[]);
    project.take(object);
    let (code, stdout, stderr) = run(&project, &["inspect", object, "--json"]);
    assert_eq!((code, stderr.as_str()), (Some(0), ""));
    let mut all: Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!(all.as_array().unwrap().len(), 1);
    all[0].take()
}

/// The entry of this name, without what is not asked for.
fn find<'a>(list: &'a Value, key: &str, name: &str) -> &'a Value {
    let found = list.as_array().unwrap().iter().find(|it| it[key] == name);
    found.unwrap_or_else(|| panic!("no `{name}` in {list:#}"))
}

#[test]
fn everything_in_an_object_is_told() {
    let report = inspect("tcp_shadow.bpf.o");
    assert_eq!(report["file"], "tcp_shadow.bpf.o");
    assert_eq!(report["name"], "tcp_shadow");
    let counts = find(&report["maps"], "name", "counts");
    assert_eq!(
        [&counts["type"], &counts["key_type"], &counts["value_type"]],
        ["hash", "__u32", "struct event_count"]
    );
    assert_eq!(counts["max_entries"], 8);
    assert_eq!(counts["created"], true);

    let original = find(&report["programs"], "name", "original");
    assert_eq!(
        *original,
        json!({
            "name": "original", "section": "struct_ops", "type": "struct_ops", "loaded": true,
            "reason": "callback", "map": "shadowed", "member": "cong_avoid", "autoattach": true,
        })
    );
    let spare = find(&report["programs"], "name", "spare");
    assert_eq!(
        (&spare["loaded"], &spare["reason"]),
        (&json!(false), &json!("unused"))
    );

    let label = find(&report["variables"], "name", "label");
    assert_eq!(
        *label,
        json!({
            "name": "label", "section": ".rodata", "type": "const volatile char[8]", "offset": 5, "size": 8,
            "read_only": true, "value": "none",
        })
    );
    assert_eq!(find(&report["variables"], "name", "written")["value"], 7);

    let shadowed = find(&report["struct_ops"], "map", "shadowed");
    assert_eq!(shadowed["type"], "struct tcp_congestion_ops");
    let member = |path| find(&shadowed["members"], "path", path);
    assert_eq!(
        *member("name"),
        json!({
            "path": "name", "type": "char[16]", "kind": "string", "offset": 88, "size": 16, "bitfield": null,
            "default": "t_default",
        })
    );
    assert_eq!(member("cong_avoid")["default"], "original");
    assert_eq!(member("init")["default"], Value::Null);
    assert_eq!(member("list.next")["offset"], 112);
}

#[test]
fn every_object_of_the_tests_can_be_inspected() {
    for object in [
        "arena",
        "map_kinds",
        "members",
        "globals",
        "layouts",
        "other_order",
        "c_bitfield",
    ] {
        let project = Project::new(&[]);
        let file = format!("{object}.bpf.o");
        project.take(&file);
        let (code, stdout, stderr) = run(&project, &["inspect", &file]);
        assert_eq!((code, stderr.as_str()), (Some(0), ""), "{object}");
        assert!(stdout.starts_with(object), "{stdout}");
        assert!(!stdout.contains('\x1b'), "colours in a file: {stdout}");
        let report = inspect(&file);
        assert!(report["maps"].is_array() && report["programs"].is_array());
    }
}

#[test]
fn people_see_it_in_columns() {
    let project = Project::new(&[]);
    project.take("tcp_shadow.bpf.o");
    let (_, stdout, _) = run(&project, &["inspect", "tcp_shadow.bpf.o"]);
    for line in [
        "  counts    hash        __u32 → struct event_count  8 entries",
        "  spare         struct_ops      struct_ops        not loaded  no struct_ops map refers to it",
        "      5  label    const volatile char[8]  = \"none\"",
        "     88  name           char[16]            = \"t_default\"",
    ] {
        assert!(
            stdout.lines().any(|found| found == line),
            "{line:?} in\n{stdout}"
        );
    }
    assert!(!stdout.lines().any(|line| line.ends_with(' ')), "{stdout}");
}

#[test]
fn what_cannot_be_read_is_named() {
    let project = Project::new(&[("text.bpf.o", "not an ELF file"), ("folder/file", "")]);
    project.take("tcp_shadow.bpf.o");
    let whole = std::fs::read(project.path("tcp_shadow.bpf.o")).unwrap();
    std::fs::write(project.path("half.bpf.o"), &whole[..whole.len() / 2]).unwrap();
    for (file, reason) in [
        ("gone.bpf.o", "it does not exist"),
        ("text.bpf.o", "it is not a BPF object that libbpf can open"),
        ("half.bpf.o", "it is not a BPF object that libbpf can open"),
        ("folder", "Is a directory"),
        ("/dev/null", "it is not a regular file"),
        ("/dev/zero", "it is not a regular file"),
    ] {
        let (code, stdout, stderr) =
            run(&project, &["inspect", "tcp_shadow.bpf.o", file, "--json"]);
        assert_eq!((code, stdout.as_str()), (Some(1), ""), "{file}");
        let expected = format!("skelgen: cannot open object `{file}`: ");
        assert!(
            stderr.starts_with(&expected) && stderr.contains(reason),
            "{stderr}"
        );
        assert_eq!(stderr.lines().count(), 1, "{stderr}");
    }
}

#[test]
fn nobody_who_stops_reading_is_scolded() {
    let project = Project::new(&[]);
    project.take("tcp_shadow.bpf.o");
    let objects = vec!["tcp_shadow.bpf.o"; 200];
    let mut child = command()
        .arg("inspect")
        .args(objects)
        .current_dir(project.path(""))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = [0; 10];
    child.stdout.take().unwrap().read_exact(&mut first).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stderr), (Some(0), Vec::new()));
}

/// With names of the same lengths.
fn renamed(object: &str, names: &[(&str, &str)]) -> Vec<u8> {
    let project = Project::new(&[]);
    project.take(object);
    let mut bytes = fs::read(project.path(object)).unwrap();
    for (from, to) in names {
        assert_eq!(from.len(), to.len());
        let (from, to) = (format!("\0{from}\0"), format!("\0{to}\0"));
        let places: Vec<_> = (0..bytes.len())
            .filter(|&place| bytes[place..].starts_with(from.as_bytes()))
            .collect();
        assert!(!places.is_empty(), "{from:?}");
        for place in places {
            bytes[place..place + to.len()].copy_from_slice(to.as_bytes());
        }
    }
    bytes
}

#[test]
fn names_tell_terminals_nothing() {
    let project = Project::new(&[]);
    let names = [("counts", "\x1b[31mt"), ("original", "a\nfake \x07")];
    let object = renamed("tcp_shadow.bpf.o", &names);
    fs::write(project.path("hostile.bpf.o"), object).unwrap();
    let (code, stdout, stderr) = run(&project, &["inspect", "hostile.bpf.o"]);
    assert_eq!((code, stderr.as_str()), (Some(0), ""));
    assert!(stdout.contains(r"\u{1b}[31mt"), "{stdout}");
    assert!(stdout.contains(r"a\nfake \u{7}"), "{stdout}");
    assert!(!stdout.contains(|letter: char| letter.is_control() && letter != '\n'));
    let missing = "no\x1b]0;such\x07.bpf.o";
    for command in ["inspect", "check", "gen"] {
        let (code, _, stderr) = run(&project, &[command, missing]);
        assert_eq!(code, Some(1));
        assert!(stderr.contains(r"\u{1b}]0;such\u{7}"), "{stderr}");
        assert!(!stderr.contains('\x1b'), "{stderr}");
    }
}
