//! From members at offsets to a struct without gaps.

use super::types::{Field, FieldRole, TypeRef};

/// A member where C has it.
pub(crate) struct Placed {
    pub(crate) name: String,
    pub(crate) ty: TypeRef,
    /// In bytes.
    pub(crate) offset: u64,
    pub(crate) role: FieldRole,
    pub(crate) doc: String,
}

/// What members at offsets make of a struct.
pub(crate) struct Filled {
    pub(crate) fields: Vec<Field>,
    pub(crate) align: u64,
    pub(crate) packed: bool,
    /// The first member that did not fit.
    pub(crate) misfit: Option<String>,
}

/// Fills the gaps between members with padding, up to the size. Aligns the struct to `align` where no field
/// does, as when it has bitfields only, but never to more than `max_align`: then it is packed. Members that do not fit, which only a
/// broken object has, are given up for padding. Rust names are left to the caller.
pub(crate) fn struct_fields(members: Vec<Placed>, size: u64, align: u64, max_align: u64) -> Filled {
    let mut fields: Vec<Field> = Vec::with_capacity(members.len());
    let mut misfit = None;
    let mut end = 0;
    for member in members {
        let member_size = member.ty.size();
        let fits = member.offset >= end
            && member
                .offset
                .checked_add(member_size)
                .is_some_and(|end| end <= size);
        if !fits {
            misfit.get_or_insert(member.name);
            continue;
        }
        pad(&mut fields, end, member.offset);
        end = member.offset + member_size;
        fields.push(Field {
            rust_name: String::new(),
            name: member.name,
            ty: member.ty,
            offset: member.offset,
            role: member.role,
            doc: member.doc,
        });
    }
    pad(&mut fields, end, size);
    let of_fields = fields
        .iter()
        .map(|field| field.ty.align())
        .max()
        .unwrap_or(1);
    let packed = size % of_fields != 0
        || of_fields > max_align
        || fields
            .iter()
            .any(|field| field.offset % field.ty.align() != 0);
    let align = align.min(max_align);
    if !packed && align > of_fields {
        fields.insert(0, alignment(align));
    }
    let align = align.max(of_fields);
    Filled {
        fields,
        align: if packed { 1 } else { align },
        packed,
        misfit,
    }
}

fn pad(fields: &mut Vec<Field>, from: u64, to: u64) {
    if from >= to {
        return;
    }
    fields.push(Field {
        rust_name: String::new(),
        name: format!("_padding_{from}"),
        ty: TypeRef::opaque(to - from, 1),
        offset: from,
        role: FieldRole::Padding,
        doc: String::new(),
    });
}

/// A field of no size.
fn alignment(align: u64) -> Field {
    Field {
        rust_name: String::new(),
        name: "_alignment".to_owned(),
        ty: TypeRef::Opaque {
            unit: align as u32,
            len: 0,
        },
        offset: 0,
        role: FieldRole::Padding,
        doc: String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn int(name: &str, bits: u32, offset: u64) -> Placed {
        Placed {
            name: name.to_owned(),
            ty: TypeRef::Int {
                bits,
                signed: false,
            },
            offset,
            role: FieldRole::Member,
            doc: String::new(),
        }
    }

    fn names(filled: &Filled) -> Vec<&str> {
        filled
            .fields
            .iter()
            .map(|field| field.name.as_str())
            .collect()
    }

    #[test]
    fn gaps_become_fields() {
        let filled = struct_fields(vec![int("a", 8, 0), int("b", 64, 8)], 24, 8, 16);
        assert_eq!(names(&filled), ["a", "_padding_1", "b", "_padding_16"]);
        assert_eq!(filled.align, 8);
        assert!(!filled.packed);
    }

    #[test]
    fn a_member_off_its_alignment_packs_the_struct() {
        let filled = struct_fields(vec![int("a", 8, 0), int("b", 32, 1)], 5, 1, 16);
        assert_eq!(names(&filled), ["a", "b"]);
        assert!(filled.packed);
        assert_eq!(filled.align, 1);
    }

    #[test]
    fn a_struct_of_bitfields_is_aligned_as_they_are() {
        let filled = struct_fields(Vec::new(), 4, 4, 16);
        assert_eq!(names(&filled), ["_alignment", "_padding_0"]);
        assert_eq!((filled.align, filled.packed), (4, false));
    }

    #[test]
    fn a_struct_that_stands_at_odd_places_is_packed() {
        let filled = struct_fields(vec![int("a", 16, 0)], 2, 1, 1);
        assert_eq!((filled.align, filled.packed), (1, true));
        let filled = struct_fields(Vec::new(), 4, 4, 2);
        assert_eq!((filled.align, filled.packed), (2, false));
    }

    #[test]
    fn what_overlaps_or_overflows_is_padding() {
        let members = vec![int("a", 32, 0), int("b", 32, 2), int("c", 64, 4)];
        let filled = struct_fields(members, 8, 4, 16);
        assert_eq!(names(&filled), ["a", "_padding_4"]);
    }
}
