//! The parts of an open object: what the skeleton claims, and what it lends out.

use super::writer::{Writer, string};
use crate::model::{Map, Program, Section, Skeleton, StructOpsMap};
use crate::names::{identifier, prefixed};

/// One part of the object.
pub(super) struct Part {
    /// Its field in the skeleton.
    pub(super) slot: String,
    pub(super) slot_type: String,
    /// How the skeleton gets it from `object`.
    pub(super) claim: String,
    /// Its field where it is lent out.
    pub(super) field: String,
    pub(super) lent_type: String,
    /// How it is lent out.
    pub(super) lend: String,
    pub(super) doc: String,
}

impl Part {
    /// Its field where it is lent out.
    pub(super) fn write_field(&self, out: &mut Writer) {
        out.doc(&self.doc);
        out.field(&self.field, &self.lent_type);
    }

    /// The value of that field.
    pub(super) fn value(&self) -> String {
        format!("{}: {}", self.field, self.lend)
    }
}

/// All parts of an object.
pub(super) struct Parts {
    pub(super) struct_ops: Vec<Part>,
    pub(super) programs: Vec<Part>,
    pub(super) maps: Vec<Part>,
    pub(super) sections: Vec<Part>,
}

/// Parts that are lent out in a struct of their own.
pub(super) struct Group<'a> {
    /// The struct.
    pub(super) name: &'static str,
    /// Its field in `Parts`.
    pub(super) field: &'static str,
    pub(super) doc: &'static str,
    pub(super) parts: &'a [Part],
}

impl Parts {
    pub(super) fn of(skeleton: &Skeleton) -> Parts {
        let sections = skeleton.sections.iter();
        let settable = sections.filter(|section| section.kind.is_settable());
        Parts {
            struct_ops: skeleton.struct_ops.iter().map(of_struct_ops).collect(),
            programs: skeleton.programs.iter().map(of_program).collect(),
            maps: skeleton.maps.iter().map(of_map).collect(),
            sections: settable.map(of_section).collect(),
        }
    }

    /// In the order in which the skeleton claims them.
    pub(super) fn all(&self) -> impl Iterator<Item = &Part> {
        let first = self.sections.iter().chain(&self.maps);
        first.chain(&self.programs).chain(&self.struct_ops)
    }

    /// Those that have any parts.
    pub(super) fn groups(&self) -> Vec<Group<'_>> {
        let groups = [
            Group {
                name: "StructOps",
                field: "struct_ops",
                doc: "The shadow copies of the `struct_ops` maps.",
                parts: &self.struct_ops,
            },
            Group {
                name: "OpenPrograms",
                field: "programs",
                doc: "The programs, before load.",
                parts: &self.programs,
            },
            Group {
                name: "OpenMaps",
                field: "maps",
                doc: "The maps, before load.",
                parts: &self.maps,
            },
        ];
        let groups = groups.into_iter();
        groups.filter(|group| !group.parts.is_empty()).collect()
    }
}

fn of_struct_ops(map: &StructOpsMap) -> Part {
    let ty = identifier(&map.shadow);
    let slot = prefixed("shadow", &map.rust_name);
    Part {
        slot_type: format!("bpf::skeleton::ShadowPart<shadow::{ty}<'static>>"),
        claim: format!("object.shadow({})?", string(&map.name)),
        field: identifier(&map.rust_name).to_string(),
        lent_type: format!("&'open mut shadow::{ty}<'open>"),
        // Together with its default.
        lend: format!("{slot}.0"),
        doc: format!("`struct {} {}`", map.type_name, map.name),
        slot,
    }
}

fn of_program(program: &Program) -> Part {
    let (part, function, lent) = if program.is_struct_ops {
        (
            "StructOpsProgramPart",
            "struct_ops_program",
            "OpenStructOpsProgram",
        )
    } else {
        ("ProgramPart", "program", "OpenProgram")
    };
    let slot = prefixed("program", &program.rust_name);
    Part {
        slot_type: format!("bpf::skeleton::{part}"),
        claim: format!("object.{function}({})?", string(&program.name)),
        field: identifier(&program.rust_name).to_string(),
        lent_type: format!("bpf::{lent}<'open>"),
        lend: format!("self.{slot}.get_mut()"),
        doc: format!("`{}`, in `SEC(\"{}\")`", program.name, program.section),
        slot,
    }
}

fn of_map(map: &Map) -> Part {
    let slot = prefixed("map", &map.rust_name);
    Part {
        slot_type: "bpf::skeleton::MapPart".to_owned(),
        claim: format!("object.map({})?", string(&map.name)),
        field: identifier(&map.rust_name).to_string(),
        lent_type: "bpf::map::OpenMap<'open>".to_owned(),
        lend: format!("self.{slot}.get_mut()"),
        doc: format!("`{}`, of type `{}`", map.name, map.type_name),
        slot,
    }
}

fn of_section(section: &Section) -> Part {
    let ty = identifier(&section.variables.rust_name);
    let slot = prefixed("section", &section.variables.rust_name);
    Part {
        slot_type: format!("bpf::skeleton::SectionPart<sections::{ty}>"),
        claim: format!("object.section({})?", string(&section.name)),
        field: ty.to_string(),
        lent_type: format!("&'open mut sections::{ty}"),
        lend: format!("self.{slot}.get_mut()"),
        doc: format!("The variables in `{}`.", section.name),
        slot,
    }
}
