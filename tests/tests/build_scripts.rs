//! Build scripts with skelgen: the whole of a workspace by cargo, and what cargo tells a script.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use libbpf_tests::project::{Project, text};
use skelgen::Builder;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::{env, fs};

const COUNTER: &str = "int counter;\n";

/// Not a test: what [`build_script`] runs, a process of its own as a build script is one.
#[test]
#[ignore = "run by other tests"]
fn as_build_script() {
    println!();
    let builder = match env::var("TEST_SCRIPT").as_deref() {
        Ok("sources") => Builder::new()
            .sources(["a.bpf.c", "b.bpf.c"])
            .linked("both", ["a.bpf.c", "b.bpf.c"])
            .c_header(),
        Ok("object") => Builder::new().object("made.bpf.o"),
        Ok("written") => {
            let source = Path::new(&env::var("OUT_DIR").unwrap()).join("written.bpf.c");
            fs::create_dir_all(source.parent().unwrap()).unwrap();
            fs::write(&source, "#include \"limit.h\"\nint counters[LIMIT];\n").unwrap();
            Builder::new().source(source)
        }
        _ => return,
    };
    if let Err(error) = builder.include_path("include").build() {
        println!("ERROR {error}");
    }
}

/// Runs a script in the project's folder: what cargo would read.
fn build_script(project: &Project, script: &str, change: impl FnOnce(&mut Command)) -> Output {
    let mut command = Command::new(env::current_exe().unwrap());
    command
        .args(["--exact", "as_build_script", "--ignored", "--nocapture"])
        .current_dir(project.path(""))
        .env("OUT_DIR", project.path("out"))
        .env("TEST_SCRIPT", script);
    change(&mut command);
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    output
}

/// Every file below a folder, and what is in it.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().to_owned();
                found.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    found
}

fn two_sources() -> Project {
    Project::new(&[
        (
            "a.bpf.c",
            "#include \"vmlinux.h\"\nstruct list_head list;\n",
        ),
        ("b.bpf.c", "#include \"limit.h\"\nint names[LIMIT];\n"),
        ("include/limit.h", "#define LIMIT 3\n"),
    ])
}

#[test]
fn the_target_of_the_build_is_what_programs_are_compiled_for() {
    for (arch, endian, define, order) in [
        ("aarch64", "little", "__TARGET_ARCH_arm64", 1),
        ("riscv64", "little", "__TARGET_ARCH_riscv", 1),
        ("s390x", "big", "__TARGET_ARCH_s390", 2),
    ] {
        let source = format!("#ifndef {define}\n#error another machine\n#endif\n{COUNTER}");
        let project = Project::new(&[
            ("a.bpf.c", source.as_str()),
            ("b.bpf.c", "int more;\n"),
            ("include/vmlinux.h", ""),
        ]);
        let output = build_script(&project, "sources", |command| {
            command
                .env("CARGO_CFG_TARGET_ARCH", arch)
                .env("CARGO_CFG_TARGET_ENDIAN", endian);
        });
        let said = text(&output.stdout);
        assert!(!said.contains("ERROR"), "{arch}: {said}");
        let object = fs::read(project.path("out/a.bpf.o")).unwrap();
        // EI_DATA
        assert_eq!(object[5], order, "{arch}");
    }
}

#[test]
fn an_object_needs_no_clang() {
    let project = Project::new(&[("include/empty.h", "")]);
    project.take("made_up_kernel.bpf.o");
    fs::rename(
        project.path("made_up_kernel.bpf.o"),
        project.path("made.bpf.o"),
    )
    .unwrap();
    let output = build_script(&project, "object", |command| {
        command.env("PATH", "/nowhere").env_remove("CLANG");
    });
    let said = text(&output.stdout);
    assert!(
        said.contains("cargo:rerun-if-changed=made.bpf.o\n"),
        "{said}"
    );
    assert!(!said.contains("ERROR"), "{said}");
    let found = files(&project.path("out"));
    let names: Vec<_> = found.keys().map(|name| name.to_str().unwrap()).collect();
    // No headers, as nothing is compiled.
    assert_eq!(names, ["made.bpf.o", "made.skel.rs"]);
}

#[test]
fn a_source_that_the_script_writes_does_not_run_it_again() {
    let project = two_sources();
    let output = build_script(&project, "written", |_| {});
    let said = text(&output.stdout);
    assert!(!said.contains("ERROR"), "{said}");
    assert!(project.path("out/written.skel.rs").is_file());
    // Cargo holds the time of what is named here against the script's start.
    let named: Vec<_> = said
        .lines()
        .filter(|line| line.contains("rerun-if-changed="))
        .collect();
    assert_eq!(named, ["cargo:rerun-if-changed=include/limit.h"], "{said}");
}

/// A clang that notes what it compiles.
const NOTING: &str = "#!/bin/sh\n\
    for last; do :; done\n\
    case $last in *.c) echo \"$last\" >> compiled;; esac\n\
    exec \"$REAL_CLANG\" \"$@\"\n";

fn real_clang() -> PathBuf {
    let names = ["clang".to_owned()].into_iter();
    let names = names.chain((11..=40).rev().map(|version| format!("clang-{version}")));
    let path = env::var_os("PATH").unwrap();
    let mut candidates = names.flat_map(|name| {
        env::split_paths(&path)
            .map(move |folder| folder.join(&name))
            .collect::<Vec<_>>()
    });
    env::var_os("CLANG")
        .map(PathBuf::from)
        .or_else(|| candidates.find(|candidate| candidate.is_file()))
        .unwrap()
}

#[test]
fn a_script_that_runs_again_compiles_only_what_has_changed() {
    use std::os::unix::fs::PermissionsExt;
    use std::time::Duration;

    let project = Project::new(&[
        ("a.bpf.c", "#warning careful\nint counter;\n"),
        ("b.bpf.c", "#include \"limit.h\"\nint names[LIMIT];\n"),
        ("include/limit.h", "#define LIMIT 3\n"),
        ("include/vmlinux.h", ""),
        ("noting", NOTING),
    ]);
    let noting = project.path("noting");
    fs::set_permissions(&noting, fs::Permissions::from_mode(0o755)).unwrap();
    let write = |name: &str, content: &str| fs::write(project.path(name), content).unwrap();
    // What clang compiled, and how many warnings there were.
    let run = |change: &dyn Fn(&mut Command)| {
        write("compiled", "");
        // As long as it takes until a file's time tells that it is older.
        std::thread::sleep(Duration::from_millis(50));
        let output = build_script(&project, "sources", |command| {
            command
                .env("CLANG", &noting)
                .env("REAL_CLANG", real_clang());
            change(command);
        });
        let said = text(&output.stdout);
        assert!(!said.contains("ERROR"), "{said}");
        let warnings = said.matches("warning: careful").count();
        let mut names: Vec<_> = fs::read_to_string(project.path("compiled"))
            .unwrap()
            .lines()
            .map(str::to_owned)
            .collect();
        names.sort();
        assert_eq!(warnings, 2, "{said}");
        names
    };
    let all = ["a.bpf.c", "a.bpf.c", "b.bpf.c", "b.bpf.c"];
    let of_b = ["b.bpf.c", "b.bpf.c"];
    let none: [&str; 0] = [];
    assert_eq!(run(&|_| ()), all);
    let before = files(&project.path("out"));
    assert_eq!(run(&|_| ()), none);
    assert!(before == files(&project.path("out")));

    write("include/limit.h", "#define LIMIT 5\n");
    assert_eq!(run(&|_| ()), of_b);
    assert!(before[Path::new("b.bpf.o")] != fs::read(project.path("out/b.bpf.o")).unwrap());
    // The same time and size, and other bytes.
    let header = fs::File::options()
        .write(true)
        .open(project.path("include/limit.h"))
        .unwrap();
    let time = header.metadata().unwrap().modified().unwrap();
    write("include/limit.h", "#define LIMIT 3\n");
    header.set_modified(time).unwrap();
    assert_eq!(run(&|_| ()), of_b);
    assert_eq!(
        before[Path::new("b.bpf.o")],
        fs::read(project.path("out/b.bpf.o")).unwrap()
    );

    // In the place of the other header.
    write("limit.h", "#define LIMIT 7\n");
    assert_eq!(run(&|_| ()), all);
    let elsewhere = run(&|command| {
        command.env("CPATH", "include");
    });
    assert_eq!(elsewhere, all);
    assert_eq!(run(&|_| ()), all);
    assert_eq!(run(&|_| ()), none);
    // An object that is not what clang made.
    write("out/skelgen-kept/a.bpf.0.unlinked.o", "broken");
    assert_eq!(run(&|_| ()), ["a.bpf.c"]);
    // Another clang.
    write("noting", &format!("{NOTING}\n"));
    assert_eq!(run(&|_| ()), all);
}

#[test]
fn without_clang_the_error_names_the_source_and_what_to_do() {
    let project = two_sources();
    let output = build_script(&project, "sources", |command| {
        command.env("PATH", "/nowhere").env_remove("CLANG");
    });
    let said = text(&output.stdout);
    let wanted = "ERROR clang is needed to compile a.bpf.c and was not found: install it";
    assert!(said.contains(wanted), "{said}");
}

#[test]
fn nothing_is_written_outside_of_out_dir() {
    let project = two_sources();
    for folder in ["home", "tmp"] {
        fs::create_dir(project.path(folder)).unwrap();
    }
    let before = files(&project.path(""));
    let output = build_script(&project, "sources", |command| {
        command
            .env("OUT_DIR", project.path("some/where/out"))
            .env("HOME", project.path("home"))
            .env("TMPDIR", project.path("tmp"));
    });
    assert!(!text(&output.stdout).contains("ERROR"), "{output:?}");
    assert!(project.path("some/where/out/both.skel.rs").is_file());
    fs::remove_dir_all(project.path("some")).unwrap();
    assert!(before == files(&project.path("")), "files were left");
}

#[test]
fn the_same_input_is_the_same_bytes_anywhere() {
    let made = |variables: &[(&str, &str)]| {
        // Each has a folder of its own, of another name.
        let project = two_sources();
        let output = build_script(&project, "sources", |command| {
            command.envs(variables.iter().copied());
        });
        assert!(!text(&output.stdout).contains("ERROR"), "{output:?}");
        let mut made = files(&project.path("out"));
        // For this build alone: with the names of folders and tools.
        made.retain(|name, _| name.extension().is_none_or(|ending| ending != "record"));
        made
    };
    let first = made(&[]);
    assert!(first.contains_key(Path::new("both.skel.h")));
    assert!(first.contains_key(Path::new("skelgen-include/vmlinux.h")));
    let surroundings: [&[(&str, &str)]; 2] = [
        &[
            ("LC_ALL", "tr_TR.UTF-8"),
            ("LANG", "tr_TR.UTF-8"),
            ("TZ", "Pacific/Apia"),
        ],
        &[
            ("HOME", "/nowhere"),
            ("USER", "nobody"),
            ("SOURCE_DATE_EPOCH", "1"),
        ],
    ];
    // At once, too.
    std::thread::scope(|scope| {
        let runs = surroundings.map(|variables| scope.spawn(move || made(variables)));
        for run in runs {
            let other = run.join().unwrap();
            let names = |files: &BTreeMap<PathBuf, _>| files.keys().cloned().collect::<Vec<_>>();
            assert_eq!(names(&other), names(&first));
            for (name, bytes) in &first {
                assert!(other[name] == *bytes, "{} differs", name.display());
            }
        }
    });
}

const WORKSPACE: &str = "[workspace]\nresolver = \"3\"\nmembers = [\"app\", \"beside\"]\n";
const APP: &str = r#"[package]
name = "build-scripts-app"
version = "0.1.0"
edition = "2024"

[features]
more = []

[dependencies]
libbpf-safe = { path = "{workspace}/safe" }

[build-dependencies]
skelgen = { path = "{workspace}/skelgen" }
"#;
const BUILD: &str = r#"fn main() -> Result<(), skelgen::Error> {
    let mut builder = skelgen::Builder::new()
        .linked("joined", ["bpf/one.bpf.c", "bpf/two.bpf.c"])
        .source("bpf/alone.bpf.c")
        .object("bpf/prebuilt.bpf.o")
        .include_path("include")
        .define("LIMIT", "3")
        .clang_arg("-DEXTRA=4");
    if std::env::var_os("CARGO_FEATURE_MORE").is_some() {
        builder = builder.define("MORE", "1");
    }
    builder.build()
}
"#;
const MAIN: &str = r#"#![forbid(unsafe_code)]
include!(concat!(env!("OUT_DIR"), "/joined.skel.rs"));
include!(concat!(env!("OUT_DIR"), "/alone.skel.rs"));
include!(concat!(env!("OUT_DIR"), "/prebuilt.skel.rs"));

fn main() {
    let sizes = [
        size_of::<joined::sections::bss>(),
        size_of::<alone::sections::bss>(),
    ];
    println!("{} {} {} {sizes:?}", joined::NAME, alone::NAME, prebuilt::NAME);
}
"#;

/// cargo where nothing but `target` can be written to: not the registry, not the sources.
fn cargo_read_only(project: &Path, arguments: &[&str]) -> Output {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    let home = env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.unwrap_or_else(|| Path::new(&env::var_os("HOME").unwrap()).join(".cargo"));
    // A mount of the target made before is still writable below the workspace.
    const SCRIPT: &str = "set -e\n\
        read_only() { mount --bind \"$1\" \"$1\"; mount -o remount,bind,ro \"$1\"; }\n\
        mkdir -p \"$4/kept\"; mount --bind \"$3\" \"$4/kept\"\n\
        read_only \"$1\"; read_only \"$2\"\n\
        mount --bind \"$4/kept\" \"$3\"\n\
        read_only \"$4\"\n\
        ! touch \"$1/probe\" \"$2/probe\" \"$4/probe\" 2>/dev/null\n\
        cd \"$4\"; shift 4; exec \"$@\"";
    Command::new("unshare")
        .args(["--map-root-user", "--mount", "sh", "-c", SCRIPT, "sh"])
        .args([home.as_path(), workspace, target, project])
        .arg(env!("CARGO"))
        .args(arguments)
        .env("CARGO_TARGET_DIR", target)
        .env("RUSTFLAGS", "")
        .output()
        .unwrap()
}

#[test]
fn a_workspace_builds_offline_where_only_its_target_can_be_written_to() {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let app = APP.replace("{workspace}", workspace.to_str().unwrap());
    let beside = APP.replace("build-scripts-app", "build-scripts-beside");
    let (beside, _) = beside.split_once("[features]").unwrap();
    let project = Project::new(&[
        ("Cargo.toml", WORKSPACE),
        ("app/Cargo.toml", &app),
        ("app/build.rs", BUILD),
        ("app/src/main.rs", MAIN),
        ("beside/Cargo.toml", beside),
        ("beside/src/lib.rs", ""),
        (
            "app/bpf/one.bpf.c",
            "#include \"shared.h\"\nint one[LIMIT];\nint shared;\n",
        ),
        (
            "app/bpf/two.bpf.c",
            "#include \"shared.h\"\nint two[EXTRA];\n#ifdef MORE\nint more[8];\n#endif\n\
             int user(void)\n{\n\treturn shared;\n}\n",
        ),
        ("app/bpf/alone.bpf.c", "int alone[LIMIT + EXTRA];\n"),
        ("app/include/shared.h", "extern int shared;\n"),
    ]);
    project.take("made_up_kernel.bpf.o");
    fs::rename(
        project.path("made_up_kernel.bpf.o"),
        project.path("app/bpf/prebuilt.bpf.o"),
    )
    .unwrap();
    fs::copy(workspace.join("Cargo.lock"), project.path("Cargo.lock")).unwrap();
    let lock = Command::new(env!("CARGO"))
        .args(["metadata", "--offline", "--format-version", "1"])
        .current_dir(project.path(""))
        .output()
        .unwrap();
    assert!(lock.status.success(), "{}", text(&lock.stderr));

    let run = |more: &[&str]| {
        let arguments = [&["run", "--frozen", "-p", "build-scripts-app"], more].concat();
        let output = cargo_read_only(&project.path(""), &arguments);
        assert!(output.status.success(), "{}", text(&output.stderr));
        (text(&output.stdout), text(&output.stderr))
    };
    let (printed, _) = run(&[]);
    assert_eq!(printed, "joined alone prebuilt [32, 28]\n");
    let (_, said) = run(&[]);
    assert!(!said.contains("Compiling"), "the second time: {said}");
    let (printed, said) = run(&["--features", "more"]);
    assert_eq!(printed, "joined alone prebuilt [64, 28]\n");
    assert!(said.contains("Compiling build-scripts-app"), "{said}");
}
