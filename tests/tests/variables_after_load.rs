//! Global variables of a loaded object, by their names.

#![forbid(unsafe_code)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use libbpf_safe::data::{Bool, CharArray};
use libbpf_safe::program::TestRun;
use libbpf_safe::{ErrorKind, Object, OpenObject};
use libbpf_tests::features::Feature;
use libbpf_tests::kernel_tests;
use libbpf_tests::skeletons::globals::types::reading;
use libbpf_tests::skeletons::{arena, globals};

kernel_tests![
    a_variable_is_shared_with_programs,
    a_constant_is_read,
    a_variable_of_the_kernels_configuration_is_read,
    a_variable_in_an_arena_is_shared needs Feature::Linux(6, 9),
    a_constant_is_not_changed,
    a_variable_of_another_type_is_refused,
    an_unknown_name_is_an_error_with_the_nearest,
    all_variables_are_listed,
    a_variable_outlives_its_object,
    a_static_variable_is_set_by_name,
];

fn load() -> Object {
    OpenObject::from_bytes(globals::NAME, &globals::OBJECT.0)
        .unwrap()
        .load()
        .unwrap()
}

fn run(object: &Object, program: &str) {
    let program = object.program(program).unwrap();
    program.test_run(TestRun::new()).unwrap();
}

fn a_variable_is_shared_with_programs() {
    let object = load();
    let runs = object.variable::<u64>("runs").unwrap();
    let tuning = object.variable::<u32>("tuning").unwrap();
    let last = object.variable::<reading>("last").unwrap();
    runs.set(10);
    tuning.set(1000);
    run(&object, "tick");
    assert_eq!(runs.fetch_add(1), 11);
    assert_eq!(
        object.variable::<u32>("answer").unwrap().get(),
        1000 + 9 + 20
    );
    assert_eq!(last.get().time, 11);
    let level = object.variable::<i32>("level").unwrap();
    assert_eq!(level.get(), -6);
    assert_eq!(
        format!("{level:?}"),
        "LiveVariable { name: \"level\", value: -6 }"
    );
    let histogram = object.variable::<[u32; 8]>("histogram").unwrap();
    assert_eq!(histogram.elements()[7].get(), 1);
    let message = object.variable::<CharArray<16>>("message").unwrap();
    assert_eq!(message.get().to_str().unwrap(), "seen by BPF");
    assert_eq!(object.variable::<u64>("late").unwrap().get(), 1 << 40);
}

fn a_constant_is_read() {
    let object = load();
    assert_eq!(object.constant::<u32>("step").unwrap().get(), 1);
    let table = object.constant::<[u16; 4]>("table").unwrap();
    assert_eq!(table.element(3).unwrap().get(), 40);
    // A variable, for reading.
    let runs = object.constant::<u64>("runs").unwrap();
    run(&object, "tick");
    assert_eq!(runs.get(), 1);
    assert_eq!(runs.name(), "runs");
}

fn a_variable_of_the_kernels_configuration_is_read() {
    let object = load();
    assert!(object.constant::<Bool>("CONFIG_BPF").unwrap().get().get());
    let version = object.constant::<i32>("LINUX_KERNEL_VERSION").unwrap();
    assert!(version.get() >> 16 >= 5, "{version:?}");
}

fn a_variable_in_an_arena_is_shared() {
    let object = OpenObject::from_bytes(arena::NAME, &arena::OBJECT.0)
        .unwrap()
        .load()
        .unwrap();
    let calls = object.variable::<u64>("calls").unwrap();
    let last = object.variable::<u8>("last").unwrap();
    calls.set(50);
    run(&object, "tick");
    assert_eq!((calls.get(), last.get()), (52, 10));
}

fn a_constant_is_not_changed() {
    let object = load();
    for name in ["step", "LINUX_KERNEL_VERSION"] {
        let error = object.variable::<u32>(name).unwrap_err();
        assert!(
            matches!(error.kind(), ErrorKind::InvalidInput { .. }),
            "{error}"
        );
        assert!(
            error.hint().unwrap().contains("Object::constant"),
            "{error}"
        );
    }
}

fn a_variable_of_another_type_is_refused() {
    let object = load();
    let error = object.variable::<u32>("runs").unwrap_err();
    assert!(
        matches!(error.kind(), ErrorKind::Mismatch { .. }),
        "{error}"
    );
    assert!(
        error
            .to_string()
            .contains("variable `runs` of object `globals`"),
        "{error}"
    );
    assert!(error.to_string().contains("8 (`__u64`)"), "{error}");
    object.variable::<f64>("runs").unwrap_err();
    object.variable::<[u64; 2]>("runs").unwrap_err();
}

fn an_unknown_name_is_an_error_with_the_nearest() {
    let error = load().variable::<u64>("run").unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::NotFound);
    assert!(error.hint().unwrap().contains("`runs`"), "{error}");
}

fn all_variables_are_listed() {
    let object = load();
    let variables = object.variables().unwrap();
    let section = |name: &str| {
        let found = variables.iter().find(|variable| variable.name == name);
        found.map(|variable| variable.section.as_str())
    };
    assert_eq!(section("runs"), Some(".bss"));
    assert_eq!(section("hidden"), Some(".data"));
    assert_eq!(section("table"), Some(".rodata.table"));
    assert_eq!(section("CONFIG_BPF"), Some(".kconfig"));
    assert_eq!(section("tick"), None);
    assert_eq!(section("samples"), None);
}

fn a_variable_outlives_its_object() {
    let object = load();
    let runs = object.variable::<u64>("runs").unwrap();
    let again = runs.clone();
    run(&object, "tick");
    drop(object);
    drop(runs);
    let thread = std::thread::spawn(move || again.fetch_add(4) + again.get());
    assert_eq!(thread.join().unwrap(), 1 + 5);
}

fn a_static_variable_is_set_by_name() {
    let mut open = OpenObject::from_bytes(globals::NAME, &globals::OBJECT.0).unwrap();
    assert_eq!(open.variable::<u32>("hidden").unwrap(), 9);
    open.set_variable("hidden", &10u32).unwrap();
    let object = open.load().unwrap();
    let hidden = object.variable::<u32>("hidden").unwrap();
    assert_eq!(hidden.get(), 10);
    let answer = object.variable::<u32>("answer").unwrap();
    run(&object, "tick");
    let with_ten = answer.get();
    hidden.set(9);
    run(&object, "tick");
    assert_eq!(answer.get() + 1, with_ten, "programs use it");
}
