//! Attachments and updates that are refused, and the one line that says why and what to do.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use libbpf_safe::{Error, ErrorKind};
use libbpf_tests::features::STRUCT_OPS_LINKS;
use libbpf_tests::kernel::has_congestion_control;
use libbpf_tests::kernel_tests;
use libbpf_tests::kernel_value::KernelValue;
use libbpf_tests::skeletons::{no_hook, tcp_shadow};
use std::process;

kernel_tests![
    all need STRUCT_OPS_LINKS;
    a_refused_attach_names_the_map_once,
    an_update_to_a_map_of_another_name_is_explained,
    a_map_that_is_attached_already_is_told_from_a_name_that_is_taken,
    a_plain_map_that_is_attached_already_is_told,
    a_section_that_names_no_hook_is_told,
    a_hook_that_the_kernel_lacks_is_told,
];

/// Names are the kernel's, for all processes; a test has its own first letters.
fn name(test: &str) -> String {
    format!("{test}_{}", process::id())
}

fn load(
    change: impl FnOnce(&mut tcp_shadow::StructOps<'_>),
) -> libbpf_safe::Result<tcp_shadow::Skeleton> {
    let mut open = tcp_shadow::OpenSkeleton::open()?;
    change(&mut open.parts().struct_ops);
    open.load()
}

fn line(error: &Error) -> String {
    let text = error.to_string();
    assert_eq!(text.lines().count(), 1, "{text}");
    text
}

fn a_refused_attach_names_the_map_once() {
    let skeleton = load(|maps| maps.shadowed.name.set("").unwrap()).unwrap();
    let error = skeleton.struct_ops.shadowed.attach().unwrap_err();
    assert_eq!(
        line(&error),
        "cannot attach struct_ops map `shadowed` of object `tcp_shadow`: the kernel refused it as a \
         `tcp_congestion_ops`: `name` is empty"
    );
}

fn an_update_to_a_map_of_another_name_is_explained() {
    let (first, second) = (name("u1"), name("u2"));
    let skeleton = load(|maps| {
        maps.shadowed.name.set(&first).unwrap();
        maps.second.name.set(&second).unwrap();
    })
    .unwrap();
    let mut link = skeleton.struct_ops.shadowed.attach().unwrap();
    let error = link.update(&skeleton.struct_ops.second).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::StructOpsRefused { .. }));
    assert_eq!(
        line(&error),
        format!(
            "cannot put in force struct_ops map `second` of object `tcp_shadow`: the kernel refused it as \
             a `tcp_congestion_ops`: `name` is \"{second}\" and not \"{first}\", and the kernel lets a \
             link be updated only to a map of the same name"
        )
    );
    assert_eq!(error.raw_os_error(), Some(22));

    // The one that was in force still is.
    assert_eq!(link.map().name(), "shadowed");
    let value = KernelValue::read(link.map(), "tcp_congestion_ops");
    assert_eq!(value.text("name"), first);
    assert!(has_congestion_control(&first) && !has_congestion_control(&second));
}

fn a_map_that_is_attached_already_is_told_from_a_name_that_is_taken() {
    let name = name("twice");
    let load = || load(|maps| maps.shadowed.name.set(&name).unwrap()).unwrap();
    let (one, other) = (load(), load());
    let link = one.struct_ops.shadowed.attach().unwrap();

    let again = one.struct_ops.shadowed.attach().unwrap_err();
    assert_eq!(again.kind(), &ErrorKind::AlreadyExists);
    assert_eq!(
        line(&again),
        format!(
            "cannot attach struct_ops map `shadowed` of object `tcp_shadow`: it exists already; this very \
             map is attached, by the link with id {}: keep that link, or detach it first",
            link.info().unwrap().id
        )
    );
    let taken = other.struct_ops.shadowed.attach().unwrap_err();
    assert_eq!(taken.kind(), &ErrorKind::AlreadyExists);
    assert_eq!(
        line(&taken),
        format!(
            "cannot attach struct_ops map `shadowed` of object `tcp_shadow`: it exists already; the kernel \
             has another one of the name \"{name}\": detach that, or choose another name before load"
        )
    );
    drop(link);
    assert!(!has_congestion_control(&name));
    drop(one.struct_ops.shadowed.attach().unwrap());
}

fn a_plain_map_that_is_attached_already_is_told() {
    let name = name("plain");
    let skeleton = load(|maps| maps.plain.name.set(&name).unwrap()).unwrap();
    let link = skeleton.struct_ops.plain.attach().unwrap();
    let once = "a map in a plain `.struct_ops` section is registered once";
    let error = skeleton.struct_ops.plain.attach().unwrap_err();
    assert!(line(&error).contains(once), "{error:?}");
    assert!(has_congestion_control(&name));
    link.detach().unwrap();
    let error = skeleton.struct_ops.plain.attach().unwrap_err();
    assert!(line(&error).contains(once), "{error:?}");
}

fn a_section_that_names_no_hook_is_told() {
    let skeleton = no_hook::OpenSkeleton::open().unwrap().load().unwrap();
    let programs = &skeleton.programs;
    for (program, hint) in [
        (
            &programs.classify,
            "SEC(\"tc\") does not say where, and cannot: it is for a network interface, which only the \
             program that runs knows",
        ),
        (&programs.receive, "SEC(\"xdp\") does not say where"),
        (&programs.device, "it is for a cgroup"),
        (
            &programs.run,
            "SEC(\"syscall\") is for programs that are run, not attached",
        ),
        (
            &programs.trace,
            "SEC(\"tp\") does not say where; write SEC(\"tp/CATEGORY/NAME\")",
        ),
        (
            &programs.raw_trace,
            "SEC(\"raw_tp\") does not say where; write SEC(\"raw_tp/NAME\")",
        ),
    ] {
        let error = program.attach().unwrap_err();
        let text = line(&error);
        assert!(text.contains(hint), "{hint:?} is not in: {text}");
        assert!(text.contains(program.name()), "{text}");
        assert_eq!(error.raw_os_error(), Some(95), "{error:?}");
    }
}

/// The kernel's own refusal is not taken for a section without a hook.
fn a_hook_that_the_kernel_lacks_is_told() {
    let skeleton = no_hook::OpenSkeleton::open().unwrap().load().unwrap();
    let error = skeleton.programs.misnamed.attach().unwrap_err();
    let text = line(&error);
    assert_eq!(error.kind(), &ErrorKind::NotFound, "{error:?}");
    assert!(text.contains("no/such_tracepoint"), "{text}");
    assert!(!text.contains("does not say where"), "{text}");
}
