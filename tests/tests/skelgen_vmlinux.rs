//! `skelgen vmlinux`: headers of the running kernel's types, of some of them, of a module's.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use libbpf_safe::btf::{Btf, Composite, Kind, Type, TypeId};
use libbpf_tests::project::{Project, command, run, text};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::symlink;
use std::process::Command;

const KERNEL: &str = "/sys/kernel/btf/vmlinux";

/// The BTF of a program that has a variable of each of these types.
fn compiled(project: &Project, header: &str, types: &[String]) -> Btf {
    let mut source = format!("#include \"{header}\"\n");
    for (index, name) in types.iter().enumerate() {
        // Clang describes what variables are of, and only what they are of.
        writeln!(source, "{name} variable_{index};").unwrap();
    }
    let source_name = format!("{header}.bpf.c");
    project.write(&source_name, &source);
    let object = project.path(&format!("{header}.bpf.o"));
    let clang = std::env::var("CLANG").unwrap_or_else(|_| "clang".into());
    // No skeleton of so many types.
    let output = Command::new(clang)
        .args([
            "-g",
            "-O0",
            "-c",
            "-w",
            "-target",
            "bpf",
            "-fms-extensions",
            "-o",
        ])
        .arg(&object)
        .arg(project.path(&source_name))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    Btf::from_file(object).unwrap()
}

/// What a type is in C, with all that it consists of; what has a name is only named behind pointers.
fn describe(btf: &Btf, id: TypeId, text: &mut String) {
    match btf.get(id).unwrap() {
        Type::Struct(composite) | Type::Union(composite) => members(btf, composite, text),
        Type::Enum(list) => {
            write!(text, "enum {} of {} {{", list.name, list.size).unwrap();
            for value in list.values() {
                // Old clangs do not say that an enum has a sign.
                let bits = value.value & ((1 << (8 * list.size)) - 1);
                write!(text, "{} = {bits}, ", value.name).unwrap();
            }
            text.push('}');
        }
        _ => text.push_str(&btf.c_name(id)),
    }
}

fn members(btf: &Btf, composite: Composite<'_>, text: &mut String) {
    let kind = if composite.is_union {
        "union"
    } else {
        "struct"
    };
    write!(text, "{kind} {} of {} {{", composite.name, composite.size).unwrap();
    for member in composite.members() {
        let (at, bits) = (member.bit_offset, member.bitfield_size);
        write!(text, "{} at {at} {bits:?}: ", member.name).unwrap();
        let inner = btf.resolve_qualifiers(member.ty).unwrap();
        match btf.get(inner).unwrap() {
            // Without a name: its members are all there is to say.
            Type::Struct(inner) | Type::Union(inner) if inner.name.is_empty() => {
                members(btf, inner, text);
            }
            _ => text.push_str(&btf.c_name(member.ty)),
        }
        text.push(';');
    }
    text.push('}');
}

/// Structs, unions and enums of the kernel that have one definition and one size.
fn kernel_types() -> Vec<String> {
    let kernel = Btf::from_kernel().unwrap();
    let mut types = Vec::new();
    let (mut seen, mut twice) = (BTreeSet::new(), BTreeSet::new());
    for (_, ty) in kernel.types() {
        let is_tag = matches!(ty.kind(), Kind::Struct | Kind::Union | Kind::Enum);
        if is_tag && !seen.insert(ty.name()) {
            twice.insert(ty.name());
        }
    }
    for (_, ty) in kernel.types() {
        let keyword = match ty {
            Type::Struct(it) if it.size > 0 && it.size < 1 << 16 => "struct",
            Type::Union(it) if it.size > 0 && it.size < 1 << 16 => "union",
            Type::Enum(_) => "enum",
            _ => continue,
        };
        if !ty.name().is_empty() && !twice.contains(ty.name()) {
            types.push(format!("{keyword} {}", ty.name()));
        }
    }
    types
}

/// Says where two programs' types differ.
fn assert_same(ours: &Btf, theirs: &Btf, least: usize) {
    let mut compared = 0;
    for (id, ty) in ours.types() {
        let kind = ty.kind();
        if !matches!(kind, Kind::Struct | Kind::Union | Kind::Enum) || ty.name().is_empty() {
            continue;
        }
        let other = theirs.find(ty.name(), kind);
        let other = other.unwrap_or_else(|| panic!("no {kind} {}", ty.name()));
        let (mut our_text, mut their_text) = (String::new(), String::new());
        describe(ours, id, &mut our_text);
        describe(theirs, other, &mut their_text);
        assert_eq!(our_text, their_text);
        compared += 1;
    }
    assert!(compared >= least, "{compared} types are too few");
}

const GCC_WORDS: [(&str, &str); 6] = [
    ("long long unsigned int", "unsigned long long"),
    ("long long int", "long long"),
    ("long unsigned int", "unsigned long"),
    ("long int", "long"),
    ("short unsigned int", "unsigned short"),
    ("short int", "short"),
];

/// The types of a kernel whose description is another in the BTF of a compiled header.
fn differing(types: &[String], kernel: &Btf, compiled: &Btf) -> Vec<String> {
    let described = |btf: &Btf, wanted: &str| {
        let (keyword, name) = wanted.split_once(' ').unwrap();
        let kinds: &[Kind] = match keyword {
            "struct" => &[Kind::Struct],
            "union" => &[Kind::Union],
            _ => &[Kind::Enum],
        };
        let found = kinds.iter().find_map(|&kind| btf.find(name, kind));
        let found = found.unwrap_or_else(|| panic!("no {wanted}"));
        let mut text = String::new();
        describe(btf, found, &mut text);
        // gcc's words for what clang calls otherwise.
        GCC_WORDS
            .iter()
            .fold(text, |text, (gcc, clang)| text.replace(gcc, clang))
    };
    let pairs = types
        .iter()
        .map(|name| (described(kernel, name), described(compiled, name)));
    pairs
        .filter(|(kernel, compiled)| kernel != compiled)
        .map(|(kernel, compiled)| {
            let same = kernel
                .bytes()
                .zip(compiled.bytes())
                .take_while(|(a, b)| a == b);
            let at = same.count().saturating_sub(60);
            let part = |text: &str| text.chars().skip(at).take(160).collect::<String>();
            format!(
                "{}…\n{}\nand in the kernel\n{}",
                &compiled[..40.min(compiled.len())],
                part(&compiled),
                part(&kernel)
            )
        })
        .collect()
}

/// What C for BPF cannot say, such as the compiler's own `va_list` and what contains one.
fn few(types: &[String]) -> usize {
    types.len() / 200
}

#[test]
fn the_whole_means_what_the_kernel_has() {
    let project = Project::new(&[]);
    let (code, stdout, stderr) = run(&project, &["vmlinux", "-o", "ours.h"]);
    assert_eq!((code, stdout.as_str(), stderr.as_str()), (Some(0), "", ""));
    let types = kernel_types();
    assert!(types.len() > 5000, "{}", types.len());
    let ours = compiled(&project, "ours.h", &types);
    let different = differing(&types, &Btf::from_kernel().unwrap(), &ours);
    assert!(
        different.len() <= few(&types),
        "{} differ: {}",
        different.len(),
        different[0]
    );
}

/// bpftool's own header, from the libbpf that it was built with: older ones lose the size of small enums.
#[test]
fn the_whole_means_what_bpftools_does() {
    let dump = Command::new("bpftool")
        .args(["btf", "dump", "file", KERNEL, "format", "c"])
        .output();
    let dump = match dump {
        Ok(dump) => dump,
        Err(error) => {
            assert!(std::env::var_os("CI").is_none(), "bpftool: {error}");
            eprintln!("there is no bpftool to compare with");
            return;
        }
    };
    assert!(dump.status.success(), "{}", text(&dump.stderr));
    let project = Project::new(&[]);
    project.write("theirs.h", &text(&dump.stdout));
    let types = kernel_types();
    let theirs = compiled(&project, "theirs.h", &types);
    let different = differing(&types, &Btf::from_kernel().unwrap(), &theirs);
    assert!(
        different.len() <= 4 * few(&types),
        "{} differ: {}",
        different.len(),
        different[0]
    );
}

#[test]
fn some_types_are_laid_out_as_in_the_whole() {
    let project = Project::new(&[]);
    let wanted = [
        "task_struct",
        "struct sk_buff",
        "enum bpf_map_type",
        "pid_t",
    ];
    let arguments = [&["vmlinux", "-o", "some.h"], &wanted[..]].concat();
    let (code, _, stderr) = run(&project, &arguments);
    assert_eq!((code, stderr.as_str()), (Some(0), ""));
    run(&project, &["vmlinux", "-o", "whole.h"]);
    let types = [
        "struct task_struct",
        "struct sk_buff",
        "enum bpf_map_type",
        "pid_t",
    ];
    let types = types.map(String::from);
    let some = compiled(&project, "some.h", &types);
    let whole = compiled(&project, "whole.h", &types);
    assert_same(&some, &whole, 50);
    let size = |name| fs::metadata(project.path(name)).unwrap().len();
    assert!(size("some.h") * 20 < size("whole.h"), "{}", size("some.h"));
    let header = fs::read_to_string(project.path("some.h")).unwrap();
    assert!(header.contains("preserve_access_index"));
    // Only pointed to by a task.
    assert!(header.contains("\nstruct nsproxy;\n"), "{header}");
    assert!(!header.contains("\nstruct nsproxy {"));
}

#[test]
fn the_same_types_are_the_same_bytes() {
    let project = Project::new(&[]);
    let (_, once, _) = run(&project, &["vmlinux", "sock", "file"]);
    let (_, again, _) = run(&project, &["vmlinux", "--btf", KERNEL, "sock", "file"]);
    assert!(once.contains("struct sock {"), "{once}");
    assert_eq!(once, again);
    let (_, whole, _) = run(&project, &["vmlinux"]);
    run(&project, &["vmlinux", "--output", "vmlinux.h"]);
    assert!(whole == fs::read_to_string(project.path("vmlinux.h")).unwrap());
}

#[test]
fn an_object_has_types_for_a_header_too() {
    let project = Project::new(&[]);
    project.take("made_up_kernel.bpf.o");
    let (code, stdout, _) = run(&project, &["vmlinux", "--elf", "made_up_kernel.bpf.o"]);
    assert_eq!(code, Some(0));
    assert!(stdout.starts_with("#ifndef __VMLINUX_H__\n"), "{stdout}");
    assert!(stdout.contains("struct bpf_struct_ops_"), "{stdout}");
}

/// A module's BTF, with one struct: `struct made_by_module { struct list_head list; }`.
fn module(kernel: &Btf) -> Vec<u8> {
    let list = kernel.find("list_head", Kind::Struct).unwrap();
    let strings = u32::from_ne_bytes(kernel.raw()[20..24].try_into().unwrap());
    let names = b"made_by_module\0list\0";
    let list_name = strings + 15;
    let types = [strings, 4 << 24 | 1, 16, list_name, list.0, 0];
    let mut bytes = [0xeb9f_u16.to_ne_bytes(), [1, 0]].concat();
    let header = [24, 0, 24, 24, u32::try_from(names.len()).unwrap()];
    for word in header.into_iter().chain(types) {
        bytes.extend(word.to_ne_bytes());
    }
    bytes.extend(names);
    bytes
}

#[test]
fn a_modules_types_come_with_those_of_its_kernel() {
    let project = Project::new(&[]);
    fs::write(
        project.path("made.btf"),
        module(&Btf::from_kernel().unwrap()),
    )
    .unwrap();
    let (code, whole, stderr) = run(&project, &["vmlinux", "--module", "made.btf"]);
    assert_eq!((code, stderr.as_str()), (Some(0), ""));
    for wanted in ["struct made_by_module {", "struct task_struct {"] {
        assert!(whole.contains(wanted), "no {wanted}");
    }
    let arguments = ["vmlinux", "--module", "made.btf", "made_by_module"];
    let (_, some, _) = run(&project, &arguments);
    assert!(some.contains("struct made_by_module {\n\tstruct list_head list;\n};"));
    assert!(some.contains("struct list_head {"), "{some}");
    assert!(!some.contains("struct task_struct"), "{some}");
}

/// `/dev/stdout` is such a link: it is not to be replaced by a file.
#[test]
fn what_a_link_leads_to_is_written_to() {
    let project = Project::new(&[("real.h", "old")]);
    symlink("real.h", project.path("link.h")).unwrap();
    symlink("/proc/self/fd/1", project.path("stdout")).unwrap();
    let is_link = |name: &str| {
        fs::symlink_metadata(project.path(name))
            .unwrap()
            .is_symlink()
    };
    let header = |name: &str| fs::read_to_string(project.path(name)).unwrap();

    let (code, _, stderr) = run(&project, &["vmlinux", "list_head", "-o", "link.h"]);
    assert_eq!((code, stderr.as_str()), (Some(0), ""));
    assert!(is_link("link.h"));
    assert!(header("real.h").contains("struct list_head"));

    let status = command()
        .args(["vmlinux", "list_head", "-o", "stdout"])
        .current_dir(project.path(""))
        .stdout(fs::File::create(project.path("printed.h")).unwrap())
        .status()
        .unwrap();
    assert!(status.success());
    assert!(is_link("stdout"));
    assert_eq!(header("printed.h"), header("real.h"));
}

#[test]
fn what_cannot_be_written_is_said() {
    let project = Project::new(&[("text", "no BTF\n"), ("empty", "")]);
    for (arguments, wanted) in [
        (&["task_strct"] as &[&str], "did you mean `task_struct`?"),
        (&["struct pid_t"], "cannot find type `struct pid_t`"),
        (&["struct"], "cannot find type `struct`"),
        (&[""], "cannot find type ``"),
        (&["--btf", "gone"], "`gone`"),
        (&["--btf", "text"], "`text`"),
        (&["--btf", "empty"], "`empty`"),
        (&["--btf", "."], "`.`"),
        (&["--btf", "/dev/null"], "`/dev/null`"),
        (&["--btf", "/dev/zero"], "`/dev/zero`"),
        (&["--module", "no_such_module"], "`no_such_module`"),
        (&["-o", "no/such/folder", "sock"], "no/such/folder"),
    ] {
        let arguments = [&["vmlinux"], arguments].concat();
        let (code, stdout, stderr) = run(&project, &arguments);
        assert_eq!((code, stdout.as_str()), (Some(1), ""), "{arguments:?}");
        assert!(stderr.starts_with("skelgen: cannot "), "{stderr}");
        assert!(stderr.contains(wanted), "{stderr}");
    }
}
