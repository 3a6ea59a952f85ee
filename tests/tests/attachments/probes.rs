//! Probes of user space, tracepoints, perf events.

use crate::{hits_of, load, system_call};
use libbpf_safe::link::{LinkDetails, LinkType};
use libbpf_safe::program::attach::{
    PerfEventOptions, ProbeMode, ProbeMultiOptions, Process, UprobeMulti, UprobeOptions,
};
use libbpf_tests::features::running_release;
use libbpf_tests::net::cpu_clock_event;
use libbpf_tests::skeletons::HOOKS;
use libbpf_tests::tracefs;
use std::process::Command;
use std::time::{Duration, Instant};

const LIBC: &str = "libc.so.6";
const PROBED: &str = concat!(env!("OUT_DIR"), "/probed");

fn call() {
    system_call();
}

/// The program that is probed: as many turns.
fn turns(count: &str) {
    let output = Command::new(PROBED).arg(count).output().unwrap();
    assert!(output.status.success());
}

fn cookie(object: &libbpf_safe::Object) -> u64 {
    object.variable::<u64>("cookie").unwrap().get()
}

pub(crate) fn uprobes_are_attached_in_every_mode() {
    tracefs::mount();
    let object = load(HOOKS, &["on_uprobe", "on_uretprobe"]);
    let modes = [
        ProbeMode::Newest,
        ProbeMode::Link,
        ProbeMode::PerfEvent,
        ProbeMode::Tracefs,
    ];
    for mode in modes {
        for (name, on_return) in [("on_uprobe", false), ("on_uretprobe", true)] {
            let program = object.program(name).unwrap();
            let with_cookie = matches!(mode, ProbeMode::Newest | ProbeMode::Link);
            let options = UprobeOptions {
                function: Some("getppid"),
                on_return,
                cookie: if with_cookie { 5 } else { 0 },
                mode,
                ..UprobeOptions::default()
            };
            let link = program.attach_uprobe(Process::Own, LIBC, &options).unwrap();
            assert_eq!(hits_of(&object, name, call), 1, "{mode:?}");
            assert_eq!(cookie(&object), options.cookie);
            assert_eq!(link.info().is_ok(), with_cookie, "{mode:?}");
            link.detach().unwrap();
            assert_eq!(hits_of(&object, name, call), 0, "{mode:?}");
            let missing = UprobeOptions {
                function: Some("no_such_function"),
                ..options
            };
            let error = program.attach_uprobe(Process::Own, LIBC, &missing);
            assert!(error.unwrap_err().to_string().contains(name));
        }
    }
}

pub(crate) fn uprobe_links_tell_where_they_are() {
    let object = load(HOOKS, &["on_uprobe", "on_uretprobe"]);
    let at_start = UprobeOptions {
        function: Some("getppid"),
        cookie: 77,
        ..UprobeOptions::default()
    };
    let attach = |name: &str, options: &UprobeOptions<'_>| {
        let program = object.program(name).unwrap();
        program.attach_uprobe(Process::Own, LIBC, options).unwrap()
    };
    let link = attach("on_uprobe", &at_start);
    let info = link.info().unwrap();
    assert_eq!(info.link_type, LinkType::PERF_EVENT);
    let LinkDetails::Uprobe {
        path,
        offset,
        on_return,
        cookie,
        reference_counter,
    } = info.details
    else {
        panic!("{info:?}");
    };
    assert!(path.ends_with(LIBC), "{path:?}");
    assert_eq!((on_return, cookie, reference_counter), (false, 77, 0));
    link.detach().unwrap();

    // The same place by its offset in the file.
    let by_offset = UprobeOptions {
        offset: offset as usize,
        cookie: 78,
        ..UprobeOptions::default()
    };
    let link = attach("on_uprobe", &by_offset);
    assert_eq!(hits_of(&object, "on_uprobe", call), 1);
    let LinkDetails::Uprobe {
        offset: again,
        cookie,
        ..
    } = link.info().unwrap().details
    else {
        panic!("{:?}", link.info());
    };
    assert_eq!((again, cookie), (offset, 78));
    link.detach().unwrap();
    let on_return = UprobeOptions {
        on_return: true,
        ..at_start
    };
    let link = attach("on_uretprobe", &on_return);
    let LinkDetails::Uprobe { on_return, .. } = link.info().unwrap().details else {
        panic!("{:?}", link.info());
    };
    assert!(on_return);
}

pub(crate) fn many_uprobes_are_told_with_offsets_and_cookies() {
    let object = load(
        HOOKS,
        &["uprobe_multi", "uretprobe_multi", "uprobe_multi_sleepable"],
    );
    let functions = UprobeMulti::Functions(&["main", "turn"]);
    for name in ["uprobe_multi", "uprobe_multi_sleepable", "uretprobe_multi"] {
        let program = object.program(name).unwrap();
        let options = ProbeMultiOptions {
            cookies: &[21, 22],
            on_return: name == "uretprobe_multi",
            ..ProbeMultiOptions::default()
        };
        let link = program
            .attach_uprobe_multi(Process::Any, PROBED, functions, &options)
            .unwrap();
        assert_eq!(hits_of(&object, name, || turns("3")), 4, "{name}");
        let LinkDetails::UprobeMulti {
            path,
            functions,
            on_return,
            process,
        } = link.info().unwrap().details
        else {
            panic!("{:?}", link.info());
        };
        assert_eq!(path.file_name().unwrap(), "probed");
        assert_eq!((on_return, process), (options.on_return, None));
        let cookies: Vec<u64> = functions.iter().map(|function| function.cookie).collect();
        assert_eq!(cookies, [21, 22]);
        link.detach().unwrap();

        // The same places by their offsets.
        let places: Vec<u64> = functions.iter().map(|function| function.place).collect();
        let own = std::process::id();
        let by_offset = program
            .attach_uprobe_multi(
                Process::Id(own),
                PROBED,
                UprobeMulti::Offsets(&places, &[]),
                &options,
            )
            .unwrap();
        let LinkDetails::UprobeMulti {
            functions: again,
            process,
            ..
        } = by_offset.info().unwrap().details
        else {
            panic!("{:?}", by_offset.info());
        };
        assert_eq!((again, process), (functions, Some(own)));
        assert_eq!(hits_of(&object, name, || turns("3")), 0, "another process");
    }
}

pub(crate) fn sessions_see_both_ends_of_a_call() {
    let object = load(HOOKS, &["uprobe_session"]);
    let program = object.program("uprobe_session").unwrap();
    let options = ProbeMultiOptions {
        session: true,
        ..ProbeMultiOptions::default()
    };
    let link = program
        .attach_uprobe_multi(
            Process::Any,
            PROBED,
            UprobeMulti::Functions(&["turn"]),
            &options,
        )
        .unwrap();
    assert_eq!(link.info().unwrap().link_type, LinkType::UPROBE_MULTI);
    assert_eq!(hits_of(&object, "uprobe_session", || turns("3")), 6);
    link.detach().unwrap();
    assert_eq!(hits_of(&object, "uprobe_session", || turns("3")), 0);
}

/// Keeps a CPU busy until the clock has ticked, or half a second is over.
fn work(ticked: impl Fn() -> bool) -> bool {
    let deadline = Instant::now() + Duration::from_millis(500);
    while Instant::now() < deadline {
        if ticked() {
            return true;
        }
    }
    false
}

pub(crate) fn perf_events_run_programs() {
    let object = load(HOOKS, &["on_event"]);
    let program = object.program("on_event").unwrap();
    let hits = object.variable::<u64>("on_event_hits").unwrap();
    for by_ioctl in [false, true] {
        let options = PerfEventOptions {
            cookie: if by_ioctl { 0 } else { 41 },
            by_ioctl,
            disabled: false,
        };
        let before = hits.get();
        let link = program
            .attach_perf_event(cpu_clock_event(), &options)
            .unwrap();
        assert!(work(|| hits.get() > before), "by ioctl: {by_ioctl}");
        assert_eq!(cookie(&object), options.cookie);
        assert_eq!(link.info().is_ok(), !by_ioctl);
        if let Ok(info) = link.info() {
            // Nothing before Linux 6.6, the cookie since 6.9.
            let release = running_release();
            if release < (6, 6) {
                assert_eq!(info.details, LinkDetails::Unknown);
            } else {
                let LinkDetails::PerfEvent {
                    event_type,
                    config,
                    cookie,
                } = info.details
                else {
                    panic!("{info:?}");
                };
                // Newer kernels give the CPU's clock a type of its own.
                assert_ne!(event_type, 0);
                let expected = if release < (6, 9) { 0 } else { 41 };
                assert_eq!((config, cookie), (0, expected));
            }
        }
        link.detach().unwrap();
        let after = hits.get();
        assert!(!work(|| hits.get() > after + 1), "it runs after detach");
    }
    let disabled = PerfEventOptions {
        disabled: true,
        ..PerfEventOptions::default()
    };
    let before = hits.get();
    let link = program
        .attach_perf_event(cpu_clock_event(), &disabled)
        .unwrap();
    let deadline = Instant::now() + Duration::from_millis(50);
    while Instant::now() < deadline {}
    assert_eq!(hits.get(), before, "nobody has enabled it");
    drop(link);
    let null = std::fs::File::open("/dev/null").unwrap();
    let error = program
        .attach_perf_event(null.into(), &disabled)
        .unwrap_err();
    assert!(error.to_string().contains("`on_event`"), "{error}");
}

pub(crate) fn tracepoint_links_tell_where_they_are() {
    tracefs::mount();
    let object = load(HOOKS, &["at_tracepoint"]);
    let program = object.program("at_tracepoint").unwrap();
    let link = program
        .attach_tracepoint("sched", "sched_process_fork", 99)
        .unwrap();
    assert!(hits_of(&object, "at_tracepoint", || turns("1")) > 0);
    assert_eq!(cookie(&object), 99);
    let expected = LinkDetails::Tracepoint {
        name: "sched_process_fork".into(),
        cookie: 99,
    };
    assert_eq!(link.info().unwrap().details, expected);
    link.detach().unwrap();
    assert_eq!(hits_of(&object, "at_tracepoint", || turns("1")), 0);
}

pub(crate) fn raw_tracepoints_run_programs_that_may_write() {
    let object = load(HOOKS, &["raw_tracepoint_writable"]);
    let program = object.program("raw_tracepoint_writable").unwrap();
    let link = program.attach_raw_tracepoint("sys_enter", 0).unwrap();
    assert!(hits_of(&object, "raw_tracepoint_writable", call) > 0);
    let LinkDetails::RawTracepoint { name, cookie } = link.info().unwrap().details else {
        panic!("{:?}", link.info());
    };
    assert_eq!((name.as_str(), cookie), ("sys_enter", 0));
    link.detach().unwrap();
    assert_eq!(hits_of(&object, "raw_tracepoint_writable", call), 0);
}
