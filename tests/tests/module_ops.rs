//! A struct_ops type of a kernel module (`kmod/`), with every kind of member that a kernel registers. The module
//! itself tells what it has received. Runs where the module is loaded: `make test-kernels` does that, in a guest.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use libbpf_safe::OpenObject;
use libbpf_safe::map::Array;
use libbpf_safe::struct_ops::by_name::{Callback, Value};
use libbpf_tests::features::Feature;
use libbpf_tests::kernel_tests;
use libbpf_tests::module_report::{MODULE, ModuleReport, call};
use libbpf_tests::skeletons::module_ops::init::{self, SafeOpsInit};
use libbpf_tests::skeletons::module_ops::{OBJECT, OpenSkeleton, SkeletonInit, shadow, types};
use std::sync::{Mutex, MutexGuard, PoisonError};

kernel_tests![
    all need Feature::Module(MODULE);
    what_the_object_says_arrives_in_the_module,
    each_member_set_through_the_borrowed_struct_arrives,
    each_member_set_by_an_init_arrives,
    each_member_set_by_name_arrives,
    a_replaced_callback_is_the_one_that_the_module_calls,
    an_emptied_callback_is_not_there,
    another_map_takes_over_while_registered,
    a_second_registration_is_refused_and_leaves_the_first,
    a_required_callback_that_is_empty_is_refused,
];

/// The module takes one at a time.
fn turn() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The values of `full` in the object.
const IN_THE_OBJECT: &[(&str, &str)] = &[
    ("choose", "1"),
    ("weigh", "1"),
    ("notify", "1"),
    ("name", "full"),
    ("s8", "-8"),
    ("u8", "8"),
    ("s16", "-16"),
    ("u16", "16"),
    ("s32", "-32"),
    ("u32", "32"),
    ("s64", "-64"),
    ("u64", "64"),
    ("word", "-1"),
    ("letter", "97"),
    ("on", "1"),
    ("switches", "1 0 1"),
    ("handle", "7"),
    ("level", "3"),
    ("shift", "-5"),
    ("wide", "0x123456789abcdef0"),
    ("table", "1 2 3 4"),
    ("grid", "1 2 3 -4 -5 -6"),
    ("words", "one two"),
    ("at", "1 -1"),
    ("path", "2 -2 3 -3"),
    ("box.corners", "4 -4 5 -5"),
    ("box.area", "6"),
    ("box.colour", "0x1020304"),
    ("box.channels", "4 3 2 1"),
    ("range.low", "9"),
    ("range.high", "10"),
    ("value.number", "0x1122334455667788"),
    ("value.point", "30600 21862"),
    ("packed.tag", "11"),
    ("packed.value", "12"),
    ("packed.tail", "13"),
    ("aligned.value", "14"),
    ("data", "0x0"),
];

/// Other values for all members, extremes where a kind has them. Whichever way they are set, the module must
/// report these.
const SET: &[(&str, &str)] = &[
    ("choose", "1"),
    ("weigh", "1"),
    ("notify", "1"),
    ("name", "fifteen letters"),
    ("s8", "-128"),
    ("u8", "255"),
    ("s16", "-32768"),
    ("u16", "65535"),
    ("s32", "-2147483648"),
    ("u32", "4294967295"),
    ("s64", "-9223372036854775808"),
    ("u64", "18446744073709551615"),
    ("word", "9223372036854775807"),
    ("letter", "90"),
    ("on", "1"),
    ("switches", "0 1 1"),
    ("handle", "4000000000"),
    ("level", "2147483647"),
    ("shift", "5"),
    ("wide", "0xfedcba9876543210"),
    ("table", "10 20 30 4294967295"),
    ("grid", "-1 32767 -32768 7 8 9"),
    ("words", "seven l x"),
    ("at", "-300 300"),
    ("path", "1 2 3 -4"),
    ("box.corners", "5 6 7 -8"),
    ("box.area", "1152921504606846976"),
    ("box.colour", "0xff00ff01"),
    ("box.channels", "1 255 0 255"),
    ("range.low", "0"),
    ("range.high", "4294967294"),
    ("value.number", "0x7fff8000"),
    ("value.point", "-32768 32767"),
    ("packed.tag", "254"),
    ("packed.value", "3735928559"),
    ("packed.tail", "65534"),
    ("aligned.value", "16"),
    ("data", "0x0"),
];

fn set_members(ops: &mut shadow::safe_ops<'_>) {
    ops.name.set("fifteen letters").unwrap();
    set_scalars(ops);
    ops.table = [10, 20, 30, u32::MAX];
    ops.grid = [[-1, i16::MAX, i16::MIN], [7, 8, 9]];
    for (word, text) in ops.words.iter_mut().zip(["seven l", "x"]) {
        word.set(text).unwrap();
    }
    ops.at = point(-300, 300);
    ops.path = [point(1, 2), point(3, -4)];
    ops.r#box.corners = [point(5, 6), point(7, -8)];
    ops.r#box.area = 1 << 60;
    *ops.r#box.colour_mut() = 0xff00_ff01;
    ops.range.low = 0;
    ops.range.high = u32::MAX - 1;
    *ops.value.number_mut() = 0x7fff_8000;
    ops.packed.tag = 254;
    ops.packed.value = 0xdead_beef;
    ops.packed.tail = 65534;
    ops.aligned.value = 16;
}

fn set_scalars(ops: &mut shadow::safe_ops<'_>) {
    ops.s8 = i8::MIN;
    ops.u8 = u8::MAX;
    ops.s16 = i16::MIN;
    ops.u16 = u16::MAX;
    ops.s32 = i32::MIN;
    ops.u32 = u32::MAX;
    ops.s64 = i64::MIN;
    ops.u64 = u64::MAX;
    ops.word = i64::MAX;
    ops.letter = i8::try_from(b'Z').unwrap();
    ops.on = true.into();
    ops.switches = [false.into(), true.into(), true.into()];
    ops.handle = 4_000_000_000;
    ops.level = types::safe_level::SAFE_LEVEL_HIGH;
    ops.shift = types::safe_shift::SAFE_SHIFT_UP;
    ops.wide = types::safe_wide(0xfedc_ba98_7654_3210);
}

fn point(x: i16, y: i16) -> types::safe_point {
    types::safe_point { x, y }
}

fn what_the_object_says_arrives_in_the_module() {
    let _turn = turn();
    let skeleton = OpenSkeleton::open().unwrap().load().unwrap();
    let link = skeleton.struct_ops.full.attach().unwrap();
    let report = ModuleReport::read();
    report.assert(IN_THE_OBJECT);
    assert_eq!(
        report.members(),
        IN_THE_OBJECT.len(),
        "a member is not looked at"
    );

    link.detach().unwrap();
    ModuleReport::read().assert(&[("registered", "0")]);
}

/// Holds what the module reports of `bare`, which is registered, against [`SET`], and calls its callbacks.
fn has_arrived(events: &Array<u64>) {
    let report = ModuleReport::read();
    report.assert(SET);
    assert_eq!(report.members(), SET.len(), "a member is not looked at");

    call(7);
    let report = ModuleReport::read();
    report.assert(&[("choose.returned", "-7")]);
    assert_eq!(report.number("weigh.returned"), (1 << 40) + 7);
    let event = |key: u32| events.lookup(key).unwrap().unwrap();
    assert_eq!((event(0), event(1)), (1, 7));
}

fn each_member_set_through_the_borrowed_struct_arrives() {
    let _turn = turn();
    let mut open = OpenSkeleton::open().unwrap();
    let parts = open.parts();
    let ops = parts.struct_ops.bare;
    ops.choose = Some(parts.programs.negated.callback());
    ops.weigh = Some(parts.programs.sum.callback());
    ops.notify = Some(parts.programs.remember.callback());
    set_members(ops);
    let skeleton = open.load().unwrap();
    let _link = skeleton.struct_ops.bare.attach().unwrap();
    has_arrived(&skeleton.maps.events);
}

fn each_member_set_by_an_init_arrives() {
    let _turn = turn();
    let mut open = OpenSkeleton::open().unwrap();
    let init = SkeletonInit {
        bare: every_member(),
        ..Default::default()
    };
    open.apply(&init).unwrap();
    let skeleton = open.load().unwrap();
    let _link = skeleton.struct_ops.bare.attach().unwrap();
    has_arrived(&skeleton.maps.events);
}

fn every_member() -> SafeOpsInit {
    let scalars = SafeOpsInit {
        s8: Some(i8::MIN),
        u8: Some(u8::MAX),
        s16: Some(i16::MIN),
        u16: Some(u16::MAX),
        s32: Some(i32::MIN),
        u32: Some(u32::MAX),
        s64: Some(i64::MIN),
        u64: Some(u64::MAX),
        word: Some(i64::MAX),
        letter: Some(90),
        on: Some(true.into()),
        switches: Some([false.into(), true.into(), true.into()]),
        handle: Some(4_000_000_000),
        level: Some(types::safe_level::SAFE_LEVEL_HIGH),
        shift: Some(types::safe_shift::SAFE_SHIFT_UP),
        wide: Some(types::safe_wide(0xfedc_ba98_7654_3210)),
        ..Default::default()
    };
    SafeOpsInit {
        choose: Some(Some(init::Program::negated)),
        weigh: Some(Some(init::Program::sum)),
        notify: Some(Some(init::Program::remember)),
        name: Some("fifteen letters".parse().unwrap()),
        table: Some([10, 20, 30, u32::MAX]),
        grid: Some([[-1, i16::MAX, i16::MIN], [7, 8, 9]]),
        words: Some(["seven l".parse().unwrap(), "x".parse().unwrap()]),
        at: Some(point_init(-300, 300)),
        path: Some([point_init(1, 2), point_init(3, -4)]),
        r#box: Some(init::SafeBoxInit {
            corners: Some([point_init(5, 6), point_init(7, -8)]),
            area: Some(1 << 60),
            colour: Some(0xff00_ff01),
            ..Default::default()
        }),
        range: Some(init::SafeOpsRangeInit {
            low: Some(0),
            high: Some(u32::MAX - 1),
        }),
        value: Some(init::SafeValueInit {
            number: Some(0x7fff_8000),
            ..Default::default()
        }),
        packed: Some(init::SafePackedInit {
            tag: Some(254),
            value: Some(0xdead_beef),
            tail: Some(65534),
        }),
        aligned: Some(init::SafeAlignedInit { value: Some(16) }),
        ..scalars
    }
}

fn point_init(x: i16, y: i16) -> init::SafePointInit {
    init::SafePointInit {
        x: Some(x),
        y: Some(y),
    }
}

fn each_member_set_by_name_arrives() {
    let _turn = turn();
    let mut open = OpenObject::from_bytes("module_ops", &OBJECT.0).unwrap();
    let mut ops = open.struct_ops("bare").unwrap();
    for (path, value) in by_name() {
        ops.set(path, value)
            .unwrap_or_else(|error| panic!("{path}: {error}"));
    }
    let object = open.load().unwrap();
    let _link = object.struct_ops("bare").unwrap().attach().unwrap();
    has_arrived(&object.map("events").unwrap().try_into().unwrap());
}

fn by_name() -> Vec<(&'static str, Value)> {
    vec![
        ("choose", Callback("negated").into()),
        ("weigh", Callback("sum").into()),
        ("notify", Callback("remember").into()),
        ("name", "fifteen letters".into()),
        ("s8", i8::MIN.into()),
        ("u8", u8::MAX.into()),
        ("s16", i16::MIN.into()),
        ("u16", u16::MAX.into()),
        ("s32", i32::MIN.into()),
        ("u32", u32::MAX.into()),
        ("s64", i64::MIN.into()),
        ("u64", u64::MAX.into()),
        ("word", i64::MAX.into()),
        ("letter", 90.into()),
        ("on", true.into()),
        ("switches", [false, true, true].into()),
        ("handle", 4_000_000_000u32.into()),
        ("level", "SAFE_LEVEL_HIGH".into()),
        ("shift", "SAFE_SHIFT_UP".into()),
        ("wide", 0xfedc_ba98_7654_3210u64.into()),
        ("table", [10, 20, 30, u32::MAX].into()),
        (
            "grid",
            [[-1, i16::MAX, i16::MIN], [7, 8, 9]]
                .map(Value::from)
                .into(),
        ),
        ("words", ["seven l", "x"].into()),
        ("at.x", (-300).into()),
        ("at.y", 300.into()),
        ("path[0].x", 1.into()),
        ("path[0].y", 2.into()),
        ("path[1].x", 3.into()),
        ("path[1].y", (-4).into()),
        ("box.corners[0].x", 5.into()),
        ("box.corners[0].y", 6.into()),
        ("box.corners[1].x", 7.into()),
        ("box.corners[1].y", (-8).into()),
        ("box.area", (1u64 << 60).into()),
        ("box.colour", 0xff00_ff01u32.into()),
        ("range.low", 0.into()),
        ("range.high", (u32::MAX - 1).into()),
        ("value.number", 0x7fff_8000.into()),
        ("packed.tag", 254.into()),
        ("packed.value", 0xdead_beefu32.into()),
        ("packed.tail", 65534.into()),
        ("aligned.value", 16.into()),
    ]
}

fn a_replaced_callback_is_the_one_that_the_module_calls() {
    let _turn = turn();
    let skeleton = OpenSkeleton::open().unwrap().load().unwrap();
    let link = skeleton.struct_ops.full.attach().unwrap();
    call(21);
    let report = ModuleReport::read();
    assert_eq!(report.number("choose.returned"), 42);
    assert_eq!(report.number("weigh.returned"), 21 << 40);
    drop((link, skeleton));

    let mut open = OpenSkeleton::open().unwrap();
    let parts = open.parts();
    parts.struct_ops.full.choose = Some(parts.programs.negated.callback());
    let skeleton = open.load().unwrap();
    let _link = skeleton.struct_ops.full.attach().unwrap();
    call(21);
    ModuleReport::read().assert(&[("choose.returned", "-21")]);
    assert!(skeleton.programs.twice.is_loaded(), "`bare` has it");
}

fn an_emptied_callback_is_not_there() {
    let _turn = turn();
    let mut open = OpenSkeleton::open().unwrap();
    let ops = open.parts().struct_ops.full;
    ops.weigh = None;
    ops.notify = None;
    let skeleton = open.load().unwrap();
    let _link = skeleton.struct_ops.full.attach().unwrap();
    call(3);
    ModuleReport::read().assert(&[
        ("choose", "1"),
        ("weigh", "0"),
        ("notify", "0"),
        ("choose.returned", "6"),
        ("weigh.returned", "0"),
    ]);
    assert!(!skeleton.programs.product.is_loaded());
    assert_eq!(skeleton.maps.events.lookup(0).unwrap(), Some(0));
}

fn another_map_takes_over_while_registered() {
    let _turn = turn();
    let skeleton = OpenSkeleton::open().unwrap().load().unwrap();
    let mut link = skeleton.struct_ops.full.attach().unwrap();
    let before = ModuleReport::read();
    link.update(&skeleton.struct_ops.bare).unwrap();

    let after = ModuleReport::read();
    after.assert(&[
        ("registered", "1"),
        ("name", "bare"),
        ("u64", "0"),
        ("weigh", "0"),
    ]);
    assert_eq!(after.number("updates"), before.number("updates") + 1);
    assert_eq!(
        after.number("registrations"),
        before.number("registrations")
    );
    call(4);
    ModuleReport::read().assert(&[("choose.returned", "8")]);
    link.detach().unwrap();
    ModuleReport::read().assert(&[("registered", "0")]);
}

fn a_second_registration_is_refused_and_leaves_the_first() {
    let _turn = turn();
    let skeleton = OpenSkeleton::open().unwrap().load().unwrap();
    let _link = skeleton.struct_ops.full.attach().unwrap();
    let error = skeleton.struct_ops.bare.attach().unwrap_err();
    assert_eq!(
        error.kind(),
        &libbpf_safe::ErrorKind::AlreadyExists,
        "{error}"
    );
    assert!(error.to_string().contains("`bare`"), "{error}");
    ModuleReport::read().assert(&[("registered", "1"), ("name", "full")]);
}

fn a_required_callback_that_is_empty_is_refused() {
    let _turn = turn();
    let mut open = OpenSkeleton::open().unwrap();
    open.parts().struct_ops.bare.choose = None;
    let error = match open.load() {
        // Refused by `validate`: at load for a map with a link.
        Err(error) => error,
        Ok(skeleton) => skeleton.struct_ops.bare.attach().unwrap_err(),
    };
    assert!(error.to_string().contains("`bare`"), "{error}");
    ModuleReport::read().assert(&[("registered", "0")]);
}
