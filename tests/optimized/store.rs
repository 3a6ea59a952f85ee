//! Setting a member of a shadow copy, as it is compiled.

#![allow(unsafe_code)]
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use libbpf_tests::skeletons::tcp_shadow::{OpenSkeleton, StructOps};
use std::hint::black_box;
use std::process::Command;

/// What a user writes.
// SAFETY: nobody else has a function of this name.
#[unsafe(no_mangle)]
#[inline(never)]
pub extern "C" fn set_a_member(parts: &mut StructOps<'_>) {
    parts.shadowed.flags = 13;
}

/// The instructions of a function of this program, as objdump writes them.
fn instructions(function: &str) -> Vec<String> {
    let output = Command::new("objdump")
        .args([&format!("--disassemble={function}"), "--no-show-raw-insn"])
        .arg(std::env::current_exe().unwrap())
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let (_, body) = text.split_once(&format!("<{function}>:\n")).unwrap();
    let lines = body.lines().take_while(|line| line.starts_with(' '));
    let mut instructions: Vec<_> = lines
        .map(|line| {
            line.split_once('\t')
                .unwrap()
                .1
                .split_whitespace()
                .collect::<Vec<_>>()
                .join(" ")
        })
        .collect();
    // What follows the return is padding.
    let end = instructions
        .iter()
        .position(|instruction| instruction.starts_with("ret"))
        .unwrap();
    instructions.truncate(end);
    instructions
}

/// The struct's address comes from the parts, and then there is one store.
#[test]
#[cfg_attr(
    not(target_arch = "x86_64"),
    ignore = "the instructions are those of x86-64"
)]
fn setting_a_member_is_one_store() {
    let mut open = OpenSkeleton::open().unwrap();
    black_box(set_a_member as extern "C" fn(&mut StructOps<'_>))(&mut open.parts().struct_ops);
    assert_eq!(open.parts().struct_ops.shadowed.flags, 13);
    let found = instructions("set_a_member");
    assert_eq!(found.len(), 2, "{found:?}");
    let stores = found
        .iter()
        .filter(|instruction| instruction.starts_with("movl $0xd,"));
    assert_eq!(stores.count(), 1, "{found:?}");
    assert!(found[0].starts_with("mov ("), "{found:?}");
}
