//! What is in an object.

use crate::cli::Failure;
use libbpf_safe::btf::{Btf, TypeId};
use libbpf_safe::data::Variable;
use libbpf_safe::map::{MapDefinition, MapType};
use libbpf_safe::program::ProgramType;
use libbpf_safe::struct_ops::by_name::{OpenMember, Value};
use libbpf_safe::{OpenObject, Plan, PlannedProgram};
use std::fs;
use std::path::Path;

/// A variable's value is shown up to this size, in bytes.
const LARGEST: usize = 4096;

pub(super) struct Report {
    pub(super) file: String,
    pub(super) name: String,
    pub(super) bytes: u64,
    pub(super) maps: Vec<Map>,
    pub(super) programs: Vec<Program>,
    pub(super) variables: Vec<(Variable, Option<Value>)>,
    pub(super) struct_ops: Vec<StructOps>,
}

pub(super) struct Map {
    pub(super) definition: MapDefinition,
    /// In C; none where BTF does not tell.
    pub(super) key: Option<String>,
    pub(super) value: Option<String>,
}

pub(super) struct Program {
    pub(super) plan: PlannedProgram,
    pub(super) section: String,
    pub(super) program_type: ProgramType,
    pub(super) autoattach: bool,
}

pub(super) struct StructOps {
    pub(super) map: String,
    pub(super) c_type: String,
    pub(super) members: Vec<OpenMember>,
}

impl Report {
    pub(super) fn read(path: &Path) -> Result<Report, Failure> {
        let mut open = OpenObject::from_file(path)?;
        let btf = open.btf()?;
        let native = btf.as_ref().is_some_and(Btf::is_native);
        let Plan { programs, .. } = open.plan()?;
        let maps = maps(&mut open, btf.as_ref());
        Ok(Report {
            file: path.display().to_string(),
            name: open.name().to_owned(),
            bytes: fs::metadata(path).map_or(0, |metadata| metadata.len()),
            programs: self::programs(&mut open, programs),
            variables: if btf.is_some() {
                variables(&mut open)?
            } else {
                Vec::new()
            },
            struct_ops: if native {
                struct_ops(&mut open, &maps)?
            } else {
                Vec::new()
            },
            maps,
        })
    }
}

fn maps(open: &mut OpenObject, btf: Option<&Btf>) -> Vec<Map> {
    let c_name = |id: Option<TypeId>| {
        let id = id.filter(|id| !id.is_void())?;
        Some(btf?.c_name(id))
    };
    open.maps()
        .map(|map| Map {
            definition: map.definition(),
            key: c_name(map.btf_key_type()),
            value: c_name(map.btf_value_type()),
        })
        .collect()
}

fn programs(open: &mut OpenObject, plan: Vec<PlannedProgram>) -> Vec<Program> {
    // Both are in the object's order.
    open.programs()
        .zip(plan)
        .map(|(program, plan)| Program {
            plan,
            section: program.section_name().to_owned(),
            program_type: program.program_type(),
            autoattach: program.autoattach(),
        })
        .collect()
}

fn variables(open: &mut OpenObject) -> Result<Vec<(Variable, Option<Value>)>, Failure> {
    let list = open.variables()?.to_vec();
    let with_value = |variable: Variable| {
        let is_zero = variable.section.starts_with(".bss");
        let value = if is_zero || variable.size > LARGEST {
            None
        } else {
            open.variable_value(&variable).ok()
        };
        (variable, value)
    };
    Ok(list.into_iter().map(with_value).collect())
}

fn struct_ops(open: &mut OpenObject, maps: &[Map]) -> Result<Vec<StructOps>, Failure> {
    let names = maps
        .iter()
        .filter(|map| map.definition.map_type == MapType::STRUCT_OPS);
    names
        .map(|map| {
            let map = open.struct_ops(&map.definition.name)?;
            Ok(StructOps {
                map: map.name().to_owned(),
                c_type: map.c_type(),
                members: map.members()?,
            })
        })
        .collect()
}
