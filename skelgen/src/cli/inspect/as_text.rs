//! The report for people.

use super::report::{Map, Program, Report, StructOps};
use crate::cli::Failure;
use crate::cli::output::{Look, Output};
use crate::cli::table::Table;
use libbpf_safe::PlanReason;
use libbpf_safe::data::Variable;
use libbpf_safe::map::MapType;
use libbpf_safe::struct_ops::by_name::{MemberKind, OpenMember, Value};

/// `BPF_F_LINK`
const LINK: u32 = 1 << 13;

/// As much of a value is shown, in characters.
const LONGEST: usize = 60;

pub(super) fn write(report: &Report, output: &mut Output) -> Result<(), Failure> {
    let name = output.paint(Look::Heading, &report.name);
    let file = output.paint(Look::Plain, &report.file);
    output.line(format_args!("{name}  {file}, {} bytes", report.bytes))?;
    section(output, "Maps", &maps(&report.maps))?;
    section(output, "Programs", &programs(&report.programs))?;
    for name in sections(&report.variables) {
        let variables = report.variables.iter();
        let here = variables.filter(|(variable, _)| variable.section == name);
        section(
            output,
            &format!("Variables in {name}"),
            &self::variables(here),
        )?;
    }
    for map in &report.struct_ops {
        let heading = format!("Members of {}, {}", map.map, map.c_type);
        section(output, &heading, &members(map))?;
    }
    Ok(())
}

fn section(output: &mut Output, heading: &str, table: &Table) -> Result<(), Failure> {
    if table.is_empty() {
        return Ok(());
    }
    output.line("")?;
    output.heading(heading)?;
    table.write(output, 2)
}

fn maps(maps: &[Map]) -> Table {
    let mut table = Table::default();
    // Data sections and struct_ops maps are shown below, with all that is in them.
    for map in maps.iter().filter(|map| !map.definition.is_internal) {
        let definition = &map.definition;
        let is_struct_ops = definition.map_type == MapType::STRUCT_OPS;
        let arrow = match (&map.key, &map.value) {
            _ if is_struct_ops => map.value.clone().unwrap_or_default(),
            (None, None) if definition.key_size + definition.value_size == 0 => String::new(),
            (key, value) => format!(
                "{} → {}",
                typed(key.as_deref(), definition.key_size),
                typed(value.as_deref(), definition.value_size)
            ),
        };
        let mut more = Vec::new();
        if !is_struct_ops {
            more.push(match definition.max_entries {
                1 => "1 entry".to_owned(),
                entries => format!("{entries} entries"),
            });
        }
        if is_struct_ops {
            let linked = definition.create_flags & LINK != 0;
            more.push(
                if linked {
                    "attached by a link"
                } else {
                    "registered without a link"
                }
                .to_owned(),
            );
        } else if definition.create_flags != 0 {
            more.push(format!("flags {:#x}", definition.create_flags));
        }
        if definition.map_extra != 0 {
            more.push(format!("extra {:#x}", definition.map_extra));
        }
        if let Some(path) = &definition.pin_path {
            more.push(format!("pinned at {}", path.display()));
        }
        if !definition.autocreate {
            more.push("not created".to_owned());
        }
        table.row([
            (Look::Name, definition.name.clone()),
            (Look::Plain, definition.map_type.to_string()),
            (Look::Plain, arrow),
            (Look::Faint, more.join(", ")),
        ]);
    }
    table
}

fn typed(name: Option<&str>, size: u32) -> String {
    match name {
        Some(name) => name.to_owned(),
        None => format!("{size} bytes"),
    }
}

fn programs(programs: &[Program]) -> Table {
    let mut table = Table::default();
    for program in programs {
        let (look, loaded) = match program.plan.loaded {
            true => (Look::Good, "loaded"),
            false => (Look::Warning, "not loaded"),
        };
        let reason = match (&program.plan.reason, program.plan.loaded) {
            (PlanReason::Callback { map, member }, _) => format!("{member} of {map}"),
            (PlanReason::Unused, _) => "no struct_ops map refers to it".to_owned(),
            (PlanReason::Section, false) => "its section begins with ?".to_owned(),
            _ => String::new(),
        };
        table.row([
            (Look::Name, program.plan.name.clone()),
            (Look::Plain, program.program_type.to_string()),
            (Look::Plain, program.section.clone()),
            (look, loaded.to_owned()),
            (Look::Faint, reason),
        ]);
    }
    table
}

/// Their names, in the order of the object's types.
fn sections(variables: &[(Variable, Option<Value>)]) -> Vec<&str> {
    let mut names: Vec<&str> = Vec::new();
    for (variable, _) in variables {
        if !names.contains(&variable.section.as_str()) {
            names.push(&variable.section);
        }
    }
    names
}

fn variables<'a>(variables: impl Iterator<Item = &'a (Variable, Option<Value>)>) -> Table {
    let mut table = Table::default();
    let mut variables: Vec<_> = variables.collect();
    variables.sort_by_key(|(variable, _)| variable.offset);
    for (variable, value) in variables {
        table.row([
            (Look::Faint, format!("{:>5}", variable.offset)),
            (Look::Name, variable.name.clone()),
            (Look::Plain, variable.c_type.clone()),
            (
                Look::Plain,
                value.as_ref().map(assigned).unwrap_or_default(),
            ),
        ]);
    }
    table
}

fn members(map: &StructOps) -> Table {
    let mut table = Table::default();
    for member in &map.members {
        let (look, value) = match (&member.default, member.kind) {
            (Value::None, MemberKind::Callback) => (Look::Faint, "empty".to_owned()),
            // Its members follow.
            (Value::Struct(_), _) => (Look::Plain, String::new()),
            (value, _) => (Look::Plain, assigned(value)),
        };
        table.row([
            (Look::Faint, place(member)),
            (Look::Name, member.path.clone()),
            (Look::Plain, c_type(member)),
            (look, value),
        ]);
    }
    table
}

fn place(member: &OpenMember) -> String {
    format!("{:>5}", member.offset)
}

fn c_type(member: &OpenMember) -> String {
    match (member.bitfield, member.kind) {
        (Some(bits), _) => format!("{} : {bits}", member.c_type),
        (None, MemberKind::Callback) => "callback".to_owned(),
        _ => member.c_type.clone(),
    }
}

fn assigned(value: &Value) -> String {
    let text = format!("= {value}");
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}
