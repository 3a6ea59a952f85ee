//! What a user without `unsafe` does to a skeleton that nobody thought of: it ends in an error that says so,
//! and leaves nothing behind.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use libbpf_safe::map::Map;
use libbpf_safe::struct_ops::{StructOpsLink, StructOpsMap};
use libbpf_safe::{Error, OpenObject, OpenOptions};
use libbpf_tests::features::STRUCT_OPS_LINKS;
use libbpf_tests::kernel::{has_congestion_control, open_descriptors};
use libbpf_tests::skeletons::tcp_shadow;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use std::cell::RefCell;
use std::io::{Read, Write};
use std::process::{self, Child, Command, ExitCode, Stdio};
use std::time::{Duration, Instant};
use std::{env, fs, thread};

/// Those that load maps of `.struct_ops.link`.
const NEED_LINKS: &[&str] = &[
    "handles_are_used_while_their_thread_ends",
    "too_few_descriptors_are_told_and_none_is_lost",
    "a_process_that_is_killed_leaves_only_its_plain_maps_registered",
    "a_child_process_keeps_nothing_attached",
    "objects_may_have_any_name",
    "huge_maps_are_refused_by_name",
    "a_capability_that_is_missing_is_named",
];

/// Says what a child process shall do.
const CHILD: &str = "MISUSE_CHILD";

fn main() -> ExitCode {
    match env::var(CHILD).as_deref() {
        Ok("descriptors") => return too_few_descriptors(),
        Ok("attached") => return stay_attached(),
        Ok("attach") => return attach_once(),
        _ => {}
    }
    libbpf_tests::kernel::run_where(
        NEED_LINKS,
        STRUCT_OPS_LINKS,
        &[
            (
                "handles_are_used_while_their_thread_ends",
                used_while_the_thread_ends,
            ),
            (
                "too_few_descriptors_are_told_and_none_is_lost",
                descriptors_run_out,
            ),
            (
                "a_process_that_is_killed_leaves_only_its_plain_maps_registered",
                killed,
            ),
            (
                "a_child_process_keeps_nothing_attached",
                child_keeps_nothing,
            ),
            ("objects_may_have_any_name", any_name),
            ("an_error_is_one_line_whatever_the_names", one_line_whatever),
            ("files_that_are_no_objects_are_told", no_objects),
            ("huge_maps_are_refused_by_name", huge_maps),
            ("a_capability_that_is_missing_is_named", capability_missing),
        ],
    )
}

fn load(linked: &str, plain: &str) -> libbpf_safe::Result<tcp_shadow::Skeleton> {
    let mut open = tcp_shadow::OpenSkeleton::open()?;
    let maps = open.parts().struct_ops;
    maps.shadowed.name.set(linked).unwrap();
    maps.plain.name.set(plain).unwrap();
    open.load()
}

/// This program again, as a child that does `what`.
fn again(what: &str) -> Command {
    let mut command = Command::new(env::current_exe().unwrap());
    command.env(CHILD, what);
    command
}

fn comes_true(condition: impl Fn() -> bool) -> bool {
    let end = Instant::now() + Duration::from_secs(10);
    while !condition() {
        if Instant::now() >= end {
            return false;
        }
        thread::sleep(Duration::from_millis(1));
    }
    true
}

/// Attaches when it is dropped, by when the thread has lost most of what it had.
struct Late(StructOpsMap, StructOpsMap);

impl Drop for Late {
    fn drop(&mut self) {
        let link = self.0.attach().unwrap();
        // Refused, with what libbpf says meanwhile.
        assert!(self.0.attach().is_err());
        drop(link);
        assert!(!self.1.has_link());
    }
}

fn used_while_the_thread_ends() {
    thread_local! {
        static FIRST: RefCell<Option<Late>> = const { RefCell::new(None) };
        static LAST: RefCell<Option<Late>> = const { RefCell::new(None) };
    }
    let name = format!("late{}", process::id());
    let thread = |first: bool| {
        let name = name.clone();
        thread::spawn(move || {
            // Destructors run in an order that depends on which value was there first.
            let keep = |map: Option<Late>| {
                if first {
                    FIRST.with(|late| *late.borrow_mut() = map);
                } else {
                    LAST.with(|late| *late.borrow_mut() = map);
                }
            };
            keep(None);
            let skeleton = load(&name, "unused").unwrap();
            let maps = skeleton.struct_ops.clone();
            FIRST.with(|late| *late.borrow_mut() = Some(Late(maps.shadowed, maps.plain)));
            drop(skeleton);
        })
        .join()
    };
    assert!(thread(true).is_ok());
    assert!(thread(false).is_ok());
    assert!(comes_true(|| !has_congestion_control(&name)));
}

/// Opens, loads and attaches with ever more room for descriptors, until there is enough.
fn too_few_descriptors() -> ExitCode {
    let name = format!("few{}", process::id());
    let limit = getrlimit(Resource::Nofile);
    let before = open_descriptors();
    // The count has the descriptor of the folder that was counted in it.
    let used = u64::try_from(before).unwrap() - 1;
    for spare in 0..200 {
        let tight = Rlimit {
            current: Some(used + spare),
            ..limit
        };
        setrlimit(Resource::Nofile, tight).unwrap();
        let result = load(&name, "unused").and_then(|skeleton| {
            drop(skeleton.struct_ops.shadowed.attach()?);
            drop(skeleton.programs.on_sys_enter.attach()?);
            skeleton.struct_ops.shadowed.to_map().map(drop)
        });
        setrlimit(Resource::Nofile, limit).unwrap();
        assert_eq!(open_descriptors(), before, "with {spare} to spare");
        match result {
            Ok(()) => {
                println!("enough: {spare}");
                return ExitCode::SUCCESS;
            }
            Err(error) => println!("{spare} {:?}: {error}", error.raw_os_error()),
        }
    }
    ExitCode::FAILURE
}

fn descriptors_run_out() {
    let output = again("descriptors").output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{output:?}");
    let errors: Vec<_> = text
        .lines()
        .filter(|line| !line.starts_with("enough"))
        .collect();
    assert!(errors.len() > 5, "{text}");
    for error in errors {
        assert!(error.contains("too many open files: close some"), "{text}");
    }
}

/// Attaches both kinds of maps, says so, and waits for its end.
fn stay_attached() -> ExitCode {
    let process = process::id();
    let skeleton = load(&format!("kl{process}"), &format!("kp{process}")).unwrap();
    let _link = skeleton.struct_ops.shadowed.attach().unwrap();
    let _plain = skeleton.struct_ops.plain.attach().unwrap();
    let id = skeleton.struct_ops.plain.to_map().unwrap().info().id;
    println!("{id}");
    std::io::stdout().flush().unwrap();
    let _ = std::io::stdin().read(&mut [0]);
    ExitCode::SUCCESS
}

fn start_attached() -> (Child, u32) {
    let mut child = again("attached")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let mut byte = [0];
    let output = child.stdout.as_mut().unwrap();
    while output.read(&mut byte).unwrap() == 1 && byte != *b"\n" {
        line.push(char::from(byte[0]));
    }
    (child, line.parse().unwrap())
}

fn killed() {
    let (mut child, id) = start_attached();
    let (linked, plain) = (format!("kl{}", child.id()), format!("kp{}", child.id()));
    assert!(has_congestion_control(&linked) && has_congestion_control(&plain));
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(comes_true(|| !has_congestion_control(&linked)));
    // The kernel keeps it: what `StructOpsMap::attach` says about plain maps, and its way out.
    assert!(has_congestion_control(&plain));
    let map = Map::from_id(id).unwrap();
    assert!(map.delete_bytes(&0u32.to_ne_bytes()).unwrap());
    assert!(comes_true(|| !has_congestion_control(&plain)));
}

/// Descriptors are closed when another program is executed.
fn child_keeps_nothing() {
    let process = process::id();
    let (linked, plain) = (format!("cl{process}"), format!("cp{process}"));
    let skeleton = load(&linked, &plain).unwrap();
    let links: [StructOpsLink; 2] = [
        skeleton.struct_ops.shadowed.attach().unwrap(),
        skeleton.struct_ops.plain.attach().unwrap(),
    ];
    let map = skeleton.maps.counts.as_map().info().id;
    let mut child = Command::new("sleep").arg("60").spawn().unwrap();
    drop((links, skeleton));
    let gone = comes_true(|| !has_congestion_control(&linked) && !has_congestion_control(&plain))
        && comes_true(|| Map::from_id(map).is_err());
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(gone);
}

const NAMES: &[&str] = &[
    "",
    " ",
    ".",
    "..",
    "/",
    "a/b",
    "größe",
    "a\nb",
    "%s%n%d",
    "😀",
    ".rodata",
    "x.data",
    "a name that is so long that the kernel cuts it, with spaces and (signs) in it, and then some more",
];

fn any_name() {
    for name in NAMES {
        let options = OpenOptions::new().name(*name);
        let open = tcp_shadow::OpenSkeleton::open_with(&options)
            .unwrap_or_else(|error| panic!("{name:?}: {error:?}"));
        let skeleton = open
            .load()
            .unwrap_or_else(|error| panic!("{name:?}: {error:?}"));
        assert_eq!(skeleton.object.name(), *name);
    }
}

fn one_line_whatever() {
    for name in NAMES {
        for error in [
            OpenObject::from_bytes(name, b"no object").unwrap_err(),
            OpenObject::from_file(format!("/nowhere/{name}")).unwrap_err(),
            OpenObject::from_bytes(name, &tcp_shadow::OBJECT.0)
                .unwrap()
                .map_mut(name)
                .unwrap_err(),
        ] {
            let text = error.to_string();
            assert_eq!(text.lines().count(), 1, "{text:?}");
            assert!(!text.contains(char::is_control), "{text:?}");
        }
    }
}

fn no_objects() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::write(path("empty.bpf.o"), b"").unwrap();
    fs::write(path("text.bpf.o"), "SEC(\"xdp\")\n".repeat(1000)).unwrap();
    fs::copy(env::current_exe().unwrap(), path("program.bpf.o")).unwrap();
    let files = [
        path("empty.bpf.o"),
        path("text.bpf.o"),
        path("program.bpf.o"),
        folder.path().to_owned(),
        "/dev/null".into(),
        "/dev/zero".into(),
        "/proc/self/maps".into(),
        "".into(),
    ];
    for file in files {
        let error = OpenObject::from_file(&file).unwrap_err();
        let text = error.to_string();
        assert!(text.contains(file.to_str().unwrap()), "{text}");
        // Only load reads it, for relocations; what may have no end is refused before.
        let options = OpenOptions::new().btf_path(&file).name("x");
        let loaded = options
            .open_bytes(&tcp_shadow::OBJECT.0)
            .and_then(OpenObject::load);
        let text = loaded.unwrap_err().to_string();
        assert!(
            text.contains(&format!("BTF `{}`", file.display())),
            "{text}"
        );
    }
    let options = OpenOptions::new().kconfig("CONFIG_X=y\0").name("x");
    let error = options.open_bytes(&tcp_shadow::OBJECT.0).unwrap_err();
    assert!(
        error.to_string().contains("the kconfig has a NUL inside"),
        "{error:?}"
    );
}

fn huge_maps() {
    for entries in [0, u32::MAX] {
        let mut open = tcp_shadow::OpenSkeleton::open().unwrap();
        let mut maps = open.parts().maps;
        maps.counts.set_max_entries(entries).unwrap();
        let error: Error = open.load().unwrap_err();
        let text = error.to_string();
        assert!(text.contains("'counts'"), "{text}");
    }
}

fn attach_once() -> ExitCode {
    let name = format!("cap{}", process::id());
    let result = load(&name, "unused").and_then(|skeleton| skeleton.struct_ops.shadowed.attach());
    match result {
        Ok(_) => ExitCode::SUCCESS,
        Err(error) => {
            println!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// Some, but not all of what it takes.
fn capability_missing() {
    let folder = tempfile::tempdir_in("/tmp").unwrap();
    let copy = folder.path().join("misuse");
    fs::copy(env::current_exe().unwrap(), &copy).unwrap();
    let open = <fs::Permissions as std::os::unix::fs::PermissionsExt>::from_mode(0o755);
    fs::set_permissions(folder.path(), open.clone()).unwrap();
    fs::set_permissions(&copy, open).unwrap();
    for (has, lacks) in [
        ("+bpf,+perfmon", None),
        ("+bpf,+net_admin", Some("CAP_PERFMON")),
        ("+perfmon,+net_admin", Some("CAP_BPF")),
    ] {
        let output = Command::new("setpriv")
            .args(["--reuid=65534", "--regid=65534", "--clear-groups"])
            .arg(format!("--inh-caps=-all,{has}"))
            .arg(format!("--ambient-caps=-all,{has}"))
            .arg(&copy)
            .env(CHILD, "attach")
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stdout);
        match lacks {
            None => assert!(output.status.success(), "{output:?}"),
            Some(lacks) => assert!(
                text.contains(&format!("permission denied; this process lacks {lacks} (")),
                "with {has}: {output:?}"
            ),
        }
    }
}
