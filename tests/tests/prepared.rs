//! Objects between open and load: prepared, and programs with settings of their own.

#![forbid(unsafe_code)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use libbpf_safe::map::{Array, MapType};
use libbpf_safe::program::attach::AttachType;
use libbpf_safe::program::{Instruction, LogLevel, ProgramFlags, ProgramType, TestRun};
use libbpf_safe::{ErrorKind, OpenObject, OpenOptions, PreparedObject, Program};
use libbpf_tests::bpf_file_system::BpfFileSystem;
use libbpf_tests::features::Feature;
use libbpf_tests::kernel::{is_gone, map_exists, open_descriptors};
use libbpf_tests::kernel_tests;
use libbpf_tests::skeletons::{FUNCTIONS, OTHER_ORDER, tcp_shadow};

kernel_tests![
    a_prepared_object_has_maps_and_then_programs,
    programs_are_read_as_they_will_be_loaded,
    other_instructions_are_what_runs,
    a_prepared_object_that_is_dropped_leaves_nothing,
    what_cannot_be_prepared_leaves_nothing,
    the_other_byte_order_is_not_prepared,
    the_log_of_a_program_that_loads_is_kept,
    logs_are_kept_for_all_programs_or_one,
    a_kept_log_is_in_the_error,
    a_log_without_room_is_told,
    flags_are_loaded_with,
    a_program_of_an_unknown_section_gets_a_type,
    a_program_is_checked_for_where_it_will_be_attached,
    a_map_is_of_one_program_alone needs Feature::Linux(6, 18),
    a_map_of_one_program_is_set_before_load,
    inner_maps_are_described,
    unknown_attributes_of_maps_are_taken_if_wanted,
];

fn open() -> OpenObject {
    OpenObject::from_bytes("functions", FUNCTIONS).unwrap()
}

fn run(program: &Program) -> u32 {
    program.test_run(TestRun::new()).unwrap().return_value
}

fn a_prepared_object_has_maps_and_then_programs() {
    let prepared = open().prepare().unwrap();
    let counts = prepared.map("counts").unwrap();
    let info = counts.info().clone();
    assert_eq!(info.max_entries, 4);
    // Written before any program is there.
    let counts = Array::<u64>::try_from(counts).unwrap();
    counts.update(0, &40).unwrap();
    let object = prepared.load().unwrap();
    assert_eq!(object.map("counts").unwrap().info().id, info.id);
    assert_eq!(run(&object.program("count").unwrap()), 41);
    assert_eq!(counts.lookup(0).unwrap(), Some(41));
}

const ADD: &str = "count";

fn programs_are_read_as_they_will_be_loaded() {
    let mut open = open();
    let before = open.program_mut(ADD).unwrap().instructions().to_vec();
    let mut prepared = open.prepare().unwrap();
    let after = prepared.instructions(ADD).unwrap().to_vec();
    assert!(
        after.len() > before.len(),
        "the function that it calls follows"
    );
    assert_eq!(after.last().unwrap().code, 0x95, "exit");
    let functions = prepared.functions(ADD).unwrap();
    let names: Vec<_> = functions.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, [ADD, "add"]);
    assert!(functions[1].instruction < after.len());
    let lines = prepared.lines(ADD).unwrap();
    let adding = lines.iter().find(|line| line.text == "*value += by;");
    let adding = adding.unwrap();
    assert!(adding.file.ends_with("functions.bpf.c"), "{adding:?}");
    assert!(adding.instruction >= functions[1].instruction);
    assert!(adding.line > 40 && adding.column > 0, "{adding:?}");
    let error = prepared.lines("no_such").unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::NotFound);
}

fn seven() -> Vec<Instruction> {
    vec![
        Instruction::new(0xb7, 0, 0, 0, 7),
        Instruction::new(0x95, 0, 0, 0, 0),
    ]
}

fn other_instructions_are_what_runs() {
    let mut open = open();
    open.program_mut("keep").unwrap().set_autoload(true);
    let mut prepared = open.prepare().unwrap();
    prepared.set_instructions("keep", &seven()).unwrap();
    assert_eq!(prepared.instructions("keep").unwrap(), seven());
    let error = prepared.set_instructions("keep", &[]).unwrap_err();
    assert!(error.to_string().contains("one instruction"), "{error}");
    assert!(prepared.set_instructions("no_such", &seven()).is_err());
    // Line numbers of other code: libbpf hands them on, and the kernel holds them against the instructions.
    let error = prepared.load().unwrap_err();
    assert!(error.verifier_log().is_some(), "{error:?}");
    assert!(error.to_string().contains("goto +0"), "{error}");

    let mut open = self::open();
    open.program_mut("keep").unwrap().set_autoload(true);
    let mut prepared = open.prepare().unwrap();
    let before = prepared.instructions("keep").unwrap().len();
    let go_on = Instruction::new(0x05, 0, 0, 0, 0);
    let mut filled = vec![go_on; before - seven().len()];
    filled.extend(seven());
    prepared.set_instructions("keep", &filled).unwrap();
    let object = prepared.load().unwrap();
    assert_eq!(run(&object.program("keep").unwrap()), 7);
}

fn descriptors_stay(test: impl Fn()) {
    test();
    let before = open_descriptors();
    test();
    assert_eq!(open_descriptors(), before);
}

fn a_prepared_object_that_is_dropped_leaves_nothing() {
    descriptors_stay(|| {
        let prepared = open().prepare().unwrap();
        let id = prepared.map("counts").unwrap().info().id;
        assert!(map_exists(id));
        drop(prepared);
        assert!(is_gone(|| map_exists(id)));
    });
}

fn what_cannot_be_prepared_leaves_nothing() {
    let files = BpfFileSystem::mount();
    descriptors_stay(|| {
        let mut open = open();
        let path = files.join("counts");
        let mut counts = open.map_mut("counts").unwrap();
        counts.set_pin_path(Some(&path)).unwrap();
        let mut own = open.map_mut("own").unwrap();
        own.set_key_size(3).unwrap();
        let error = open.prepare().unwrap_err();
        assert!(error.to_string().starts_with("cannot prepare object"));
        assert!(files.names().is_empty());
    });
}

fn the_other_byte_order_is_not_prepared() {
    let open = OpenObject::from_bytes("other", OTHER_ORDER).unwrap();
    let error = open.prepare().unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::OtherByteOrder);
}

fn the_log_of_a_program_that_loads_is_kept() {
    let mut open = open();
    let mut count = open.program_mut("count").unwrap();
    count.set_log_level(LogLevel::STATISTICS).unwrap();
    assert_eq!(count.log_level(), LogLevel::STATISTICS);
    count.keep_log(1 << 16);
    let object = open.load().unwrap();
    let count = object.program("count").unwrap();
    let log = count.log().unwrap();
    assert!(
        log.contains("processed ") && log.contains(" insns"),
        "{log}"
    );
    assert_eq!(run(&count), 1);
}

fn logs_are_kept_for_all_programs_or_one() {
    let options = OpenOptions::new()
        .name("functions")
        .log_level(LogLevel::INSTRUCTIONS | LogLevel::STATISTICS)
        .keep_logs(1 << 16);
    let mut open = options.open_bytes(FUNCTIONS).unwrap();
    open.program_mut("keep").unwrap().set_autoload(true);
    open.program_mut("keep").unwrap().keep_log(0);
    // Prepared or not.
    let object = open.prepare().unwrap().load().unwrap();
    let log = |name: &str| object.program(name).unwrap().log().map(str::to_owned);
    assert!(log("count").unwrap().contains("processed "));
    assert_eq!(log("keep"), None);
    assert_eq!(log("peek"), None, "it was not loaded");
}

fn broken(options: &OpenOptions) -> libbpf_safe::Error {
    let options = options.clone().name("functions");
    let mut open = options.open_bytes(FUNCTIONS).unwrap();
    open.program_mut("broken").unwrap().set_autoload(true);
    open.load().unwrap_err()
}

fn a_kept_log_is_in_the_error() {
    let plain = broken(&OpenOptions::new());
    let kept = broken(&OpenOptions::new().keep_logs(1 << 16));
    for error in [&plain, &kept] {
        let ErrorKind::VerifierRejected { program, log } = error.kind() else {
            panic!("{error:?}");
        };
        assert_eq!(program, "broken");
        assert!(
            log.contains("invalid mem access 'map_value_or_null'"),
            "{log}"
        );
    }
    assert_eq!(plain.to_string(), kept.to_string());
}

fn a_log_without_room_is_told() {
    let error = broken(&OpenOptions::new().keep_logs(64));
    assert_eq!(error.raw_os_error(), Some(28), "{error:?}");
    let text = error.to_string();
    assert!(
        text.contains("log of program `broken` has no room"),
        "{text}"
    );
    assert!(text.contains("keep_log"), "{text}");
}

fn flags_are_loaded_with() {
    let mut open = open();
    let mut count = open.program_mut("count").unwrap();
    // libbpf sets it for SEC("syscall").
    let sleepable = ProgramFlags::SLEEPABLE;
    let more = ProgramFlags::FREQUENT_STATES;
    count.set_flags(more).unwrap();
    assert_eq!(count.flags(), more);
    count.set_log_level(LogLevel::STATISTICS).unwrap();
    count.keep_log(1 << 16);
    let frequent = open.load().unwrap();
    let mut open = self::open();
    let mut count = open.program_mut("count").unwrap();
    count.set_flags(sleepable).unwrap();
    count.set_log_level(LogLevel::STATISTICS).unwrap();
    count.keep_log(1 << 16);
    let normal = open.load().unwrap();
    let states = |object: &libbpf_safe::Object| {
        let program = object.program("count").unwrap();
        let log = program.log().unwrap().to_owned();
        let (_, rest) = log.split_once("total_states ").unwrap();
        let number = rest.split_whitespace().next().unwrap();
        number.parse::<u32>().unwrap()
    };
    assert!(
        states(&frequent) > states(&normal),
        "the verifier keeps more states"
    );
    assert!(ProgramType::of_section("syscall").is_some());
}

fn a_program_of_an_unknown_section_gets_a_type() {
    let mut without = open();
    without.program_mut("odd").unwrap().set_autoload(true);
    assert!(without.load().is_err());
    let mut open = open();
    let mut odd = open.program_mut("odd").unwrap();
    odd.set_program_type(ProgramType::XDP).unwrap();
    assert_eq!(odd.program_type(), ProgramType::XDP);
    odd.set_autoload(true);
    let error = odd.set_program_type(ProgramType::STRUCT_OPS).unwrap_err();
    assert!(error.to_string().contains("struct_ops"), "{error}");
    let object = open.load().unwrap();
    let odd = object.program("odd").unwrap();
    assert_eq!(odd.info().unwrap().program_type, ProgramType::XDP);
    let packet = [0; 64];
    let result = odd.test_run(TestRun::new().data(&packet)).unwrap();
    assert_eq!(result.return_value, 2);
    assert_eq!(ProgramType::of_section("?my_own"), None);
    assert_eq!(
        ProgramType::of_section("syscall"),
        Some(ProgramType::SYSCALL)
    );
}

fn a_program_is_checked_for_where_it_will_be_attached() {
    let load = |attach_type| {
        let mut open = open();
        let mut odd = open.program_mut("odd").unwrap();
        odd.set_autoload(true);
        odd.set_program_type(ProgramType::CGROUP_SOCK_ADDR).unwrap();
        odd.set_expected_attach_type(attach_type).unwrap();
        assert_eq!(odd.expected_attach_type(), attach_type);
        open.load().map(drop)
    };
    // It returns 2, as programs at `bind` may, and those at `connect` may not.
    load(AttachType::CGROUP_INET4_BIND).unwrap();
    let error = load(AttachType::CGROUP_INET4_CONNECT).unwrap_err();
    assert!(error.verifier_log().unwrap().contains("R0"), "{error:?}");
    let error = load(AttachType(9999)).unwrap_err();
    assert_eq!(error.raw_os_error(), Some(22), "{error}");
    // libbpf keeps the member's number in that place.
    let mut open = tcp_shadow::OpenSkeleton::open().unwrap();
    let mut spare = open.parts().programs.spare;
    let error = spare.set_expected_attach_type(AttachType::STRUCT_OPS);
    let error = error.unwrap_err().to_string();
    assert!(error.contains("its maps say"), "{error}");
}

/// With a map that is `keep`'s alone, and this program as well.
fn exclusive(other: Option<&str>) -> libbpf_safe::Result<libbpf_safe::Object> {
    let mut open = open();
    let mut own = open.map_mut("own").unwrap();
    assert_eq!(own.exclusive_program(), None);
    own.set_exclusive_program("keep")?;
    assert_eq!(own.exclusive_program(), Some("keep"));
    for program in ["keep"].into_iter().chain(other) {
        open.program_mut(program).unwrap().set_autoload(true);
    }
    open.load()
}

fn a_map_is_of_one_program_alone() {
    let object = exclusive(None).unwrap();
    assert_eq!(run(&object.program("keep").unwrap()), 1);
    let own = Array::<u64>::try_from(object.map("own").unwrap()).unwrap();
    assert_eq!(
        own.lookup(0).unwrap(),
        Some(1),
        "user space is not kept out"
    );
    let error = exclusive(Some("peek")).unwrap_err();
    let text = format!("{error:?}");
    assert!(text.contains("peek"), "{text}");
    // Without the setting it may.
    let mut open = open();
    open.program_mut("peek").unwrap().set_autoload(true);
    open.load().unwrap();
}

fn a_map_of_one_program_is_set_before_load() {
    let mut open = open();
    let mut own = open.map_mut("own").unwrap();
    let error = own.set_exclusive_program("no_such").unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::NotFound);
}

fn inner_maps_are_described() {
    let mut open = open();
    let inner = open.map_mut("outer").unwrap().inner_map().unwrap();
    assert_eq!(inner.map_type, MapType::ARRAY);
    assert_eq!((inner.value_size, inner.max_entries), (4, 7));
    assert!(open.map_mut("counts").unwrap().inner_map().is_none());
}

fn unknown_attributes_of_maps_are_taken_if_wanted() {
    let options = OpenOptions::new().name("functions").relaxed_maps(true);
    let prepared: PreparedObject = options.open_bytes(FUNCTIONS).unwrap().prepare().unwrap();
    assert!(prepared.messages().is_empty(), "{prepared:?}");
}
