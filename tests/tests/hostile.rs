//! Objects that somebody has broken: skelgen answers with an error or a skeleton, never with a panic,
//! without end, or with code that is none.
//!
//! It reads objects through libbpf and libelf, which can be brought to a wild access by a broken object:
//! such an end is counted and shown, and no failure of this test.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use skelgen::Builder;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs, panic};
use tempfile::TempDir;

/// Mutations of each object, unless the environment variable MUTATIONS says otherwise.
const MUTATIONS: u64 = 1500;
/// Of address space, in KiB: what an object of a few KiB needs is far less.
const MEMORY: &str = "1500000";
/// Seconds of processor time for all of an object's.
const TIME: &str = "120";

fn mutations() -> u64 {
    env::var("MUTATIONS").map_or(MUTATIONS, |number| number.parse().unwrap())
}

/// Marsaglia's xorshift: the same mutations each time.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end as u64) as usize
    }
}

/// Where a section is: only its bytes, in ELF of 64 bits and this byte order.
fn section(object: &[u8], wanted: &str) -> Option<(usize, usize)> {
    let number = |at: usize, len: usize| {
        let mut bytes = [0; 8];
        bytes[..len].copy_from_slice(&object[at..at + len]);
        u64::from_le_bytes(bytes) as usize
    };
    let (headers, count, names) = (number(40, 8), number(60, 2), number(62, 2));
    let header = |index: usize| headers + index * 64;
    let names = number(header(names) + 24, 8);
    (0..count).map(header).find_map(|header| {
        let name = &object[names + number(header, 4)..];
        let name = &name[..name.iter().position(|&byte| byte == 0)?];
        (name == wanted.as_bytes()).then(|| (number(header + 24, 8), number(header + 32, 8)))
    })
}

fn mutate(object: &[u8], number: u64) -> Vec<u8> {
    let mut random =
        Random(0x9e37_79b9_7f4a_7c15 ^ (number + 1).wrapping_mul(0xbf58_476d_1ce4_e5b9));
    let mut broken = object.to_vec();
    // Half of them in the types, which skelgen itself reads.
    let (start, len) = match random.below(4) {
        0 | 1 => section(object, ".BTF").unwrap(),
        2 => section(object, ".symtab").unwrap(),
        _ => (0, object.len()),
    };
    for _ in 0..=random.below(4) {
        let at = start + random.below(len);
        match random.below(5) {
            0 => broken[at] ^= 1 << random.below(8),
            1 => broken[at] = random.below(256) as u8,
            kind => {
                let word = at & !3;
                let value: u32 = match kind {
                    2 => [0, 1, 0x7fff_ffff, 0x8000_0000, u32::MAX][random.below(5)],
                    3 => random.below(200) as u32,
                    _ => random.below(usize::MAX) as u32,
                };
                if let Some(bytes) = broken.get_mut(word..word + 4) {
                    bytes.copy_from_slice(&value.to_le_bytes());
                }
            }
        }
    }
    if random.below(20) == 0 {
        broken.truncate(random.below(object.len()));
    }
    broken
}

/// Not a test: what the test below runs with little memory, from a mutation on.
#[test]
#[ignore = "run by another test"]
fn as_child() {
    let Some(object) = env::var_os("TEST_OBJECT") else {
        return;
    };
    let first: u64 = env::var("TEST_FIRST").unwrap().parse().unwrap();
    let folder = PathBuf::from(env::var_os("TEST_FOLDER").unwrap());
    let object = fs::read(object).unwrap();
    println!();
    for number in first..mutations() {
        println!("START {number}");
        let broken = folder.join("broken.bpf.o");
        fs::write(&broken, mutate(&object, number)).unwrap();
        let builder = Builder::new()
            .object(&broken)
            .c_header()
            .out_dir(folder.join("out"));
        match panic::catch_unwind(|| builder.generate()) {
            Ok(Ok(_)) => println!("GENERATED {number}"),
            Ok(Err(error)) if error.to_string().contains("report this") => {
                println!("FAULT {number}: {}", error.to_string().replace('\n', " "));
            }
            Ok(Err(_)) => println!("REFUSED {number}"),
            Err(_) => println!("FAULT {number}: a panic"),
        }
    }
    println!("DONE");
}

#[derive(Default, Debug)]
struct Counts {
    generated: u64,
    refused: u64,
    faults: Vec<String>,
    /// Killed by a signal within libbpf.
    killed: Vec<u64>,
}

fn try_all(object: &Path) -> Counts {
    let folder = TempDir::new().unwrap();
    let mut counts = Counts::default();
    let mut first = 0;
    loop {
        let mut child = Command::new("sh")
            .args([
                "-c",
                "ulimit -c 0; ulimit -v \"$0\"; ulimit -t \"$1\"; shift; exec \"$@\"",
            ])
            .args([MEMORY, TIME])
            .arg(env::current_exe().unwrap())
            .args([
                "--exact",
                "as_child",
                "--ignored",
                "--nocapture",
                "--test-threads=1",
            ])
            .env("TEST_OBJECT", object)
            .env("TEST_FIRST", first.to_string())
            .env("TEST_FOLDER", folder.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut last = None;
        let mut done = false;
        for line in BufReader::new(child.stdout.take().unwrap()).lines() {
            let line = line.unwrap_or_default();
            match line.split_once(' ') {
                Some(("START", number)) => last = number.parse::<u64>().ok(),
                Some(("GENERATED", _)) => counts.generated += 1,
                Some(("REFUSED", _)) => counts.refused += 1,
                Some(("FAULT", what)) => counts.faults.push(what.to_owned()),
                _ => done |= line == "DONE",
            }
        }
        let status = child.wait().unwrap();
        if done {
            return counts;
        }
        let last = last.unwrap_or_else(|| panic!("the child did not start: {status}"));
        counts.killed.push(last);
        assert!(counts.killed.len() < 100, "{counts:?}");
        first = last + 1;
    }
}

fn check(name: &str) {
    let object = Path::new(env!("OUT_DIR")).join("golden").join(name);
    let counts = try_all(&object);
    println!("{name}: {counts:?}");
    assert!(counts.faults.is_empty(), "{name}: {:#?}", counts.faults);
    let all = counts.generated + counts.refused + counts.killed.len() as u64;
    assert_eq!(all, mutations());
    assert!(counts.generated > 100 && counts.refused > 100, "{counts:?}");
}

#[test]
fn broken_maps_and_sections() {
    check("counters.bpf.o");
}

#[test]
fn broken_struct_ops() {
    check("tcp_small.bpf.o");
}
