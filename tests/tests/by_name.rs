//! struct_ops maps by name: what clang wrote is read, what is set reads as if clang had written it, and
//! what does not fit is refused and changes nothing.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use libbpf_safe::struct_ops::by_name::{Callback, MemberKind, OpenMember, OpenStructOps, Value};
use libbpf_safe::{Error, ErrorKind, OpenObject};
use libbpf_tests::skeletons::{OTHER_ORDER, members};

fn open() -> OpenObject {
    OpenObject::from_bytes("members", &members::OBJECT.0).unwrap()
}

/// What `filled` has, in the words of its initializer.
fn filled() -> Vec<(&'static str, Value)> {
    let pair = |low: i128, high: i128| {
        Value::Struct(vec![
            ("low".into(), Value::Int(low)),
            ("high".into(), Value::Int(high)),
        ])
    };
    let row = |tag: u8, pairs: [Value; 2]| {
        Value::Struct(vec![
            ("tag".into(), tag.into()),
            ("pairs".into(), pairs.into()),
            ("inner".into(), Value::None),
        ])
    };
    vec![
        ("run", Callback("started").into()),
        ("stop", Callback("stopped").into()),
        ("small", 200u8.into()),
        ("small_signed", (-100i8).into()),
        ("medium", 60_000u16.into()),
        ("number", (-2_000_000_000).into()),
        ("large", 0xfedc_ba98_7654_3210u64.into()),
        ("large_signed", (-5_000_000_000i64).into()),
        ("on", true.into()),
        ("letter", b'x'.into()),
        ("name", "seven_7".into()),
        ("codes", Value::Bytes(vec![1, 0, 2, 0])),
        ("speed", "FAST".into()),
        ("sign", "MINUS".into()),
        ("wide", 0x1234_5678_9abci64.into()),
        ("three", 5.into()),
        ("signed_five", (-9).into()),
        ("narrow", "FAST".into()),
        ("straddling", 0x9a_bcde_f012i64.into()),
        ("table", [10, 20, 30].into()),
        ("grid", [[1, 2], [3, 4]].into()),
        ("pair", pair(7, -7)),
        (
            "rows",
            [
                row(1, [pair(2, 3), pair(4, 5)]),
                row(6, [pair(7, 8), pair(9, -10)]),
            ]
            .into(),
        ),
        ("in_anonymous", 11.into()),
        ("either", 0x0102_0304.into()),
        ("both.halves", pair(12, 13)),
        ("data", Value::None),
        ("qualified", 14.into()),
    ]
}

/// Clang before 15 leaves out half of the constants of 64-bit enums: then they have no names.
fn by_number(value: Value) -> Value {
    match value {
        Value::Text(name) if name == "HUGE" => 0x1234_5678_9abci64.into(),
        value => value,
    }
}

fn find<'a>(members: &'a [OpenMember], path: &str) -> &'a OpenMember {
    members
        .iter()
        .find(|member| member.path == path)
        .unwrap_or_else(|| panic!("no `{path}`"))
}

fn all_values(ops: &OpenStructOps<'_>) -> Vec<(String, Value)> {
    let members = ops.members().unwrap().into_iter();
    members.map(|member| (member.path, member.value)).collect()
}

#[test]
fn what_clang_wrote_is_read() {
    let mut open = open();
    let ops = open.struct_ops("filled").unwrap();
    assert_eq!(ops.c_type(), "struct member_ops");
    for (path, value) in filled() {
        assert_eq!(by_number(ops.get(path).unwrap()), value, "{path}");
        assert_eq!(by_number(ops.default_value(path).unwrap()), value, "{path}");
    }
    for (path, value) in [
        ("table[1]", Value::from(20)),
        ("grid[1][0]", 3.into()),
        ("pair.high", (-7).into()),
        ("rows[1].pairs[1].high", (-10).into()),
        ("rows[0].inner", Value::None),
        ("both.halves.high", 13.into()),
    ] {
        assert_eq!(ops.get(path).unwrap(), value, "{path}");
    }
    if cfg!(target_endian = "little") {
        assert_eq!(ops.get("first_byte").unwrap(), Value::from(4));
        let whole = 13u64 << 32 | 12;
        assert_eq!(ops.get("both.whole").unwrap(), whole.into());
    }
}

#[test]
fn what_is_set_is_what_clang_would_have_written() {
    let mut open = open();
    let wanted = all_values(&open.struct_ops("filled").unwrap());
    let mut ops = open.struct_ops("empty").unwrap();
    let nothing = all_values(&ops);
    assert_ne!(nothing, wanted);
    for (path, value) in filled() {
        let before = all_values(&ops);
        ops.set(path, value.clone()).unwrap();
        assert_eq!(by_number(ops.get(path).unwrap()), value, "{path}");
        // Nobody else has changed, bitfields beside bitfields included.
        let root = path.split('.').next().unwrap();
        let is_other = |name: &str| {
            let part = name.split('.').next().unwrap();
            part != root && !(path == "either" && part == "first_byte")
        };
        for (now, before) in all_values(&ops).iter().zip(&before) {
            assert!(!is_other(&now.0) || now == before, "{path}: {now:?}");
        }
    }
    assert_eq!(all_values(&ops), wanted);
    ops.reset_all();
    assert_eq!(all_values(&ops), nothing);

    // Enums by number, callbacks by a plain name, elements and parts one by one.
    ops.set("speed", 5).unwrap();
    ops.set("sign", -1).unwrap();
    ops.set("narrow", 9).unwrap();
    ops.set("run", "started").unwrap();
    ops.set("table[2]", 30).unwrap();
    ops.set("rows[1].pairs[0].low", 7).unwrap();
    ops.set("pair", Value::Struct(vec![("high".into(), 4.into())]))
        .unwrap();
    for (path, value) in [
        ("speed", Value::from("FAST")),
        ("sign", "MINUS".into()),
        ("narrow", 9.into()),
        ("run", Callback("started").into()),
        ("table", [0, 0, 30].into()),
        ("rows[1].pairs[0].low", 7.into()),
        ("pair.high", 4.into()),
        ("pair.low", 0.into()),
    ] {
        assert_eq!(ops.get(path).unwrap(), value, "{path}");
    }
}

#[test]
fn defaults_are_kept_and_come_back() {
    let mut open = open();
    let mut ops = open.struct_ops("filled").unwrap();
    let defaults = all_values(&ops);
    for (path, value) in [
        ("small", Value::from(0)),
        ("three", 0.into()),
        ("run", Value::None),
        ("name", "".into()),
        ("table[1]", 0.into()),
        ("pair.low", 0.into()),
    ] {
        let default = ops.get(path).unwrap();
        ops.set(path, value.clone()).unwrap();
        let member = ops.member(path).unwrap();
        assert_eq!(
            (&member.value, &member.default),
            (&value, &default),
            "{path}"
        );
        assert_eq!(ops.default_value(path).unwrap(), default);
        ops.reset(path).unwrap();
        assert_eq!(ops.get(path).unwrap(), default, "{path}");
        assert_eq!(all_values(&ops), defaults, "{path}");
    }
    ops.set_all([("small", 0), ("three", 0)]).unwrap();
    assert_ne!(all_values(&ops), defaults);
    ops.reset_all();
    assert_eq!(all_values(&ops), defaults);
}

#[test]
fn members_are_listed_as_c_has_them() {
    let mut open = open();
    let ops = open.struct_ops("filled").unwrap();
    let members = ops.members().unwrap();
    for (path, c_type, kind) in [
        ("run", "int (*)(void)", MemberKind::Callback),
        ("small", "__u8", MemberKind::Int),
        ("on", "bool", MemberKind::Bool),
        ("name", "char[8]", MemberKind::Text),
        ("speed", "enum speed", MemberKind::Enum),
        ("table", "__u32[3]", MemberKind::Array),
        ("pair", "struct pair", MemberKind::Struct),
        ("pair.high", "__s32", MemberKind::Int),
        ("in_anonymous", "__u32", MemberKind::Int),
        ("either", "__u32", MemberKind::Int),
        ("both", "union {...}", MemberKind::Union),
        ("both.halves.low", "__u32", MemberKind::Int),
        ("data", "void *", MemberKind::Pointer),
    ] {
        let member = find(&members, path);
        assert_eq!(
            (member.c_type.as_str(), member.kind),
            (c_type, kind),
            "{path}"
        );
    }
    let sizes = |path| {
        let member = find(&members, path);
        (member.offset, member.size, member.bitfield)
    };
    assert_eq!(sizes("run"), (0, 8, None));
    assert_eq!(sizes("small_signed"), (17, 1, None));
    assert_eq!(sizes("number"), (20, 4, None));
    assert_eq!(sizes("name"), (42, 8, None));
    assert_eq!(sizes("three").2, Some(3));
    assert_eq!(sizes("straddling").2, Some(40));
    let (pair, high) = (sizes("pair").0, sizes("pair.high").0);
    assert_eq!(high, pair + 4);
}

fn refused(ops: &mut OpenStructOps<'_>, path: &str, value: impl Into<Value>) -> Error {
    let before = all_values(ops);
    let error = ops.set(path, value).unwrap_err();
    assert_eq!(all_values(ops), before, "{error}");
    let text = error.to_string();
    for word in ["`empty`", "`struct member_ops`", &format!("`{path}")] {
        assert!(text.contains(word), "{word} is not in: {text}");
    }
    error
}

#[test]
fn what_does_not_fit_is_refused_and_changes_nothing() {
    let mut open = open();
    let mut ops = open.struct_ops("empty").unwrap();
    let pair = |name: &str, value: i128| Value::Struct(vec![(name.into(), Value::Int(value))]);
    for (path, value, expected, found) in [
        ("small", Value::from(300), "from 0 to 255 (`__u8`)", "300"),
        ("small", (-1).into(), "from 0 to 255", "-1"),
        ("small", "x".into(), "a number from 0 to 255", "\"x\""),
        ("small", true.into(), "a number", "true"),
        ("small", 1.5.into(), "a number", "1.5"),
        ("small_signed", 128.into(), "from -128 to 127", "128"),
        ("number", (1i64 << 31).into(), "2147483647", "2147483648"),
        ("large", (-1).into(), "18446744073709551615", "-1"),
        ("three", 8.into(), "from 0 to 7 (`__u32 : 3`)", "8"),
        ("signed_five", 16.into(), "from -16 to 15", "16"),
        ("on", 2.into(), "true or false", "2"),
        ("speed", "FASTER".into(), "`SLOW`, `FAST`", "`FASTER`"),
        ("speed", (1i64 << 32).into(), "to 4294967295", "4294967296"),
        ("speed", Value::None, "a constant of `enum speed`", "NULL"),
        ("name", 7.into(), "a string (`char[8]`)", "7"),
        ("table", [1, 2].into(), "3 elements", "2 elements"),
        ("table", 1.into(), "an array of 3", "1"),
        ("table", [1i64, -1, 2].into(), "from 0 to", "-1"),
        ("pair", 3.into(), "members by name (`struct pair`)", "3"),
        ("pair", pair("low", -1), "from 0 to", "-1"),
        (
            "run",
            "no_callback".into(),
            "a struct_ops program",
            "`no_callback`",
        ),
        ("run", "start".into(), "a program of the object", "`start`"),
        ("run", 1.into(), "name of a program", "1"),
        ("data", 1.into(), "NULL", "1"),
        ("codes", Value::Bytes(vec![1]), "4 bytes", "1 bytes"),
    ] {
        let error = refused(&mut ops, path, value);
        let ErrorKind::Mismatch {
            expected: e,
            found: f,
            ..
        } = error.kind()
        else {
            panic!("{error:?}");
        };
        assert!(e.contains(expected), "{path}: {error}");
        assert!(f.contains(found), "{path}: {error}");
    }
    for (path, value, reason) in [
        ("name", Value::from("eight_88"), "`char[8]` holds 7"),
        ("name", "a\0b".into(), "NUL at byte 1"),
        (
            "rows[0].inner",
            "started".into(),
            "only as members of the struct_ops type",
        ),
        ("rows[2].tag", 1.into(), "no element 2: the array has 2"),
        ("small.x", 1.into(), "has no members"),
        ("small[0]", 1.into(), "no array"),
        ("", 1.into(), "no path"),
    ] {
        let error = refused(&mut ops, path, value);
        assert!(matches!(error.kind(), ErrorKind::InvalidInput { .. }));
        assert!(error.to_string().contains(reason), "{path}: {error}");
    }
}

#[test]
fn names_that_do_not_exist_come_with_what_may_have_been_meant() {
    let mut open = open();
    let mut ops = open.struct_ops("empty").unwrap();
    for (path, hint) in [
        ("smal", "did you mean `small`?"),
        ("pair.hgh", "did you mean `high`?"),
        (
            "nothing_like_it",
            "`struct member_ops` has no member `nothing_like_it`",
        ),
    ] {
        let error = refused(&mut ops, path, 1);
        assert_eq!(error.kind(), &ErrorKind::NotFound, "{error}");
        assert_eq!(error.hint(), Some(hint));
        ops.get(path).unwrap_err();
        ops.reset(path).unwrap_err();
    }
    let error = refused(&mut ops, "run", "startd");
    assert_eq!(error.hint(), Some("did you mean `started`?"));
    let error = refused(&mut ops, "speed", "FASTT");
    assert_eq!(error.hint(), Some("did you mean `FAST`?"));
    let inner = Value::Struct(vec![("hig".into(), 1.into())]);
    let error = refused(&mut ops, "pair", inner);
    assert!(error.to_string().contains("`pair.hig`"), "{error}");
}

#[test]
fn of_several_values_all_are_set_or_none() {
    let mut open = open();
    let mut ops = open.struct_ops("empty").unwrap();
    let before = all_values(&ops);
    ops.set_all([("small", 1), ("medium", 70_000)]).unwrap_err();
    assert_eq!(all_values(&ops), before);
    ops.set_all([("small", 1), ("medium", 2)]).unwrap();
    assert_eq!(ops.get("small").unwrap(), 1.into());
    assert_eq!(ops.get("medium").unwrap(), 2.into());
}

#[test]
fn a_union_takes_one_member_at_a_time() {
    let mut open = open();
    let mut ops = open.struct_ops("empty").unwrap();
    let whole = |value: u64| ("whole".to_owned(), value.into());
    let halves = ("halves".to_owned(), Value::Struct(Vec::new()));
    refused(&mut ops, "both", Value::Struct(vec![whole(1), halves]));
    ops.set("both", Value::Struct(vec![whole(u64::MAX)]))
        .unwrap();
    assert_eq!(ops.get("both.halves.high").unwrap(), (-1).into());
}

#[test]
fn maps_that_cannot_be_set_by_name_are_told() {
    let error = open().struct_ops("emty").unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::NotFound);
    let mut small =
        OpenObject::from_bytes("small_maps", &libbpf_tests::skeletons::small_maps::OBJECT.0)
            .unwrap();
    let name = small.maps().next().unwrap().name().to_owned();
    let error = small.struct_ops(&name).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("expected struct_ops, found hash"),
        "{error}"
    );

    let mut other = OpenObject::from_bytes("other", OTHER_ORDER).unwrap();
    let error = other.struct_ops("lacking").unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::OtherByteOrder, "{error}");
}
