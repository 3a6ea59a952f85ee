//! The links of a skeleton, and how all of it is attached.

use super::writer::{ARGUMENTS, Writer};
use crate::model::{Program, Skeleton, StructOpsMap};
use crate::names::identifier;

const ATTACH: &str = "\
/// Attaches every program where its section says, and every `struct_ops` map, and keeps the links in `links`.
///
/// What has a link already, what was not loaded or created, what has its autoattach off, and a program whose
/// section names no place, is left alone: attaching twice is harmless.
///
/// # Errors
///
/// Something cannot be attached, and the error names it. What this call has attached by then is detached again.
";

const DETACH: &str = "\
/// Detaches all that `links` holds. What was taken out stays attached.
pub fn detach(&mut self) {
    self.links = Links::default();
}
";

/// The struct `Links`, and `attach` and `detach` of the skeleton. A program that is a callback has no link of its
/// own: its map has.
pub(super) fn write(skeleton: &Skeleton, out: &mut Writer) {
    let programs = skeleton.programs.iter();
    let programs: Vec<&Program> = programs.filter(|program| !program.is_struct_ops).collect();
    let maps = &skeleton.struct_ops;
    out.gap();
    out.doc("What is attached: a link for each program that is, and for each `struct_ops` map. They can be taken out");
    out.doc("and kept.");
    out.line("#[derive(Debug, Default)]");
    if programs.is_empty() && maps.is_empty() {
        out.line("pub struct Links {}");
    } else {
        out.block("pub struct Links", |out| fields(&programs, maps, out));
    }
    if !maps.is_empty() {
        struct_ops(maps, out);
    }
    out.gap();
    out.block("impl Skeleton", |out| {
        out.lines(ATTACH);
        out.block("pub fn attach(&mut self) -> bpf::Result<()>", |out| {
            if !programs.is_empty() || !maps.is_empty() {
                attach(&programs, maps, out);
            }
            out.line("Ok(())");
        });
        out.gap();
        out.lines(DETACH);
    });
}

fn fields(programs: &[&Program], maps: &[StructOpsMap], out: &mut Writer) {
    for program in programs {
        out.doc(format_args!(
            "Of `{}`, in `SEC(\"{}\")`",
            program.name, program.section
        ));
        out.field(identifier(&program.rust_name), "Option<bpf::link::Link>");
    }
    if !maps.is_empty() {
        out.doc("Of the `struct_ops` maps.");
        out.field("struct_ops", "StructOpsLinks");
    }
}

fn struct_ops(maps: &[StructOpsMap], out: &mut Writer) {
    out.gap();
    out.doc("The links of the `struct_ops` maps.");
    out.line("#[derive(Debug, Default)]");
    out.block("pub struct StructOpsLinks", |out| {
        for map in maps {
            out.doc(format_args!("Of `struct {} {}`", map.type_name, map.name));
            let name = identifier(&map.rust_name);
            out.field(name, "Option<bpf::struct_ops::StructOpsLink>");
        }
    });
}

/// What is missing is made first, and stored when all of it is there.
fn attach(programs: &[&Program], maps: &[StructOpsMap], out: &mut Writer) {
    if !programs.is_empty() {
        out.line("use bpf::skeleton::attach_program;");
    }
    if !maps.is_empty() {
        out.line("use bpf::skeleton::attach_struct_ops;");
    }
    out.within("let new = Links {", "};", |out| {
        for program in programs {
            make(&program.rust_name, "attach_program", ["programs", ""], out);
        }
        if !maps.is_empty() {
            out.within("struct_ops: StructOpsLinks {", "},", |out| {
                for map in maps {
                    let places = ["struct_ops", "struct_ops."];
                    make(&map.rust_name, "attach_struct_ops", places, out);
                }
            });
        }
    });
    for program in programs {
        keep(&program.rust_name, "", out);
    }
    for map in maps {
        keep(&map.rust_name, "struct_ops.", out);
    }
}

/// The field of a new link. `places` are the group of the handle, and where the links have theirs.
fn make(name: &str, function: &str, places: [&str; 2], out: &mut Writer) {
    let name = identifier(name);
    let [handles, links] = places;
    let handle = format!("&self.{handles}.{name}");
    let link = format!("&self.links.{links}{name}");
    let head = format_args!("{name}: {function}(").to_string();
    out.list(head, ")?,", ARGUMENTS, &[handle, link]);
}

fn keep(name: &str, place: &str, out: &mut Writer) {
    let name = identifier(name);
    out.block(format_args!("if new.{place}{name}.is_some()"), |out| {
        out.line(format_args!(
            "self.links.{place}{name} = new.{place}{name};"
        ));
    });
}
