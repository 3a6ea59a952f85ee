//! `skelgen struct-ops dump`

use super::list::{link_as_text, map_as_json};
use super::registry::{Entry, Registry};
use crate::cli::output::{Look, Output};
use crate::cli::{Failure, json};
use libbpf_safe::struct_ops::by_name::Value;

pub(super) fn run(wanted: &[String], as_json: bool, output: &mut Output) -> Result<(), Failure> {
    let registry = Registry::read()?;
    let entries: Vec<&Entry> = if wanted.is_empty() {
        registry.maps.iter().collect()
    } else {
        let found = wanted.iter().map(|wanted| registry.find(wanted));
        found.collect::<Result<_, _>>()?
    };
    if as_json {
        let all = entries.into_iter().map(entry_as_json);
        let all = all.collect::<Result<Vec<_>, Failure>>()?;
        return output.line(format_args!("{:#}", serde_json::Value::Array(all)));
    }
    for (index, entry) in entries.into_iter().enumerate() {
        if index > 0 {
            output.line("")?;
        }
        write(&registry, entry, output)?;
    }
    Ok(())
}

/// As C would initialize it, with ids in comments.
fn write(registry: &Registry, entry: &Entry, output: &mut Output) -> Result<(), Failure> {
    let mut about = vec![
        format!("map {}", entry.map.id()),
        entry.state().replace('_', " "),
    ];
    let links = registry.links.iter();
    let links = links.filter(|link| entry.links.contains(&link.id));
    about.extend(links.map(link_as_text));
    let about = output.paint(Look::Faint, &format!("/* {} */", about.join(", ")));
    let name = output.paint(Look::Heading, entry.map.name());
    output.line(format_args!("{about}"))?;
    let type_name = output.paint(Look::Plain, &entry.type_name);
    output.line(format_args!("struct {type_name} {name} = {{"))?;
    for (member, value) in entry.value.members()? {
        let member = output.paint(Look::Name, &member);
        let after = program_id(entry, &value).map_or_else(String::new, |id| {
            output.paint(Look::Faint, &format!(" /* program {id} */"))
        });
        let value = output.paint(Look::Plain, &value.to_string());
        output.line(format_args!("    .{member} = {value},{after}"))?;
    }
    output.line("};")
}

fn program_id(entry: &Entry, value: &Value) -> Option<u32> {
    let Value::Callback(name) = value else {
        return None;
    };
    let mut programs = entry.value.programs();
    programs.find(|(_, known)| known == name).map(|(id, _)| id)
}

fn entry_as_json(entry: &Entry) -> Result<serde_json::Value, Failure> {
    let mut object = map_as_json(entry);
    let members = entry.value.members()?;
    let programs = members
        .iter()
        .filter_map(|(member, value)| Some((member.clone(), program_id(entry, value)?.into())));
    let programs: serde_json::Map<_, _> = programs.collect();
    if let Some(object) = object.as_object_mut() {
        object.insert("programs".to_owned(), programs.into());
        let members = json::of_value(&Value::Struct(members));
        object.insert("members".to_owned(), members);
    }
    Ok(object)
}
