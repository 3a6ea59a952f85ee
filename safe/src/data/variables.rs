//! Global variables by name: where they are, by the object's BTF.

use crate::btf::{Btf, Linkage, Type, TypeId};
use crate::error::{Error, ErrorKind, Result};
use std::collections::HashMap;

/// A global variable of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Variable {
    /// The name in C.
    pub name: String,
    /// The section that it is in, such as `.rodata` for `const volatile`, `.data` or `.bss`.
    pub section: String,
    /// Where it begins, in bytes from the start of the section.
    pub offset: usize,
    /// Its size in bytes.
    pub size: usize,
    /// Its type as C writes it.
    pub c_type: String,
    /// What sort of type that is.
    pub kind: VariableKind,
    /// Who can see it: a `static` one has a name only in its own source file.
    pub linkage: Linkage,
    /// Its type in the object's BTF.
    pub ty: TypeId,
}

/// What sort of type a variable has, behind typedefs and qualifiers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum VariableKind {
    /// An integer.
    Int {
        /// Whether it can be negative.
        signed: bool,
    },
    /// A `bool`.
    Bool,
    /// An enum.
    Enum,
    /// A floating-point number.
    Float,
    /// A pointer.
    Pointer,
    /// An array of bytes, which may hold a string.
    CharArray,
    /// Any other array.
    Array,
    /// A struct or a union.
    Struct,
    /// Something else.
    Other,
}

impl Variable {
    /// Whether programs can only read it: it can be set until the object is loaded.
    pub fn is_read_only(&self) -> bool {
        self.section.starts_with(".rodata") || self.section == KCONFIG
    }
}

/// The section of `extern … __kconfig` variables.
pub(crate) const KCONFIG: &str = ".kconfig";

/// The global variables of an object, by name.
#[derive(Debug, Default)]
pub(crate) struct Variables {
    list: Vec<Variable>,
}

impl Variables {
    /// `offsets` has the places of global symbols by section and name. Those of BTF are wrong for a
    /// `__weak` variable that another file overrides: libbpf's linker leaves them as they were.
    pub(crate) fn read(btf: &Btf, offsets: &HashMap<(String, String), u64>) -> Variables {
        let mut list = Vec::new();
        for (_, ty) in btf.types() {
            let Type::DataSection(section) = ty else {
                continue;
            };
            if !is_data(section.name) {
                continue;
            }
            for entry in section.entries() {
                if let Ok(Type::Variable { name, ty, linkage }) = btf.get(entry.ty) {
                    let key = (section.name.to_owned(), name.to_owned());
                    let offset = (linkage == Linkage::Global)
                        .then(|| offsets.get(&key))
                        .flatten()
                        .and_then(|&at| usize::try_from(at).ok());
                    list.push(Variable {
                        name: name.to_owned(),
                        offset: offset.unwrap_or(entry.offset as usize),
                        section: key.0,
                        size: entry.size as usize,
                        c_type: btf.c_name(ty),
                        kind: kind(btf, ty),
                        linkage,
                        ty,
                    });
                }
            }
        }
        Variables { list }
    }

    pub(crate) fn all(&self) -> &[Variable] {
        &self.list
    }

    /// The one of this name; `operation` completes "cannot …". As in C, a global variable goes before the `static` ones of
    /// other files.
    pub(crate) fn find(&self, operation: &str, name: &str) -> Result<&Variable> {
        let global = (self.list.iter())
            .find(|variable| variable.name == name && variable.linkage != Linkage::Static);
        if let Some(global) = global {
            return Ok(global);
        }
        let mut found = self.list.iter().filter(|variable| variable.name == name);
        let Some(first) = found.next() else {
            let names = self.list.iter().map(|variable| variable.name.as_str());
            let error = Error::new(operation, ErrorKind::NotFound);
            return Err(match nearest(name, names) {
                Some(near) => error.with_hint(format!("there is a variable `{near}`")),
                None => error,
            });
        };
        match found.next() {
            None => Ok(first),
            Some(second) => Err(Error::new(
                operation,
                ErrorKind::InvalidInput {
                    reason: format!(
                        "several variables have this name, in `{}` and in `{}`",
                        first.section, second.section
                    ),
                },
            )
            .with_hint("give the `static` variables of its files names of their own")),
        }
    }
}

/// Whether it is a section of variables, and not of maps, functions or the kernel's symbols.
fn is_data(section: &str) -> bool {
    [".data", ".rodata", ".bss", KCONFIG, ARENA]
        .iter()
        .any(|prefix| section.starts_with(prefix))
}

/// The section of an arena's variables.
pub(crate) const ARENA: &str = ".addr_space.1";

fn kind(btf: &Btf, ty: TypeId) -> VariableKind {
    let Ok(ty) = btf.resolve(ty).and_then(|id| btf.get(id)) else {
        return VariableKind::Other;
    };
    match ty {
        Type::Int { is_bool: true, .. } => VariableKind::Bool,
        Type::Int { signed, .. } => VariableKind::Int { signed },
        Type::Enum(_) => VariableKind::Enum,
        Type::Float { .. } => VariableKind::Float,
        Type::Pointer { .. } => VariableKind::Pointer,
        Type::Array { element, .. } => match btf.resolve(element).and_then(|id| btf.get(id)) {
            Ok(Type::Int {
                size: 1,
                is_bool: false,
                ..
            }) => VariableKind::CharArray,
            _ => VariableKind::Array,
        },
        Type::Struct(_) | Type::Union(_) => VariableKind::Struct,
        _ => VariableKind::Other,
    }
}

/// What a user may have meant: the name that differs in the fewest letters, of those that differ in few.
pub(crate) fn nearest<'a>(name: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let few = name.len().div_ceil(3);
    names
        .map(|candidate| (distance(name.as_bytes(), candidate.as_bytes()), candidate))
        .filter(|&(distance, _)| distance <= few)
        .min_by_key(|&(distance, _)| distance)
        .map(|(_, candidate)| candidate)
}

/// How many letters must be added, removed or changed.
fn distance(left: &[u8], right: &[u8]) -> usize {
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (index, letter) in left.iter().enumerate() {
        let mut diagonal = index;
        let mut before = index + 1;
        for (cell, other) in row.iter_mut().skip(1).zip(right) {
            let change = diagonal + usize::from(letter != other);
            diagonal = *cell;
            *cell = change.min(diagonal + 1).min(before + 1);
            before = *cell;
        }
        if let Some(first) = row.first_mut() {
            *first = index + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_slip_is_told_from_another_name() {
        let names = || ["window_limit", "enabled", "step"].into_iter();
        assert_eq!(nearest("windowlimit", names()), Some("window_limit"));
        assert_eq!(nearest("enable", names()), Some("enabled"));
        assert_eq!(nearest("colour", names()), None);
    }
}
