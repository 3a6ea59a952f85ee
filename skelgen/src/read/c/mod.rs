//! From an object file to the model of a header for C.

mod enums;
mod layout;
mod types;
mod words;

use super::layouts::Layouts;
use super::symbols::Symbols;
use super::{ARENA_SECTION, MMAPABLE, MapFacts, Object, section_name, section_places};
use crate::c_names::{UniqueCNames, identifier};
use crate::error::{Error, Result};
use crate::model::ByteOrder;
use crate::model::c::{Definition, DefinitionKind, Exported, Form, Header, Part, Section, Shadow};
use layout::{Placed, What, lay_out};
use libbpf_safe::btf::{Btf, DataSection, Kind, Linkage, Type, TypeId};
use libbpf_safe::map::MapType;
use types::Types;

/// Names that the header uses beside those of its types, without the prefix.
const OWN_NAMES: &[&str] = &[
    "ASSERT",
    "AT",
    "REPORT",
    "TYPES",
    "attach",
    "check",
    "check_section",
    "check_sections",
    "check_variable",
    "create_skeleton",
    "create_subskeleton",
    "destroy",
    "detach",
    "elf_bytes",
    "lacks",
    "load",
    "open",
    "open_and_load",
    "open_bytes",
    "open_mem",
    "open_opts",
    "open_struct_ops",
    "report",
    "variable",
];

/// Reads an object file.
pub(crate) fn read(name: &str, bytes: &[u8]) -> Result<Header> {
    let mut object = super::open(name, bytes)?;
    let name = identifier(name);
    let prefix = format!("{name}__");
    let btf = object.open.btf().map_err(Error::Object)?;
    let mut names = UniqueCNames::default();
    for own in OWN_NAMES {
        names.unique(&format!("{prefix}{own}"));
    }
    let Object {
        maps,
        programs,
        symbols,
        ..
    } = &object;
    let mut program_names = UniqueCNames::default();
    let mut header = Header {
        programs: programs
            .iter()
            .map(|program| part(&program.name, &program.name, &mut program_names))
            .collect(),
        name,
        byte_order: ByteOrder::of(bytes),
        types: Vec::new(),
        variable_types: 0,
        aliases: Vec::new(),
        sections: Vec::new(),
        shadows: Vec::new(),
        layouts: Vec::new(),
        maps: Vec::new(),
    };
    let Some(btf) = &btf else {
        return without_types(header, maps);
    };
    let sections: Vec<_> = maps.iter().map(|map| variables(btf, map)).collect();
    let mut map_names = UniqueCNames::default();
    let mut fields = Vec::new();
    for (map, section) in maps.iter().zip(&sections) {
        let part =
            map_name(map, section.as_ref()).map(|(name, field)| part(name, field, &mut map_names));
        fields.push(part.as_ref().map(|part| part.c_name.clone()));
        header.maps.extend(part);
    }
    // Their names come first: they are those that programs may know.
    let mut parts = Vec::new();
    for ((map, section), field) in maps.iter().zip(sections).zip(&fields) {
        let (Some((id, section)), Some(map_field)) = (section, field) else {
            continue;
        };
        // A section that libbpf does not share has no memory after load.
        if map.create_flags & MMAPABLE == 0 {
            continue;
        }
        let (field, size) = match section.name {
            ARENA_SECTION => ("arena", btf.size_of(id)?),
            _ => (map_field.as_str(), map.value_size.into()),
        };
        let type_name = names.unique(&format!("{prefix}{field}"));
        parts.push((id, section, field, map_field, type_name, size));
    }
    let mut types = Types::new(btf, prefix, names);
    for (id, section, field, map, type_name, size) in parts {
        let (variables, exported) = section_struct(&mut types, &section, type_name, size, symbols)?;
        header.sections.push(Section {
            name: section.name.to_owned(),
            c_name: field.to_owned(),
            map: map.clone(),
            variables,
            places: section_places(btf, id)?,
            exported,
        });
    }
    header.variable_types = types.begin_shadows();
    let mut layouts = Layouts::new(btf);
    for (map, field) in maps.iter().zip(fields) {
        if let (MapType::STRUCT_OPS, Some(id), Some(c_name)) = (map.map_type, map.value, field) {
            let name = map.name.clone();
            header.shadows.push(Shadow {
                definition: types.shadow(id, &c_name)?,
                layout: layouts.of_struct(id)?,
                part: Part { name, c_name },
            });
        }
    }
    header.layouts = layouts.finish();
    (header.types, header.aliases) = types.finish();
    Ok(header)
}

fn part(name: &str, field: &str, names: &mut UniqueCNames) -> Part {
    Part {
        name: name.to_owned(),
        c_name: names.unique(field),
    }
}

/// An object without BTF has maps and programs, but no variables that could be told.
fn without_types(mut header: Header, maps: &[MapFacts]) -> Result<Header> {
    let mut names = UniqueCNames::default();
    for map in maps {
        if map.is_internal {
            return Err(Error::Type {
                declaration: map.name.clone(),
                reason: "the object has no BTF: compile it with -g".to_owned(),
            });
        }
        header.maps.push(part(&map.name, &map.name, &mut names));
    }
    Ok(header)
}

/// The variables that are in a map.
fn variables<'a>(btf: &'a Btf, map: &MapFacts) -> Option<(TypeId, DataSection<'a>)> {
    let id = if map.map_type == MapType::ARENA {
        btf.find(ARENA_SECTION, Kind::DataSection)?
    } else {
        map.value.filter(|_| map.is_internal)?
    };
    match btf.get(id) {
        Ok(Type::DataSection(section))
            if section.name == ARENA_SECTION || section_name(btf, id).is_some() =>
        {
            Some((id, section))
        }
        _ => None,
    }
}

/// What libbpf finds a map by, and its field. libbpf finds a section's map by the section, too, and its own
/// name for it depends on the object's.
fn map_name<'a>(
    map: &'a MapFacts,
    section: Option<&(TypeId, DataSection<'a>)>,
) -> Option<(&'a str, &'a str)> {
    if !map.is_internal {
        return Some((&map.name, &map.name));
    }
    if let Some((_, section)) = section {
        return Some((section.name, section.name.trim_start_matches('.')));
    }
    // Such as the strings of a compiler's own.
    let at = [".data", ".rodata", ".bss", ".kconfig"]
        .iter()
        .find_map(|section| map.name.find(section))?;
    Some((&map.name, map.name.get(at + 1..)?))
}

fn section_struct(
    types: &mut Types<'_>,
    section: &DataSection<'_>,
    c_name: String,
    size: u64,
    symbols: &Symbols,
) -> Result<(Definition, Vec<Exported>)> {
    let mut members = Vec::new();
    let mut exported = Vec::new();
    let mut names = UniqueCNames::default();
    for entry in section.entries() {
        let Type::Variable { name, ty, linkage } = types.btf().get(entry.ty)? else {
            continue;
        };
        let described = types.describe(ty, name)?;
        let offset = symbols
            .offset(section.name, name)
            .unwrap_or_else(|| entry.offset.into());
        let c_name = names.unique(name);
        if linkage != Linkage::Static {
            exported.push(Exported {
                name: name.to_owned(),
                c_name: c_name.clone(),
                ty: described.ty.clone(),
                size: described.size,
            });
        }
        members.push(Placed {
            first: offset.saturating_mul(8),
            size: described.size,
            align: described.align,
            what: What::Named {
                name: c_name,
                ty: described.ty,
            },
        });
    }
    members.sort_by_key(|variable| variable.first);
    // As large as its alignment wants: libbpf maps whole pages for a section.
    let align = members.iter().map(|variable| variable.align).max();
    let size = size.next_multiple_of(align.unwrap_or(1));
    let Some(laid) = lay_out(false, &members, size, u64::MAX, 1) else {
        return Err(Error::Type {
            declaration: section.name.to_owned(),
            reason: "its variables overlap: are some defined in several files?".to_owned(),
        });
    };
    let definition = Definition {
        c_name,
        form: Form::Tag,
        source_name: None,
        kind: DefinitionKind::Composite(laid.body),
        size,
    };
    Ok((definition, exported))
}
