//! From an object file to the model. The only part that touches libbpf.

pub(crate) mod c;
mod enums;
mod layouts;
mod maps;
mod members;
mod places;
mod resolve;
mod symbols;
mod types;
pub(crate) mod used;

use crate::error::{Error, Result};
use crate::model::{
    ByteOrder, Map, MapKind, Program, Section, SectionKind, Skeleton, StructOpsMap, TypeRef,
};
use crate::names::UniqueNames;
use layouts::Layouts;
use libbpf_safe::OpenObject;
use libbpf_safe::btf::{Btf, Kind, Type, TypeId};
use libbpf_safe::map::MapType;
use libbpf_safe::program::ProgramType;
use symbols::Symbols;
use types::Types;

/// What is needed of a map once the object is closed.
struct MapFacts {
    name: String,
    map_type: MapType,
    key_size: u32,
    value_size: u32,
    key: Option<TypeId>,
    value: Option<TypeId>,
    create_flags: u32,
    is_internal: bool,
}

/// An object that libbpf has opened, and what is in it.
struct Object {
    open: OpenObject,
    symbols: Symbols,
    programs: Vec<ProgramFacts>,
    maps: Vec<MapFacts>,
}

struct ProgramFacts {
    name: String,
    section: String,
    is_struct_ops: bool,
}

fn open(name: &str, bytes: &[u8]) -> Result<Object> {
    let mut object = OpenObject::from_bytes(name, bytes).map_err(Error::Object)?;
    let programs = object
        .programs()
        .map(|program| ProgramFacts {
            name: program.name().to_owned(),
            section: program.section_name().to_owned(),
            is_struct_ops: program.program_type() == ProgramType::STRUCT_OPS,
        })
        .collect();
    let maps = object
        .maps()
        .map(|map| MapFacts {
            name: map.name().to_owned(),
            map_type: map.map_type(),
            key_size: map.key_size(),
            value_size: map.value_size(),
            key: map.btf_key_type(),
            value: map.btf_value_type(),
            create_flags: map.create_flags(),
            is_internal: map.is_internal(),
        })
        .collect();
    let symbols = Symbols::of(&mut object);
    Ok(Object {
        open: object,
        symbols,
        programs,
        maps,
    })
}

/// Reads an object file.
pub(crate) fn read(name: &str, bytes: &[u8]) -> Result<Skeleton> {
    let Object {
        mut open,
        symbols,
        programs,
        maps,
    } = open(name, bytes)?;
    let mut program_names = UniqueNames::programs();
    let programs = programs
        .into_iter()
        .map(|program| Program {
            rust_name: program_names.unique(&program.name),
            name: program.name,
            section: program.section,
            is_struct_ops: program.is_struct_ops,
        })
        .collect();
    let btf = open.btf().map_err(Error::Object)?;
    let mut reader = Reader {
        skeleton: Skeleton {
            name: name.to_owned(),
            byte_order: ByteOrder::of(bytes),
            types: Vec::new(),
            shadows: Vec::new(),
            layouts: Vec::new(),
            sections: Vec::new(),
            maps: Vec::new(),
            struct_ops: Vec::new(),
            programs,
        },
        types: btf.as_ref().map(Types::new),
        layouts: btf.as_ref().map(Layouts::new),
        symbols,
        map_names: UniqueNames::fields(),
        struct_ops_names: UniqueNames::fields(),
    };
    for map in &maps {
        reader.map(map)?;
    }
    let Reader {
        mut skeleton,
        types,
        layouts,
        ..
    } = reader;
    if let Some(types) = types {
        (skeleton.types, skeleton.shadows) = types.finish();
    }
    skeleton.layouts = layouts.map(Layouts::finish).unwrap_or_default();
    Ok(skeleton)
}

struct Reader<'a> {
    skeleton: Skeleton,
    types: Option<Types<'a>>,
    layouts: Option<Layouts<'a>>,
    symbols: Symbols,
    map_names: UniqueNames,
    struct_ops_names: UniqueNames,
}

impl Reader<'_> {
    fn map(&mut self, map: &MapFacts) -> Result<()> {
        if map.map_type == MapType::STRUCT_OPS {
            return self.struct_ops(map);
        }
        if map.is_internal {
            return self.section(map);
        }
        let kind = self.map_kind(map)?;
        if matches!(kind, MapKind::Arena) {
            self.arena_variables()?;
        }
        self.skeleton.maps.push(Map {
            rust_name: self.map_names.unique(&map.name),
            name: map.name.clone(),
            kind,
            type_name: map.map_type.to_string(),
        });
        Ok(())
    }

    fn map_kind(&mut self, map: &MapFacts) -> Result<MapKind> {
        let key = self.element(&map.name, "key", map.key, map.key_size)?;
        let value = self.element(&map.name, "value", map.value, map.value_size)?;
        Ok(maps::kind(map, key, value))
    }

    /// A key or value, where BTF knows its type and agrees about the size.
    fn element(
        &mut self,
        map: &str,
        what: &str,
        id: Option<TypeId>,
        size: u32,
    ) -> Result<Option<TypeRef>> {
        let (Some(types), Some(id)) = (self.types.as_mut(), id) else {
            return Ok(None);
        };
        let ty = types.type_ref(id, &format!("{map}_{what}"))?;
        Ok(Some(ty).filter(|ty| ty.size() == u64::from(size)))
    }

    fn struct_ops(&mut self, map: &MapFacts) -> Result<()> {
        let (Some(types), Some(id)) = (self.types.as_mut(), map.value) else {
            return Ok(());
        };
        let shadow = types.shadow(id)?;
        let layout = match self.layouts.as_mut() {
            Some(layouts) => layouts.of_struct(id)?,
            None => None,
        };
        self.skeleton.struct_ops.push(StructOpsMap {
            rust_name: self.struct_ops_names.unique(&map.name),
            name: map.name.clone(),
            type_name: shadow.c_name,
            shadow: shadow.rust_name,
            layout,
        });
        Ok(())
    }

    /// The variables that are declared to be in the arena, where there are any.
    fn arena_variables(&mut self) -> Result<()> {
        let Some(types) = self.types.as_mut() else {
            return Ok(());
        };
        let Some(id) = types.btf().find(ARENA_SECTION, Kind::DataSection) else {
            return Ok(());
        };
        let size = types.btf().size_of(id)?;
        let places = section_places(types.btf(), id)?;
        let variables = types.section(id, ARENA_SECTION, size, &self.symbols)?;
        self.skeleton.sections.push(Section {
            name: ARENA_SECTION.to_owned(),
            kind: SectionKind::Arena,
            places,
            is_shared: true,
            variables,
        });
        Ok(())
    }

    /// A data section; those without variables that C names are left out.
    fn section(&mut self, map: &MapFacts) -> Result<()> {
        let Some(types) = self.types.as_mut() else {
            return Err(Error::Type {
                declaration: map.name.clone(),
                reason: "the object has no BTF: compile it with -g".to_owned(),
            });
        };
        let Some(id) = map.value else {
            return Ok(());
        };
        let Some((name, kind)) = section_name(types.btf(), id) else {
            return Ok(());
        };
        let places = section_places(types.btf(), id)?;
        let variables = types.section(id, &name, u64::from(map.value_size), &self.symbols)?;
        self.skeleton.sections.push(Section {
            name,
            kind,
            places,
            is_shared: map.create_flags & MMAPABLE != 0,
            variables,
        });
        Ok(())
    }
}

fn section_places(btf: &Btf, id: TypeId) -> Result<Vec<(String, u32, u32)>> {
    let Type::DataSection(section) = btf.get(id)? else {
        return Ok(Vec::new());
    };
    section
        .entries()
        .map(|entry| {
            let name = btf.get(entry.ty)?.name().to_owned();
            Ok((name, entry.offset, entry.size))
        })
        .collect()
}
/// `BPF_F_MMAPABLE`
const MMAPABLE: u32 = 1 << 10;

/// Where libbpf expects the variables of an arena, as clang puts those of address space 1 there.
const ARENA_SECTION: &str = ".addr_space.1";

fn section_name(btf: &Btf, id: TypeId) -> Option<(String, SectionKind)> {
    let Ok(Type::DataSection(section)) = btf.get(id) else {
        return None;
    };
    let kinds = [
        (".rodata", SectionKind::Constants),
        (".data", SectionKind::Variables),
        (".bss", SectionKind::Variables),
        (".kconfig", SectionKind::Kconfig),
    ];
    let (_, kind) = kinds
        .into_iter()
        .find(|(prefix, _)| section.name.starts_with(prefix))?;
    Some((section.name.to_owned(), kind))
}
