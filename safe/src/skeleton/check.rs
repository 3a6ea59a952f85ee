//! Whether an object is the one that a skeleton was generated from, as far as it is used through the skeleton.

use super::ShadowMap;
use crate::btf::{Btf, Kind, Type};
use crate::error::{Error, ErrorKind, Result};
use crate::object::{Object, OpenObject, other_byte_order, problems_error};

/// Where a skeleton's variables are in a data section. They are borrowed there, so another object must have
/// them in the same places.
#[derive(Debug, Clone, Copy)]
pub struct SectionLayout {
    /// Such as `.rodata`.
    pub name: &'static str,
    /// Name, offset and size in bytes of each variable, as BTF has them.
    pub variables: &'static [(&'static str, u32, u32)],
}

/// Whether shadow copies that others have made are in the skeleton's layouts.
pub(super) fn check_shadows(object: &OpenObject, shadows: &[ShadowMap]) -> Result<()> {
    for shadow in shadows {
        let name = shadow.name.to_string_lossy();
        let inner = &object.inner;
        let map = inner.map(inner.map_index(&name)?)?;
        let mut problems = Vec::new();
        let checked = (inner.shadow()).check_layout(map, &shadow.to_raw(), &mut problems);
        checked.map_err(|errno| {
            let operation = format!("use struct_ops map `{name}` of object `{}`", object.name());
            problems_error(operation, problems, errno, Vec::new())
        })?;
    }
    Ok(())
}

pub(super) fn check_open_sections(
    object: &mut OpenObject,
    sections: &[SectionLayout],
) -> Result<()> {
    let name = object.name().to_owned();
    check_sections(&name, || object.btf(), sections)
}

/// Whether a loaded object, which was not opened by the skeleton, has its variables where the skeleton has them.
///
/// # Errors
///
/// One is elsewhere, or of another size.
pub fn check_loaded_sections(object: &Object, sections: &[SectionLayout]) -> Result<()> {
    check_sections(object.name(), || object.btf(), sections)
}

fn check_sections(
    name: &str,
    btf: impl FnOnce() -> Result<Option<Btf>>,
    sections: &[SectionLayout],
) -> Result<()> {
    if sections.is_empty() {
        return Ok(());
    }
    let btf = btf()?;
    if btf.as_ref().is_some_and(|btf| !btf.is_native()) {
        return Err(other_byte_order(format!(
            "use the variables of object `{name}`"
        )));
    }
    for section in sections {
        let id = btf
            .as_ref()
            .and_then(|btf| btf.find(section.name, Kind::DataSection));
        let found = match (&btf, id) {
            (Some(btf), Some(id)) => btf.get(id).ok().map(|ty| (btf, ty)),
            _ => None,
        };
        // Claiming the section says that it is not there.
        let Some((btf, Type::DataSection(found))) = found else {
            continue;
        };
        let name_of = |id| btf.get(id).map_or("", |variable| variable.name());
        for &(variable, offset, size) in section.variables {
            let mut places = found
                .entries()
                .filter(|entry| name_of(entry.ty) == variable)
                .map(|entry| (entry.offset, entry.size));
            if places.clone().any(|place| place == (offset, size)) {
                continue;
            }
            let in_words = |(offset, size)| format!("{size} bytes at byte {offset}");
            return Err(Error::new(
                format!("use section `{}` of object `{name}`", section.name),
                ErrorKind::Mismatch {
                    what: format!("variable `{variable}`"),
                    expected: in_words((offset, size)),
                    found: places.next().map_or_else(|| "none".to_owned(), in_words),
                },
            )
            .with_hint("generate the skeleton again from this object"));
        }
    }
    Ok(())
}
