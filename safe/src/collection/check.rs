//! Whether a struct of the user's and an object fit, before anything is loaded.

use super::assign::{Assign, Expected, Want, Wanted};
use super::file::ObjectFile;
use crate::data::nearest;
use crate::error::{Error, ErrorKind, Result};
use crate::map::MapType;
use std::collections::BTreeMap;

/// Whether the file has all that the struct names, once each, and of the fields' types.
pub(super) fn wanted<T: Assign<S>, S>(file: &ObjectFile) -> Result<Wanted> {
    let wanted = Wanted::of::<T, S>();
    let mut problems = repeated(&wanted);
    problems.extend(wanted.list.iter().filter_map(|want| misfit(file, want)));
    finish(file.name(), wanted, problems)
}

/// Whether the struct names nothing twice.
pub(super) fn duplicates<T: Assign<S>, S>(object: &str) -> Result<Wanted> {
    let wanted = Wanted::of::<T, S>();
    let problems = repeated(&wanted);
    finish(object, wanted, problems)
}

fn finish(object: &str, wanted: Wanted, problems: Vec<String>) -> Result<Wanted> {
    if problems.is_empty() {
        return Ok(wanted);
    }
    let operation = format!("assign object `{object}` to `{}`", wanted.type_name);
    Err(invalid(operation, problems.join("; ")))
}

pub(super) fn invalid(operation: String, reason: String) -> Error {
    Error::new(operation, ErrorKind::InvalidInput { reason })
}

/// A program and its link are two things of one name.
fn repeated(wanted: &Wanted) -> Vec<String> {
    let mut seen = BTreeMap::new();
    let mut problems = Vec::new();
    for want in &wanted.list {
        let key = (want.name, want.expected.is_link());
        if let Some(first) = seen.get(&key) {
            problems.push(format!(
                "field `{}`: `{}` was already assigned to field `{first}`",
                want.field, want.name
            ));
        } else {
            seen.insert(key, &want.field);
        }
    }
    problems
}

fn misfit(file: &ObjectFile, want: &Want) -> Option<String> {
    let Want {
        field,
        name,
        expected,
    } = want;
    let map = file.map(name).ok();
    let is_program = file.program(name).is_ok();
    let reason = match (expected, map) {
        (Expected::Program | Expected::ProgramLink, None) if is_program => return None,
        (Expected::Program | Expected::ProgramLink, Some(_)) => "is a map, not a program".into(),
        (Expected::Map { .. } | Expected::StructOps | Expected::StructOpsLink, None)
            if is_program =>
        {
            "is a program, not a map".into()
        }
        (Expected::StructOps | Expected::StructOpsLink, Some(map))
            if map.map_type != MapType::STRUCT_OPS =>
        {
            format!("is a map of the type {}, not struct_ops", map.map_type)
        }
        (Expected::StructOps | Expected::StructOpsLink, Some(_)) => return None,
        (
            Expected::Map {
                types,
                key_size,
                value_size,
            },
            Some(map),
        ) => {
            let differs =
                |wanted: &Option<usize>, found: u32| wanted.filter(|&size| size != found as usize);
            if !types.is_empty() && !types.contains(&map.map_type) {
                let types: Vec<_> = types.iter().map(MapType::to_string).collect();
                format!(
                    "is a map of the type {}, not {}",
                    map.map_type,
                    types.join(" or ")
                )
            } else if let Some(size) = differs(key_size, map.key_size) {
                format!("has keys of {} bytes, not {size}", map.key_size)
            } else if let Some(size) = differs(value_size, map.value_size) {
                format!("has values of {} bytes, not {size}", map.value_size)
            } else {
                return None;
            }
        }
        _ => match nearest(name, file.names()) {
            Some(near) => format!("is not in the object, which has `{near}`"),
            None => "is not in the object".into(),
        },
    };
    Some(format!("field `{field}`: `{name}` {reason}"))
}
