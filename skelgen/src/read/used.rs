//! What a subskeleton needs of the object that it is a view of.

use super::{MapFacts, Object, open};
use crate::error::{Error, Result};
use crate::model::{Used, UsedMap, UsedVariable};
use libbpf_safe::btf::{Btf, Linkage, TypeId};
use libbpf_safe::map::MapType;

/// Reads it from an object file.
pub(crate) fn read(name: &str, bytes: &[u8]) -> Result<Used> {
    let Object {
        open: mut object,
        maps,
        ..
    } = open(name, bytes)?;
    let Some(btf) = object.btf().map_err(Error::Object)? else {
        return Ok(Used::default());
    };
    let variables = object.variables().map_err(Error::Object)?;
    let variables = variables
        .iter()
        .filter(|variable| variable.linkage != Linkage::Static)
        .map(|variable| {
            Ok(UsedVariable {
                name: variable.name.clone(),
                section: variable.section.clone(),
                layout: btf.layout_lines(variable.ty)?,
            })
        })
        .collect::<Result<_>>()?;
    let maps = maps
        .iter()
        .filter(|map| !map.is_internal)
        .map(|map| used_map(&btf, map))
        .collect::<Result<_>>()?;
    Ok(Used { maps, variables })
}

fn used_map(btf: &Btf, map: &MapFacts) -> Result<UsedMap> {
    // The types of struct_ops maps are the kernel's: whose layout changes.
    let is_struct_ops = map.map_type == MapType::STRUCT_OPS;
    let lines = |id: Option<TypeId>| match id.filter(|_| !is_struct_ops) {
        Some(id) => btf.layout_lines(id).map_err(Error::from),
        None => Ok(Vec::new()),
    };
    Ok(UsedMap {
        name: map.name.clone(),
        map_type: map.map_type.0,
        key: lines(map.key)?,
        value: lines(map.value)?,
    })
}
