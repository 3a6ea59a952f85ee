//! Tracepoints, probes, iterators.

use crate::{counts, load, system_call};
use libbpf_safe::map::UpdateFlag;
use libbpf_safe::program::attach::{
    IteratorTarget, KprobeMulti, KprobeOptions, ProbeMultiOptions, Process, TaskOf, UprobeMulti,
    UprobeOptions, UsdtOptions,
};
use libbpf_tests::tracefs;
use std::collections::BTreeSet;
use std::io::Read;
use std::process::Command;

pub(crate) use libbpf_tests::PROBED;

const LIBC: &str = "libc.so.6";

pub(crate) fn a_raw_tracepoint_is_attached_by_name() {
    let skeleton = load("t_at_raw");
    let program = &skeleton.programs.raw_elsewhere;
    let link = program.attach_raw_tracepoint("sys_exit", 0).unwrap();
    let id = program.info().unwrap().id;
    assert_eq!(link.info().unwrap().program_id, id);
    counts(&skeleton.bss.raw_elsewhere_hits, link, system_call);
    let error = program
        .attach_raw_tracepoint("no_such_place", 0)
        .unwrap_err();
    assert!(error.to_string().contains("raw_elsewhere"), "{error}");
    assert!(program.attach_raw_tracepoint("a\0b", 0).is_err());
}

pub(crate) fn typed_tracepoints_carry_cookies() {
    let skeleton = load("t_at_typed");
    let link = skeleton.programs.typed.attach_trace(77).unwrap();
    system_call();
    assert_eq!(skeleton.bss.cookie.get(), 77);
    counts(&skeleton.bss.typed_hits, link, system_call);
}

pub(crate) fn a_tracepoint_is_attached_by_name() {
    tracefs::mount();
    let skeleton = load("t_at_tp");
    let program = &skeleton.programs.at_tracepoint;
    let link = program
        .attach_tracepoint("sched", "sched_process_fork", 5)
        .unwrap();
    let fork = || {
        let status = Command::new("true").status().unwrap();
        assert!(status.success());
    };
    fork();
    assert_eq!(skeleton.bss.cookie.get(), 5);
    assert!(skeleton.bss.tracepoint_hits.get() > 0);
    link.detach().unwrap();
    let error = program
        .attach_tracepoint("sched", "no_such_event", 0)
        .unwrap_err();
    assert!(error.to_string().contains("at_tracepoint"), "{error}");
}

pub(crate) fn a_function_of_a_library_is_probed() {
    let skeleton = load("t_at_uprobe");
    let program = &skeleton.programs.at_function;
    let options = UprobeOptions {
        function: Some("getppid"),
        cookie: 9,
        ..UprobeOptions::default()
    };
    let link = program.attach_uprobe(Process::Own, LIBC, &options).unwrap();
    system_call();
    assert_eq!(skeleton.bss.cookie.get(), 9);
    counts(&skeleton.bss.uprobe_hits, link, system_call);
    let missing = UprobeOptions {
        function: Some("no_such_function"),
        ..options
    };
    let error = program
        .attach_uprobe(Process::Own, LIBC, &missing)
        .unwrap_err();
    assert!(error.to_string().contains("at_function"), "{error}");
    assert!(
        program
            .attach_uprobe(Process::Id(0), LIBC, &options)
            .is_err()
    );
}

pub(crate) fn many_functions_are_probed() {
    let skeleton = load("t_at_multi");
    let program = &skeleton.programs.at_functions;
    let bss = &skeleton.bss;
    let options = ProbeMultiOptions {
        cookies: &[21, 22],
        ..ProbeMultiOptions::default()
    };
    let functions = UprobeMulti::Functions(&["main", "turn"]);
    let link = program
        .attach_uprobe_multi(Process::Any, PROBED, functions, &options)
        .unwrap();
    turns("3");
    assert_eq!(
        bss.uprobe_multi_hits.get(),
        4,
        "once main, three times turn"
    );
    assert_eq!(bss.cookie.get(), 22);
    link.detach().unwrap();
    turns("3");
    assert_eq!(bss.uprobe_multi_hits.get(), 4);

    let pattern = UprobeMulti::Pattern("getpp?d");
    let error = program
        .attach_uprobe_multi(Process::Own, LIBC, pattern, &options)
        .unwrap_err();
    assert!(error.to_string().contains("2 cookies for 0"), "{error}");
    let options = ProbeMultiOptions::default();
    let link = program
        .attach_uprobe_multi(Process::Any, LIBC, pattern, &options)
        .unwrap();
    counts(&bss.uprobe_multi_hits, link, system_call);
    // A library without a symbol table: libbpf 1.7 finds nothing by name.
    let functions = UprobeMulti::Functions(&["getppid"]);
    let by_name = program.attach_uprobe_multi(Process::Any, LIBC, functions, &options);
    let error = by_name.unwrap_err();
    assert!(error.to_string().contains("pattern"), "{error}");
}

/// Runs the program that is probed.
fn turns(count: &str) {
    let output = Command::new(PROBED).arg(count).output().unwrap();
    assert!(output.status.success());
}

pub(crate) fn usdt_probes_tell_their_arguments() {
    let skeleton = load("t_at_usdt");
    let program = &skeleton.programs.at_probe;
    let link = program
        .attach_usdt(
            Process::Any,
            PROBED,
            "libbpf_tests",
            "turn",
            &UsdtOptions { cookie: 31 },
        )
        .unwrap();
    turns("6");
    let bss = &skeleton.bss;
    assert_eq!(bss.usdt_hits.get(), 6);
    assert_eq!(bss.usdt_argument.get(), 6);
    assert_eq!(bss.cookie.get(), 31);
    link.detach().unwrap();
    turns("3");
    assert_eq!(bss.usdt_hits.get(), 6);
    let missing = program.attach_usdt(
        Process::Any,
        PROBED,
        "libbpf_tests",
        "no_such_probe",
        &UsdtOptions::default(),
    );
    assert!(missing.unwrap_err().to_string().contains("at_probe"));
}

pub(crate) fn iterators_list_what_they_are_told() {
    let skeleton = load("t_at_iter");
    let numbers = &skeleton.maps.numbers;
    for key in 1..=3 {
        numbers
            .update(&key, &(u64::from(key) * 10), UpdateFlag::Any)
            .unwrap();
    }
    let read = |link: &libbpf_safe::link::Link| {
        let mut text = String::new();
        link.open_iterator()
            .unwrap()
            .read_to_string(&mut text)
            .unwrap();
        text.lines().map(str::to_owned).collect::<BTreeSet<_>>()
    };
    let link = skeleton
        .programs
        .list_numbers
        .attach_iterator(IteratorTarget::Map(numbers.as_map()))
        .unwrap();
    let expected = ["1=10", "2=20", "3=30"].map(str::to_owned);
    assert_eq!(read(&link), BTreeSet::from(expected));
    numbers.delete(&2).unwrap();
    assert_eq!(read(&link).len(), 2, "the output is made anew");

    let own = std::process::id();
    let tasks = &skeleton.programs.list_tasks;
    let link = tasks
        .attach_iterator(IteratorTarget::Tasks(TaskOf::Process(own)))
        .unwrap();
    assert_eq!(read(&link), BTreeSet::from([own.to_string()]));
    let link = tasks.attach_iterator(IteratorTarget::All).unwrap();
    assert!(read(&link).len() > 1);
    let raw = skeleton.programs.raw.attach().unwrap();
    assert!(raw.open_iterator().is_err(), "it is of no iterator");
}

/// Of the wrong type for the hook, with lists that do not fit: an error that names the program, and no crash.
pub(crate) fn probes_that_cannot_be_are_refused_in_words() {
    let skeleton = load("t_at_wrong");
    let program = &skeleton.programs.raw;
    let says = |result: libbpf_safe::Result<libbpf_safe::link::Link>| {
        let error = result.unwrap_err();
        assert!(error.to_string().contains("`raw`"), "{error}");
    };
    says(program.attach_kprobe("do_exit", &KprobeOptions::default()));
    let options = ProbeMultiOptions::default();
    says(program.attach_kprobe_multi(KprobeMulti::Functions(&["do_exit"]), &options));
    says(program.attach_kprobe_multi(KprobeMulti::Addresses(&[1, 2, 3]), &options));
    says(program.attach_kprobe_multi(KprobeMulti::Pattern("*"), &options));
    let cookies = ProbeMultiOptions {
        cookies: &[1],
        ..options
    };
    says(program.attach_kprobe_multi(KprobeMulti::Addresses(&[1, 2, 3]), &cookies));
    says(program.attach_uprobe_multi(
        Process::Own,
        LIBC,
        UprobeMulti::Offsets(&[1, 2], &[3]),
        &options,
    ));
    says(program.attach_xdp(crate::loopback()));
    says(program.attach_xdp(u32::MAX));
    says(program.attach_lsm());
    says(program.attach_iterator(IteratorTarget::All));
}
