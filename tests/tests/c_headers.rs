//! Generated headers, through compilers of C and C++.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};
use tempfile::TempDir;

const OUT: &str = env!("OUT_DIR");

/// Compiler, language and standard.
const LANGUAGES: &[(&str, &str, &str)] = &[
    (env!("C_COMPILER"), "c", "-std=c99"),
    (env!("C_COMPILER"), "c", "-std=gnu17"),
    (env!("CXX_COMPILER"), "c++", "-std=c++11"),
    (env!("CXX_COMPILER"), "c++", "-std=gnu++17"),
];

fn compiler(program: &str, language: &str, standard: &str) -> Command {
    let mut command = Command::new(program);
    command
        .args([standard, "-I", env!("C_INCLUDE"), "-I", OUT])
        .args(["-isystem", env!("C_LIBBPF_INCLUDE"), "-x", language]);
    command
}

/// Runs a command; its standard output.
fn succeed(command: &mut Command) -> String {
    let output = command.output().unwrap();
    let text = String::from_utf8_lossy(&output.stderr);
    let begin: String = text.chars().take(4000).collect();
    assert!(
        output.status.success(),
        "{command:?}: {}\n{begin}",
        output.status
    );
    String::from_utf8(output.stdout).unwrap()
}

fn headers(folder: &Path) -> Vec<PathBuf> {
    let mut headers: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.to_string_lossy().ends_with(".skel.h"))
        .collect();
    headers.sort();
    headers
}

#[test]
fn headers_of_all_objects_compile_alone_and_without_a_warning() {
    let out = Path::new(OUT);
    let corpus = headers(&out.join("corpus"));
    assert!(corpus.len() > 50, "{}", corpus.len());
    let golden = headers(&out.join("golden"));
    let all: Vec<PathBuf> = corpus
        .into_iter()
        .chain(golden)
        .chain(headers(out))
        .collect();
    // Each in a translation unit of its own, with all that it can declare.
    let folder = TempDir::new().unwrap();
    let units: Vec<PathBuf> = all
        .iter()
        .enumerate()
        .map(|(index, header)| {
            let text = fs::read_to_string(header).unwrap();
            let guard = text.lines().find_map(|line| line.strip_prefix("#ifndef "));
            let name = guard.unwrap().strip_suffix("__SKEL_H").unwrap();
            let unit = folder.path().join(format!("{index}.c"));
            let text = format!("#define {name}__TYPES\n#include \"{}\"\n", header.display());
            fs::write(&unit, text).unwrap();
            unit
        })
        .collect();
    for (program, language, standard) in LANGUAGES {
        succeed(
            compiler(program, language, standard)
                .args(["-Wall", "-Wextra", "-pedantic", "-Werror", "-fsyntax-only"])
                // They are included by what uses them.
                .arg("-Wno-unused-function")
                .args(&units),
        );
    }
}

#[test]
fn every_member_is_where_clang_has_it_and_reads_and_writes_the_same_in_c_and_cpp() {
    let folder = TempDir::new().unwrap();
    for (program, language, standard) in LANGUAGES {
        if *standard == "-std=c99" || *standard == "-std=c++11" {
            continue;
        }
        let binary = folder.path().join(language);
        let source = Path::new(OUT).join("layouts_checks.c");
        let language = (*program, *language, *standard);
        succeed(link(&language, &source, &binary).args(["-w", "-O0"]));
        let checks = succeed(&mut Command::new(&binary));
        let checks: u32 = checks.trim().parse().unwrap();
        assert!(checks > 4000, "{checks} checks in {standard}");
    }
}

/// Compiles a program to a file, against libbpf and the extension.
fn link(language: &(&str, &str, &str), source: &Path, binary: &Path) -> Command {
    let (program, language, standard) = language;
    let mut command = compiler(program, language, standard);
    command
        .arg("-o")
        .arg(binary)
        .arg(source)
        .args([
            "-x",
            "none",
            "-L",
            env!("C_LIB"),
            "-L",
            env!("C_LIBBPF_LIB"),
        ])
        .args(["-lbpf_ext", "-lbpf", "-lelf", "-lz", "-lpthread"]);
    command
}

/// As a program that was written for bpftool's header has it: types of its own, and in C++ functions of the
/// struct.
const OWN_TYPES: &str = "
struct range { unsigned int low, high; };
enum mode { MODE_SLOW, MODE_FAST = 5 };
#include \"c_shapes.skel.h\"
#ifdef __cplusplus
#define OPEN c_shapes_bpf::open
#define DESTROY c_shapes_bpf::destroy
#else
#define OPEN c_shapes_bpf__open
#define DESTROY c_shapes_bpf__destroy
#endif
int main(void)
{
	struct c_shapes_bpf *skel = OPEN();
	struct range *range, copy = { 3, 4 };
	enum mode mode;

	if (!skel)
		return 1;
	range = &skel->data->range;
	mode = skel->data->mode;
	if (range->low != 1 || range->high != 2 || mode != MODE_FAST)
		return 2;
	skel->data->range = copy;
	if (range->low != 3)
		return 3;
	DESTROY(skel);
	return 0;
}
";

#[test]
fn variables_are_of_the_programs_own_types_where_it_has_them() {
    let folder = TempDir::new().unwrap();
    let (source, binary) = (folder.path().join("source"), folder.path().join("binary"));
    for language in LANGUAGES {
        fs::write(&source, OWN_TYPES).unwrap();
        succeed(link(language, &source, &binary).args(["-Wall", "-Wextra", "-Werror"]));
        succeed(&mut Command::new(&binary));
        // Of another size, they are refused.
        fs::write(&source, OWN_TYPES.replace("low, high;", "low, high, more;")).unwrap();
        let output = link(language, &source, &binary).output().unwrap();
        let text = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success());
        assert!(
            text.contains("c_shapes_bpf__AT(struct c_shapes_bpf__data, range, 0, 8)"),
            "{text}"
        );
    }
}
