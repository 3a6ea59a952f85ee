//! What is held against the object file before libbpf sees it.
//!
//! libbpf 1.7 copies the value of a struct_ops map out of its section by the offset and the size that the object's
//! BTF gives it. It adds them in 32 bits, so that a sum that wraps looks as if it fitted, and allocates what the size
//! says before it looks: a broken object crashes it, or makes it ask for gigabytes. Callbacks it writes into the copy where
//! BTF has their members, also behind its end.

use crate::btf::{Btf, Composite, DataSection, Type};
use crate::elf::Elf;
use crate::error::{Error, ErrorKind, Result};

/// That each struct_ops variable lies within its section, and its members within it.
pub(super) fn check(operation: &str, bytes: &[u8]) -> Result<()> {
    let Some(elf) = Elf::new(bytes) else {
        // libbpf says better what it is.
        return Ok(());
    };
    if !elf.section_sizes().any(|(name, _)| is_struct_ops(name)) {
        return Ok(());
    }
    let invalid = |detail: String| {
        Error::new(operation, ErrorKind::InvalidObject { detail })
            .with_hint("compile it again: its types and its sections contradict each other")
    };
    let Some(btf) = elf.named_content(".BTF") else {
        return Ok(());
    };
    let btf = Btf::parse(btf.to_vec()).map_err(|error| invalid(error.to_string()))?;
    for (_, ty) in btf.types() {
        let Type::DataSection(section) = ty else {
            continue;
        };
        if is_struct_ops(section.name) {
            check_section(&elf, &btf, &section).map_err(invalid)?;
        }
    }
    Ok(())
}

fn is_struct_ops(section: &str) -> bool {
    let name = section.strip_prefix('?').unwrap_or(section);
    matches!(name, ".struct_ops" | ".struct_ops.link")
}

fn check_section(
    elf: &Elf<'_>,
    btf: &Btf,
    section: &DataSection<'_>,
) -> std::result::Result<(), String> {
    for entry in section.entries() {
        let Ok(Type::Variable { name, ty, .. }) = btf.get(entry.ty) else {
            continue;
        };
        let resolved = btf.resolve(ty).and_then(|id| btf.get(id));
        let Ok(Type::Struct(composite)) = resolved else {
            continue;
        };
        check_members(btf, &composite)?;
        // Where BTF has no offset yet, libbpf takes the symbol's.
        let places = elf.places_of(section.name, name);
        let places = places.chain([u64::from(entry.offset)]);
        for (start, (_, room)) in places.flat_map(|start| {
            elf.section_sizes()
                .filter(|(found, _)| *found == section.name)
                .map(move |found| (start, found))
        }) {
            let size = u64::from(composite.size);
            if start.checked_add(size).is_none_or(|end| end > room) {
                return Err(format!(
                    "variable `{name}` in section `{}` has {size} bytes at byte {start}, and the section has {room}",
                    section.name
                ));
            }
        }
    }
    Ok(())
}

fn check_members(btf: &Btf, composite: &Composite<'_>) -> std::result::Result<(), String> {
    for member in composite.members() {
        let bits = match member.bitfield_size {
            Some(width) => Some(u64::from(width)),
            // What has no size is not looked at by libbpf either.
            None => btf
                .size_of(member.ty)
                .map_or(Some(0), |size| size.checked_mul(8)),
        };
        let end = bits.and_then(|bits| bits.checked_add(member.bit_offset.into()));
        if end.is_none_or(|end| end > u64::from(composite.size) * 8) {
            return Err(format!(
                "member `{}` of `struct {}` ends beyond it, which has {} bytes",
                member.name, composite.name, composite.size
            ));
        }
    }
    Ok(())
}
