//! A user's struct that keeps all kinds of handles of a loaded object, and what is in the kernel while it
//! loses them one by one.

use crate::kernel::has_congestion_control;
use crate::skeletons::tcp_shadow::types::event_count;
use crate::skeletons::tcp_shadow::{OpenSkeleton, Skeleton};
use libbpf_safe::link::Link;
use libbpf_safe::map::{Array, HashMap, UpdateFlag};
use libbpf_safe::struct_ops::StructOpsLink;
use libbpf_safe::{ErrorKind, Program};
use std::process;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

/// What a [`Monitor`] can lose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The skeleton, with handles of everything.
    Skeleton,
    /// The link of a map in `.struct_ops.link`.
    Link,
    /// The link of a map in `.struct_ops`: only the map's descriptor ends its registration.
    PlainLink,
    /// A map.
    Counts,
    /// A program.
    Program,
    /// The link of a raw tracepoint.
    Tracepoint,
}

/// In the order in which they were made.
pub const PARTS: [Part; 6] = [
    Part::Skeleton,
    Part::Link,
    Part::PlainLink,
    Part::Counts,
    Part::Program,
    Part::Tracepoint,
];

/// All handles in one struct, without a lifetime.
#[derive(Debug)]
pub struct Monitor {
    skeleton: Option<Skeleton>,
    link: Option<StructOpsLink>,
    plain_link: Option<StructOpsLink>,
    counts: Option<HashMap<u32, event_count>>,
    program: Option<Program>,
    tracepoint: Option<Link>,
    names: Names,
    /// Where the tracepoint's program counts.
    marks: Array<u64>,
}

/// The congestion controls of one monitor. Names are the kernel's, for all processes.
#[derive(Debug, Clone)]
struct Names {
    linked: String,
    plain: String,
}

const KEY: u32 = 7;
const VALUE: event_count = event_count {
    calls: 11,
    last_window: 13,
    _padding_12: [0; 4],
};

impl Names {
    /// `lane` tells those apart that exist at the same time in this process.
    fn new(lane: usize) -> Names {
        let process = process::id();
        Names {
            linked: format!("l{process}_{lane}"),
            plain: format!("p{process}_{lane}"),
        }
    }
}

impl Monitor {
    /// Loads the object and attaches everything.
    pub fn start(lane: usize) -> Monitor {
        let names = Names::new(lane);
        let skeleton = load(&names);
        let counts = skeleton.maps.counts.clone();
        counts.update(&KEY, &VALUE, UpdateFlag::NoExist).unwrap();
        let monitor = Monitor {
            link: Some(skeleton.struct_ops.shadowed.attach().unwrap()),
            plain_link: Some(skeleton.struct_ops.plain.attach().unwrap()),
            counts: Some(counts),
            program: Some(skeleton.programs.original.clone()),
            tracepoint: Some(skeleton.programs.on_sys_enter.attach().unwrap()),
            marks: skeleton.maps.marks.clone(),
            skeleton: Some(skeleton),
            names,
        };
        monitor.check("nothing");
        monitor
    }

    /// Drops the parts in this order, and looks at the kernel after each.
    pub fn drop_in_order(mut self, order: &[Part]) {
        for part in order {
            match part {
                Part::Skeleton => self.skeleton = None,
                Part::Link => self.link = None,
                Part::PlainLink => self.plain_link = None,
                Part::Counts => self.counts = None,
                Part::Program => self.program = None,
                Part::Tracepoint => self.tracepoint = None,
            }
            self.check(&format!("{part:?} of {order:?}"));
        }
    }

    /// What is held works, and what is not held is gone from the kernel.
    fn check(&self, dropped: &str) {
        for (link, name) in [
            (&self.link, &self.names.linked),
            (&self.plain_link, &self.names.plain),
        ] {
            let is_held = link.is_some();
            assert!(
                comes_true(is_held, || has_congestion_control(name) == is_held),
                "{name} held: {is_held}, after dropping {dropped}"
            );
        }
        if let Some(counts) = &self.counts {
            assert_eq!(counts.lookup(&KEY).unwrap(), Some(VALUE), "{dropped}");
        }
        if let Some(program) = &self.program {
            assert_eq!(program.info().unwrap().name, "original", "{dropped}");
        }
        let is_held = self.tracepoint.is_some();
        // Not at once: the kernel passes a program by where a thread was interrupted in it on the same CPU, and of two
        // CPUs that count at the same time one may get lost.
        assert!(
            comes_true(false, || self.is_counting() == is_held),
            "tracepoint held: {is_held}, after dropping {dropped}"
        );
    }

    /// Whether the tracepoint's program still runs: it counts system calls, and a lookup is one.
    fn is_counting(&self) -> bool {
        let count = || self.marks.lookup(3).unwrap();
        count() != count()
    }
}

fn load(names: &Names) -> Skeleton {
    let mut open = OpenSkeleton::open().unwrap();
    let ops = open.parts().struct_ops;
    ops.shadowed.name.set(&names.linked).unwrap();
    ops.plain.name.set(&names.plain).unwrap();
    open.load().unwrap()
}

/// What is held must be there at once; what was dropped may take the kernel a moment.
fn comes_true(at_once: bool, condition: impl Fn() -> bool) -> bool {
    let end = Instant::now() + Duration::from_secs(if at_once { 0 } else { 2 });
    loop {
        if condition() {
            return true;
        }
        if Instant::now() >= end {
            return false;
        }
        thread::sleep(Duration::from_millis(1));
    }
}

/// Every part goes first once and last once, on a thread that did not make it.
pub fn every_part_first_and_last(lane: usize) {
    for first in 0..PARTS.len() {
        let mut order = PARTS;
        order.rotate_left(first);
        let monitor = Monitor::start(lane);
        thread::spawn(move || monitor.drop_in_order(&order))
            .join()
            .unwrap();
    }
}

/// The handles of one object, used and dropped by several threads at once.
pub fn used_by_threads_at_once(lane: usize) {
    let names = Names::new(lane);
    let skeleton = Arc::new(load(&names));
    let threads: Vec<_> = (0..4)
        .map(|thread| {
            let skeleton = Arc::clone(&skeleton);
            thread::spawn(move || use_everything(&skeleton, thread))
        })
        .collect();
    // The last handle goes on one of them.
    drop(skeleton);
    for thread in threads {
        thread.join().unwrap();
    }
    for name in [names.linked, names.plain] {
        assert!(!has_congestion_control(&name), "{name} is still there");
    }
}

fn use_everything(skeleton: &Skeleton, thread: u32) {
    for round in 0..4 {
        let key = thread % 2;
        let counts = &skeleton.maps.counts;
        counts.update(&key, &VALUE, UpdateFlag::Any).unwrap();
        assert!(counts.iter().all(|element| element.is_ok()));
        assert!(skeleton.object.map("counts").is_ok());
        assert!(skeleton.object.map("no such map").is_err());

        let tracepoint = skeleton.programs.on_sys_enter.attach().unwrap();
        assert!(tracepoint.info().unwrap().program_id != 0);
        assert!(skeleton.programs.original.attach().is_err());
        // Half of them say goodbye, half just go.
        if round % 2 == 0 {
            tracepoint.detach().unwrap();
        }

        // One thread at a time can have the name: the others are told so, in their own error.
        match skeleton.struct_ops.shadowed.attach() {
            Ok(link) => {
                assert!(link.info().is_ok());
                drop(link);
            }
            Err(error) => assert!(
                matches!(error.kind(), ErrorKind::AlreadyExists),
                "{error:?}"
            ),
        }
        assert!(format!("{skeleton:?}").contains("counts"));
    }
}

/// Objects of several threads, each opened, loaded, used and dropped on its own.
pub fn loaded_by_threads_at_once(lane: usize) {
    let threads: Vec<_> = (lane..lane + 3)
        .map(|lane| thread::spawn(move || Monitor::start(lane).drop_in_order(&PARTS)))
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
}
