//! Inits: what they change, and what they are read from and written to.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use libbpf_safe::struct_ops::StructOpsProgram;
use libbpf_safe::struct_ops::init::{Init, ProgramName};
use libbpf_tests::skeletons::members::init::{
    MemberOpsBothInit, MemberOpsInit, PairInit, Program, RowInit,
};
use libbpf_tests::skeletons::members::types::speed;
use libbpf_tests::skeletons::members::{OpenSkeleton, SkeletonInit};
use libbpf_tests::skeletons::tcp_shadow;

fn everything() -> MemberOpsInit {
    MemberOpsInit {
        run: Some(Some(Program::stopped)),
        stop: Some(None),
        small: Some(9),
        number: Some(-9),
        on: Some(false.into()),
        name: Some("other".parse().unwrap()),
        speed: Some(speed::SLOW),
        table: Some([1, 2, 3]),
        grid: Some([[4, 3], [2, 1]]),
        pair: Some(PairInit {
            low: Some(0),
            ..Default::default()
        }),
        three: Some(2),
        signed_five: Some(-16),
        straddling: Some(1 << 39),
        first_byte: Some(0xee),
        both: Some(MemberOpsBothInit {
            halves: Some(PairInit {
                high: Some(-1),
                ..Default::default()
            }),
            ..Default::default()
        }),
        rows: Some([
            RowInit::default(),
            RowInit {
                tag: Some(60),
                pairs: Some([
                    PairInit::default(),
                    PairInit {
                        high: Some(-11),
                        ..Default::default()
                    },
                ]),
                ..Default::default()
            },
        ]),
        ..Default::default()
    }
}

#[test]
fn what_is_some_is_set_and_the_rest_is_kept() {
    let mut open = OpenSkeleton::open().unwrap();
    let init = SkeletonInit {
        filled: everything(),
        ..Default::default()
    };
    open.apply(&init).unwrap();
    let parts = open.parts();
    let (ops, default) = (parts.struct_ops.filled, parts.defaults.filled);
    assert_eq!(ops.run, Some(parts.programs.stopped.callback()));
    assert_eq!(ops.stop, None);
    assert_eq!((ops.small, ops.number, ops.on.get()), (9, -9, false));
    assert_eq!(
        (ops.name.to_str().unwrap(), ops.speed),
        ("other", speed::SLOW)
    );
    assert_eq!((ops.table, ops.grid), ([1, 2, 3], [[4, 3], [2, 1]]));
    // Nested, and in arrays: only what was named.
    assert_eq!((ops.pair.low, ops.pair.high), (0, -7));
    assert_eq!(ops.rows[0], default.rows[0]);
    assert_eq!((ops.rows[1].tag, ops.rows[1].pairs[1].low), (60, 9));
    assert_eq!(ops.rows[1].pairs[1].high, -11);
    assert_eq!(ops.rows[1].pairs[0], default.rows[1].pairs[0]);
    // Bitfields, and what shares its bytes.
    assert_eq!(
        (ops.three(), ops.signed_five(), ops.straddling()),
        (2, -16, 1 << 39)
    );
    assert_eq!(ops.narrow(), speed::FAST);
    assert_eq!((*ops.first_byte(), ops.both.halves().low), (0xee, 12));
    assert_eq!(ops.both.halves().high, -1);
    // Not named.
    assert_eq!((ops.medium, ops.large), (60_000, 0xfedc_ba98_7654_3210));
    // The other map.
    assert!(*parts.struct_ops.empty == *parts.defaults.empty);
    assert_eq!(init.filled, everything());
}

#[test]
fn an_empty_init_changes_nothing() {
    let mut open = OpenSkeleton::open().unwrap();
    open.apply(&SkeletonInit::default()).unwrap();
    let parts = open.parts();
    assert!(*parts.struct_ops.filled == *parts.defaults.filled);
    assert!(*parts.struct_ops.empty == *parts.defaults.empty);
}

/// As a tool would that knows no type.
fn apply_any<'open, I: Init<Program = Program>>(
    init: &I,
    shadow: &mut I::Shadow<'open>,
    program: &dyn Fn(Program) -> StructOpsProgram<'open>,
) -> usize {
    init.apply(shadow, program).unwrap();
    I::MEMBERS.len()
}

#[test]
fn a_tool_can_be_generic_over_inits() {
    let mut open = OpenSkeleton::open().unwrap();
    let parts = open.parts();
    let programs = &parts.programs;
    let find = |program| match program {
        Program::started => programs.started.callback(),
        Program::stopped => programs.stopped.callback(),
    };
    let ops = parts.struct_ops.empty;
    let members = apply_any(&everything(), ops, &find);
    assert!(members > 20);
    assert!(MemberOpsInit::MEMBERS.contains(&"small_signed"));
    assert_eq!((ops.small, ops.run), (9, Some(programs.stopped.callback())));
    let names: Vec<_> = Program::ALL.iter().map(|program| program.name()).collect();
    assert_eq!(names, ["started", "stopped"]);
}

#[test]
fn a_bitfield_that_does_not_fit_changes_nothing() {
    let mut open = OpenSkeleton::open().unwrap();
    let mut init = SkeletonInit {
        filled: everything(),
        ..Default::default()
    };
    init.filled.signed_five = Some(16);
    let error = open.apply(&init).unwrap_err();
    let text = error.to_string();
    assert!(
        text.contains("`signed_five`") && text.contains("16"),
        "{text}"
    );
    let parts = open.parts();
    assert!(*parts.struct_ops.filled == *parts.defaults.filled);
}

#[test]
fn toml_and_json_give_the_same_init() {
    let wanted = SkeletonInit {
        filled: everything(),
        ..Default::default()
    };
    let toml_text = r#"
        [filled]
        run = "stopped"
        stop = ""
        small = 9
        number = -9
        on = false
        name = "other"
        speed = "SLOW"
        table = [1, 2, 3]
        grid = [[4, 3], [2, 1]]
        pair = { low = 0 }
        three = 2
        signed_five = -16
        straddling = 549755813888
        first_byte = 0xee
        both = { halves = { high = -1 } }
        rows = [{}, { tag = 60, pairs = [{}, { high = -11 }] }]
    "#;
    let json_text = r#"{
        "filled": {
            "run": "stopped", "stop": null, "small": 9, "number": -9, "on": false,
            "name": "other", "speed": 1, "table": [1, 2, 3], "grid": [[4, 3], [2, 1]],
            "pair": { "low": 0 }, "three": 2, "signed_five": -16, "straddling": 549755813888,
            "first_byte": 238, "both": { "halves": { "high": -1 } },
            "rows": [{}, { "tag": 60, "pairs": [{}, { "high": -11 }] }]
        }
    }"#;
    assert_eq!(toml::from_str::<SkeletonInit>(toml_text).unwrap(), wanted);
    assert_eq!(
        serde_json::from_str::<SkeletonInit>(json_text).unwrap(),
        wanted
    );
}

#[test]
fn what_is_written_is_read_back() {
    let mut init = SkeletonInit {
        filled: everything(),
        ..Default::default()
    };
    init.filled.codes = Some(Default::default());
    init.filled.codes.as_mut().unwrap().as_array_mut()[2] = 7;
    init.filled.speed = Some(speed(77));
    init.filled.large_signed = Some(i64::MIN);
    init.empty.stop = Some(None);
    let text = toml::to_string(&init).unwrap();
    assert_eq!(
        toml::from_str::<SkeletonInit>(&text).unwrap(),
        init,
        "{text}"
    );
    init.empty.large = Some(u64::MAX);
    let text = serde_json::to_string(&init).unwrap();
    assert_eq!(
        serde_json::from_str::<SkeletonInit>(&text).unwrap(),
        init,
        "{text}"
    );
    // What is None is not written.
    assert!(!text.contains("medium"), "{text}");
    assert!(text.contains(r#""speed":77"#), "{text}");
    assert_eq!(
        serde_json::to_string(&SkeletonInit::default()).unwrap(),
        "{}"
    );
}

#[test]
fn what_does_not_fit_is_refused_by_name() {
    for (member, words) in [
        ("smal = 1", &["`smal`", "`small`", "`small_signed`"][..]),
        ("small = 300", &["`small`", "0 to 255", "300"]),
        ("small = -1", &["`small`", "0 to 255", "-1"]),
        ("small = 1.5", &["`small`", "1.5"]),
        ("small = \"x\"", &["`small`", "\"x\""]),
        ("small_signed = 128", &["`small_signed`", "-128 to 127"]),
        ("on = 2", &["`on`", "true or false"]),
        ("name = \"eight_88\"", &["`name`", "`char[8]` holds 7"]),
        ("name = 7", &["`name`", "at most 7 bytes"]),
        ("codes = [1, 2]", &["`codes`", "4 elements"]),
        (
            "speed = \"FASTER\"",
            &["`speed`", "`SLOW`, `FAST`", "`FASTER`"],
        ),
        ("speed = 4294967296", &["`speed`", "4294967295"]),
        ("table = [1, 2]", &["`table` has 3 elements", "fewer"]),
        ("table = [1, 2, 3, 4]", &["`table` has 3 elements", "more"]),
        ("table = [1, -2, 3]", &["`table`", "-2"]),
        ("run = \"no_callback\"", &["`run`", "`started`, `stopped`"]),
        ("run = 1", &["`run`", "name of a program"]),
        ("pair = { lo = 1 }", &["`lo`", "`low`", "`high`"]),
        ("pair = { low = -1 }", &["`low`", "-1"]),
    ] {
        let text = format!("[filled]\n{member}\n");
        let error = toml::from_str::<SkeletonInit>(&text)
            .unwrap_err()
            .to_string();
        for word in words {
            assert!(error.contains(word), "{word} is not in: {error}");
        }
    }
    let twice = r#"{ "filled": { "small": 1, "small": 2 } }"#;
    let error = serde_json::from_str::<SkeletonInit>(twice).unwrap_err();
    assert!(error.to_string().contains("`small`"), "{error}");
    let error = toml::from_str::<SkeletonInit>("[fulled]").unwrap_err();
    assert!(error.to_string().contains("`filled`"), "{error}");
}

#[test]
fn variables_are_set_by_an_init() {
    let text = r#"
        [rodata]
        step = 4
        label = "toml"
        [data]
        written = 99
    "#;
    let init: tcp_shadow::SkeletonInit = toml::from_str(text).unwrap();
    let mut open = init.open().unwrap();
    let parts = open.parts();
    assert_eq!((parts.rodata.step, parts.data.written), (4, 99));
    assert_eq!(parts.rodata.label, "toml");
    assert!(parts.rodata.enabled.get(), "as in the object");
}
