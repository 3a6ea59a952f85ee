//! Loads that fail, and what their errors say. Each case leaves as many descriptors open as there were.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "errors/unloadable.rs"]
mod unloadable;

use libbpf_safe::map::{HashMap, UpdateFlag};
use libbpf_safe::{Error, ErrorKind, OpenObject, OpenOptions, StructOpsProblemKind};
use libbpf_tests::features::STRUCT_OPS_LINKS;
use libbpf_tests::kernel::{KernelTest, run_where};
use libbpf_tests::kernel::{congestion_controls, has_congestion_control, open_descriptors};
use libbpf_tests::skeletons::{
    NO_BTF, OTHER_ORDER, kfunc, lacking, misfits, small_maps, tcp_shadow, verifier,
};
use std::error::Error as _;
use std::process::{Command, ExitCode};
use std::sync::{Mutex, PoisonError};

/// Those that load a map of `.struct_ops.link`, and look beyond that.
const NEED_LINKS: &[&str] = &[
    "members_that_the_kernel_lacks_are_listed",
    "members_of_another_size_or_kind_are_named",
    "members_left_at_zero_do_no_harm",
    "required_callbacks_are_named",
    "bad_names_are_explained",
    "a_set_key_is_explained",
    "a_name_that_is_taken_is_told",
    "the_map_in_force_is_not_put_in_force_again",
    "map_operations_say_what_is_wrong",
    "a_program_that_is_off_is_told",
    "a_program_of_another_object_is_told",
    "a_data_pointer_is_told",
];

/// Says which case a child process shall run.
const CHILD: &str = "ERRORS_CHILD";

fn main() -> ExitCode {
    match std::env::var(CHILD).as_deref() {
        Ok("load") => return child(tcp_shadow::OpenSkeleton::open().unwrap().load().map(drop)),
        Ok("verifier") => return child(only_two_programs().map(drop)),
        _ => {}
    }
    let tests: &[KernelTest] = &[
        ("a_rejected_program_is_named_with_its_log", rejected_program),
        (
            "pointers_without_a_tag_are_a_matter_of_the_compiler",
            pointers_without_a_tag,
        ),
        ("a_missing_kfunc_is_named", missing_kfunc),
        (
            "what_libbpf_gives_up_says_why_and_what_to_do",
            unloadable::what_libbpf_gives_up_says_why_and_what_to_do,
        ),
        ("members_that_the_kernel_lacks_are_listed", lacking_members),
        ("members_left_at_zero_do_no_harm", lacking_members_at_zero),
        (
            "members_of_another_size_or_kind_are_named",
            misfitting_members,
        ),
        ("required_callbacks_are_named", missing_callbacks),
        ("bad_names_are_explained", bad_names),
        ("a_set_key_is_explained", set_key),
        ("an_object_without_btf_is_told", object_without_btf),
        ("what_is_no_object_is_told", no_object),
        ("the_other_byte_order_is_refused_at_load", other_order),
        ("a_kernel_without_btf_is_told", || {
            leaves_nothing(kernel_without_btf)
        }),
        ("no_privilege_is_told", || leaves_nothing(no_privilege)),
        ("nothing_is_printed", || leaves_nothing(nothing_is_printed)),
        ("a_name_that_is_taken_is_told", name_taken),
        ("the_map_in_force_is_not_put_in_force_again", same_map_again),
        ("a_program_that_is_off_is_told", program_off),
        ("a_program_of_another_object_is_told", foreign_program),
        ("a_data_pointer_is_told", data_pointer),
        ("map_operations_say_what_is_wrong", map_operations),
    ];
    run_where(NEED_LINKS, STRUCT_OPS_LINKS, tests)
}

/// Prints the error as `fn main() -> Result` would, for the parent to read.
fn child(result: libbpf_safe::Result<()>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("{error:?}");
            ExitCode::FAILURE
        }
    }
}

/// One case at a time, with as many descriptors and congestion controls after it as before.
fn leaves_nothing(case: impl FnOnce()) {
    static ONE: Mutex<()> = Mutex::new(());
    let _one = ONE.lock().unwrap_or_else(PoisonError::into_inner);
    let before = (open_descriptors(), congestion_controls());
    case();
    assert_eq!((open_descriptors(), congestion_controls()), before);
}

/// What holds for every error: one line, and no repetition of its source.
fn one_line(error: &Error) -> String {
    let text = error.to_string();
    assert!(!text.contains('\n'), "{text}");
    if let Some(source) = error.source() {
        assert!(!text.contains(&source.to_string()), "{text}");
    }
    text
}

fn says(error: &Error, words: &[&str]) {
    let text = one_line(error);
    for word in words {
        assert!(text.contains(word), "{word:?} is not in: {text}\n{error:?}");
    }
}

fn pointers_without_a_tag() {
    let mut open = OpenObject::from_bytes("verifier", &verifier::OBJECT.0).unwrap();
    for mut program in open.programs() {
        let wanted = program.name() == "no_pointer";
        program.set_autoload(wanted);
    }
    let error = open.load().unwrap_err();
    says(&error, &["`no_pointer`", "kptr"]);
    assert!(error.hint().unwrap().contains("clang before version 15"));
}

fn rejected_program() {
    leaves_nothing(|| {
        let error = only_two_programs().unwrap_err();
        let ErrorKind::VerifierRejected { program, log } = error.kind() else {
            panic!("{error:?}");
        };
        assert_eq!(
            program, "no_field",
            "and not `fine`, which is loaded before it"
        );
        says(&error, &["load object `verifier`", "`no_field`"]);
        assert!(log.lines().count() > 1, "{log}");
        assert!(format!("{error:?}").contains(log.lines().next().unwrap()));
        assert_eq!(error.verifier_log(), Some(log.as_str()));
    });
}

/// Loads `fine` and `no_field` out of an object with several programs that no kernel takes.
fn only_two_programs() -> libbpf_safe::Result<libbpf_safe::Object> {
    let mut open = OpenObject::from_bytes("verifier", &verifier::OBJECT.0)?;
    for mut program in open.programs() {
        let wanted = matches!(program.name(), "fine" | "no_field");
        program.set_autoload(wanted);
    }
    open.load()
}

fn missing_kfunc() {
    leaves_nothing(|| {
        let error = kfunc::OpenSkeleton::open().unwrap().load().unwrap_err();
        says(&error, &["load object `kfunc`", "no_such_kfunc", "__weak"]);
    });
}

fn lacking_members() {
    leaves_nothing(|| {
        let mut open = lacking::OpenSkeleton::open().unwrap();
        let parts = open.parts();
        parts.struct_ops.lacking.no_such_setting = 1;
        parts.struct_ops.lacking.no_such_callback = Some(parts.programs.cong_avoid.callback());
        parts.struct_ops.lacking.cong_avoid = None;
        let error = open.load().unwrap_err();
        let ErrorKind::StructOps(first) = error.kind() else {
            panic!("{error:?}");
        };
        assert_eq!(first.kind, StructOpsProblemKind::KernelNoMember);
        says(
            &error,
            &[
                "`lacking`",
                "'no_such_callback'",
                "one more problem",
                "zero or None",
            ],
        );
        let more = error.further_problems();
        assert_eq!(more.len(), 1, "{error:?}");
        assert_eq!(more.first().unwrap().member, "no_such_setting");
    });
}

fn lacking_members_at_zero() {
    leaves_nothing(|| {
        let skeleton = lacking::OpenSkeleton::open().unwrap().load().unwrap();
        drop(skeleton.struct_ops.lacking.attach().unwrap());
    });
}

fn misfitting_members() {
    leaves_nothing(|| {
        for (map, kind, hint) in [
            (
                "wrong_size",
                StructOpsProblemKind::KernelMemberSize,
                "vmlinux.h",
            ),
            (
                "wrong_kind",
                StructOpsProblemKind::KernelMemberKind,
                "vmlinux.h",
            ),
            ("unknown", StructOpsProblemKind::KernelNoType, "subsystem"),
        ] {
            let mut open = OpenObject::from_bytes("misfits", &misfits::OBJECT.0).unwrap();
            open.map_mut(map).unwrap().set_autocreate(true).unwrap();
            let error = open.load().unwrap_err();
            let ErrorKind::StructOps(problem) = error.kind() else {
                panic!("{error:?}");
            };
            assert_eq!((problem.kind, problem.map.as_str()), (kind, map));
            says(&error, &["`misfits`", &format!("'{map}'"), hint]);
        }
    });
}

/// Loads with a changed shadow copy, and attaches.
fn refused(change: impl FnOnce(&mut tcp_shadow::shadow::tcp_congestion_ops<'_>)) -> Error {
    let mut open = tcp_shadow::OpenSkeleton::open().unwrap();
    change(open.parts().struct_ops.shadowed);
    let skeleton = open.load().unwrap();
    skeleton.struct_ops.shadowed.attach().unwrap_err()
}

fn missing_callbacks() {
    leaves_nothing(|| {
        let error = refused(|ops| {
            ops.name.set("t_callbacks").unwrap();
            ops.ssthresh = None;
            ops.cong_avoid = None;
        });
        assert!(
            matches!(error.kind(), ErrorKind::StructOpsRefused { .. }),
            "{error:?}"
        );
        says(
            &error,
            &[
                "`shadowed`",
                "`ssthresh` is required",
                "`cong_avoid` and `cong_control`",
            ],
        );
        assert_eq!(error.raw_os_error(), Some(22));
    });
}

fn bad_names() {
    leaves_nothing(|| {
        says(
            &refused(|ops| ops.name.set("my-cc").unwrap()),
            &["my-cc", "'-' is not allowed"],
        );
        says(
            &refused(|ops| ops.name.set("").unwrap()),
            &["`name` is empty"],
        );
    });
}

fn set_key() {
    leaves_nothing(|| {
        let error = refused(|ops| {
            ops.name.set("t_key").unwrap();
            ops.key = 7;
        });
        says(&error, &["`key` must stay zero"]);
    });
}

fn object_without_btf() {
    leaves_nothing(|| {
        let error = OpenObject::from_bytes("no_btf", NO_BTF).unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::ObjectBtfMissing, "{error:?}");
        says(&error, &["`no_btf`", "-g"]);
    });
}

fn no_object() {
    leaves_nothing(|| {
        let object: &[u8] = &tcp_shadow::OBJECT.0;
        for length in (0..object.len()).step_by(997) {
            let bytes = object.get(..length).unwrap();
            let error = OpenObject::from_bytes("cut", bytes).unwrap_err();
            says(&error, &["open object `cut`"]);
        }
        let error = OpenObject::from_file("/nowhere/x.bpf.o").unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::NotFound);
        says(&error, &["/nowhere/x.bpf.o"]);
        let error = OpenObject::from_file("x\0y").unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::InvalidInput { .. }));
        says(&error, &["NUL"]);
        let error = OpenOptions::new().open_bytes(object).unwrap_err();
        says(&error, &["name"]);
    });
}

fn other_order() {
    leaves_nothing(|| {
        let error = OpenObject::from_bytes("other", OTHER_ORDER)
            .unwrap()
            .load()
            .unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::OtherByteOrder, "{error:?}");
        says(&error, &["`other`", "byte order", "-target bpf"]);
    });
}

/// This program again, in a child, through another one.
fn again(program: &str, arguments: &[&str], case: &str) -> std::process::Output {
    Command::new(program)
        .args(arguments)
        .arg(std::env::current_exe().unwrap())
        .env(CHILD, case)
        .output()
        .unwrap()
}

fn kernel_without_btf() {
    let script = "mount -t tmpfs none /sys/kernel/btf && exec \"$0\"";
    let output = again("unshare", &["--mount", "sh", "-c", script], "load");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(!output.status.success());
    assert!(
        text.contains("the running kernel offers no BTF"),
        "{output:?}"
    );
    assert!(text.contains("CONFIG_DEBUG_INFO_BTF"), "{text}");
}

fn no_privilege() {
    // A place that everybody can read.
    let folder = tempfile::tempdir_in("/tmp").unwrap();
    let copy = folder.path().join("errors");
    std::fs::copy(std::env::current_exe().unwrap(), &copy).unwrap();
    let open = <std::fs::Permissions as std::os::unix::fs::PermissionsExt>::from_mode(0o755);
    std::fs::set_permissions(folder.path(), open.clone()).unwrap();
    std::fs::set_permissions(&copy, open).unwrap();
    let output = Command::new("setpriv")
        .args([
            "--reuid=65534",
            "--regid=65534",
            "--clear-groups",
            "--inh-caps=-all",
        ])
        .arg(&copy)
        .env(CHILD, "load")
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(
        text.contains("permission denied") && text.contains("CAP_BPF"),
        "{output:?}"
    );
}

fn nothing_is_printed() {
    let output = again("env", &[], "verifier");
    assert!(output.stderr.is_empty(), "{output:?}");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(text.contains("verifier log:\n"), "{text}");
}

fn name_taken() {
    leaves_nothing(|| {
        let load = || {
            let mut open = tcp_shadow::OpenSkeleton::open().unwrap();
            open.parts()
                .struct_ops
                .shadowed
                .name
                .set("t_taken")
                .unwrap();
            open.load().unwrap()
        };
        let (first, second) = (load(), load());
        let _link = first.struct_ops.shadowed.attach().unwrap();
        let error = second.struct_ops.shadowed.attach().unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::AlreadyExists);
        says(&error, &["`shadowed`", "another name"]);
    });
}

fn same_map_again() {
    leaves_nothing(|| {
        let mut open = tcp_shadow::OpenSkeleton::open().unwrap();
        open.parts().struct_ops.shadowed.name.set("t_same").unwrap();
        let skeleton = open.load().unwrap();
        let mut link = skeleton.struct_ops.shadowed.attach().unwrap();
        // The kernel would add it to its list a second time, and die of it.
        link.update(&skeleton.struct_ops.shadowed).unwrap();
        assert!(has_congestion_control("t_same"));
        let error = link.update(&skeleton.struct_ops.plain).unwrap_err();
        says(&error, &["`plain`", ".struct_ops.link"]);
    });
}

fn program_off() {
    leaves_nothing(|| {
        let mut open = tcp_shadow::OpenSkeleton::open().unwrap();
        open.parts().programs.set_state.set_autoload(false);
        let error = open.load().unwrap_err();
        says(
            &error,
            &["'set_state'", "autoload was switched off", "None"],
        );
    });
}

fn foreign_program() {
    leaves_nothing(|| {
        let mut one = tcp_shadow::OpenSkeleton::open().unwrap();
        let mut other = tcp_shadow::OpenSkeleton::open().unwrap();
        std::mem::swap(
            one.parts().struct_ops.shadowed,
            other.parts().struct_ops.shadowed,
        );
        drop(other);
        let error = one.load().unwrap_err();
        let ErrorKind::StructOps(problem) = error.kind() else {
            panic!("{error:?}");
        };
        assert_eq!(problem.kind, StructOpsProblemKind::ForeignProgram);
        says(&error, &["'shadowed'", "not of this object"]);
    });
}

fn data_pointer() {
    leaves_nothing(|| {
        let mut open = tcp_shadow::OpenSkeleton::open().unwrap();
        let owner = libbpf_safe::data::Pointer::from_address(8);
        open.parts().struct_ops.shadowed.owner = owner;
        says(&open.load().unwrap_err(), &["'shadowed'", "owner", "NULL"]);
    });
}

fn map_operations() {
    leaves_nothing(|| {
        let skeleton = tcp_shadow::OpenSkeleton::open().unwrap().load().unwrap();
        let counts = &skeleton.maps.counts;
        let value = tcp_shadow::types::event_count::default();
        counts.update(&1, &value, UpdateFlag::NoExist).unwrap();
        let error = counts.update(&1, &value, UpdateFlag::NoExist).unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::AlreadyExists);
        let error = counts.update(&2, &value, UpdateFlag::Exist).unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::NotFound);
        for key in 2..=8 {
            counts.update(&key, &value, UpdateFlag::Any).unwrap();
        }
        says(
            &counts.update(&9, &value, UpdateFlag::Any).unwrap_err(),
            &["`counts`", "8 elements"],
        );
        assert_eq!(counts.iter().map(Result::unwrap).count(), 8);
        assert!(counts.delete(&8).unwrap() && !counts.delete(&8).unwrap());

        let marks = &skeleton.maps.marks;
        marks.update(3, &42).unwrap();
        assert_eq!(marks.iter().map(Result::unwrap).last(), Some(42));
        assert_eq!(marks.lookup(4).unwrap(), None);
        says(
            &marks.update(4, &1).unwrap_err(),
            &["`marks`", "4 elements"],
        );
        let map = marks.as_map().clone();
        says(
            &map.lookup_bytes(&[0]).unwrap_err(),
            &["`marks`", "key", "4 bytes"],
        );
        says(
            &HashMap::<u8, u8>::try_from(map).unwrap_err(),
            &["`marks`", "hash", "array"],
        );
        drop(small_maps::OpenSkeleton::open().unwrap().load().unwrap());
    });
}
