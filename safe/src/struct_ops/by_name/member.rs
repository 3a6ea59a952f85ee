use super::place::Place;
use super::read::{MAX_NESTING, Reader};
use super::refusal::Refusal;
use super::shape::{MemberKind, Shape, shape};
use super::value::Value;
use crate::btf::{Btf, Composite};

/// A member of a struct_ops type, as it is now and as the object file has it.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct OpenMember {
    /// Its path, such as `flags` or `list.next`. Members of anonymous structs and unions are their
    /// parent's, as in C.
    pub path: String,
    /// Its type in C.
    pub c_type: String,
    /// Where it starts, in bytes from the start of the whole struct; a bitfield, where its first bit is.
    pub offset: usize,
    /// The size of its type in bytes.
    pub size: usize,
    /// For a bitfield: how many bits it has.
    pub bitfield: Option<u8>,
    /// What sort of member it is.
    pub kind: MemberKind,
    /// What it is now.
    pub value: Value,
    /// What the object file says.
    pub default: Value,
}

/// How many members one listing may have.
const MAX_MEMBERS: usize = 1 << 16;

/// Lists the members of a struct, depth first.
pub(super) struct Lister<'a> {
    pub(super) btf: &'a Btf,
    pub(super) value: Reader<'a>,
    pub(super) default: Reader<'a>,
    pub(super) found: Vec<OpenMember>,
}

impl Lister<'_> {
    pub(super) fn composite(
        &mut self,
        composite: &Composite<'_>,
        place: Place,
        prefix: &str,
    ) -> Result<(), Refusal> {
        for member in composite.members() {
            let here = place.member(&member);
            if here.depth >= MAX_NESTING || self.found.len() >= MAX_MEMBERS {
                return Err(Refusal::broken("its members are without end"));
            }
            let shape = shape(self.btf, member.ty)?;
            match (member.name, &shape) {
                ("", Shape::Composite(inner)) => self.composite(inner, here, prefix)?,
                ("", _) => {}
                (name, _) => {
                    let path = format!("{prefix}{name}");
                    let entry = self.member(here, path.clone(), &shape)?;
                    self.found.push(entry);
                    if let Shape::Composite(inner) = &shape {
                        self.composite(inner, here, &format!("{path}."))?;
                    }
                }
            }
        }
        Ok(())
    }

    pub(super) fn member(
        &mut self,
        place: Place,
        path: String,
        shape: &Shape<'_>,
    ) -> Result<OpenMember, Refusal> {
        let narrow = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
        Ok(OpenMember {
            path,
            c_type: self.btf.c_name(place.ty),
            offset: narrow(place.bit / 8),
            size: narrow(self.btf.size_of(place.ty)?),
            bitfield: place.bitfield,
            kind: shape.kind(),
            value: self.value.value(place)?,
            default: self.default.value(place)?,
        })
    }
}
