//! The BPF program of `bpf/rings.bpf.c`, and what it is told to do.

use crate::skeletons::rings::types::{action, command, outcome};
use crate::skeletons::rings::{Maps, OpenSkeleton};
use libbpf_safe::link::Link;
use rustix::thread::gettid;
use std::os::unix::process::parent_id;
use std::thread;
use std::time::{Duration, Instant};

/// The object, loaded and attached.
#[derive(Debug)]
pub struct Rings {
    /// Its maps.
    pub maps: Maps,
    _link: Link,
}

impl Rings {
    /// With a ring of one page, the least that there is.
    pub fn load() -> Rings {
        Rings::load_with(4096)
    }

    /// With a ring of this size.
    pub fn load_with(size: u32) -> Rings {
        let mut open = OpenSkeleton::open().unwrap();
        open.parts().maps.events.set_max_entries(size).unwrap();
        let skeleton = open.load().unwrap();
        Rings {
            _link: skeleton.programs.on_sys_enter.attach().unwrap(),
            maps: skeleton.maps,
        }
    }

    /// Has the program do something `count` times, on this thread, and waits for it.
    pub fn order(&self, what: action, length: u32, count: u32, number: u64) -> outcome {
        let before = self.outcome().done;
        let order = command {
            thread: gettid().as_raw_nonzero().get().unsigned_abs(),
            action: what,
            length,
            count,
            number,
        };
        self.maps.commands.update(0, &order).unwrap();
        let _ = parent_id();
        let outcome = self.outcome();
        assert_eq!(outcome.done, before + 1, "the program did not run");
        outcome
    }

    /// Records of this length, of which the first 8 bytes are numbers from `number` on.
    pub fn write(&self, length: u32, count: u32, number: u64) {
        assert_eq!(self.order(action::WRITE, length, count, number).returned, 0);
    }

    /// What the program has come to.
    pub fn outcome(&self) -> outcome {
        self.maps.outcomes.lookup(0).unwrap().unwrap()
    }

    /// Reserves a record with this number, has another one with the next number written behind it, and calls
    /// `meanwhile` before the first one is submitted.
    pub fn hold(&self, number: u64, meanwhile: impl FnOnce()) {
        thread::scope(|scope| {
            scope.spawn(|| self.order(action::HOLD, 0, 1, number));
            wait_until(|| self.outcome().holding == 1);
            meanwhile();
            assert_eq!(
                self.outcome().holding,
                1,
                "the record was not held that long"
            );
            self.maps.release.update(0, &1).unwrap();
        });
        self.maps.release.update(0, &0).unwrap();
    }
}

/// Waits for what another thread does.
pub fn wait_until(condition: impl Fn() -> bool) {
    let end = Instant::now() + Duration::from_secs(5);
    while !condition() {
        assert!(Instant::now() < end, "it does not happen");
        thread::sleep(Duration::from_millis(1));
    }
}

/// The number in the first 8 bytes.
pub fn number(record: &[u8]) -> u64 {
    u64::from_ne_bytes(record[..8].try_into().unwrap())
}
