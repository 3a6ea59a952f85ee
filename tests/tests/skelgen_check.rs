//! `skelgen check`: what of an object will not work on a kernel.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use libbpf_tests::project::{Project, run};
use serde_json::Value;

/// Of an object that nothing is right with, against a kernel that a test made up.
fn check(project: &Project, more: &[&str]) -> (Option<i32>, String, String) {
    project.take("preflight.bpf.o");
    project.take("made_up_kernel.bpf.o");
    let arguments = ["check", "preflight.bpf.o", "--btf", "made_up_kernel.bpf.o"];
    run(project, &[&arguments, more].concat())
}

#[test]
fn everything_is_found_at_once() {
    let project = Project::new(&[]);
    let (code, stdout, stderr) = check(&project, &[]);
    assert_eq!((code, stderr.as_str()), (Some(1), ""));
    let (first, findings) = stdout.split_once('\n').unwrap();
    assert_eq!(
        first,
        format!("preflight.bpf.o: {} findings", findings.lines().count())
    );
    for member in ["gone_setting", "wide", "unknown_ops"] {
        assert!(findings.contains(member), "{member} in\n{stdout}");
    }
    assert!(
        findings
            .lines()
            .all(|line| line.starts_with("  refused: ") || line.starts_with("  unlikely: ")),
        "{stdout}"
    );
}

#[test]
fn findings_are_data_too() {
    let project = Project::new(&[]);
    let (code, stdout, _) = check(&project, &["--json"]);
    assert_eq!(code, Some(1));
    let reports: Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!(reports[0]["file"], "preflight.bpf.o");
    assert_eq!(reports[0]["refused"], true);
    let findings = reports[0]["findings"].as_array().unwrap();
    let wide = findings.iter().find(|it| it["member"] == "wide").unwrap();
    assert_eq!(wide["severity"], "refused");
    assert_eq!(wide["kind"], "kernel_member_size");
    assert_eq!(wide["found"], "u64 (8 bytes)");
    assert!(
        findings.iter().any(|it| it["kind"] == "unused_program"),
        "{stdout}"
    );
}

#[test]
fn what_may_be_dropped_is_said_by_the_caller() {
    let project = Project::new(&[]);
    let (_, stdout, _) = check(&project, &["--presence", "drop", "--json"]);
    let reports: Value = serde_json::from_str(&stdout).unwrap();
    let findings = reports[0]["findings"].as_array().unwrap();
    let gone = findings
        .iter()
        .find(|it| it["member"] == "gone_setting")
        .unwrap();
    assert_eq!(gone["severity"], "dropped");
}

/// What becomes of each of these members, with these arguments.
fn severities(more: &[&str], members: &[&str]) -> Vec<String> {
    let project = Project::new(&[]);
    let (_, stdout, stderr) = check(&project, &[more, &["--json"]].concat());
    assert_eq!(stderr, "");
    let reports: Value = serde_json::from_str(&stdout).unwrap();
    let findings = reports[0]["findings"].as_array().unwrap();
    let severity = |member: &&str| {
        let found = findings.iter().find(|it| it["member"] == **member);
        found.unwrap_or_else(|| panic!("{member} in {stdout}"))["severity"].to_string()
    };
    members.iter().map(severity).collect()
}

#[test]
fn a_member_may_be_dropped_alone() {
    let members = ["gone_setting", "gone"];
    let (refused, dropped) = ("\"refused\"", "\"dropped\"");
    assert_eq!(severities(&[], &members), [refused, refused]);
    for option in ["--drop", "--warn"] {
        let alone = [option, "checked.gone_setting"];
        assert_eq!(severities(&alone, &members), [dropped, refused]);
        // A member is an exception to its map, in whatever order.
        let exception = ["--require", "checked.gone_setting", option, "checked"];
        assert_eq!(severities(&exception, &members), [refused, dropped]);
    }
    let all_but_one = ["--presence", "drop", "--require", "checked.gone"];
    assert_eq!(severities(&all_but_one, &members), [dropped, refused]);
}

#[test]
fn a_place_that_there_is_not_is_a_mistake() {
    let project = Project::new(&[]);
    for (place, code, wanted) in [
        (
            "chekced.gone_setting",
            1,
            "no struct_ops map `chekced` in `preflight.bpf.o`",
        ),
        ("checked.no_such_member", 1, "no_such_member"),
        ("checked.", 2, "name a map, or a map's member as MAP.MEMBER"),
        (".flags", 2, "name a map, or a map's member as MAP.MEMBER"),
    ] {
        let (found, stdout, stderr) = check(&project, &["--drop", place]);
        assert_eq!(
            (found, stdout.as_str()),
            (Some(code), ""),
            "{place}: {stderr}"
        );
        assert!(stderr.contains(wanted), "{place}: {stderr}");
    }
}

#[test]
fn an_object_that_fits_is_fine() {
    let project = Project::new(&[]);
    project.take("made_up_kernel.bpf.o");
    project.take("globals.bpf.o");
    let arguments = ["check", "globals.bpf.o", "--btf", "made_up_kernel.bpf.o"];
    let (code, stdout, stderr) = run(&project, &arguments);
    assert_eq!((code, stderr.as_str()), (Some(0), ""));
    assert_eq!(stdout, "globals.bpf.o: nothing is wrong\n");
}

#[test]
fn findings_that_are_no_refusals_fail_only_a_strict_check() {
    let project = Project::new(&[]);
    project.take("tcp_shadow.bpf.o");
    // Two programs that no map refers to; its types are enough of a kernel for its own maps.
    let arguments = ["check", "tcp_shadow.bpf.o", "--btf", "tcp_shadow.bpf.o"];
    let (_, stdout, _) = run(&project, &arguments);
    assert!(stdout.contains("unlikely: program 'spare'"), "{stdout}");
    let refused = stdout.contains("  refused: ");
    let (code, _, _) = run(&project, &arguments);
    assert_eq!(code, Some(i32::from(refused)));
    let (code, _, _) = run(&project, &[&arguments[..], &["--strict"]].concat());
    assert_eq!(code, Some(1));
}

#[test]
fn what_cannot_be_read_is_named() {
    let project = Project::new(&[("text.btf", "no types")]);
    project.take("globals.bpf.o");
    for btf in ["gone.btf", "text.btf", "/dev/null", "/dev/zero", "."] {
        let (code, stdout, stderr) = run(&project, &["check", "globals.bpf.o", "--btf", btf]);
        assert_eq!((code, stdout.as_str()), (Some(1), ""), "{btf}");
        let expected = format!("skelgen: cannot read BTF from `{btf}`: ");
        assert!(stderr.starts_with(&expected), "{stderr}");
        assert_eq!(stderr.lines().count(), 1, "{stderr}");
    }
    let (code, _, stderr) = run(&project, &["check", "gone.bpf.o", "--btf", "globals.bpf.o"]);
    assert_eq!(code, Some(1));
    assert!(stderr.contains("`gone.bpf.o`"), "{stderr}");
}
