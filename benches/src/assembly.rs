//! What setting a member of a struct_ops map is compiled to.

use crate::Outcome;
use crate::report::Report;
use std::hint::black_box;
use std::process::Command;

include!(concat!(env!("OUT_DIR"), "/minimal.skel.rs"));

const FUNCTION: &str = "set_a_member_of_a_shadow_copy";

/// As in a user's program: `parts.struct_ops.reno.flags = 13`.
// SAFETY: nobody else has a function of this name.
#[unsafe(no_mangle)]
#[inline(never)]
pub fn set_a_member_of_a_shadow_copy(parts: &mut minimal::StructOps<'_>) {
    parts.reno.flags = 13;
}

pub fn show(report: &mut Report) -> Outcome {
    let mut open = minimal::OpenSkeleton::open()?;
    black_box(set_a_member_of_a_shadow_copy as fn(&mut _))(&mut open.parts().struct_ops);
    let output = Command::new("objdump")
        .args([
            "--disassemble=set_a_member_of_a_shadow_copy",
            "--no-show-raw-insn",
        ])
        .arg(std::env::current_exe()?)
        .output()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let (_, body) = text
        .split_once(&format!("<{FUNCTION}>:\n"))
        .ok_or("objdump shows no such function")?;
    report.note(
        "`parts.struct_ops.reno.flags = 13`, by objdump (the first load is the reference's own):",
    );
    for line in body.lines().take_while(|line| line.starts_with(' ')) {
        let instruction = line.split_once('\t').map_or(line, |(_, rest)| rest);
        report.note(format!("    {instruction}"));
        if instruction.starts_with("ret") {
            break;
        }
    }
    Ok(())
}
