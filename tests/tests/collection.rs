//! Object files that are loaded many times, whole and in part, with other variables and other maps.

#![forbid(unsafe_code)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use libbpf_safe::data::{Bool, VariableKind};
use libbpf_safe::map::{Array, ArrayOfMaps, HashMap, Map, MapType, ProgramArray, UpdateFlag};
use libbpf_safe::program::ProgramType;
use libbpf_safe::{ErrorKind, Object, ObjectFile, OpenObject};
use libbpf_tests::features::STRUCT_OPS_LINKS;
use libbpf_tests::kernel_tests;
use libbpf_tests::skeletons::{COLLECTION, NO_BTF_OPENS};
use std::collections::BTreeSet;
use std::{process, thread};

kernel_tests![
    the_file_lists_maps_programs_and_variables,
    a_file_is_loaded_many_times_and_never_changes,
    two_loads_with_other_variables_do_not_touch_each_other,
    a_file_is_read_by_its_path,
    threads_load_one_file_at_once,
    variables_are_set_by_name_and_the_kernel_has_them,
    defaults_of_variables_can_be_read_until_load,
    a_variable_that_is_missing_is_refused_with_the_nearest,
    a_value_that_does_not_fit_is_refused_and_changes_nothing,
    an_object_without_btf_says_so_when_a_variable_is_set,
    a_refused_request_leaves_the_loader_as_it_was,
    programs_use_the_map_that_replaces_theirs,
    a_map_that_replaces_another_must_agree_in_all,
    a_map_that_no_program_refers_to_cannot_be_replaced,
    a_data_section_cannot_be_replaced,
    a_program_is_loaded_with_what_it_needs_and_nothing_else,
    what_functions_of_a_program_use_is_needed_too,
    a_struct_ops_map_brings_its_programs_and_their_maps needs STRUCT_OPS_LINKS,
    a_map_of_maps_and_one_of_programs_bring_their_elements,
    what_is_selected_can_be_a_map_alone,
    an_unknown_selection_is_refused_with_the_nearest,
    a_map_that_was_not_created_is_named_where_a_program_uses_it,
    a_map_that_only_dead_code_uses_need_not_be_created,
];

/// The process's system calls are counted.
fn file() -> ObjectFile {
    ObjectFile::from_bytes("collection", COLLECTION).unwrap()
}

fn map_names(object: &Object) -> BTreeSet<String> {
    let maps = object.maps().map(|map| map.unwrap().name().to_owned());
    maps.collect()
}

fn program_names(object: &Object) -> BTreeSet<String> {
    let programs = object.programs().map(|program| program.name().to_owned());
    programs.collect()
}

fn set<const N: usize>(names: [&str; N]) -> BTreeSet<String> {
    names.into_iter().map(str::to_owned).collect()
}

/// What the kernel has for a variable.
fn in_kernel(file: &ObjectFile, object: &Object, name: &str) -> Vec<u8> {
    let mut variables = file.variables().iter();
    let variable = variables.find(|variable| variable.name == name).unwrap();
    let mut maps = object.maps().map(Result::unwrap);
    let map = maps
        .find(|map| map.name().ends_with(&variable.section))
        .unwrap();
    let value = map.lookup_bytes(&0u32.to_ne_bytes()).unwrap().unwrap();
    value[variable.offset..variable.offset + variable.size].to_vec()
}

fn count(map: &Map, key: u32) -> u64 {
    let counts: HashMap<u32, u64> = map.clone().try_into().unwrap();
    counts.lookup(&key).unwrap().unwrap_or_default()
}

fn the_file_lists_maps_programs_and_variables() {
    let file = file();
    assert_eq!(file.name(), "collection");
    let counts = file.map("counts").unwrap();
    assert_eq!(counts.map_type, MapType::HASH);
    assert_eq!((counts.key_size, counts.value_size), (4, 8));
    assert_eq!(counts.max_entries, 16);
    assert!(counts.autocreate && !counts.is_internal);
    assert!(file.maps().iter().any(|map| map.is_internal));
    let counter = file.program("counter").unwrap();
    assert_eq!(counter.section_name, "raw_tp/sys_enter");
    assert_eq!(counter.program_type, ProgramType::RAW_TRACEPOINT);
    assert!(counter.autoload);
    assert!(!file.program("rejected").unwrap().autoload);
    let mut variables = file.variables().iter();
    let step = variables.find(|variable| variable.name == "step").unwrap();
    assert_eq!(step.section, ".rodata");
    assert_eq!(step.size, 8);
    assert_eq!(step.kind, VariableKind::Int { signed: false });
    assert!(step.is_read_only());
    assert!(file.program("counts").is_err());
}

fn a_file_is_loaded_many_times_and_never_changes() {
    let file = file();
    let maps = file.maps().to_vec();
    let programs = file.programs().to_vec();
    let variables = file.variables().to_vec();
    let mut loader = file.loader();
    loader.set("step", &3u64).unwrap();
    loader.select(["marker"]).unwrap();
    let mut open = loader.open().unwrap();
    open.map_mut("marks").unwrap().set_max_entries(9).unwrap();
    open.set_variable("beginning", &1u64).unwrap();
    assert_eq!(open.map_mut("marks").unwrap().max_entries(), 9);
    drop(open);

    let first = loader.load().unwrap();
    let second = loader.load().unwrap();
    let ids = |object: &Object| object.map("marks").unwrap().info().id;
    assert_ne!(ids(&first), ids(&second), "each load makes maps of its own");
    assert_eq!(first.map("marks").unwrap().info().max_entries, 4);
    assert_eq!(in_kernel(&file, &first, "step"), 3u64.to_ne_bytes());
    assert_eq!(in_kernel(&file, &second, "step"), 3u64.to_ne_bytes());
    let whole = file.load().unwrap();
    assert_eq!(in_kernel(&file, &whole, "step"), 1u64.to_ne_bytes());
    assert_eq!(in_kernel(&file, &whole, "beginning"), 7u64.to_ne_bytes());

    assert_eq!(file.maps(), maps);
    assert_eq!(file.programs(), programs);
    assert_eq!(file.variables(), variables);
}

fn two_loads_with_other_variables_do_not_touch_each_other() {
    let file = file();
    let mut loader = file.loader();
    loader.set("process", &process::id()).unwrap();
    loader.select(["counter"]).unwrap();
    let mut coarse = loader.clone();
    coarse.set("step", &1_000_000u64).unwrap();
    let fine = loader.load().unwrap();
    let coarse = coarse.load().unwrap();
    let _fine = fine.program("counter").unwrap().attach().unwrap();
    let coarse_link = coarse.program("counter").unwrap().attach().unwrap();
    for _ in 0..10 {
        thread::yield_now();
    }
    let many = count(&coarse.map("counts").unwrap(), 1);
    let few = count(&fine.map("counts").unwrap(), 1);
    assert!(many >= 2_000_000 && many % 2_000_000 == 0, "{many}");
    assert!((2..1_000_000).contains(&few), "{few}");
    coarse_link.detach().unwrap();
}

fn a_file_is_read_by_its_path() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("from_disk.bpf.o");
    std::fs::write(&path, COLLECTION).unwrap();
    let file = ObjectFile::read(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    assert_eq!(file.name(), "from_disk");
    let object = file.loader().select(["marker"]).unwrap().load().unwrap();
    assert!(object.program("marker").unwrap().is_loaded());
    let error = ObjectFile::read(&path).unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::NotFound);
    assert!(error.to_string().contains("from_disk.bpf.o"), "{error}");
}

fn threads_load_one_file_at_once() {
    let file = file();
    let barrier = std::sync::Barrier::new(4);
    thread::scope(|scope| {
        for step in 1..=4u64 {
            let (file, barrier) = (&file, &barrier);
            scope.spawn(move || {
                barrier.wait();
                for round in 0..3u64 {
                    let mut loader = file.loader();
                    let value = step * 100 + round;
                    loader.set("step", &value).unwrap();
                    let object = loader.select(["marker"]).unwrap().load().unwrap();
                    assert_eq!(in_kernel(file, &object, "step"), value.to_ne_bytes());
                }
            });
        }
    });
}

fn variables_are_set_by_name_and_the_kernel_has_them() {
    #[derive(Clone, Copy)]
    #[repr(C)]
    struct Pair {
        first: u32,
        second: u32,
    }
    libbpf_safe::plain!(Pair { first, second });

    let file = file();
    let mut loader = file.loader();
    loader.set("step", &5u64).unwrap();
    loader.set("offset", &-12i32).unwrap();
    loader.set("enabled", &Bool::from(false)).unwrap();
    loader.set("mode", &0u32).unwrap();
    let pair = Pair {
        first: 0x1234,
        second: 0x5678,
    };
    loader.set("pair", &pair).unwrap();
    loader.set("label", "seven77").unwrap();
    loader.set("beginning", &0x11u64).unwrap();
    loader.set("total", &0x22u64).unwrap();
    // The last one holds; the sign of the type may be another where the value fits.
    loader.set("apart", &1u32).unwrap();
    loader.set("apart", &0x33i32).unwrap();
    let object = loader.load().unwrap();
    let kernel = |name| in_kernel(&file, &object, name);
    assert_eq!(kernel("step"), 5u64.to_ne_bytes());
    assert_eq!(kernel("offset"), (-12i32).to_ne_bytes());
    assert_eq!(kernel("enabled"), [0]);
    assert_eq!(kernel("mode"), [0; 4]);
    let pair = [0x1234u32.to_ne_bytes(), 0x5678u32.to_ne_bytes()].concat();
    assert_eq!(kernel("pair"), pair);
    assert_eq!(kernel("label"), b"seven77\0");
    assert_eq!(kernel("beginning"), 0x11u64.to_ne_bytes());
    assert_eq!(kernel("total"), 0x22u64.to_ne_bytes());
    assert_eq!(kernel("apart"), 0x33u32.to_ne_bytes());
    assert_eq!(kernel("process"), [0; 4]);
}

fn defaults_of_variables_can_be_read_until_load() {
    let mut open = OpenObject::from_bytes("collection", COLLECTION).unwrap();
    assert_eq!(open.variable::<u64>("step").unwrap(), 1);
    assert_eq!(open.variable::<i32>("offset").unwrap(), -1);
    assert_eq!(open.variable::<[u8; 8]>("label").unwrap(), *b"none\0\0\0\0");
    assert_eq!(open.variable::<u64>("beginning").unwrap(), 7);
    assert_eq!(open.variable::<u32>("apart").unwrap(), 3);
    open.set_variable("beginning", &8u64).unwrap();
    open.set_variable("label", "a").unwrap();
    assert_eq!(open.variable::<u64>("beginning").unwrap(), 8);
    assert_eq!(
        open.variable::<[u8; 8]>("label").unwrap(),
        *b"a\0\0\0\0\0\0\0"
    );
    assert!(open.variable::<u32>("beginning").is_err());
    let names = open.variables().unwrap();
    assert!(names.iter().any(|variable| variable.name == "total"));
    let object = open.load().unwrap();
    assert_eq!(in_kernel(&file(), &object, "beginning"), 8u64.to_ne_bytes());
}

fn a_variable_that_is_missing_is_refused_with_the_nearest() {
    let error = file().loader().set("steps", &1u64).unwrap_err();
    assert_eq!(
        error.to_string(),
        "cannot set variable `steps` of object `collection`: it does not exist; there is a variable `step`"
    );
    let error = file().loader().set("counts", &1u64).unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::NotFound);
    let error = file()
        .loader()
        .set("LINUX_KERNEL_VERSION", &1u32)
        .unwrap_err();
    assert!(
        error.to_string().contains("OpenOptions::kconfig"),
        "{error}"
    );
}

fn a_value_that_does_not_fit_is_refused_and_changes_nothing() {
    let file = file();
    let mut open = file.open().unwrap();
    let refused = |name: &str, result: libbpf_safe::Result<()>, text: &str| {
        let error = result.unwrap_err().to_string();
        assert!(error.contains(text), "{name}: {error}");
        assert!(error.contains(name), "{error}");
    };
    let result = open.set_variable("step", &1u32);
    refused(
        "step",
        result,
        "size of the variable: expected 4 bytes, found 8 (`",
    );
    let result = open.set_variable("process", &-1i32);
    refused("process", result, "the value does not fit");
    let result = open.set_variable("step", &1.0f64);
    refused("step", result, "type of the variable: expected f64");
    let result = open.set_variable("pair", &1u64);
    refused("pair", result, "found `");
    let result = open.set_variable("enabled", &2u8);
    refused("enabled", result, "does not fit into `");
    let result = open.set_variable("step", "text");
    refused("step", result, "expected `char[]`");
    let result = open.set_variable("label", "eight888");
    refused("label", result, "holds 7 and a terminating NUL");
    let result = open.set_variable("nowhere", &8u64);
    refused("nowhere", result, "found `");
    assert_eq!(open.variable::<u64>("step").unwrap(), 1);
    assert_eq!(open.variable::<[u32; 2]>("pair").unwrap(), [1, 2]);
    assert_eq!(open.variable::<[u8; 8]>("label").unwrap(), *b"none\0\0\0\0");
}

fn an_object_without_btf_says_so_when_a_variable_is_set() {
    let file = ObjectFile::from_bytes("no_btf", NO_BTF_OPENS).unwrap();
    assert!(file.variables().is_empty());
    let error = file.loader().set("counter", &1u32).unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::ObjectBtfMissing);
    // What a program needs is in its code.
    let mut loader = file.loader();
    let object = loader.select(["on_sys_enter"]).unwrap().load().unwrap();
    assert_eq!(map_names(&object), set(["no_btf.bss"]));
}

fn a_refused_request_leaves_the_loader_as_it_was() {
    let file = file();
    let mut loader = file.loader();
    loader.set("step", &9u64).unwrap();
    loader.select(["marker"]).unwrap();
    assert!(loader.set("step", &9u8).is_err());
    assert!(loader.select(["counter", "no_such"]).is_err());
    let other = file.load().unwrap().map("marks").unwrap();
    assert!(loader.replace("counts", &other).is_err());
    let object = loader.load().unwrap();
    assert_eq!(program_names(&object), set(["marker"]));
    assert_eq!(in_kernel(&file, &object, "step"), 9u64.to_ne_bytes());
}

fn programs_use_the_map_that_replaces_theirs() {
    let file = file();
    let mut loader = file.loader();
    loader.select(["counter"]).unwrap();
    let first = loader.load().unwrap();
    let counts = first.map("counts").unwrap();
    drop(first);

    loader.set("process", &process::id()).unwrap();
    loader.replace("counts", &counts).unwrap();
    let second = loader.load().unwrap();
    assert_eq!(second.map("counts").unwrap().info().id, counts.info().id);
    assert_eq!(second.map("counts").unwrap().name(), "counts");
    let link = second.program("counter").unwrap().attach().unwrap();
    assert!(count(&counts, 1) + count(&counts, 1) >= 2);
    link.detach().unwrap();
    // The map is its holder's: it outlives the object that used it.
    drop(second);
    let counts: HashMap<u32, u64> = counts.try_into().unwrap();
    counts.update(&5, &6, UpdateFlag::Any).unwrap();
    assert_eq!(counts.lookup(&5).unwrap(), Some(6));
}

fn a_map_that_replaces_another_must_agree_in_all() {
    let file = file();
    let object = file.load().unwrap();
    let marks = object.map("marks").unwrap();
    let unused = object.map("unused").unwrap();
    let mut loader = file.loader();
    let error = loader.replace("counts", &marks).unwrap_err();
    assert_eq!(
        error.to_string(),
        "cannot replace map `counts` by map `marks`: the two differ: expected type hash, max entries 16, \
         found type array, max entries 4"
    );
    let error = loader.replace("counts", &unused).unwrap_err();
    assert_eq!(
        error.kind(),
        &ErrorKind::Mismatch {
            what: "the two differ".into(),
            expected: "value size 8, max entries 16".into(),
            found: "value size 4, max entries 1".into(),
        }
    );
    // As it is at load, not as it was when it was replaced.
    let mut open = file.open().unwrap();
    let mut map = open.map_mut("marks").unwrap();
    map.reuse(&marks).unwrap();
    map.set_max_entries(5).unwrap();
    let error = open.load().unwrap_err();
    assert!(error.to_string().contains("max entries 5"), "{error}");
}

fn a_map_that_no_program_refers_to_cannot_be_replaced() {
    let file = file();
    let unused = file.load().unwrap().map("unused").unwrap();
    let error = file.loader().replace("unused", &unused).unwrap_err();
    assert!(
        error.to_string().contains("no program refers to it"),
        "{error}"
    );
    let error = file.loader().replace("unusd", &unused).unwrap_err();
    assert_eq!(error.hint(), Some("there is `unused`"));
}

fn a_data_section_cannot_be_replaced() {
    let file = file();
    let object = file.load().unwrap();
    let mut maps = object.maps().map(Result::unwrap);
    let data = maps.find(|map| map.name().ends_with(".data")).unwrap();
    let error = file.loader().replace(data.name(), &data).unwrap_err();
    assert!(
        error.to_string().contains("it is a data section"),
        "{error}"
    );
}

fn a_program_is_loaded_with_what_it_needs_and_nothing_else() {
    let object = file().loader().select(["marker"]).unwrap().load().unwrap();
    assert_eq!(program_names(&object), set(["marker"]));
    assert_eq!(map_names(&object), set(["marks", "collecti.rodata"]));
    assert!(object.map("counts").is_err());
    assert!(!object.program("counter").unwrap().is_loaded());
}

fn what_functions_of_a_program_use_is_needed_too() {
    let object = file().loader().select(["counter"]).unwrap().load().unwrap();
    assert_eq!(program_names(&object), set(["counter"]));
    assert_eq!(map_names(&object), set(["counts", "collecti.rodata"]));

    // By its address.
    let object = file().loader().select(["looper"]).unwrap().load().unwrap();
    assert_eq!(map_names(&object), set(["marks"]));

    let object = file().loader().select(["totals"]).unwrap().load().unwrap();
    let sections = [
        "collecti.rodata",
        "collecti.data",
        "collecti.bss",
        "collect.kconfig",
        ".data.apart",
    ];
    assert_eq!(map_names(&object), set(sections));
}

fn a_struct_ops_map_brings_its_programs_and_their_maps() {
    // By the map, and by one of its programs.
    for name in ["congestion", "undo_cwnd"] {
        let object = file().loader().select([name]).unwrap().load().unwrap();
        assert_eq!(
            program_names(&object),
            set(["ssthresh", "cong_avoid", "undo_cwnd"])
        );
        assert_eq!(map_names(&object), set(["congestion", "counts"]), "{name}");
        assert!(object.struct_ops("congestion").unwrap().is_created());
        // Without `.rodata`, nothing is said of it.
        assert_eq!(object.messages(), [""; 0]);
    }
    let object = file().loader().select(["marker"]).unwrap().load().unwrap();
    assert!(!object.struct_ops("congestion").unwrap().is_created());
}

fn a_map_of_maps_and_one_of_programs_bring_their_elements() {
    let object = file().loader().select(["jumper"]).unwrap().load().unwrap();
    assert_eq!(program_names(&object), set(["jumper", "tail"]));
    assert_eq!(
        map_names(&object),
        set(["jumps", "outer", "element", "collecti.rodata"])
    );
    let jumps: ProgramArray = object.map("jumps").unwrap().try_into().unwrap();
    let tail = object.program("tail").unwrap().info().unwrap().id;
    assert_eq!(jumps.lookup(0).unwrap(), Some(tail));
    let outer: ArrayOfMaps = object.map("outer").unwrap().try_into().unwrap();
    let inner = outer.lookup(1).unwrap().unwrap();
    assert_eq!(inner.info().id, object.map("element").unwrap().info().id);
}

fn what_is_selected_can_be_a_map_alone() {
    let mut loader = file().loader();
    let object = loader.select(["unused", "marks"]).unwrap().load().unwrap();
    assert_eq!(program_names(&object), set([]));
    assert_eq!(map_names(&object), set(["marks", "unused"]));
    let marks: Array<u64> = object.map("marks").unwrap().try_into().unwrap();
    marks.update(2, &4).unwrap();
    assert_eq!(marks.lookup(2).unwrap(), Some(4));
}

fn an_unknown_selection_is_refused_with_the_nearest() {
    let error = file().loader().select(["makrer"]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "cannot find map or program `makrer` in object `collection`: it does not exist; there is `marker`"
    );
}

fn a_map_that_was_not_created_is_named_where_a_program_uses_it() {
    let mut open = file().open().unwrap();
    open.map_mut("counts")
        .unwrap()
        .set_autocreate(false)
        .unwrap();
    let error = open.load().unwrap_err();
    let ErrorKind::VerifierRejected { program, .. } = error.kind() else {
        panic!("{error:?}");
    };
    assert_eq!(program, "counter");
    let hint = error.hint().unwrap();
    assert!(hint.starts_with("map `counts` was not created"), "{hint}");
}

fn a_map_that_only_dead_code_uses_need_not_be_created() {
    let mut loader = file().loader();
    loader.set("enabled", &Bool::from(false)).unwrap();
    loader.select(["guarded"]).unwrap();
    let mut open = loader.open().unwrap();
    let mut counts = open.map_mut("counts").unwrap();
    assert!(counts.autocreate(), "the program refers to it");
    counts.set_autocreate(false).unwrap();
    let object = open.load().unwrap();
    assert_eq!(program_names(&object), set(["guarded"]));
    assert!(object.map("counts").is_err());
}
