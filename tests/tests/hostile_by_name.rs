//! Objects whose types somebody has broken, opened by name and with a skeleton: an error, or values that keep what
//! is written to them; never a panic, and never a wild access of ours.
//!
//! libbpf itself can be brought to a wild access by a broken object: such an end is counted and shown, and no failure
//! of this test, as long as it comes while libbpf opens the object.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use libbpf_safe::btf::{KernelBtf, Kind, Type};
use libbpf_safe::struct_ops::by_name::Value;
use libbpf_safe::{OpenObject, OpenOptions};
use libbpf_tests::skeletons::{MADE_UP_KERNEL, members};
use std::env;
use std::os::unix::process::ExitStatusExt;
use std::process::Command;

/// Mutations, unless the environment variable of this name says otherwise.
const MUTATIONS: u64 = 1500;
/// Of address space, in KiB.
const MEMORY: &str = "1500000";

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

/// Some words of the types, which begin with BTF's magic number, changed.
fn mutate(object: &[u8], number: u64) -> Vec<u8> {
    let mut random = Random((number + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let mut broken = object.to_vec();
    let magic = [0x9f, 0xeb, 1, 0, 24, 0, 0, 0];
    let start = object.windows(8).position(|at| at == magic).unwrap();
    let size = u32::from_le_bytes(object[start + 12..start + 16].try_into().unwrap());
    for _ in 0..=random.below(3) {
        let at = start + 24 + 4 * random.below(size as usize / 4);
        let value: u32 = match random.below(4) {
            0 => [0, 1, 0x7fff_ffff, u32::MAX][random.below(4)],
            1 | 2 => random.below(150) as u32,
            _ => {
                u32::from_le_bytes(broken[at..at + 4].try_into().unwrap()) ^ (1 << random.below(32))
            }
        };
        broken[at..at + 4].copy_from_slice(&value.to_le_bytes());
    }
    broken
}

/// Each member is read, written as it was and with other values, and reset.
fn by_name(object: &mut OpenObject) -> Option<()> {
    let mut ops = object.struct_ops("filled").ok()?;
    for member in ops.members().ok()? {
        let path = member.path.as_str();
        let Ok(value) = ops.get(path) else { continue };
        if ops.set(path, value.clone()).is_ok() {
            assert_eq!(ops.get(path).ok(), Some(value.clone()), "{path}");
        }
        for other in [
            Value::Int(i128::MAX),
            Value::Int(1),
            Value::Text("x".repeat(1000)),
            Value::Text("started".into()),
            Value::Bytes(vec![255; 4096]),
            Value::Array(vec![Value::Int(1); 1000]),
            Value::None,
        ] {
            let _ = ops.set(path, other);
            let _ = ops.get(path);
        }
        ops.reset(path).ok();
        assert_eq!(ops.get(path).ok(), ops.default_value(path).ok(), "{path}");
    }
    ops.reset_all();
    Some(())
}

/// Not a test: what the test below runs in a process of its own, from a mutation on.
#[test]
#[ignore = "run by another test"]
fn broken_from() {
    let Ok(first) = env::var("TEST_FIRST") else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let kernel = folder.path().join("kernel");
    std::fs::write(&kernel, MADE_UP_KERNEL).unwrap();
    let kernel = KernelBtf::from_file(kernel).unwrap();
    println!();
    for number in first.parse().unwrap()..mutations() {
        let broken = mutate(&members::OBJECT.0, number);
        println!("OPENING {number}");
        let opened = OpenObject::from_bytes("broken", &broken);
        println!("OPENED {number}");
        let used = opened.is_ok_and(|mut object| {
            let used = by_name(&mut object).is_some();
            let _ = object.plan();
            let _ = object.preflight(&kernel);
            used
        });
        if let Ok(mut open) = members::OpenSkeleton::open_bytes(&broken, &OpenOptions::new()) {
            let parts = open.parts();
            let text = format!("{:?}", parts.struct_ops.filled.name);
            assert!(!text.is_empty());
            println!("AGREED {number}");
        }
        println!("{} {number}", if used { "USED" } else { "REFUSED" });
    }
    println!("DONE");
}

/// libbpf alone reads gigabytes beyond the section of these.
#[test]
fn a_variable_beyond_its_section_is_refused_before_libbpf_looks() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("broken.bpf.o");
    for number in [2364, 7289] {
        let broken = mutate(&members::OBJECT.0, number);
        std::fs::write(&file, &broken).unwrap();
        for opened in [
            OpenObject::from_bytes("broken", &broken),
            OpenObject::from_file(&file),
        ] {
            let text = opened.unwrap_err().to_string();
            assert!(text.contains("` in section `?.struct_ops.link`"), "{text}");
            assert!(text.contains("and the section has"), "{text}");
        }
    }
}

/// libbpf writes the callback of such a member behind the value's memory.
#[test]
fn a_member_beyond_its_struct_is_refused_before_libbpf_looks() {
    let whole: &[u8] = &members::OBJECT.0;
    let btf = OpenObject::from_bytes("members", whole).unwrap().btf();
    let btf = btf.unwrap().unwrap();
    let id = btf.find("member_ops", Kind::Struct).unwrap();
    let Ok(Type::Struct(ops)) = btf.get(id) else {
        panic!("a struct");
    };
    let last = ops.members().map(|member| member.bit_offset / 8).max();
    // The second and third word of its record: what it is, and its size.
    let info = 4 << 24 | u32::from(ops.kind_flag) << 31 | ops.len() as u32;
    let words = |size: u32| [info, size].map(u32::to_le_bytes).concat();
    let record = words(ops.size);
    let at = whole
        .windows(record.len())
        .position(|found| found == record);
    let at = at.unwrap();
    let mut broken = whole.to_vec();
    broken[at..at + record.len()].copy_from_slice(&words(last.unwrap()));
    let text = OpenObject::from_bytes("broken", &broken)
        .unwrap_err()
        .to_string();
    assert!(text.contains("of `struct member_ops`"), "{text}");
    assert!(text.contains("ends beyond it"), "{text}");
}

#[test]
fn broken_types_are_refused_or_keep_what_is_written() {
    let (mut first, mut used, mut agreed, mut killed) = (0, 0, 0, Vec::new());
    loop {
        let output = Command::new("sh")
            .args(["-c", "ulimit -c 0; ulimit -v \"$0\"; exec \"$@\""])
            .arg(MEMORY)
            .arg(env::current_exe().unwrap())
            .args(["--exact", "broken_from", "--ignored", "--nocapture"])
            .env("TEST_FIRST", first.to_string())
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stdout);
        used += text.lines().filter(|line| line.starts_with("USED")).count();
        agreed += text
            .lines()
            .filter(|line| line.starts_with("AGREED"))
            .count();
        if text.lines().any(|line| line == "DONE") {
            break;
        }
        let last = text
            .lines()
            .rfind(|line| line.starts_with("OPEN"))
            .unwrap_or_else(|| panic!("{output:?}"));
        let (phase, number) = last.split_once(' ').unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert_eq!(phase, "OPENING", "{number}: {}: {errors}", output.status);
        // No panic, which would be ours.
        assert!(output.status.signal().is_some(), "{number}: {errors}");
        first = number.parse::<u64>().unwrap() + 1;
        killed.push(number.to_owned());
    }
    println!("{used} used, {agreed} agreed, killed by libbpf: {killed:?}");
    assert!(used > 100 && agreed > 10, "{used} {agreed}");
}
