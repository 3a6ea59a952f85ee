//! The members of a struct or union: which become fields, and which functions.

use super::resolve::is_callback;
use super::types::Types;
use crate::error::{Error, Result};
use crate::model::{Accessor, FieldRole, Place, Placed, TypeRef};
use crate::names::UniqueNames;
use libbpf_safe::btf::{Composite, Member, Type, TypeId};

/// More than a struct can have in BTF. Only structs without a name that stand in each other again and
/// again, as only a broken object has them, come to more.
const MAX_MEMBERS: usize = 1 << 17;

/// All members that C finds in a struct: its own, and those of what has no name in it.
#[derive(Default)]
pub(super) struct Members {
    /// Each with the number of the struct without a name that it came from.
    placed: Vec<(Placed, Option<usize>)>,
    /// How many structs without a name there are that stand in no other.
    nameless: usize,
    overlapping: Vec<Overlapping>,
    count: usize,
}

/// A member that shares its bytes with others.
pub(super) struct Overlapping {
    name: String,
    ty: TypeRef,
    /// In bits.
    first: u64,
    /// In bits, of a bitfield.
    width: Option<u64>,
    doc: String,
}

/// Where a composite type stands, of which the members are looked for.
#[derive(Clone, Copy)]
struct Spot {
    /// In bits from the start of the outermost struct.
    first: u64,
    within: Within,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Within {
    /// The struct itself.
    Itself,
    /// A struct without a name, by its number.
    Nameless(usize),
    /// Where members overlap.
    Union,
}

impl Types<'_> {
    /// The members of a type that is called `path`.
    pub(super) fn members(
        &mut self,
        composite: &Composite<'_>,
        path: &str,
        callbacks: bool,
    ) -> Result<Members> {
        let mut members = Members::default();
        let spot = Spot {
            first: 0,
            within: if composite.is_union {
                Within::Union
            } else {
                Within::Itself
            },
        };
        self.gather(composite, spot, path, callbacks, &mut members)?;
        Ok(members)
    }

    fn gather(
        &mut self,
        composite: &Composite<'_>,
        spot: Spot,
        path: &str,
        callbacks: bool,
        members: &mut Members,
    ) -> Result<()> {
        members.count += 1 + composite.len();
        if members.count > MAX_MEMBERS {
            return Err(Error::Type {
                declaration: path.to_owned(),
                reason: format!("it has more than {MAX_MEMBERS} members"),
            });
        }
        for member in composite.members() {
            let spot = Spot {
                first: spot.first + u64::from(member.bit_offset),
                ..spot
            };
            if let Some(width) = member.bitfield_size {
                self.bitfield(&member, spot, u64::from(width), path, members)?;
            } else if spot.first % 8 != 0 {
                // Only a broken object has bytes within bytes.
            } else if member.name.is_empty() {
                self.without_name(member.ty, spot, path, members)?;
            } else {
                self.member(&member, spot, path, callbacks, members)?;
            }
        }
        Ok(())
    }

    fn member(
        &mut self,
        member: &Member<'_>,
        spot: Spot,
        path: &str,
        callbacks: bool,
        members: &mut Members,
    ) -> Result<()> {
        let name = member.name.to_owned();
        let is_callback = is_callback(self.btf(), member.ty)?;
        let ty = if callbacks && is_callback {
            TypeRef::Callback
        } else {
            self.type_ref(member.ty, &format!("{path}_{name}"))?
        };
        let doc = format!("`{}`", self.btf().c_name(member.ty));
        let (role, origin) = match spot.within {
            Within::Itself => (FieldRole::Member, None),
            Within::Nameless(number) => (FieldRole::Promoted, Some(number)),
            Within::Union => {
                members.overlapping.push(Overlapping {
                    name,
                    ty,
                    first: spot.first,
                    width: None,
                    doc,
                });
                return Ok(());
            }
        };
        let placed = Placed {
            name,
            ty,
            offset: spot.first / 8,
            role,
            doc,
        };
        members.placed.push((placed, origin));
        Ok(())
    }

    fn bitfield(
        &mut self,
        member: &Member<'_>,
        spot: Spot,
        width: u64,
        path: &str,
        members: &mut Members,
    ) -> Result<()> {
        let ty = self.type_ref(member.ty, &format!("{path}_{}", member.name))?;
        let is_enum = matches!(
            self.btf().get(self.btf().resolve(member.ty)?)?,
            Type::Enum(_)
        );
        let is_value = is_enum || matches!(ty, TypeRef::Int { .. } | TypeRef::Bool);
        if member.name.is_empty() || !is_value || width > 8 * ty.size() {
            return Ok(());
        }
        members.overlapping.push(Overlapping {
            name: member.name.to_owned(),
            ty,
            first: spot.first,
            width: Some(width),
            doc: format!("`{} : {width}`", self.btf().c_name(member.ty)),
        });
        Ok(())
    }

    /// The members of a member that has no name are as if its parent's.
    fn without_name(
        &mut self,
        id: TypeId,
        spot: Spot,
        path: &str,
        members: &mut Members,
    ) -> Result<()> {
        let id = self.btf().resolve(id)?;
        let (Type::Struct(composite) | Type::Union(composite)) = self.btf().get(id)? else {
            return Ok(());
        };
        let offset = spot.first / 8;
        let size = u64::from(composite.size);
        let within = match spot.within {
            Within::Union => Within::Union,
            _ if composite.is_union => {
                let align = self.btf().align_of(id)?;
                members.place_storage(offset, size, align, spot.within);
                Within::Union
            }
            Within::Nameless(number) => Within::Nameless(number),
            Within::Itself => {
                members.nameless += 1;
                Within::Nameless(members.nameless - 1)
            }
        };
        let spot = Spot { within, ..spot };
        self.within(id, |types| {
            types.gather(&composite, spot, path, false, members)
        })
    }
}

impl Members {
    /// Fields only.
    pub(super) fn fields(placed: Vec<Placed>) -> Members {
        Members {
            placed: placed.into_iter().map(|placed| (placed, None)).collect(),
            ..Members::default()
        }
    }

    /// One more field.
    pub(super) fn push(&mut self, field: Placed) {
        self.placed.push((field, None));
    }

    /// Bytes for members that overlap; aligned so that they never ask for more than their place has.
    fn place_storage(&mut self, offset: u64, size: u64, align: u64, within: Within) {
        let align = if offset == 0 {
            align
        } else {
            align.min(1 << offset.trailing_zeros())
        };
        let origin = match within {
            Within::Nameless(number) => Some(number),
            Within::Itself | Within::Union => None,
        };
        let storage = Placed {
            name: format!("_union_{offset}"),
            ty: TypeRef::opaque(size, align),
            offset,
            role: FieldRole::Padding,
            doc: String::new(),
        };
        self.placed.push((storage, origin));
    }

    /// What members that overlap are aligned to in C, in a struct of this size. Where one is not, the struct is
    /// packed, and the others tell nothing.
    pub(super) fn align(&self, size: u64) -> u64 {
        let aligns = self.overlapping.iter().map(|member| {
            let (align, bits) = (member.ty.align(), 8 * member.ty.size());
            let aligned = match member.width {
                // It does not reach from one unit of its type into the next.
                Some(width) => member.first % bits + width <= bits,
                None => member.first % (8 * align) == 0,
            };
            (aligned && size % align == 0).then_some(align)
        });
        aligns
            .collect::<Option<Vec<_>>>()
            .map_or(1, |aligns| aligns.into_iter().max().unwrap_or(1))
    }

    /// What become fields of a struct of this size, in order, and what do not.
    ///
    /// A packed struct without a name would have its parent packed: its members are no fields, unless the
    /// parent is packed itself.
    pub(super) fn settle(self, size: u64) -> (Vec<Placed>, Vec<Overlapping>) {
        let Members {
            placed,
            nameless,
            mut overlapping,
            ..
        } = self;
        let packs = |placed: &Placed| {
            let align = placed.ty.align();
            placed.offset % align != 0 || size % align != 0
        };
        let mut itself_packed = false;
        let mut packed = vec![false; nameless];
        for (placed, origin) in &placed {
            let of_origin = match origin {
                Some(number) => packed.get_mut(*number),
                None => Some(&mut itself_packed),
            };
            if let Some(of_origin) = of_origin {
                *of_origin |= packs(placed);
            }
        }
        let is_field = |origin: Option<usize>| {
            let packed = origin.and_then(|number| packed.get(number));
            itself_packed || packed != Some(&true)
        };
        let mut fields = Vec::with_capacity(placed.len());
        for (placed, origin) in placed {
            if is_field(origin) {
                fields.push(placed);
            } else if placed.role == FieldRole::Promoted {
                overlapping.push(Overlapping {
                    name: placed.name,
                    ty: placed.ty,
                    first: placed.offset * 8,
                    width: None,
                    doc: placed.doc,
                });
            }
        }
        // BTF has them in order; a broken one may not.
        fields.sort_by_key(|member| member.offset);
        (fields, overlapping)
    }
}

/// The functions for members that overlap, in a struct of this size and alignment; and which, if any, is
/// not inside it, and was given up.
pub(super) fn accessors(
    members: Vec<Overlapping>,
    size: u64,
    align: u64,
) -> (Vec<Accessor>, Option<String>) {
    let (members, outside): (Vec<_>, Vec<_>) = members.into_iter().partition(|member| {
        member
            .end()
            .is_some_and(|end| end <= size.saturating_mul(8))
    });
    let mut names = UniqueNames::accessors();
    let getters: Vec<String> = members
        .iter()
        .map(|member| names.unique(&member.name))
        .collect();
    let accessors = members
        .into_iter()
        .zip(getters)
        .map(|(member, getter)| {
            let place = member.place(align);
            let setter = match place {
                Place::Borrowed { .. } => format!("{}_mut", member.name),
                Place::Copied { .. } | Place::Bits { .. } => format!("set_{}", member.name),
            };
            Accessor {
                getter,
                setter: names.unique(&setter),
                name: member.name,
                ty: member.ty,
                place,
                doc: member.doc,
            }
        })
        .collect();
    let outside = outside.into_iter().next().map(|member| member.name);
    (accessors, outside)
}

impl Overlapping {
    /// In bits.
    fn end(&self) -> Option<u64> {
        let bits = self.ty.size().checked_mul(8)?;
        self.first.checked_add(self.width.unwrap_or(bits))
    }

    fn place(&self, parent_align: u64) -> Place {
        let offset = self.first / 8;
        let align = self.ty.align();
        match self.width {
            Some(width) => Place::Bits {
                first: self.first,
                end: self.first + width,
            },
            None if offset % align == 0 && align <= parent_align => Place::Borrowed { offset },
            None => Place::Copied { offset },
        }
    }
}
