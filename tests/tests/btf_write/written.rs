//! What is written is read by libbpf, by an older bpftool, and here.

use super::{VOID, all, int, sections, types};
use libbpf_safe::btf::{Btf, BtfError, Builder, Endian, Field, IntEncoding, Kind, TypeId};
use libbpf_tests::bpftool::Bpftool;
use libbpf_tests::skeletons::CORE;
use std::process::Command;
use tempfile::TempDir;

fn bpftool(btf: &Btf) -> Vec<String> {
    let folder = TempDir::new().unwrap();
    let mut command = Command::new(Bpftool::find().expect("no bpftool").path);
    let file = |name: &str, btf: &Btf| {
        let path = folder.path().join(name);
        std::fs::write(&path, btf.raw()).unwrap();
        path
    };
    if let Some(base) = btf.base() {
        command.arg("-B").arg(file("base", base));
    }
    let path = file("own", btf);
    let output = command
        .args(["btf", "dump", "file"])
        .arg(path)
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(|line| line.trim().to_owned()).collect()
}

#[test]
fn bpftool_reads_every_kind_of_type_that_is_written() {
    let lines = bpftool(&all().build().unwrap());
    for expected in [
        "[1] INT 'int' size=4 bits_offset=0 nr_bits=32 encoding=SIGNED",
        "[2] INT '_Bool' size=1 bits_offset=0 nr_bits=8 encoding=BOOL",
        "[3] PTR '(anon)' type_id=1",
        "[4] ARRAY '(anon)' type_id=3 index_type_id=1 nr_elems=3",
        "[5] STRUCT 's' size=32 vlen=2",
        "'b' type_id=2 bits_offset=192",
        "'y' type_id=1 bits_offset=3 bitfield_size=5",
        "[7] UNION 'u' size=4 vlen=2",
        "[8] ENUM 'e' encoding=SIGNED size=4 vlen=2",
        "'RED' val=-1",
        "[9] ENUM64 'big' encoding=UNSIGNED size=8 vlen=2",
        "'LARGE' val=18446744073709551615ULL",
        "[10] FWD 'later' fwd_kind=struct",
        "[11] FWD 'later_u' fwd_kind=union",
        "[12] TYPEDEF 'int_t' type_id=1",
        "[13] VOLATILE '(anon)' type_id=12",
        "[14] CONST '(anon)' type_id=13",
        "[15] RESTRICT '(anon)' type_id=3",
        "[16] FUNC_PROTO '(anon)' ret_type_id=0 vlen=2",
        "'a' type_id=14",
        "[17] FUNC 'f' type_id=16 linkage=global",
        "[18] VAR 'v' type_id=1, linkage=static",
        "[19] DATASEC '.data' size=16 vlen=1",
        "type_id=18 offset=8 size=4 (VAR 'v')",
        "[20] FLOAT 'double' size=8",
        "[21] DECL_TAG 'whole' type_id=17 component_idx=-1",
        "[22] DECL_TAG 'part' type_id=17 component_idx=0",
        "[23] TYPE_TAG 'user' type_id=1",
    ] {
        assert!(
            lines.iter().any(|line| line == expected),
            "{expected}: {lines:#?}"
        );
    }
}

#[test]
fn bpftool_reads_what_is_split_from_a_base() {
    let base = all().build().unwrap();
    let mut types = Builder::split(&base).unwrap();
    let s = base.find("s", Kind::Struct).unwrap();
    let pointer = types.pointer(s).unwrap();
    let fields = [
        Field::new("s", pointer, 0),
        Field::new("flag", TypeId(2), 64),
    ];
    types.structure("own", 16, fields).unwrap();
    let split = types.build().unwrap();
    let lines = bpftool(&split);
    let own = base.len();
    for expected in [
        format!("[{own}] PTR '(anon)' type_id={s}"),
        format!("[{}] STRUCT 'own' size=16 vlen=2", own + 1),
        "'flag' type_id=2 bits_offset=64".to_owned(),
    ] {
        assert!(lines.contains(&expected), "{expected}: {lines:#?}");
    }
    // Goes on where it ended.
    let mut more = Builder::onward(&split).unwrap();
    let id = more
        .typedef("own_t", TypeId(u32::try_from(own).unwrap() + 1))
        .unwrap();
    let more = more.build().unwrap();
    assert_eq!(more.c_name(id), "own_t");
    assert_eq!(types_but_last(&more), self::types(&split));
    assert!(
        bpftool(&more)
            .iter()
            .any(|line| line.contains("TYPEDEF 'own_t'"))
    );
}

fn types_but_last(btf: &Btf) -> Vec<String> {
    let mut types = types(btf);
    types.pop();
    types
}

#[test]
fn what_btf_cannot_express_is_refused_by_name() {
    let mut types = Builder::new();
    let reason = |result: Result<TypeId, BtfError>| result.unwrap_err().to_string();
    for (error, word) in [
        (reason(types.int("three", 3, IntEncoding::Signed)), "three"),
        (reason(types.int("", 4, IntEncoding::Signed)), "name"),
        (reason(types.float("half", 1)), "half"),
        (reason(types.typedef("", VOID)), "typedef"),
        (reason(types.forward("", false)), "name"),
        (
            reason(types.union("u", 4, [Field::new("a", VOID, 8)])),
            "start",
        ),
        (reason(types.enumeration("e", 3, false, [])), "`e`"),
        (
            reason(types.enumeration("e", 4, false, [("MINUS", -1)])),
            "sign",
        ),
        (reason(types.enumeration("e", 4, false, [("", 1)])), "name"),
        (reason(types.int("a\0b", 4, IntEncoding::Char)), "zero byte"),
        (
            reason(types.decl_tag("tag", VOID, Some(u32::MAX), false)),
            "member",
        ),
        (
            reason(types.structure(
                "far",
                4,
                [
                    Field::new("a", VOID, 1 << 24),
                    Field::new("b", VOID, 0).bits(1),
                ],
            )),
            "2 MiB",
        ),
        (
            reason(types.function_proto(VOID, std::iter::repeat_n(("", TypeId(1)), 65536))),
            "65535",
        ),
    ] {
        assert!(error.contains(word), "{error}");
    }
    // None of these was added.
    assert_eq!(types.next_id(), Ok(TypeId(1)));
    types.pointer(TypeId(7)).unwrap();
    assert!(matches!(types.build(), Err(BtfError::BadReference { .. })));
}

#[test]
fn strings_are_found_where_they_were_added() {
    let mut types = Builder::new();
    let first = types.string("return 0;").unwrap();
    assert_eq!(types.string("return 0;"), Ok(first));
    int(&mut types);
    let base = types.build().unwrap();
    let mut types = Builder::split(&base).unwrap();
    let own = types.string("own").unwrap();
    let btf = types.build().unwrap();
    assert_eq!(btf.string(first), Some("return 0;"));
    assert_eq!(
        (btf.string(own), btf.find_string("own")),
        (Some("own"), Some(own))
    );
    assert_eq!(btf.find_string("return 0;"), Some(first));
    assert_eq!(btf.find_string(""), Some(0));
    assert_eq!((btf.find_string("turn"), btf.string(10_000)), (None, None));
}

#[test]
fn a_btf_of_the_other_order_says_the_same_to_libbpf() {
    let btf = all().build().unwrap();
    let other = match Endian::NATIVE {
        Endian::Little => Endian::Big,
        Endian::Big => Endian::Little,
    };
    let swapped = btf.to_endian(other).unwrap();
    assert_eq!((btf.endian(), swapped.endian()), (Endian::NATIVE, other));
    assert_ne!(swapped.raw(), btf.raw());
    assert_eq!(types(&swapped), types(&btf));
    assert_eq!(bpftool(&swapped), bpftool(&btf));
    let again = swapped.to_endian(Endian::NATIVE).unwrap();
    assert_eq!(types(&again), types(&btf));
}

#[test]
fn a_copy_of_an_objects_btf_is_equal() {
    let (btf, _) = sections(CORE);
    let mut copy = Builder::new();
    copy.append(&btf).unwrap();
    let copy = copy.build().unwrap();
    assert_eq!(types(&copy), types(&btf));
    let mut one = Builder::new();
    let id = btf.find("task_struct", Kind::Struct).unwrap();
    one.copy(&btf, id).unwrap();
    // What it refers to was not copied.
    assert!(matches!(one.build(), Err(BtfError::BadReference { .. })));
}
