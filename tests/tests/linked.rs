//! Several sources in one object: `skelgen link`, and `Builder::linked`.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use libbpf_safe::btf::{Btf, Kind, Type};
use libbpf_safe::{ErrorKind, Linker, ObjectFile};
use libbpf_tests::project::{Project, run};
use skelgen::Builder;
use std::fs;
use std::path::{Path, PathBuf};

const ONE: &str = "\
#include \"vmlinux.h\"
#include <bpf/bpf_helpers.h>
char LICENSE[] SEC(\"license\") = \"GPL\";
long first = 1;
__weak int shared = 2;
extern int count(int by);
SEC(\"tc\") int one(void *ctx) { return count(shared); }
";

const TWO: &str = "\
#include \"vmlinux.h\"
#include <bpf/bpf_helpers.h>
long more[3] = { 4, 5, 6 };
int shared = 7;
__noinline int count(int by) { more[0] += by; return more[0]; }
SEC(\"tc\") int two(void *ctx) { return count(shared); }
";

/// Compiles each source by itself: the objects.
fn objects(project: &Project, sources: &[&str]) -> Vec<PathBuf> {
    let out = project.path("alone");
    let object = |name: &&str| {
        let builder = Builder::new().source(project.path(name)).out_dir(&out);
        // No skeleton of one that needs the others: libbpf does not open it.
        let _ = builder.generate();
        out.join(name).with_extension("o")
    };
    sources.iter().map(object).collect()
}

fn linked(project: &Project, out: &str) -> skelgen::Result<skelgen::Generated> {
    let files = ["one.bpf.c", "two.bpf.c"].map(|name| project.path(name));
    let all = Builder::new()
        .linked("app", files)
        .out_dir(project.path(out))
        .generate()?;
    Ok(all.into_iter().next().unwrap())
}

fn project() -> Project {
    Project::new(&[("one.bpf.c", ONE), ("two.bpf.c", TWO)])
}

#[test]
fn several_sources_are_one_skeleton() {
    let project = project();
    let generated = linked(&project, "out").unwrap();
    assert_eq!(generated.skeleton, project.path("out/app.skel.rs"));
    assert_eq!(generated.object, project.path("out/app.bpf.o"));
    let skeleton = fs::read_to_string(&generated.skeleton).unwrap();
    assert!(skeleton.contains("pub mod app {"));
    for part in ["one", "two"] {
        assert!(skeleton.contains(&format!("pub {part}: ")), "{part}");
        let source = project.path(&format!("{part}.bpf.c"));
        assert!(generated.dependencies.contains(&source), "{generated:?}");
    }
    let left: Vec<_> = fs::read_dir(project.path("out"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".o"))
        .collect();
    assert_eq!(left, ["app.bpf.o"]);
    let object = ObjectFile::read(&generated.object).unwrap();
    assert_eq!(object.programs().len(), 2);
}

#[test]
fn an_object_may_be_among_the_sources() {
    let project = project();
    let object = objects(&project, &["two.bpf.c"]).remove(0);
    let all = Builder::new()
        .linked("app", [project.path("one.bpf.c"), object.clone()])
        .out_dir(project.path("out"))
        .generate()
        .unwrap();
    assert!(all[0].dependencies.contains(&object));
    let whole = linked(&project, "whole").unwrap().object;
    let programs = |path: &Path| ObjectFile::read(path).unwrap().programs().len();
    assert_eq!(programs(&all[0].object), programs(&whole));
}

#[test]
fn two_builds_in_different_folders_are_the_same_bytes() {
    let bytes = || {
        let project = project();
        let generated = linked(&project, "out").unwrap();
        let read = |path: &Path| fs::read(path).unwrap();
        (read(&generated.object), read(&generated.skeleton))
    };
    let (once, again) = (bytes(), bytes());
    assert!(once.0 == again.0, "the objects differ");
    assert!(once.1 == again.1, "the skeletons differ");
}

#[test]
fn a_second_build_writes_nothing() {
    let project = project();
    let generated = linked(&project, "out").unwrap();
    let times = || {
        [&generated.object, &generated.skeleton]
            .map(|path| fs::metadata(path).unwrap().modified().unwrap())
    };
    let before = times();
    linked(&project, "out").unwrap();
    assert_eq!(before, times());
}

#[test]
fn contradictions_name_the_file_and_the_declaration() {
    let project = project();
    project.write(
        "two.bpf.c",
        &TWO.replace("long more", "long first = 3, more"),
    );
    let message = linked(&project, "out").unwrap_err().to_string();
    for wanted in ["one.bpf.c", "two.bpf.c", "`first`", "defined twice"] {
        assert!(message.contains(wanted), "{wanted} in: {message}");
    }
    let objects = objects(&project, &["one.bpf.c", "two.bpf.c"]);
    let out = project.path("app.bpf.o");
    fs::write(&out, "what was there").unwrap();
    let linker = objects.iter().fold(Linker::new(&out), Linker::file);
    let error = linker.link().unwrap_err();
    let ErrorKind::LinkConflict { name, other, .. } = error.kind() else {
        panic!("{error:?}");
    };
    assert_eq!((name.as_str(), other.as_ref()), ("first", objects.first()));
    assert_eq!(fs::read_to_string(&out).unwrap(), "what was there");
    project.write(
        "two.bpf.c",
        &TWO.replace("int count(int by)", "int count(long by)"),
    );
    let message = linked(&project, "out").unwrap_err().to_string();
    assert!(message.contains("`count` is in conflict with"), "{message}");
}

#[test]
fn names_that_cannot_be_are_refused() {
    let project = project();
    let build = |builder: Builder| {
        let result = builder.out_dir(project.path("out")).generate();
        result.unwrap_err().to_string()
    };
    let none: [PathBuf; 0] = [];
    assert!(build(Builder::new().linked("app", none)).contains("nothing to link into `app`"));
    let one = || [project.path("one.bpf.c")];
    let message = build(Builder::new().linked("a/b", one()));
    assert!(message.contains("`a/b` is no name"), "{message}");
    let twice = Builder::new().linked("app", one()).linked("app", one());
    assert!(build(twice).contains("`app` is linked twice"));
    let both = Builder::new().source(project.path("one.bpf.c"));
    let message = build(both.linked("one", one()));
    assert!(
        message.contains("would become the same skeleton"),
        "{message}"
    );
}

#[test]
fn the_target_says_the_order_of_bytes() {
    let project = project();
    for (target, order) in [("s390x-unknown-linux-gnu", 2), ("aarch64", 1)] {
        let all = Builder::new()
            .source(project.path("two.bpf.c"))
            .target(target)
            .out_dir(project.path(target))
            .generate()
            .unwrap();
        assert_eq!(fs::read(&all[0].object).unwrap()[5], order, "{target}");
    }
}

/// Where BTF says that a variable is in its section.
fn offset(object: &Path, variable: &str) -> u32 {
    let btf = Btf::from_file(object).unwrap();
    let data = btf.find(".data", Kind::DataSection).unwrap();
    let Type::DataSection(section) = btf.get(data).unwrap() else {
        panic!("no section");
    };
    let is = |id| btf.get(id).unwrap().name() == variable;
    section.entries().find(|entry| is(entry.ty)).unwrap().offset
}

#[test]
fn the_command_links_and_corrects_where_weak_variables_went() {
    let project = project();
    let objects = objects(&project, &["one.bpf.c", "two.bpf.c"]);
    let names: Vec<&str> = objects.iter().map(|path| path.to_str().unwrap()).collect();
    let arguments = [&["link"], &names[..], &["-o", "app.bpf.o"]].concat();
    let (code, stdout, stderr) = run(&project, &arguments);
    assert_eq!(
        (code, stdout.as_str(), stderr.as_str()),
        (Some(0), "app.bpf.o\n", "")
    );
    let linked = project.path("app.bpf.o");
    let bytes = fs::read(&linked).unwrap();
    // `more` tells where the section is in the file: behind the 16 bytes of the first file's variables.
    let more: Vec<u8> = [4u64, 5, 6].iter().flat_map(|n| n.to_le_bytes()).collect();
    let start = bytes.windows(24).position(|found| found == more).unwrap() - 16;
    let at = start + usize::try_from(offset(&linked, "shared")).unwrap();
    assert_eq!(bytes[at..at + 4], 7_i32.to_le_bytes());
    assert_eq!(offset(&linked, "more"), 16);
}

#[test]
fn the_command_says_what_cannot_be_linked() {
    let project = Project::new(&[("text.bpf.o", "not an ELF file")]);
    project.take("reads.bpf.o");
    for object in ["text.bpf.o", "gone.bpf.o", ".", "/dev/null", "/dev/zero"] {
        let arguments = ["link", "reads.bpf.o", object, "-o", "app.bpf.o"];
        let (code, stdout, stderr) = run(&project, &arguments);
        assert_eq!((code, stdout.as_str()), (Some(1), ""), "{object}");
        assert!(stderr.contains(&format!("add `{object}`")), "{stderr}");
        assert!(!project.path("app.bpf.o").exists(), "{object}");
    }
    let (code, _, stderr) = run(&project, &["link", "reads.bpf.o", "-o", "/dev/null"]);
    assert_eq!(code, Some(1));
    assert!(stderr.contains("not a regular file"), "{stderr}");
    let (code, ..) = run(&project, &["link", "-o", "app.bpf.o"]);
    assert_eq!(code, Some(2));
}
