//! Maps, programs and links of an object in a user's own struct.

#![forbid(unsafe_code)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use libbpf_safe::collection::{Collection, ProgramDefinition};
use libbpf_safe::link::Link;
use libbpf_safe::map::{Array, HashMap, Map, MapDefinition, MapType};
use libbpf_safe::program::{KernelProgram, ProgramType};
use libbpf_safe::struct_ops::{StructOpsLink, StructOpsMap};
use libbpf_safe::{ErrorKind, Object, ObjectFile, Program, assign};
use libbpf_tests::features::STRUCT_OPS_LINKS;
use libbpf_tests::kernel::{has_congestion_control, is_gone, map_exists, program_exists};
use libbpf_tests::kernel_tests;
use libbpf_tests::skeletons::COLLECTION;
use std::process;

kernel_tests![
    a_struct_gets_what_it_names,
    only_what_is_named_and_needed_is_loaded,
    all_else_is_closed,
    nested_structs_are_filled_in,
    definitions_are_assigned_from_the_file,
    links_are_attached_and_end_with_the_struct,
    a_struct_ops_map_is_attached_with_the_values_that_were_set needs STRUCT_OPS_LINKS,
    an_object_that_is_loaded_is_assigned_to_several_structs,
    a_collection_is_assigned_without_its_object,
    all_missing_and_mistyped_fields_are_named_before_anything_is_loaded,
    one_name_for_two_fields_is_refused_with_both,
    a_field_in_a_nested_struct_is_named_with_its_path,
    a_program_that_was_not_loaded_is_not_assigned,
    what_is_taken_outlives_the_collection_and_nothing_else_does,
    a_program_that_is_taken_lets_its_object_go,
    several_programs_share_one_map,
    a_name_with_a_comma_is_a_name_that_is_missing,
];

fn file() -> ObjectFile {
    ObjectFile::from_bytes("collection", COLLECTION).unwrap()
}

assign! {
    /// With all kinds of names for what macros could trip over.
    #[derive(Debug)]
    pub struct Tracer {
        /// Documented.
        pub counts: HashMap<u32, u64> = "counts",
        pub(crate) counter: Program = "counter",
        by_bytes: Map = "marks",
        source: u64 = _,
        r#type: Option<u8> = _,
    }
}

assign! {
    #[derive(Debug)]
    struct Nothing {}
}

assign! {
    struct Outer {
        counter: KernelProgram = "counter",
        inner: Inner,
    }
}

assign! {
    struct Inner {
        marks: Array<u64> = "marks",
        deeper: Deeper,
    }
}

assign! {
    struct Deeper {
        marker: KernelProgram = "marker",
    }
}

fn a_struct_gets_what_it_names() {
    let mut loader = file().loader();
    loader.set("process", &process::id()).unwrap();
    let tracer: Tracer = loader.load_and_assign().unwrap();
    assert_eq!(tracer.counter.name(), "counter");
    assert_eq!(tracer.by_bytes.info().map_type, MapType::ARRAY);
    assert_eq!((tracer.source, tracer.r#type), (0, None));
    let link = tracer.counter.attach().unwrap();
    let calls = || tracer.counts.lookup(&1).unwrap().unwrap_or_default();
    assert!(calls() + calls() >= 2);
    link.detach().unwrap();
    let Nothing {} = file().loader().load_and_assign().unwrap();
}

fn only_what_is_named_and_needed_is_loaded() {
    let mut names = Vec::new();
    let loader = file().loader();
    let Outer { counter, inner } = loader
        .load_and_assign_with(|open| {
            let maps = open.maps().filter(|map| map.autocreate());
            names.extend(maps.map(|map| map.name().to_owned()));
            // Those of struct_ops maps are decided at load.
            let programs = open.programs().filter(|program| {
                program.autoload() && program.program_type() != ProgramType::STRUCT_OPS
            });
            names.extend(programs.map(|program| program.name().to_owned()));
            Ok(())
        })
        .unwrap();
    names.sort();
    assert_eq!(
        names,
        ["collecti.rodata", "counter", "counts", "marker", "marks"]
    );
    assert_eq!(counter.name(), "counter");
    assert_eq!(inner.deeper.marker.info().unwrap().name, "marker");
}

fn all_else_is_closed() {
    assign! {
        struct Marks {
            marks: Array<u64> = "marks",
        }
    }
    // Programs are loaded beside, by the closure, and closed again.
    let mut ids = Vec::new();
    let object = file().loader().select(["marker"]).unwrap().load().unwrap();
    ids.push(object.program("marker").unwrap().info().unwrap().id);
    let rodata = object.map("collecti.rodata").unwrap().info().id;
    let Marks { marks } = object.assign().unwrap();
    assert!(program_exists(ids[0]));
    drop(object);
    assert!(is_gone(|| program_exists(ids[0])));
    assert!(is_gone(|| map_exists(rodata)));
    assert!(map_exists(marks.as_map().info().id));
    marks.update(0, &1).unwrap();
    assert_eq!(marks.lookup(0).unwrap(), Some(1));
}

fn nested_structs_are_filled_in() {
    let outer: Outer = file().loader().load_and_assign().unwrap();
    let ids = [
        outer.counter.info().unwrap().id,
        outer.inner.deeper.marker.info().unwrap().id,
    ];
    assert!(ids.into_iter().all(program_exists));
    outer.inner.marks.update(3, &7).unwrap();
    // Each is apart from the other.
    drop(outer.counter);
    assert!(is_gone(|| program_exists(ids[0])));
    assert!(program_exists(ids[1]));
    assert_eq!(outer.inner.marks.lookup(3).unwrap(), Some(7));
}

fn definitions_are_assigned_from_the_file() {
    assign! {
        struct Definitions {
            counts: MapDefinition = "counts",
            counter: ProgramDefinition = "counter",
            nested: Nested,
        }
    }
    assign! {
        struct Nested {
            outer: MapDefinition = "outer",
        }
    }
    let found: Definitions = file().assign().unwrap();
    assert_eq!(found.counts.max_entries, 16);
    assert_eq!(found.counter.section_name, "raw_tp/sys_enter");
    assert_eq!(found.nested.outer.map_type, MapType::ARRAY_OF_MAPS);

    assign! {
        #[derive(Debug)]
        struct Wrong {
            counts: ProgramDefinition = "counts",
        }
    }
    let error = file().assign::<Wrong>().unwrap_err();
    assert!(error.to_string().contains("is a map, not a program"));
}

fn links_are_attached_and_end_with_the_struct() {
    assign! {
        struct Attached {
            counter: Program = "counter",
            link: Link = "counter",
            counts: HashMap<u32, u64> = "counts",
        }
    }
    let mut loader = file().loader();
    loader.set("process", &process::id()).unwrap();
    let attached: Attached = loader.load_and_assign().unwrap();
    let counts = attached.counts.clone();
    let calls = || counts.lookup(&1).unwrap().unwrap_or_default();
    assert!(calls() + calls() >= 2);
    let program = attached.counter.info().unwrap().id;
    assert_eq!(attached.link.info().unwrap().program_id, program);
    drop(attached);
    assert!(is_gone(|| program_exists(program)));
    let before = calls();
    assert_eq!(calls(), before, "nobody counts any more");
}

fn a_struct_ops_map_is_attached_with_the_values_that_were_set() {
    assign! {
        struct Congestion {
            map: StructOpsMap = "congestion",
            link: StructOpsLink = "congestion",
            ssthresh: KernelProgram = "ssthresh",
        }
    }
    let congestion: Congestion = file().loader().load_and_assign().unwrap();
    assert!(has_congestion_control("t_collection"));
    let id = congestion.map.to_map().unwrap().info().id;
    let info = congestion.link.info().unwrap();
    assert_eq!(info.struct_ops_map_id(), Some(id));
    assert_eq!(congestion.ssthresh.info().unwrap().name, "ssthresh");
    drop(congestion.link);
    assert!(is_gone(|| has_congestion_control("t_collection")));
}

fn an_object_that_is_loaded_is_assigned_to_several_structs() {
    let object = file().load().unwrap();
    let tracer: Tracer = object.assign().unwrap();
    let outer: Outer = object.assign().unwrap();
    let id = tracer.counter.info().unwrap().id;
    assert_eq!(outer.counter.info().unwrap().id, id);
    drop(tracer);
    assert!(program_exists(id));
}

fn a_collection_is_assigned_without_its_object() {
    let collection = file().load().unwrap().into_collection().unwrap();
    let outer: Outer = collection.assign().unwrap();
    drop(collection);
    assert!(program_exists(outer.counter.info().unwrap().id));
    outer.inner.marks.update(1, &5).unwrap();
    assert_eq!(outer.inner.marks.lookup(1).unwrap(), Some(5));
}

assign! {
    #[derive(Debug)]
    struct Faulty {
        missing: Map = "cuonts",
        program: Program = "counts",
        map: Map = "counter",
        kind: Array<u64> = "counts",
        key: HashMap<u64, u64> = "counts",
        value: HashMap<u32, [u8; 9]> = "outer_space",
        operations: StructOpsMap = "marks",
    }
}

fn all_missing_and_mistyped_fields_are_named_before_anything_is_loaded() {
    let mut opened = false;
    let result = file().loader().load_and_assign_with(|_| {
        opened = true;
        Ok(())
    });
    let error = Result::<Faulty, _>::unwrap_err(result);
    assert!(!opened);
    let ErrorKind::InvalidInput { reason } = error.kind() else {
        panic!("{error:?}");
    };
    assert!(error.operation().contains("`Faulty`"), "{error}");
    let problems: Vec<_> = reason.split("; ").collect();
    let expected = [
        "field `missing`: `cuonts` is not in the object, which has `counts`",
        "field `program`: `counts` is a map, not a program",
        "field `map`: `counter` is a program, not a map",
        "field `kind`: `counts` is a map of the type hash, not array",
        "field `key`: `counts` has keys of 4 bytes, not 8",
        "field `value`: `outer_space` is not in the object",
        "field `operations`: `marks` is a map of the type array, not struct_ops",
    ];
    for text in expected {
        assert!(problems.contains(&text), "{text}\n{problems:#?}");
    }
}

fn one_name_for_two_fields_is_refused_with_both() {
    assign! {
        #[derive(Debug)]
        struct Twice {
            first: Map = "counts",
            second: HashMap<u32, u64> = "counts",
        }
    }
    let text = "field `second`: `counts` was already assigned to field `first`";
    let error = file().loader().load_and_assign::<Twice>().unwrap_err();
    assert!(error.to_string().contains(text), "{error}");
    let object = file().load().unwrap();
    let error = object.assign::<Twice>().unwrap_err();
    assert!(error.to_string().contains(text), "{error}");
    let collection: Collection = object.into_collection().unwrap();
    let error = collection.assign::<Twice>().unwrap_err();
    assert!(error.to_string().contains(text), "{error}");
}

fn a_field_in_a_nested_struct_is_named_with_its_path() {
    assign! {
        #[derive(Debug)]
        struct Top {
            marks: Map = "marks",
            inside: Inside,
        }
    }
    assign! {
        #[derive(Debug)]
        struct Inside {
            again: Map = "marks",
            missing: Map = "nothing_like_it",
        }
    }
    let error = file().loader().load_and_assign::<Top>().unwrap_err();
    let text = error.to_string();
    assert!(
        text.contains("field `inside.again`: `marks` was already assigned to field `marks`"),
        "{text}"
    );
    assert!(
        text.contains("field `inside.missing`: `nothing_like_it`"),
        "{text}"
    );
}

fn a_program_that_was_not_loaded_is_not_assigned() {
    assign! {
        #[derive(Debug)]
        struct Off {
            rejected: Program = "rejected",
        }
    }
    let object: Object = file().load().unwrap();
    let error = object.assign::<Off>().unwrap_err();
    assert!(error.to_string().contains("`rejected`"), "{error}");
    assert!(error.to_string().contains("was not loaded"), "{error}");
}

fn what_is_taken_outlives_the_collection_and_nothing_else_does() {
    let mut collection = file().load().unwrap().into_collection().unwrap();
    assert_eq!(collection.name(), "collection");
    let maps: Vec<u32> = collection.maps().map(|map| map.info().id).collect();
    let programs: Vec<u32> = collection
        .programs()
        .map(|program| program.info().unwrap().id)
        .collect();
    let (map_count, program_count) = (maps.len(), programs.len());
    assert!(program_count >= 5 && map_count >= 9);
    // A map that programs use, too, and one that none does.
    let counts = collection.take_map("counts").unwrap();
    let marker = collection.take_program("marker").unwrap();
    assert!(collection.take_map("counts").is_none());
    assert!(collection.take_program("marker").is_none());
    assert_eq!(
        collection.map("counts").unwrap_err().kind(),
        &ErrorKind::NotFound
    );
    assert!(collection.program("marker").is_err());
    assert_eq!(collection.maps().count(), map_count - 1);
    assert_eq!(collection.programs().count(), program_count - 1);
    drop(collection);

    let marker_id = marker.info().unwrap().id;
    for id in programs {
        assert!(id == marker_id || is_gone(|| program_exists(id)), "{id}");
    }
    // The program keeps the maps that it uses, in the kernel.
    let kept = [
        counts.info().id,
        maps.iter()
            .copied()
            .filter(|&id| id != counts.info().id)
            .find(|&id| Map::from_id(id).is_ok_and(|map| map.name() == "marks"))
            .unwrap(),
    ];
    for id in maps {
        let used = kept.contains(&id)
            || Map::from_id(id)
                .is_ok_and(|it| it.info().key_size == 4 && it.name().ends_with(".rodata"));
        assert!(used || is_gone(|| map_exists(id)), "{id}");
    }
    assert!(map_exists(counts.info().id) && program_exists(marker_id));
    drop(marker);
    assert!(is_gone(|| program_exists(marker_id)));
    assert!(is_gone(|| map_exists(kept[1])), "its map goes with it");
    assert!(map_exists(counts.info().id));
}

fn a_program_that_is_taken_lets_its_object_go() {
    let object = file().load().unwrap();
    let unused = object.map("unused").unwrap().info().id;
    // One of `program` keeps it.
    let keeper = object.program("counter").unwrap();
    let taken = object.take_program("counter").unwrap();
    let map = object.take_map("marks").unwrap();
    drop(object);
    assert!(map_exists(unused));
    drop(keeper);
    assert!(is_gone(|| map_exists(unused)));
    assert_eq!(taken.info().unwrap().name, "counter");
    assert!(map_exists(map.info().id));
    let again = KernelProgram::from_id(taken.info().unwrap().id).unwrap();
    assert_eq!(again.name(), "counter");
}

fn several_programs_share_one_map() {
    assign! {
        struct Both {
            _marker: Link = "marker",
            _looper: Link = "looper",
            marks: Array<u64> = "marks",
        }
    }
    let mut loader = file().loader();
    loader.set("process", &process::id()).unwrap();
    let both: Both = loader.load_and_assign().unwrap();
    let marks = |index| both.marks.lookup(index).unwrap().unwrap();
    let _ = marks(0);
    assert!(marks(1) > 0, "of `marker`");
    assert!(marks(2) > 0, "of `looper`");
}

fn a_name_with_a_comma_is_a_name_that_is_missing() {
    assign! {
        #[derive(Debug)]
        struct Comma {
            counts: Map = "counts,marks",
        }
    }
    let error = file().loader().load_and_assign::<Comma>().unwrap_err();
    let text = "field `counts`: `counts,marks` is not in the object";
    assert!(error.to_string().contains(text), "{error}");
}
