//! What preflight and plan say before load.

#![forbid(unsafe_code)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use libbpf_safe::btf::{Btf, KernelBtf, Kind, Type};
use libbpf_safe::struct_ops::{Finding, FindingKind, Preflight, Presence, Severity};
use libbpf_safe::{OpenOptions, PlanReason, StructOpsProblemKind as Problem};
use libbpf_tests::features::STRUCT_OPS_LINKS;
use libbpf_tests::kernel_tests;
use libbpf_tests::skeletons::{MADE_UP_KERNEL, lacking, preflight, tcp_shadow};

kernel_tests![
    everything_that_will_not_work_is_found,
    each_finding_is_one_line_with_both_sides,
    what_would_be_dropped_is_told_apart,
    values_that_were_set_are_looked_at,
    rules_that_btf_does_not_tell_are_known,
    a_type_is_found_in_a_module,
    the_running_kernel_has_nothing_against_what_loads,
    what_load_refuses_was_refused_before,
    nothing_is_changed_by_looking,
    files_that_are_no_btf_are_told,
    a_plan_says_what_is_loaded_and_why needs STRUCT_OPS_LINKS,
];

fn made_up() -> KernelBtf {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("kernel.btf");
    std::fs::write(&path, MADE_UP_KERNEL).unwrap();
    KernelBtf::from_file(path).unwrap()
}

fn report(presence: Presence) -> Preflight {
    let options = OpenOptions::new().presence(presence);
    let mut open = preflight::OpenSkeleton::open_with(&options).unwrap();
    open.preflight(&made_up()).unwrap()
}

fn find<'a>(report: &'a Preflight, kind: FindingKind, map: &str, member: &str) -> &'a Finding {
    report
        .findings()
        .iter()
        .find(|one| one.kind == kind && one.map == map && one.member == member)
        .unwrap_or_else(|| panic!("no {kind:?} of {map}.{member} in:\n{report}"))
}

fn everything_that_will_not_work_is_found() {
    let report = report(Presence::Require);
    assert!(report.is_refused());
    let problem = FindingKind::Problem;
    let refused = [
        (problem(Problem::KernelNoLink), "checked", ""),
        (problem(Problem::KernelNoMember), "checked", "gone"),
        (problem(Problem::KernelNoMember), "checked", "gone_setting"),
        (problem(Problem::KernelMemberKind), "checked", "not_called"),
        (problem(Problem::KernelMemberSize), "checked", "wide"),
        (problem(Problem::KernelMemberKind), "checked", "kind"),
        (
            problem(Problem::KernelMemberPlace),
            "checked",
            "nested.first",
        ),
        (problem(Problem::Bitfield), "checked", "narrow"),
        (problem(Problem::KernelNoType), "unknown", ""),
    ];
    for (kind, map, member) in refused {
        let finding = find(&report, kind, map, member);
        assert_eq!(finding.severity, Severity::Refused, "{finding}");
    }
    assert_eq!(
        report.of(Severity::Refused).count(),
        refused.len(),
        "{report}"
    );

    let unlikely = [
        (FindingKind::Signature, "checked", "changed"),
        (FindingKind::Signature, "checked", "fewer"),
        (FindingKind::Signature, "checked", "result"),
        (FindingKind::Signature, "checked", "arguments"),
        (FindingKind::Rule, "checked", "nested"),
        (FindingKind::Rule, "checked", "name"),
        (FindingKind::Rule, "against_rules", "ssthresh"),
        (FindingKind::Rule, "against_rules", ""),
        (FindingKind::Rule, "against_rules", "name"),
        (FindingKind::Rule, "against_rules", "key"),
        (FindingKind::UnusedProgram, "", ""),
    ];
    for (kind, map, member) in unlikely {
        let finding = find(&report, kind, map, member);
        assert_eq!(finding.severity, Severity::Unlikely, "{finding}");
    }
    assert_eq!(
        report.of(Severity::Unlikely).count(),
        unlikely.len(),
        "{report}"
    );
    // Those that load refuses stand first.
    assert_eq!(
        report.findings().first().unwrap().severity,
        Severity::Refused
    );
    assert_eq!(
        report.findings().last().unwrap().severity,
        Severity::Unlikely
    );
}

fn each_finding_is_one_line_with_both_sides() {
    let report = report(Presence::Require);
    for finding in report.findings() {
        assert!(!finding.to_string().contains('\n'), "{finding}");
        assert!(!finding.hint.is_empty(), "{finding}");
    }
    assert_eq!(report.to_string().lines().count(), report.findings().len());
    let sides = |kind, member| {
        let finding = find(&report, kind, "checked", member);
        (finding.found.as_str(), finding.expected.as_str())
    };
    let problem = FindingKind::Problem;
    assert_eq!(
        sides(problem(Problem::KernelMemberSize), "wide"),
        ("u64 (8 bytes)", "u32 (4 bytes)")
    );
    assert_eq!(
        sides(problem(Problem::KernelMemberKind), "kind"),
        ("enum preflight_kind", "u32")
    );
    assert_eq!(
        sides(problem(Problem::KernelMemberPlace), "nested.first"),
        ("u32 at bit 0", "u32 at bit 32")
    );
    assert_eq!(
        sides(FindingKind::Signature, "changed"),
        (
            "int (*)(struct sock *, const struct rate_sample *)",
            "int (*)(struct sock *, u32, int)"
        )
    );
    let changed = find(&report, FindingKind::Signature, "checked", "changed");
    assert_eq!(changed.program, "changed");
    assert!(
        changed
            .to_string()
            .contains("its parameter 2 is of another type"),
        "{changed}"
    );
    let unused = find(&report, FindingKind::UnusedProgram, "", "");
    assert_eq!(unused.program, "nobodys");
}

fn what_would_be_dropped_is_told_apart() {
    let report = report(Presence::Drop);
    let dropped: Vec<_> = report
        .of(Severity::Dropped)
        .map(|finding| {
            (
                finding.map.as_str(),
                finding.member.as_str(),
                finding.program.as_str(),
            )
        })
        .collect();
    assert_eq!(
        dropped,
        [
            ("checked", "", ""),
            ("checked", "gone", "gone"),
            ("checked", "gone_setting", ""),
            ("unknown", "", ""),
        ],
        "{report}"
    );
    // What is no lack is refused all the same.
    assert!(report.is_refused());
}

fn values_that_were_set_are_looked_at() {
    let mut open = preflight::OpenSkeleton::open().unwrap();
    let parts = open.parts();
    let checked = parts.struct_ops.checked;
    checked.gone = None;
    checked.gone_setting = 0;
    checked.not_called = None;
    checked.nested.first = 0;
    checked.changed = None;
    checked.data = libbpf_safe::data::Pointer::from_address(16);
    let report = open.preflight(&made_up()).unwrap();
    let about = |member: &str| {
        report
            .findings()
            .iter()
            .any(|one| one.member.starts_with(member))
    };
    for member in ["gone", "not_called", "nested", "changed"] {
        assert!(!about(member), "{member}: {report}");
    }
    let data = find(
        &report,
        FindingKind::Problem(Problem::DataPointer),
        "checked",
        "data",
    );
    assert_eq!(
        (data.found.as_str(), data.expected.as_str()),
        ("0x10", "null")
    );
}

fn rules_that_btf_does_not_tell_are_known() {
    let report = report(Presence::Require);
    let text = |member| {
        find(&report, FindingKind::Rule, "against_rules", member)
            .expected
            .clone()
    };
    assert_eq!(text("ssthresh"), "callback `ssthresh` is required");
    assert!(text("").contains("`cong_avoid`"));
    assert!(text("name").contains("'-' is not allowed"));
    assert_eq!(text("key"), "`key` must stay zero");
}

/// A module that registers `unknown_ops`, whose callback is of a type of the kernel's.
fn module(kernel: &Btf) -> Vec<u8> {
    let Ok(Type::Struct(ops)) = kernel.get(kernel.find("preflight_ops", Kind::Struct).unwrap())
    else {
        panic!("no struct");
    };
    let run = ops.member("run").unwrap().ty;
    // Strings and types continue the kernel's.
    let header = |at: usize| u32::from_ne_bytes(kernel.raw()[at..at + 4].try_into().unwrap());
    let first = header(20);
    let strings = b"bpf_struct_ops_unknown_ops\0unknown_ops\0run\0";
    let (value, ops, name) = (first, first + 27, first + 39);
    let kind_struct = 4 << 24;
    let types = [
        value,
        kind_struct,
        8,
        ops,
        kind_struct | 1,
        8,
        name,
        run.0,
        0,
    ];
    let words = [
        24,
        0,
        4 * types.len() as u32,
        4 * types.len() as u32,
        strings.len() as u32,
    ];
    let mut bytes = 0xeb9fu16.to_ne_bytes().to_vec();
    bytes.extend([1, 0]);
    bytes.extend(words.into_iter().chain(types).flat_map(u32::to_ne_bytes));
    bytes.extend(strings);
    bytes
}

fn a_type_is_found_in_a_module() {
    let kernel = made_up();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("module.btf");
    std::fs::write(&path, module(kernel.vmlinux())).unwrap();
    let kernel = kernel.with_module(&path).unwrap();
    assert_eq!(kernel.modules().len(), 1);
    let mut open = preflight::OpenSkeleton::open().unwrap();
    let report = open.preflight(&kernel).unwrap();
    assert!(
        !report.findings().iter().any(|one| one.map == "unknown"),
        "{report}"
    );
}

fn the_running_kernel_has_nothing_against_what_loads() {
    let options = OpenOptions::new().presence(Presence::Drop);
    let mut open = tcp_shadow::OpenSkeleton::open_with(&options).unwrap();
    open.parts()
        .struct_ops
        .shadowed
        .name
        .set("t_preflight")
        .unwrap();
    let kernel = KernelBtf::running().unwrap();
    let report = open.preflight(&kernel).unwrap();
    let severe: Vec<_> = report
        .findings()
        .iter()
        .filter(|one| one.kind != FindingKind::Problem(Problem::KernelNoLink))
        .collect();
    let unused: Vec<_> = severe
        .iter()
        .map(|one| (one.kind, one.program.as_str()))
        .collect();
    let expected = ["replacement", "spare"].map(|name| (FindingKind::UnusedProgram, name));
    assert_eq!(unused, expected, "{report}");
    open.load().unwrap();
}

fn what_load_refuses_was_refused_before() {
    let mut open = lacking::OpenSkeleton::open().unwrap();
    let parts = open.parts();
    parts.struct_ops.lacking.no_such_callback = Some(parts.programs.ssthresh.callback());
    parts.struct_ops.lacking.no_such_setting = 3;
    let report = open.preflight(&KernelBtf::running().unwrap()).unwrap();
    let before: Vec<_> = report
        .of(Severity::Refused)
        .map(|finding| (finding.map.clone(), finding.member.clone()))
        .collect();
    let error = open.load().unwrap_err();
    let libbpf_safe::ErrorKind::StructOps(first) = error.kind() else {
        panic!("{error:?}");
    };
    let after: Vec<_> = std::iter::once(first)
        .chain(error.further_problems())
        .map(|problem| (problem.map.clone(), problem.member.clone()))
        .collect();
    // One program cannot be two callbacks: that is found before the kernel is asked.
    assert!(
        after.iter().all(|one| before.contains(one)),
        "{report}\n{error:?}"
    );
    assert!(!after.is_empty());
}

fn nothing_is_changed_by_looking() {
    let mut open = preflight::OpenSkeleton::open().unwrap();
    open.set_presence("checked", Presence::Drop).unwrap();
    let before = open.plan().unwrap();
    let first = open.preflight(&made_up()).unwrap();
    assert_eq!(open.preflight(&made_up()).unwrap(), first);
    assert_eq!(open.plan().unwrap(), before);
    assert_eq!(open.parts().struct_ops.checked.gone_setting, 7);
}

fn files_that_are_no_btf_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("no.btf");
    std::fs::write(&path, b"no BTF").unwrap();
    for error in [
        KernelBtf::from_file(&path).unwrap_err(),
        made_up().with_module(&path).unwrap_err(),
        made_up()
            .with_module(folder.path().join("none"))
            .unwrap_err(),
    ] {
        assert!(
            error.to_string().contains(folder.path().to_str().unwrap()),
            "{error}"
        );
    }
}

fn a_plan_says_what_is_loaded_and_why() {
    let mut open = tcp_shadow::OpenSkeleton::open().unwrap();
    let mut parts = open.parts();
    parts.struct_ops.shadowed.set_state = None;
    parts.struct_ops.plain.cong_avoid = Some(parts.programs.replacement.callback());
    parts.programs.on_sys_enter.set_autoload(false);
    let plan = open.plan().unwrap();
    let program = |name: &str| {
        let mut programs = plan.programs.iter();
        programs.find(|program| program.name == name).unwrap()
    };
    let replacement = program("replacement");
    assert!(replacement.loaded);
    assert_eq!(
        replacement.to_string(),
        "program `replacement` will be loaded: it is callback `cong_avoid` of map `plain`"
    );
    assert!(!program("set_state").loaded);
    assert_eq!(program("set_state").reason, PlanReason::Unused);
    assert_eq!(
        program("on_sys_enter").to_string(),
        "program `on_sys_enter` will not be loaded: its autoload was switched off"
    );
    assert!(plan.maps.iter().all(|map| map.created));

    // What was planned is what comes.
    let skeleton = open.load().unwrap();
    for planned in &plan.programs {
        let program = skeleton.object.program(&planned.name).unwrap();
        assert_eq!(program.is_loaded(), planned.loaded, "{planned}");
    }

    let mut open = preflight::OpenSkeleton::open().unwrap();
    let text = open.plan().unwrap().to_string();
    assert!(text.contains("map `checked` will be created\n"), "{text}");
    assert!(
        text.contains(
            "`nobodys` will not be loaded: no struct_ops map that will be created refers to it"
        ),
        "{text}"
    );
}
