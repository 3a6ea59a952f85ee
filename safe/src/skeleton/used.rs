//! What a subskeleton uses of an object that somebody else has opened, and whether it is there.

use crate::btf::{Btf, Linkage, TypeId};
use crate::data::Variable;
use crate::error::{Error, ErrorKind, Result};
use crate::map::MapType;
use crate::object::{Object, OpenObject};
use crate::raw::map::MapRef;
use std::collections::HashMap;

/// What a subskeleton uses.
#[derive(Debug, Clone, Copy)]
pub struct Used {
    /// The name of the object that the subskeleton was generated from.
    pub name: &'static str,
    /// Its maps.
    pub maps: &'static [UsedMap],
    /// The names of its programs.
    pub programs: &'static [&'static str],
    /// Its global variables.
    pub variables: &'static [UsedVariable],
}

/// A map that a subskeleton uses.
#[derive(Debug, Clone, Copy)]
pub struct UsedMap {
    /// The name of the C variable.
    pub name: &'static str,
    /// Its type.
    pub map_type: MapType,
    /// What keys are made of: [`Btf::layout_lines`]; empty where that is not known.
    pub key: &'static [&'static str],
    /// What values are made of, likewise.
    pub value: &'static [&'static str],
}

/// A global variable that a subskeleton uses.
#[derive(Debug, Clone, Copy)]
pub struct UsedVariable {
    /// The name in C.
    pub name: &'static str,
    /// Such as `.rodata`.
    pub section: &'static str,
    /// What it is made of: [`Btf::layout_lines`].
    pub layout: &'static [&'static str],
}

/// A map of an object.
struct Map {
    map_type: MapType,
    key: TypeId,
    value: TypeId,
}

impl Map {
    fn new(map: MapRef<'_>) -> Map {
        Map {
            map_type: MapType(map.kind()),
            key: TypeId(map.btf_key_type_id()),
            value: TypeId(map.btf_value_type_id()),
        }
    }
}

/// What an object has.
struct Found<'a> {
    object: &'a str,
    btf: Btf,
    maps: HashMap<String, Map>,
    programs: Vec<String>,
    variables: &'a [Variable],
}

impl Used {
    /// Whether a loaded object has all of it, with the same types.
    ///
    /// # Errors
    ///
    /// It lacks something, or has it otherwise: the first is the error, the others are in its hint.
    pub fn check(&self, object: &Object) -> Result<()> {
        let maps = (object.maps_by_name())
            .map(|(name, map)| (name.to_owned(), Map::new(map)))
            .collect();
        let found = Found {
            object: object.name(),
            btf: btf_of(object.name(), object.btf()?)?,
            maps,
            programs: object.programs().map(|one| one.name().into()).collect(),
            variables: object.variables()?,
        };
        self.compare(&found)
    }

    /// The same of an open object.
    ///
    /// # Errors
    ///
    /// As [`check`](Used::check).
    pub fn check_open(&self, object: &mut OpenObject) -> Result<()> {
        let name = object.name().to_owned();
        let btf = btf_of(&name, object.btf()?)?;
        let programs = object.programs().map(|one| one.name().into()).collect();
        let maps = (object.inner.object().maps())
            .map(|map| (map.name().to_string_lossy().into(), Map::new(map)))
            .collect();
        let found = Found {
            object: &name,
            btf,
            maps,
            programs,
            variables: object.variables()?,
        };
        self.compare(&found)
    }

    fn compare(&self, found: &Found<'_>) -> Result<()> {
        let maps = self.maps.iter().map(|map| self.compare_map(map, found));
        let programs = self.programs.iter().map(|&program| {
            let is_there = found.programs.iter().any(|name| name == program);
            let what = format!("program `{program}`");
            is_there
                .then_some(())
                .ok_or_else(|| self.error(found, &what, ErrorKind::NotFound))
        });
        let variables = (self.variables.iter()).map(|one| self.compare_variable(one, found));
        let mut problems = maps
            .chain(programs)
            .chain(variables)
            .filter_map(Result::err);
        let Some(first) = problems.next() else {
            return Ok(());
        };
        let others: Vec<String> = problems.map(|problem| problem.to_string()).collect();
        Err(match others.is_empty() {
            true => first,
            false => first.with_hint(others.join("; ")),
        })
    }

    fn compare_map(&self, map: &UsedMap, found: &Found<'_>) -> Result<()> {
        let what = format!("map `{}`", map.name);
        let Some(there) = found.maps.get(map.name) else {
            return Err(self.error(found, &what, ErrorKind::NotFound));
        };
        if there.map_type != map.map_type {
            let kind = ErrorKind::Mismatch {
                what: "type of the map".into(),
                expected: map.map_type.to_string(),
                found: there.map_type.to_string(),
            };
            return Err(self.error(found, &what, kind));
        }
        for (part, lines, id) in [
            ("key", map.key, there.key),
            ("value", map.value, there.value),
        ] {
            // Without a type their sizes are compared by the handle.
            if !lines.is_empty() && !id.is_void() {
                self.compare_lines(&what, part, lines, id, found)?;
            }
        }
        Ok(())
    }

    fn compare_variable(&self, used: &UsedVariable, found: &Found<'_>) -> Result<()> {
        let what = format!("variable `{}`", used.name);
        let there = (found.variables.iter())
            .find(|one| one.name == used.name && one.linkage != Linkage::Static);
        let Some(there) = there else {
            return Err(self.error(found, &what, ErrorKind::NotFound));
        };
        if there.section != used.section {
            let kind = ErrorKind::Mismatch {
                what: "section of the variable".into(),
                expected: used.section.into(),
                found: there.section.clone(),
            };
            return Err(self.error(found, &what, kind));
        }
        self.compare_lines(&what, "type", used.layout, there.ty, found)
    }

    fn compare_lines(
        &self,
        what: &str,
        part: &str,
        expected: &[&str],
        id: TypeId,
        found: &Found<'_>,
    ) -> Result<()> {
        let lines = found.btf.layout_lines(id).map_err(|error| {
            let reason = format!("the object's BTF is broken: {error}");
            self.error(found, what, ErrorKind::InvalidInput { reason })
        })?;
        let mut here = expected.iter().copied();
        let mut there = lines.iter().map(String::as_str);
        loop {
            let (expected, line) = (here.next(), there.next());
            if expected.is_none() && line.is_none() {
                return Ok(());
            }
            if expected != line {
                let kind = ErrorKind::Mismatch {
                    what: format!("{part} of the {}", what.split(' ').next().unwrap_or(what)),
                    expected: expected.unwrap_or("no more").into(),
                    found: line.unwrap_or("no more").into(),
                };
                return Err(self.error(found, what, kind));
            }
        }
    }

    fn error(&self, found: &Found<'_>, what: &str, kind: ErrorKind) -> Error {
        let operation = format!(
            "use {what} of object `{}` as subskeleton `{}` does",
            found.object, self.name
        );
        Error::new(operation, kind)
    }
}

fn btf_of(object: &str, btf: Option<Btf>) -> Result<Btf> {
    btf.ok_or_else(|| {
        Error::new(
            format!("use a subskeleton of object `{object}`"),
            ErrorKind::ObjectBtfMissing,
        )
    })
}
