//! The report as JSON.

use super::report::{Map, Program, Report, StructOps};
use crate::cli::json::of_value;
use libbpf_safe::PlanReason;
use libbpf_safe::data::Variable;
use libbpf_safe::struct_ops::by_name::Value;
use serde_json::json;

pub(super) fn of(report: &Report) -> serde_json::Value {
    json!({
        "file": report.file,
        "name": report.name,
        "bytes": report.bytes,
        "maps": report.maps.iter().map(map).collect::<Vec<_>>(),
        "programs": report.programs.iter().map(program).collect::<Vec<_>>(),
        "variables": report.variables.iter().map(variable).collect::<Vec<_>>(),
        "struct_ops": report.struct_ops.iter().map(struct_ops).collect::<Vec<_>>(),
    })
}

fn map(map: &Map) -> serde_json::Value {
    let definition = &map.definition;
    json!({
        "name": definition.name,
        "type": definition.map_type.to_string(),
        "key_type": map.key,
        "key_size": definition.key_size,
        "value_type": map.value,
        "value_size": definition.value_size,
        "max_entries": definition.max_entries,
        "flags": definition.create_flags,
        "extra": definition.map_extra,
        "internal": definition.is_internal,
        "created": definition.autocreate,
        "pin_path": definition.pin_path,
    })
}

fn program(program: &Program) -> serde_json::Value {
    let (reason, map, member) = match &program.plan.reason {
        PlanReason::Section => ("section", None, None),
        PlanReason::Callback { map, member } => ("callback", Some(map), Some(member)),
        PlanReason::Unused => ("unused", None, None),
        PlanReason::Chosen => ("chosen", None, None),
        _ => ("other", None, None),
    };
    json!({
        "name": program.plan.name,
        "section": program.section,
        "type": program.program_type.to_string(),
        "loaded": program.plan.loaded,
        "reason": reason,
        "map": map,
        "member": member,
        "autoattach": program.autoattach,
    })
}

fn variable((variable, value): &(Variable, Option<Value>)) -> serde_json::Value {
    let mut object = json!({
        "name": variable.name,
        "section": variable.section,
        "type": variable.c_type,
        "offset": variable.offset,
        "size": variable.size,
        "read_only": variable.is_read_only(),
    });
    if let (Some(value), Some(members)) = (value, object.as_object_mut()) {
        members.insert("value".to_owned(), of_value(value));
    }
    object
}

fn struct_ops(map: &StructOps) -> serde_json::Value {
    let members = map.members.iter().map(|member| {
        json!({
            "path": member.path,
            "type": member.c_type,
            "kind": member.kind.to_string(),
            "offset": member.offset,
            "size": member.size,
            "bitfield": member.bitfield,
            "default": of_value(&member.default),
        })
    });
    json!({
        "map": map.map,
        "type": map.c_type,
        "members": members.collect::<Vec<_>>(),
    })
}
