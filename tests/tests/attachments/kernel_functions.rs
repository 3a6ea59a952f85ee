//! Functions and hooks of the kernel, on kernels that have the probes for it.

use crate::{hits_of, open as open_of, system_call};
use libbpf_safe::link::{LinkDetails, LinkType};
use libbpf_safe::program::attach::{
    AttachType, CgroupOptions, Hook, KprobeMulti, KprobeOptions, KsyscallOptions, Place, ProbeMode,
    ProbeMultiOptions,
};
use libbpf_safe::{Object, OpenObject};
use libbpf_tests::cgroup::Cgroup;
use libbpf_tests::features::running_release;
use libbpf_tests::skeletons::KERNEL_FUNCTIONS;
use libbpf_tests::tracefs;
use std::os::fd::AsFd;

const FUNCTION: &str = "__x64_sys_getppid";
/// Its stub is a function in C, as those of system calls without arguments are not: BTF has it.
const TRACED: &str = "__x64_sys_kill";

fn open(programs: &[&str]) -> OpenObject {
    let mut open = open_of(KERNEL_FUNCTIONS, programs);
    open.set_variable("process", &std::process::id()).unwrap();
    open
}

fn load(programs: &[&str]) -> Object {
    open(programs).load().unwrap()
}

fn call() {
    system_call();
}

/// Whether this process could be sent a signal.
fn kill() -> Result<(), rustix::io::Errno> {
    rustix::process::test_kill_process(rustix::process::getpid())
}

fn cookie(object: &Object) -> u64 {
    object.variable::<u64>("cookie").unwrap().get()
}

pub(crate) fn kernel_functions_are_probed_in_every_mode() {
    tracefs::mount();
    let object = load(&["on_kprobe", "kretprobe", "kprobe_by_section"]);
    let modes = [
        ProbeMode::Newest,
        ProbeMode::Link,
        ProbeMode::PerfEvent,
        ProbeMode::Tracefs,
    ];
    for mode in modes {
        for (name, on_return) in [("on_kprobe", false), ("kretprobe", true)] {
            let program = object.program(name).unwrap();
            let with_cookie = matches!(mode, ProbeMode::Newest | ProbeMode::Link);
            let options = KprobeOptions {
                on_return,
                cookie: if with_cookie { 15 } else { 0 },
                mode,
                ..KprobeOptions::default()
            };
            let link = program.attach_kprobe(FUNCTION, &options).unwrap();
            assert_eq!(hits_of(&object, name, call), 1, "{mode:?}");
            assert_eq!(cookie(&object), options.cookie);
            assert_eq!(link.info().is_ok(), with_cookie, "{mode:?}");
            link.detach().unwrap();
            assert_eq!(hits_of(&object, name, call), 0, "{mode:?}");
            let error = program.attach_kprobe("no_such_function", &options);
            assert!(error.unwrap_err().to_string().contains(name));
        }
    }
    let by_section = object
        .program("kprobe_by_section")
        .unwrap()
        .attach()
        .unwrap();
    assert_eq!(hits_of(&object, "kprobe_by_section", call), 1);
    by_section.detach().unwrap();
    assert_eq!(hits_of(&object, "kprobe_by_section", call), 0);
}

pub(crate) fn kprobe_links_tell_where_they_are() {
    let object = load(&["on_kprobe", "kretprobe"]);
    for (name, on_return) in [("on_kprobe", false), ("kretprobe", true)] {
        let program = object.program(name).unwrap();
        let options = KprobeOptions {
            on_return,
            cookie: 16,
            ..KprobeOptions::default()
        };
        let link = program.attach_kprobe(FUNCTION, &options).unwrap();
        let info = link.info().unwrap();
        assert_eq!(info.link_type, LinkType::PERF_EVENT);
        assert_eq!(info.program_id, program.info().unwrap().id);
        if running_release() < (6, 6) {
            assert_eq!(info.details, LinkDetails::Unknown);
            continue;
        }
        let LinkDetails::Kprobe {
            function,
            offset,
            address,
            on_return: told,
            cookie,
            ..
        } = info.details
        else {
            panic!("{info:?}");
        };
        assert_eq!((function.as_str(), offset, told), (FUNCTION, 0, on_return));
        // Where the function has room for tracing, that is behind its first instruction.
        assert!((0..16).contains(&(address - address_of(FUNCTION))));
        assert_eq!(cookie, if running_release() < (6, 9) { 0 } else { 16 });
        assert_eq!(hits_of(&object, name, call), 1);
    }
    // In the middle of an instruction, the first one or that which tracing is written over.
    let program = object.program("on_kprobe").unwrap();
    let within = KprobeOptions {
        offset: 1,
        ..KprobeOptions::default()
    };
    let error = program.attach_kprobe(FUNCTION, &within).unwrap_err();
    assert!(error.to_string().contains("`on_kprobe`"), "{error}");
}

fn address_of(function: &str) -> u64 {
    let symbols = std::fs::read_to_string("/proc/kallsyms").unwrap();
    let line = symbols
        .lines()
        .find(|line| line.split(' ').nth(2) == Some(function))
        .unwrap();
    u64::from_str_radix(line.split(' ').next().unwrap(), 16).unwrap()
}

pub(crate) fn many_kernel_functions_are_probed() {
    tracefs::mount();
    let object = load(&["kprobe_multi", "kprobe_multi_by_section", "kretprobe_multi"]);
    let program = object.program("kprobe_multi").unwrap();
    let names = [FUNCTION, TRACED];
    let addresses = names.map(address_of);
    let both = || {
        system_call();
        kill().unwrap();
    };
    let options = ProbeMultiOptions {
        cookies: &[31, 32],
        ..ProbeMultiOptions::default()
    };
    let places = [
        KprobeMulti::Functions(&names),
        KprobeMulti::Addresses(&addresses),
    ];
    for functions in places {
        let link = program.attach_kprobe_multi(functions, &options).unwrap();
        assert_eq!(hits_of(&object, "kprobe_multi", both), 2);
        assert_eq!(cookie(&object), 32);
        if running_release() >= (6, 9) {
            let LinkDetails::KprobeMulti {
                functions,
                on_return,
                ..
            } = link.info().unwrap().details
            else {
                panic!("{:?}", link.info());
            };
            assert!(!on_return);
            let mut told: Vec<(u64, u64)> =
                functions.iter().map(|at| (at.place, at.cookie)).collect();
            told.sort_unstable_by_key(|&(_, cookie)| cookie);
            assert_eq!(told, [(addresses[0], 31), (addresses[1], 32)]);
        }
        link.detach().unwrap();
        assert_eq!(hits_of(&object, "kprobe_multi", both), 0);
    }

    let options = ProbeMultiOptions::default();
    let pattern = KprobeMulti::Pattern("__x64_sys_*kill");
    let link = program.attach_kprobe_multi(pattern, &options).unwrap();
    assert_eq!(hits_of(&object, "kprobe_multi", both), 1);
    drop(link);
    let unique = KprobeMulti::Unique("__x64_sys_kil?");
    let link = program.attach_kprobe_multi(unique, &options).unwrap();
    assert_eq!(hits_of(&object, "kprobe_multi", both), 1);
    drop(link);
    let several = KprobeMulti::Unique("__x64_sys_*kill");
    let error = program.attach_kprobe_multi(several, &options).unwrap_err();
    assert!(error.to_string().contains("`kprobe_multi`"), "{error}");

    // By the sections' names.
    for name in ["kprobe_multi_by_section", "kretprobe_multi"] {
        let link = object.program(name).unwrap().attach().unwrap();
        assert_eq!(link.info().unwrap().link_type, LinkType::KPROBE_MULTI);
        assert_eq!(hits_of(&object, name, both), 1, "{name}");
        link.detach().unwrap();
        assert_eq!(hits_of(&object, name, both), 0, "{name}");
    }
}

pub(crate) fn kernel_sessions_see_both_ends_of_a_call() {
    tracefs::mount();
    let object = load(&["kprobe_session"]);
    let program = object.program("kprobe_session").unwrap();
    let by_section = program.attach().unwrap();
    assert_eq!(hits_of(&object, "kprobe_session", call), 2);
    by_section.detach().unwrap();
    let options = ProbeMultiOptions {
        session: true,
        cookies: &[9],
        ..ProbeMultiOptions::default()
    };
    let link = program
        .attach_kprobe_multi(KprobeMulti::Functions(&[FUNCTION]), &options)
        .unwrap();
    assert_eq!(hits_of(&object, "kprobe_session", call), 2);
    assert_eq!(cookie(&object), 9);
    link.detach().unwrap();
    assert_eq!(hits_of(&object, "kprobe_session", call), 0);
}

pub(crate) fn system_calls_are_probed_by_name() {
    tracefs::mount();
    let object = load(&["ksyscall", "kretsyscall"]);
    for (name, on_return) in [("ksyscall", false), ("kretsyscall", true)] {
        let program = object.program(name).unwrap();
        let by_section = program.attach().unwrap();
        assert_eq!(hits_of(&object, name, call), 1);
        by_section.detach().unwrap();
        let options = KsyscallOptions {
            on_return,
            cookie: 17,
        };
        let link = program.attach_ksyscall("getppid", &options).unwrap();
        assert_eq!(hits_of(&object, name, call), 1);
        assert_eq!(cookie(&object), 17);
        link.detach().unwrap();
        assert_eq!(hits_of(&object, name, call), 0);
        let error = program
            .attach_ksyscall("no_such_call", &options)
            .unwrap_err();
        assert!(error.to_string().contains(name), "{error}");
    }
}

/// Attaches a tracing program with a cookie; it runs so often at a call.
fn trace(name: &str, attach_type: AttachType, runs: u64) {
    let traced = || kill().unwrap();
    let object = load(&[name]);
    let program = object.program(name).unwrap();
    let by_section = program.attach().unwrap();
    assert_eq!(hits_of(&object, name, traced), runs);
    by_section.detach().unwrap();
    assert_eq!(hits_of(&object, name, traced), 0);
    let link = program.attach_trace(18).unwrap();
    assert_eq!(hits_of(&object, name, traced), runs);
    assert_eq!(cookie(&object), 18);
    let LinkDetails::Tracing {
        attach_type: found,
        target_object_id,
        target_type_id,
        cookie,
    } = link.info().unwrap().details
    else {
        panic!("{:?}", link.info());
    };
    assert_eq!(found, attach_type);
    assert_eq!(cookie, if running_release() < (6, 17) { 0 } else { 18 });
    let info = program.info().unwrap();
    assert_eq!(
        (info.attach_btf_object_id, info.attach_btf_type_id),
        (target_object_id, target_type_id)
    );
    assert_ne!(target_type_id, 0);
}

pub(crate) fn functions_are_traced_at_entry_and_exit() {
    trace("fentry", AttachType::TRACE_FENTRY, 1);
    trace("fexit", AttachType::TRACE_FEXIT, 1);
}

pub(crate) fn a_traced_session_sees_both_ends_of_a_call() {
    trace("fsession", AttachType::TRACE_FSESSION, 2);
}

pub(crate) fn results_are_modified() {
    trace("fmod_ret", AttachType::MODIFY_RETURN, 1);
    let object = load(&["fmod_ret"]);
    let link = object.program("fmod_ret").unwrap().attach_trace(0).unwrap();
    let refused = -i64::from(libc::EPERM);
    let answer = object.variable::<u64>("answer").unwrap();
    answer.set(refused as u64);
    assert_eq!(kill(), Err(rustix::io::Errno::PERM));
    link.detach().unwrap();
    assert_eq!(kill(), Ok(()));
}

pub(crate) fn security_hooks_refuse() {
    let object = load(&["lsm"]);
    let program = object.program("lsm").unwrap();
    object.variable::<u64>("refuses").unwrap().set(1);
    let folder = tempfile::tempdir().unwrap();
    let make = |name: &str| std::fs::create_dir(folder.path().join(name));
    for by_section in [true, false] {
        let link = match by_section {
            true => program.attach().unwrap(),
            false => program.attach_lsm().unwrap(),
        };
        let LinkDetails::Tracing { attach_type, .. } = link.info().unwrap().details else {
            panic!("{:?}", link.info());
        };
        assert_eq!(attach_type, AttachType::LSM_MAC);
        let refused = || {
            let error = make("refused").unwrap_err();
            assert_eq!(error.raw_os_error(), Some(libc::EPERM));
        };
        assert_eq!(hits_of(&object, "lsm", refused), 1);
        link.detach().unwrap();
    }
    make("allowed").unwrap();
}

pub(crate) fn security_hooks_of_a_cgroup_run_their_program() {
    let object = load(&["lsm_cgroup"]);
    let program = object.program("lsm_cgroup").unwrap();
    let mut cgroup = Cgroup::new("lsm");
    cgroup.enter();
    let folder = cgroup.folder();
    let link = program
        .attach_cgroup(&folder, &CgroupOptions::default())
        .unwrap();
    let bind = || drop(std::net::UdpSocket::bind("127.0.0.1:0").unwrap());
    assert_eq!(hits_of(&object, "lsm_cgroup", bind), 1);
    let hook = Hook::new(Place::Cgroup(folder.as_fd()), AttachType::LSM_CGROUP);
    let attached = hook.attached().unwrap().programs;
    assert_eq!(attached.len(), 1);
    assert_eq!(attached[0].program_id, program.info().unwrap().id);
    let expected = LinkDetails::Cgroup {
        cgroup_id: cgroup.id(),
        attach_type: AttachType::LSM_CGROUP,
    };
    assert_eq!(link.info().unwrap().details, expected);
    link.detach().unwrap();
    assert_eq!(hits_of(&object, "lsm_cgroup", bind), 0);
}

pub(crate) fn kernel_functions_are_chosen_at_run_time() {
    let mut open = open(&["fentry"]);
    let mut program = open.program_mut("fentry").unwrap();
    let error = program
        .set_attach_target(None, "no_such_function")
        .unwrap_err();
    assert!(error.to_string().contains("no_such_function"), "{error}");
    assert!(program.set_attach_target(None, "a\0b").is_err());
    program
        .set_attach_target(None, "__x64_sys_readlink")
        .unwrap();
    let object = open.load().unwrap();
    let link = object.program("fentry").unwrap().attach().unwrap();
    let read = || drop(std::fs::read_link("/proc/self").unwrap());
    assert_eq!(hits_of(&object, "fentry", read), 1);
    assert_eq!(hits_of(&object, "fentry", || kill().unwrap()), 0);
    drop(link);
}
