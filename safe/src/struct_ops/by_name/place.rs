//! Where a member stands in its struct.

use super::near::nearest;
use super::path::{Step, steps};
use super::refusal::Refusal;
use super::shape::{Shape, shape};
use crate::btf::{Btf, Composite, Member, TypeId};
use std::ops::Range;

/// How many anonymous members may stand within each other. C programs stay far below it.
const MAX_ANONYMOUS: usize = 16;

/// How many members a search may look at; a broken BTF can have anonymous members without end.
const MAX_SEARCH: usize = 1 << 16;

/// Where a value stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) ty: TypeId,
    /// From the start of the struct.
    pub(super) bit: u64,
    /// The width of a bitfield.
    pub(super) bitfield: Option<u8>,
    /// How many structs it stands in: 1 for a member of the struct_ops type itself.
    pub(super) depth: u32,
}

impl Place {
    /// The struct itself.
    pub(super) fn whole(ty: TypeId) -> Place {
        Place {
            ty,
            bit: 0,
            bitfield: None,
            depth: 0,
        }
    }

    /// A member of a struct or union that stands here.
    pub(super) fn member(self, member: &Member<'_>) -> Place {
        Place {
            ty: member.ty,
            bit: self.bit.saturating_add(member.bit_offset.into()),
            bitfield: member.bitfield_size,
            depth: self.depth.saturating_add(1),
        }
    }

    /// The bytes that it fills, of those of the whole struct; `None` for a bitfield.
    pub(super) fn bytes(self, btf: &Btf) -> Result<Option<Range<usize>>, Refusal> {
        if self.bitfield.is_some() || self.bit % 8 != 0 {
            return Ok(None);
        }
        let start = usize::try_from(self.bit / 8).ok();
        let size = usize::try_from(btf.size_of(self.ty)?).ok();
        Ok(start
            .zip(size)
            .and_then(|(start, size)| Some(start..start.checked_add(size)?)))
    }

    /// How many bits the value has.
    pub(super) fn width(self, btf: &Btf) -> Result<u64, Refusal> {
        match self.bitfield {
            Some(width) => Ok(width.into()),
            None => btf
                .size_of(self.ty)?
                .checked_mul(8)
                .ok_or_else(|| Refusal::broken("a member is larger than memory")),
        }
    }

    /// An element of an array that stands here.
    pub(super) fn element(self, btf: &Btf, element: TypeId, index: u64) -> Result<Place, Refusal> {
        let bit = btf
            .size_of(element)?
            .checked_mul(8)
            .and_then(|bits| bits.checked_mul(index))
            .and_then(|bits| bits.checked_add(self.bit));
        Ok(Place {
            ty: element,
            bit: bit.ok_or_else(|| Refusal::broken("an array is larger than memory"))?,
            bitfield: None,
            depth: self.depth.saturating_add(1),
        })
    }
}

/// Follows a path from a struct or union.
pub(super) fn find(btf: &Btf, from: Place, path: &str) -> Result<Place, Refusal> {
    let steps = steps(path).ok_or_else(|| {
        Refusal::invalid("it is no path to a member, such as `name`, `list.next` or `table[2].x`")
    })?;
    let mut place = from;
    for step in steps {
        place = match (step, shape(btf, place.ty)?) {
            (Step::Member(name), Shape::Composite(composite)) => {
                let mut search = Search {
                    btf,
                    name,
                    left: MAX_SEARCH,
                };
                search
                    .within(&composite, place, 0)?
                    .ok_or_else(|| missing(btf, place.ty, &composite, name))?
            }
            (Step::Element(index), Shape::Array { element, len }) => {
                if index >= u64::from(len) {
                    return Err(Refusal::invalid(format!(
                        "there is no element {index}: the array has {len}"
                    )));
                }
                place.element(btf, element, index)?
            }
            (Step::Member(name), _) => {
                return Err(Refusal::invalid(format!(
                    "`{}` has no members, and so no `{name}`",
                    btf.c_name(place.ty)
                )));
            }
            (Step::Element(_), Shape::Text) => {
                return Err(Refusal::invalid("a string is set as a whole"));
            }
            (Step::Element(_), _) => {
                return Err(Refusal::invalid(format!(
                    "`{}` is no array",
                    btf.c_name(place.ty)
                )));
            }
        };
    }
    Ok(place)
}

/// A search for a name, as C finds it: also in members that have none.
struct Search<'a> {
    btf: &'a Btf,
    name: &'a str,
    left: usize,
}

impl Search<'_> {
    fn within(
        &mut self,
        composite: &Composite<'_>,
        place: Place,
        depth: usize,
    ) -> Result<Option<Place>, Refusal> {
        for member in composite.members() {
            self.left = self
                .left
                .checked_sub(1)
                .ok_or_else(|| Refusal::broken("its anonymous members are without end"))?;
            let here = place.member(&member);
            if member.name == self.name {
                return Ok(Some(here));
            }
            if !member.name.is_empty() || depth >= MAX_ANONYMOUS {
                continue;
            }
            if let Shape::Composite(inner) = shape(self.btf, member.ty)? {
                if let Some(found) = self.within(&inner, here, depth + 1)? {
                    return Ok(Some(found));
                }
            }
        }
        Ok(None)
    }
}

fn missing(btf: &Btf, ty: TypeId, composite: &Composite<'_>, name: &str) -> Refusal {
    let near = nearest(name, composite.members().map(|member| member.name));
    let refusal = Refusal::missing(near);
    match near {
        Some(_) => refusal,
        None => refusal.with_hint(format!("`{}` has no member `{name}`", btf.c_name(ty))),
    }
}
