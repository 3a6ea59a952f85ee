//! Where types are placed, which says more of their alignment than they do themselves.

use libbpf_safe::btf::{Btf, Composite, Type, TypeId};
use std::collections::HashMap;

/// For each struct and union the greatest alignment that all its places have.
///
/// BTF does not say that a struct is packed. Where the members of a packed struct happen to be aligned, such
/// as those of `struct ethhdr`, only its odd place in another struct tells.
pub(super) struct Places {
    alignments: HashMap<TypeId, u64>,
}

/// More than any type is aligned to by itself.
const MAX_ALIGN: u64 = 16;

/// As many dimensions as an array may have here.
const MAX_DIMENSIONS: usize = 64;

impl Places {
    pub(super) fn of(btf: &Btf) -> Places {
        let mut places = Places {
            alignments: HashMap::new(),
        };
        for (_, ty) in btf.types() {
            let found: Vec<(TypeId, u32)> = match ty {
                Type::Struct(composite) | Type::Union(composite) => in_struct(btf, &composite),
                Type::DataSection(section) => section
                    .entries()
                    .filter_map(|entry| match btf.get(entry.ty) {
                        Ok(Type::Variable { ty, .. }) => Some((ty, entry.offset)),
                        _ => None,
                    })
                    .collect(),
                _ => continue,
            };
            for (id, offset) in found {
                if let (Some(id), 1..) = (element(btf, id), offset) {
                    let align = 1 << offset.trailing_zeros();
                    let known = places.alignments.entry(id).or_insert(MAX_ALIGN);
                    *known = align.min(*known);
                }
            }
        }
        places
    }

    /// What a struct can be aligned to at most.
    pub(super) fn align(&self, id: TypeId) -> u64 {
        self.alignments.get(&id).copied().unwrap_or(MAX_ALIGN)
    }
}

/// Members with their offsets, where these tell something: not in a struct that is itself packed, as members
/// that are no structs show.
fn in_struct(btf: &Btf, composite: &Composite<'_>) -> Vec<(TypeId, u32)> {
    let mut structs = Vec::new();
    for member in composite.members() {
        let Some(offset) = member.byte_offset() else {
            continue;
        };
        if element(btf, member.ty).is_some() {
            structs.push((member.ty, offset));
        } else if let Ok(align) = btf.align_of(member.ty) {
            if u64::from(offset) % align != 0 || u64::from(composite.size) % align != 0 {
                return Vec::new();
            }
        }
    }
    structs
}

/// The struct or union that a type is, or an array of it.
fn element(btf: &Btf, id: TypeId) -> Option<TypeId> {
    let mut id = btf.resolve(id).ok()?;
    for _ in 0..MAX_DIMENSIONS {
        match btf.get(id).ok()? {
            Type::Array { element, .. } => id = btf.resolve(element).ok()?,
            Type::Struct(_) | Type::Union(_) => return Some(id),
            _ => return None,
        }
    }
    None
}
