//! Where loading fails half-way, nothing is left: no descriptor, no map, no program, no attachment.

#![forbid(unsafe_code)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use libbpf_safe::link::Link;
use libbpf_safe::map::{Array, HashMap, Map};
use libbpf_safe::program::KernelProgram;
use libbpf_safe::struct_ops::StructOpsLink;
use libbpf_safe::{Error, ErrorKind, ObjectFile, assign};
use libbpf_tests::features::STRUCT_OPS_LINKS;
use libbpf_tests::kernel::{has_congestion_control, is_gone, open_descriptors};
use libbpf_tests::kernel_tests;
use libbpf_tests::skeletons::COLLECTION;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use std::sync::Mutex;

kernel_tests![
    a_program_that_is_rejected_leaves_nothing,
    an_attachment_that_fails_takes_the_others_back needs STRUCT_OPS_LINKS,
    a_change_that_fails_leaves_nothing,
    a_lack_of_descriptors_at_any_point_leaves_nothing needs STRUCT_OPS_LINKS,
];

/// Held by each test: descriptors are counted, and limited, for the whole process.
static ALONE: Mutex<()> = Mutex::new(());

fn file() -> ObjectFile {
    ObjectFile::from_bytes("collection", COLLECTION).unwrap()
}

/// The highest ids so far: the kernel counts up.
fn last_ids() -> (u32, u32) {
    let object = file().loader().select(["marker"]).unwrap().load().unwrap();
    let map = object.map("marks").unwrap().info().id;
    (map, object.program("marker").unwrap().info().unwrap().id)
}

/// Fails unless it fails, and leaves nothing of the object behind.
fn leaves_nothing(attempt: impl FnOnce() -> Error) -> Error {
    let _alone = ALONE
        .lock()
        .unwrap_or_else(|poisoned| poisoned.into_inner());
    let (first_map, first_program) = last_ids();
    let descriptors = open_descriptors();
    let error = attempt();
    assert_eq!(open_descriptors(), descriptors, "descriptors are left open");
    let (last_map, last_program) = last_ids();
    assert!(first_map < last_map && first_program < last_program);
    let is_ours = |name: &str| ["counts", "marks", "outer", "element"].contains(&name);
    for id in first_map + 1..last_map {
        let exists = || Map::from_id(id).is_ok_and(|map| is_ours(map.name()));
        assert!(is_gone(exists), "map {id} is left");
    }
    let is_ours = |name: &str| ["counter", "marker", "ssthresh"].contains(&name);
    for id in first_program + 1..last_program {
        let exists = || KernelProgram::from_id(id).is_ok_and(|it| is_ours(it.name()));
        assert!(is_gone(exists), "program {id} is left");
    }
    error
}

fn a_program_that_is_rejected_leaves_nothing() {
    assign! {
        #[derive(Debug)]
        struct Rejected {
            counter: KernelProgram = "counter",
            marker: KernelProgram = "marker",
            rejected: KernelProgram = "rejected",
        }
    }
    let error = leaves_nothing(|| file().loader().load_and_assign::<Rejected>().unwrap_err());
    let ErrorKind::VerifierRejected { program, log } = error.kind() else {
        panic!("{error:?}");
    };
    assert_eq!(program, "rejected");
    assert!(log.contains("map_value_or_null"), "{log}");
}

fn an_attachment_that_fails_takes_the_others_back() {
    assign! {
        #[derive(Debug)]
        struct Attached {
            counter: Link = "counter",
            congestion: StructOpsLink = "congestion",
            unattachable: Link = "unattachable",
        }
    }
    let error = leaves_nothing(|| {
        let error = file().loader().load_and_assign::<Attached>().unwrap_err();
        assert!(is_gone(|| has_congestion_control("t_collection")));
        error
    });
    assert!(
        error.to_string().contains("attach program `unattachable`"),
        "{error}"
    );
}

fn a_change_that_fails_leaves_nothing() {
    assign! {
        #[derive(Debug)]
        struct Marks {
            marks: Array<u64> = "marks",
        }
    }
    let error = leaves_nothing(|| {
        let result = file().loader().load_and_assign_with::<Marks>(|open| {
            open.map_mut("marks")?.set_max_entries(2)?;
            open.set_variable("no_such_variable", &1u32)
        });
        result.unwrap_err()
    });
    assert_eq!(error.kind(), &ErrorKind::NotFound);
}

assign! {
    #[derive(Debug)]
    struct Everything {
        counts: HashMap<u32, u64> = "counts",
        marker: KernelProgram = "marker",
        counter: KernelProgram = "counter",
        link: Link = "counter",
        congestion: StructOpsLink = "congestion",
    }
}

fn a_lack_of_descriptors_at_any_point_leaves_nothing() {
    let file = file();
    let mut points = 0;
    leaves_nothing(|| {
        let before = getrlimit(Resource::Nofile);
        let open = open_descriptors() as u64;
        let mut last = None;
        // `open_descriptors` has one open itself, to count.
        for room in 0..100 {
            let limit = Rlimit {
                current: Some(open - 1 + room),
                maximum: before.maximum,
            };
            setrlimit(Resource::Nofile, limit).unwrap();
            let result = file.loader().load_and_assign::<Everything>();
            setrlimit(Resource::Nofile, before).unwrap();
            match result {
                Ok(everything) => {
                    assert!(has_congestion_control("t_collection"));
                    drop(everything);
                    break;
                }
                Err(error) => last = Some(error),
            }
            assert_eq!(open_descriptors() as u64, open, "with room for {room}");
            assert!(is_gone(|| has_congestion_control("t_collection")));
            points += 1;
        }
        last.unwrap()
    });
    assert!((5..100).contains(&points), "{points}");
}
