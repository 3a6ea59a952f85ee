//! `skelgen min-btf`. What libbpf makes of it on the kernel is in `minimal_btf.rs`.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use libbpf_safe::btf::{Btf, KernelBtf, Kind, Minimal};
use libbpf_tests::project::{Project, run};
use libbpf_tests::skeletons::{CORE, READS};
use std::fs;

const KERNEL: &str = "/sys/kernel/btf/vmlinux";

#[test]
fn it_writes_what_the_library_makes() {
    let project = Project::new(&[]);
    project.take("core.bpf.o");
    project.take("reads.bpf.o");
    let arguments = ["min-btf", "core.bpf.o", "reads.bpf.o", "-o", "min.btf"];
    let (code, stdout, stderr) = run(&project, &arguments);
    assert_eq!(
        (code, stdout.as_str(), stderr.as_str()),
        (Some(0), "min.btf\n", "")
    );
    let kernel = KernelBtf::running().unwrap();
    let mut minimal = Minimal::of(&kernel);
    minimal.add_object("core", CORE).unwrap();
    minimal.add_object("reads", READS).unwrap();
    let written = fs::read(project.path("min.btf")).unwrap();
    assert!(written == minimal.build().unwrap().raw());
    // From a file, in another order, elsewhere.
    let arguments = ["min-btf", "--btf", KERNEL, "reads.bpf.o", "core.bpf.o"];
    run(&project, &[&arguments[..], &["-o", "again.btf"]].concat());
    assert!(written == fs::read(project.path("again.btf")).unwrap());
}

#[test]
fn a_kernel_that_has_none_of_it_is_no_failure() {
    let project = Project::new(&[]);
    project.take("reads.bpf.o");
    project.take("made_up_kernel.bpf.o");
    let arguments = ["min-btf", "--btf", "made_up_kernel.bpf.o", "reads.bpf.o"];
    let (code, _, stderr) = run(&project, &[&arguments[..], &["-o", "min.btf"]].concat());
    assert_eq!((code, stderr.as_str()), (Some(0), ""));
    let part = Btf::from_file(project.path("min.btf")).unwrap();
    assert_eq!(part.find("task_struct", Kind::Struct), None);
}

#[test]
fn what_is_no_object_is_named() {
    let project = Project::new(&[("text.bpf.o", "not an ELF file")]);
    project.take("reads.bpf.o");
    let cut = fs::read(project.path("reads.bpf.o")).unwrap();
    fs::write(project.path("cut.bpf.o"), &cut[..cut.len() / 2]).unwrap();
    for object in [
        "text.bpf.o",
        "cut.bpf.o",
        "gone.bpf.o",
        ".",
        "/dev/null",
        "/dev/zero",
    ] {
        let arguments = ["min-btf", object, "-o", "min.btf"];
        let (code, stdout, stderr) = run(&project, &arguments);
        assert_eq!((code, stdout.as_str()), (Some(1), ""), "{object}");
        assert!(stderr.starts_with("skelgen: cannot "), "{stderr}");
        assert!(stderr.contains(object), "{stderr}");
        assert!(!project.path("min.btf").exists(), "{object}");
    }
    let (code, _, stderr) = run(&project, &["min-btf", "reads.bpf.o"]);
    assert_eq!(code, Some(2));
    assert!(stderr.contains("--output <FILE>"), "{stderr}");
}
