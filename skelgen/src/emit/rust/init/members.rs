//! The members that the init of a struct can set: its fields, and those that share their bytes.

use crate::model::{FieldRole, Place, StructDef, TypeRef};
use crate::names::{UniqueNames, identifier};
use std::collections::HashSet;

/// A member, as the field of an init.
pub(super) struct Member<'a> {
    /// Unique in its init.
    pub(super) rust_name: String,
    /// The name in C, for formats; another where C has it twice.
    pub(super) key: String,
    pub(super) ty: &'a TypeRef,
    pub(super) doc: &'a str,
    access: Access<'a>,
}

/// How the struct gives the member.
enum Access<'a> {
    Field(&'a str),
    Functions {
        getter: &'a str,
        setter: &'a str,
        place: Place,
    },
}

impl Member<'_> {
    pub(super) fn is_bitfield(&self) -> bool {
        let bits = |place: &Place| matches!(place, Place::Bits { .. });
        matches!(&self.access, Access::Functions { place, .. } if bits(place))
    }

    /// What the macro `init!` calls it.
    pub(super) fn kind(&self, nested: bool) -> String {
        let (getter, setter, place) = match self.access {
            Access::Field(name) => {
                let kind = match self.ty {
                    TypeRef::Callback => "callback",
                    _ if nested => "nested",
                    _ => "value",
                };
                return format!("{kind}({})", identifier(name));
            }
            Access::Functions {
                getter,
                setter,
                place,
            } => (identifier(getter), identifier(setter), place),
        };
        match (place, nested) {
            (Place::Borrowed { .. }, false) => format!("borrowed({setter})"),
            (Place::Borrowed { .. }, true) => format!("borrowed_nested({getter}, {setter})"),
            (Place::Copied { .. }, false) => format!("copied({setter})"),
            (Place::Copied { .. }, true) => format!("copied_nested({getter}, {setter})"),
            (Place::Bits { first, end }, _) => format!("bits({setter}, {})", end - first),
        }
    }
}

/// The members of at most this size, in bytes, fields first.
pub(super) fn members(definition: &StructDef, limit: u64) -> Vec<Member<'_>> {
    let is_member = |role| matches!(role, FieldRole::Member | FieldRole::Promoted);
    let fields = definition
        .fields
        .iter()
        .filter(|field| is_member(field.role))
        .map(|field| {
            let access = Access::Field(&field.rust_name);
            (&field.name, &field.rust_name, &field.ty, &field.doc, access)
        });
    let accessors = definition.accessors.iter().map(|accessor| {
        let access = Access::Functions {
            getter: &accessor.getter,
            setter: &accessor.setter,
            place: accessor.place,
        };
        let getter = &accessor.getter;
        (&accessor.name, getter, &accessor.ty, &accessor.doc, access)
    });
    let mut names = UniqueNames::fields();
    let mut keys = HashSet::new();
    fields
        .chain(accessors)
        .filter(|(_, _, ty, ..)| (1..=limit).contains(&ty.size()))
        .map(|(name, rust_name, ty, doc, access)| {
            let rust_name = names.unique(rust_name);
            // Static variables of different functions can have one name.
            let mut key = name.clone();
            while !keys.insert(key.clone()) {
                key.push('_');
            }
            Member {
                rust_name,
                key,
                ty,
                doc,
                access,
            }
        })
        .collect()
}
