//! The builder as build scripts use it.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::expect_used,
    clippy::indexing_slicing
)]

use libbpf_tests::project::{Project, text};
use skelgen::{Builder, Error, Generated};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::{env, fs};

const SOURCE: &str = "int counter;\n";

trait Generate {
    fn out(&self) -> PathBuf;
    fn builder(&self) -> Builder;
    fn generate(&self, source: &str) -> Result<Generated, Error>;
    fn build_script(&self, sources: &[&str], change: impl FnOnce(&mut Command)) -> Output;
}

impl Generate for Project {
    fn out(&self) -> PathBuf {
        self.path("out")
    }

    fn builder(&self) -> Builder {
        Builder::new().out_dir(self.out())
    }

    fn generate(&self, source: &str) -> Result<Generated, Error> {
        let all = self.builder().source(self.path(source)).generate()?;
        Ok(all.into_iter().next().unwrap())
    }

    /// Runs `build` in a process of its own, as a build script is one: what cargo would read.
    fn build_script(&self, sources: &[&str], change: impl FnOnce(&mut Command)) -> Output {
        let mut command = Command::new(env::current_exe().unwrap());
        command
            .args(["--exact", "as_build_script", "--ignored", "--nocapture"])
            .current_dir(self.path(""))
            .env("OUT_DIR", "out")
            .env("TEST_SOURCES", sources.join("\n"));
        change(&mut command);
        command.output().unwrap()
    }
}

/// Not a test: what [`Project::build_script`] runs.
#[test]
#[ignore = "run by other tests"]
fn as_build_script() {
    let Ok(sources) = env::var("TEST_SOURCES") else {
        return;
    };
    println!();
    let result = Builder::new()
        .sources(sources.lines())
        .include_path("include")
        .build();
    if let Err(error) = result {
        println!("ERROR {error}");
    }
}

fn error(result: Result<Generated, Error>) -> String {
    result.expect_err("generated").to_string()
}

#[test]
fn several_sources_become_several_skeletons() {
    let project = Project::new(&[("a.bpf.c", SOURCE), ("sub/b-c.bpf.c", SOURCE)]);
    let generated = project
        .builder()
        .sources([project.path("a.bpf.c"), project.path("sub/b-c.bpf.c")])
        .generate()
        .unwrap();
    let skeletons: Vec<_> = generated.iter().map(|one| one.skeleton.clone()).collect();
    assert_eq!(
        skeletons,
        [
            project.out().join("a.skel.rs"),
            project.out().join("b-c.skel.rs")
        ]
    );
    for skeleton in skeletons {
        let text = fs::read_to_string(skeleton).unwrap();
        assert!(text.contains("pub counter: i32"));
    }
    // Nothing is left of the steps between.
    let mut names: Vec<_> = fs::read_dir(project.out())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(
        names,
        [
            "a.bpf.o",
            "a.skel.rs",
            "b-c.bpf.o",
            "b-c.skel.rs",
            "skelgen-include"
        ]
    );
}

#[test]
fn one_name_twice_is_refused() {
    let project = Project::new(&[("a.bpf.c", SOURCE), ("sub/a.bpf.c", SOURCE)]);
    let result = project
        .builder()
        .sources([project.path("a.bpf.c"), project.path("sub/a.bpf.c")])
        .generate();
    let message = result.unwrap_err().to_string();
    assert!(
        message.contains("would become the same skeleton"),
        "{message}"
    );
}

#[test]
fn cargo_is_told_of_every_header() {
    let project = Project::new(&[
        (
            "src/a.bpf.c",
            "#include \"vmlinux.h\"\n#include <bpf/bpf_helpers.h>\n#include \"own.h\"\n\
             #include \"with space.h\"\nint counter;\n",
        ),
        ("include/own.h", "#include \"deeper/#odd$.h\"\n"),
        ("include/with space.h", "\n"),
        ("include/deeper/#odd$.h", "\n"),
    ]);
    let output = project.build_script(&["src/a.bpf.c"], |_| {});
    let stdout = text(&output.stdout);
    let directives: Vec<&str> = stdout
        .lines()
        .filter(|line| line.starts_with("cargo:"))
        .collect();
    assert_eq!(
        directives,
        [
            "cargo:rerun-if-changed=include/deeper/#odd$.h",
            "cargo:rerun-if-changed=include/own.h",
            "cargo:rerun-if-changed=include/with space.h",
            "cargo:rerun-if-changed=src/a.bpf.c",
            "cargo:rerun-if-env-changed=CLANG",
            "cargo:rerun-if-env-changed=VMLINUX_BTF",
        ],
        "{stdout}"
    );
    assert!(project.path("out/a.skel.rs").is_file(), "relative paths");
}

#[test]
fn warnings_become_warnings_of_cargo() {
    let project = Project::new(&[("a.bpf.c", "#warning look here\nint counter;\n")]);
    let output = project.build_script(&["a.bpf.c"], |_| {});
    let stdout = text(&output.stdout);
    let expected = "cargo:warning=a.bpf.c:1:2: warning: look here";
    assert!(stdout.contains(expected), "{stdout}");
}

#[test]
fn errors_name_file_and_line() {
    let project = Project::new(&[("a.bpf.c", "int fine;\nint wrong = nowhere;\n")]);
    let message = error(project.generate("a.bpf.c"));
    assert!(message.contains("a.bpf.c does not compile:\n"), "{message}");
    assert!(
        message.contains("a.bpf.c:2:13: error: use of undeclared identifier 'nowhere'"),
        "{message}"
    );
    let debug = format!("{:?}", project.generate("a.bpf.c").unwrap_err());
    assert_eq!(debug, message, "what a build script shows is readable");
}

#[test]
fn no_clang_says_how_to_get_it() {
    let project = Project::new(&[("a.bpf.c", SOURCE)]);
    let output = project.build_script(&["a.bpf.c"], |command| {
        command.env("PATH", "").env_remove("CLANG");
    });
    let stdout = text(&output.stdout);
    assert!(
        stdout.contains("ERROR clang is needed to compile a.bpf.c and was not found: install it"),
        "{stdout}"
    );
    assert!(!stdout.contains("cargo:"), "{stdout}");
}

#[test]
fn a_clang_that_is_none_is_named() {
    let project = Project::new(&[("a.bpf.c", SOURCE)]);
    let output = project.build_script(&["a.bpf.c"], |command| {
        command.env("CLANG", "/nowhere/clang");
    });
    let stdout = text(&output.stdout);
    assert!(
        stdout.contains("ERROR cannot run /nowhere/clang: "),
        "{stdout}"
    );
}

#[test]
fn missing_files_are_named() {
    let project = Project::new(&[]);
    let message = error(project.generate("missing.bpf.c"));
    assert!(message.starts_with("cannot read "), "{message}");
    assert!(message.contains("missing.bpf.c: No such file"), "{message}");
    let result = project
        .builder()
        .object(project.path("gone.bpf.o"))
        .generate();
    let message = result.unwrap_err().to_string();
    assert!(message.contains("gone.bpf.o: No such file"), "{message}");
}

#[test]
fn what_is_no_object_is_refused() {
    let project = Project::new(&[("text.bpf.o", "not an ELF file"), ("empty.bpf.o", "")]);
    for name in ["text.bpf.o", "empty.bpf.o"] {
        let result = project.builder().object(project.path(name)).generate();
        let message = result.unwrap_err().to_string();
        let stem = name.trim_end_matches(".bpf.o");
        assert!(message.contains(stem), "{message}");
        assert!(!project.out().join(format!("{stem}.skel.rs")).exists());
    }
}

#[test]
fn devices_are_not_read() {
    let project = Project::new(&[]);
    // The one has no end, the other nothing.
    for device in ["/dev/zero", "/dev/null"] {
        let result = project.builder().object(device).generate();
        let message = result.unwrap_err().to_string();
        let expected = format!("cannot read {device}: it is not a regular file");
        assert!(message.starts_with(&expected), "{message}");
    }
}

#[test]
fn variables_without_btf_are_no_silent_loss() {
    let project = Project::new(&[("a.c", SOURCE)]);
    let object = project.path("a.bpf.o");
    let status = Command::new(env::var_os("CLANG").unwrap_or_else(|| "clang".into()))
        .args(["-target", "bpf", "-O2", "-c", "-o"])
        .args([&object, &project.path("a.c")])
        .status()
        .unwrap();
    assert!(status.success());
    let result = project.builder().object(&object).generate();
    let message = result.unwrap_err().to_string();
    assert!(message.contains("no BTF: compile it with -g"), "{message}");
}

#[test]
fn linked_variables_are_where_programs_have_them() {
    // libbpf's linker leaves the offset of a weak variable in BTF where another file overrides it.
    let project = Project::new(&[
        (
            "a.bpf.c",
            "const volatile long first = 1;\n\
             __attribute__((weak)) const volatile int shared = 2;\n\
             const volatile int last = 3;\n",
        ),
        (
            "b.bpf.c",
            "const volatile long more[3] = { 4, 5, 6 };\nconst volatile int shared = 7;\n",
        ),
    ]);
    let objects = ["a.bpf.c", "b.bpf.c"].map(|name| project.generate(name).unwrap().object);
    let linked = project.path("linked.bpf.o");
    let linker = objects
        .into_iter()
        .fold(libbpf_safe::Linker::new(&linked), libbpf_safe::Linker::file);
    linker.link().unwrap();
    let generated = project.builder().object(&linked).generate().unwrap();
    let skeleton = fs::read_to_string(&generated[0].skeleton).unwrap();
    let (_, offset) = skeleton
        .split_once("assert!(offset_of!(rodata, shared) == ")
        .unwrap();
    let offset: usize = offset.split(')').next().unwrap().parse().unwrap();
    let object = fs::read(&linked).unwrap();
    // `more` tells where the section is in the file: it is 16 bytes, as `first`, `shared` and `last`.
    let more: Vec<u8> = [4u64, 5, 6].iter().flat_map(|n| n.to_le_bytes()).collect();
    let start = object.windows(24).position(|found| found == more).unwrap() - 16;
    assert_eq!(object[start + offset], 7, "at {offset}");
}

#[test]
fn an_out_dir_that_is_none_is_named() {
    let project = Project::new(&[("a.bpf.c", SOURCE), ("out", "a file\n")]);
    let message = error(project.generate("a.bpf.c"));
    assert!(message.starts_with("cannot create "), "{message}");
    assert!(message.contains("/out: "), "{message}");
}

#[test]
fn without_out_dir_the_message_says_so() {
    let project = Project::new(&[("a.bpf.c", SOURCE)]);
    let output = project.build_script(&["a.bpf.c"], |command| {
        command.env_remove("OUT_DIR");
    });
    let stdout = text(&output.stdout);
    assert!(
        stdout.contains("ERROR name a folder by Builder::out_dir"),
        "{stdout}"
    );
}

#[test]
fn defines_arguments_and_include_paths_reach_clang() {
    let project = Project::new(&[
        (
            "a.bpf.c",
            "#include \"here.h\"\n#if LENGTH != 3 || !defined(MORE)\n#error not defined\n#endif\n\
             char text[LENGTH];\n",
        ),
        ("first/here.h", "int from_first;\n"),
        ("second/here.h", "#error the wrong one\n"),
    ]);
    let generated = project
        .builder()
        .source(project.path("a.bpf.c"))
        .define("LENGTH", "3")
        .clang_arg("-DMORE")
        .include_path(project.path("first"))
        .include_path(project.path("second"))
        .generate()
        .unwrap();
    let skeleton = fs::read_to_string(&generated.first().unwrap().skeleton).unwrap();
    assert!(skeleton.contains("pub from_first: i32"));
    assert!(skeleton.contains("CharArray<3>"));
}

#[test]
fn ones_own_vmlinux_h_comes_first() {
    let project = Project::new(&[
        ("a.bpf.c", "#include \"vmlinux.h\"\nstruct mine mine;\n"),
        ("include/vmlinux.h", "struct mine { int x; };\n"),
    ]);
    let generated = project
        .builder()
        .source(project.path("a.bpf.c"))
        .include_path(project.path("include"))
        .generate()
        .unwrap();
    assert_eq!(
        generated.first().unwrap().dependencies,
        [project.path("a.bpf.c"), project.path("include/vmlinux.h")]
    );
    assert!(
        !project.out().join("skelgen-include/vmlinux.h").exists(),
        "made for nothing"
    );
}

#[test]
fn the_btf_of_vmlinux_h_can_be_a_file() {
    let project = Project::new(&[(
        "a.bpf.c",
        "#include \"vmlinux.h\"\nint size = sizeof(struct task_struct);\n",
    )]);
    let btf = project.path("copy.btf");
    fs::copy("/sys/kernel/btf/vmlinux", &btf).unwrap();
    let builder = project.builder().source(project.path("a.bpf.c"));
    builder.clone().vmlinux_btf(&btf).generate().unwrap();
    let of_file = fs::read(project.out().join("skelgen-include/vmlinux.h")).unwrap();
    builder.generate().unwrap();
    let of_kernel = fs::read(project.out().join("skelgen-include/vmlinux.h")).unwrap();
    assert!(of_file == of_kernel);

    fs::write(&btf, "no BTF").unwrap();
    let builder = project.builder().source(project.path("a.bpf.c"));
    let message = builder
        .vmlinux_btf(&btf)
        .generate()
        .unwrap_err()
        .to_string();
    assert!(message.starts_with("cannot make vmlinux.h: "), "{message}");
    assert!(message.contains("copy.btf"), "{message}");
}

#[test]
fn the_environment_can_name_the_btf_of_vmlinux_h() {
    let project = Project::new(&[("not.btf", "no BTF")]);
    // In a process of its own: the test above, whose last builder that names no file takes this one.
    let output = Command::new(env::current_exe().unwrap())
        .args(["--exact", "the_btf_of_vmlinux_h_can_be_a_file"])
        .env("VMLINUX_BTF", project.path("not.btf"))
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(!output.status.success(), "{text}");
    assert!(text.contains("cannot make vmlinux.h: "), "{text}");
    assert!(text.contains("not.btf"), "{text}");
    assert!(
        !text.contains("copy.btf"),
        "what the builder names comes first: {text}"
    );
}

#[test]
fn the_kernels_headers_are_found_beside() {
    // linux/bpf.h includes asm/types.h, which Debian has where clang does not look for BPF.
    let project = Project::new(&[(
        "a.bpf.c",
        "#include <linux/bpf.h>\n#include <bpf/bpf_helpers.h>\n__u32 counter;\n",
    )]);
    project.generate("a.bpf.c").unwrap();
}

#[test]
fn files_are_written_only_where_they_change() {
    let project = Project::new(&[("a.bpf.c", SOURCE)]);
    let first = project.generate("a.bpf.c").unwrap();
    let time = |path: &Path| fs::metadata(path).unwrap().modified().unwrap();
    let header = project.out().join("skelgen-include/vmlinux.h");
    let paths = [&first.skeleton, &first.object, &header];
    let before = paths.map(|path| time(path));
    project.write("a.bpf.c", "/* A comment. */ int counter;\n");
    project.generate("a.bpf.c").unwrap();
    let after = paths.map(|path| time(path));
    assert_eq!(before[0], after[0], "the skeleton");
    assert_eq!(before[2], after[2], "vmlinux.h");
    project.write("a.bpf.c", "long counter;\n");
    project.generate("a.bpf.c").unwrap();
    assert_ne!(before[0], time(&first.skeleton));
}

#[test]
fn a_failed_run_does_not_spoil_the_next() {
    let project = Project::new(&[("a.bpf.c", "int counter = nowhere;\n")]);
    project.generate("a.bpf.c").unwrap_err();
    let left: Vec<_> = fs::read_dir(project.out())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(left, ["skelgen-include"]);
    // A half-written header of a run that was killed.
    project.write("out/skelgen-include/vmlinux.h", "#error half");
    project.write("out/skelgen-include/bpf/bpf_helpers.h", "#error half");
    project.write("out/a.skel.rs", "half");
    project.write("out/a.bpf.o", "half");
    project.write(
        "a.bpf.c",
        "#include \"vmlinux.h\"\n#include <bpf/bpf_helpers.h>\nint counter;\n",
    );
    let generated = project.generate("a.bpf.c").unwrap();
    let skeleton = fs::read_to_string(generated.skeleton).unwrap();
    assert!(skeleton.contains("pub counter: i32"));
}

#[test]
fn every_clang_makes_the_kernels_types() {
    const SOURCE: &str = "#include \"vmlinux.h\"\n#include <bpf/bpf_helpers.h>\n\
        #include <bpf/bpf_tracing.h>\n#include <bpf/bpf_core_read.h>\nstruct task_struct *task;\n";
    let project = Project::new(&[("a.bpf.c", SOURCE)]);
    let path = env::var_os("PATH").unwrap();
    let compilers: Vec<PathBuf> = env::split_paths(&path)
        .flat_map(|folder| (11..40).map(move |version| folder.join(format!("clang-{version}"))))
        .filter(|clang| clang.is_file())
        .collect();
    for clang in compilers {
        let builder = project.builder().source(project.path("a.bpf.c"));
        let strict = ["-Wall", "-Wextra", "-Werror", "-Wno-unused-parameter"];
        let builder = strict.into_iter().fold(builder, Builder::clang_arg);
        builder.clang(&clang).generate().unwrap();
    }
}

#[test]
fn vmlinux_h_relocates_what_it_reads() {
    let project = Project::new(&[(
        "a.bpf.c",
        "#include \"vmlinux.h\"\n#include <bpf/bpf_helpers.h>\nchar LICENSE[] SEC(\"license\") = \"GPL\";\n\
         SEC(\"raw_tp/sys_enter\") int a(void *ctx)\n{\n\
         struct task_struct *task = (void *)bpf_get_current_task_btf();\nreturn task->pid;\n}\n",
    )]);
    // For each relocated access, BTF has the path to the member: "0:" and its number.
    let is_path = |found: &[u8]| found.starts_with(b"\x000:") && found[3].is_ascii_digit();
    let relocates = |generated: Vec<Generated>| {
        let object = fs::read(&generated.first().unwrap().object).unwrap();
        object.windows(4).any(is_path)
    };
    let builder = project.builder().source(project.path("a.bpf.c"));
    let plain = builder.clone().define("BPF_NO_PRESERVE_ACCESS_INDEX", "1");
    assert!(!relocates(plain.generate().unwrap()));
    assert!(relocates(builder.generate().unwrap()));
    let header = fs::read_to_string(project.out().join("skelgen-include/vmlinux.h")).unwrap();
    let lines = |wanted: &str| header.lines().filter(|line| *line == wanted).count();
    assert_eq!(lines("#pragma clang attribute pop"), 1);
    for name in ["task_struct", "sock", "list_head"] {
        assert_eq!(lines(&format!("struct {name} {{")), 1, "{name}");
    }
}
