//! Where C compilers place members, and what has to be said so that they place them as the object has them.
//!
//! BTF has offsets, but neither `packed` nor `aligned`. Where members are where C would put them, perhaps
//! after some padding, nothing is said. Otherwise the struct is packed, with all its padding written out:
//! then any layout can be had.

use crate::model::c::{Body, CType, Member};

/// A member where the object has it.
#[derive(Debug, Clone)]
pub(super) struct Placed {
    /// In bits.
    pub(super) first: u64,
    /// In bytes, of the whole type.
    pub(super) size: u64,
    /// In bytes.
    pub(super) align: u64,
    pub(super) what: What,
}

#[derive(Debug, Clone)]
pub(super) enum What {
    Named { name: String, ty: CType },
    Bits { name: String, ty: CType, width: u64 },
    Anonymous(Body),
}

/// A struct or union as C can declare it.
#[derive(Debug)]
pub(super) struct Laid {
    pub(super) body: Body,
    pub(super) align: u64,
}

/// Lays members out in `size` bytes, aligned to `max_align` at most; to `packed_align` at most where they are
/// packed. `None` for members that C cannot place so, which only a broken object has.
pub(super) fn lay_out(
    is_union: bool,
    members: &[Placed],
    size: u64,
    max_align: u64,
    packed_align: u64,
) -> Option<Laid> {
    let natural = if is_union {
        natural_union(members, size)
    } else {
        natural_struct(members, size)
    };
    if let Some((members, align)) = natural.filter(|(_, align)| *align <= max_align) {
        let body = Body {
            is_union,
            packed: None,
            members,
        };
        return Some(Laid { body, align });
    }
    let mut align = packed_align.min(max_align).max(1);
    while size % align != 0 {
        align /= 2;
    }
    let members = if is_union {
        packed_union(members, size)?
    } else {
        packed_struct(members, size)?
    };
    let body = Body {
        is_union,
        packed: Some(align),
        members,
    };
    Some(Laid { body, align })
}

/// Without a word about packing. Members that are empty in C are not so in C++, where they have no members:
/// a padding of no bytes makes them equal.
fn natural_struct(placed: &[Placed], size: u64) -> Option<(Vec<Member>, u64)> {
    let mut members = Vec::new();
    let mut end = 0;
    let mut align = 1;
    for member in placed {
        align = member.align.max(align);
        let unit = 8 * member.align;
        let at = match member.width() {
            // Not from one unit of its type into the next.
            Some(width) if end % unit + width > 8 * member.size => end.next_multiple_of(unit),
            Some(_) => end,
            None => end.next_multiple_of(unit),
        };
        if member.first < at {
            return None;
        }
        if member.first > at {
            // The padding ends where the member begins, if C begins there.
            let fits = match member.width() {
                Some(width) => {
                    member.first % 8 == 0 && member.first % unit + width <= 8 * member.size
                }
                None => member.first % unit == 0,
            };
            let bytes = (member.first / 8).checked_sub(end.div_ceil(8))?;
            if !fits || bytes == 0 {
                return None;
            }
            members.push(Member::Padding(bytes));
        }
        members.push(member.as_member());
        end = member.end()?;
    }
    let bytes = end.div_ceil(8);
    let natural = bytes.next_multiple_of(align);
    if natural > size || size % align != 0 {
        return None;
    }
    if natural < size {
        members.push(Member::Padding(size - bytes));
    } else if members.is_empty() {
        members.push(Member::Padding(0));
    }
    Some((members, align))
}

fn natural_union(placed: &[Placed], size: u64) -> Option<(Vec<Member>, u64)> {
    let align = placed.iter().map(|member| member.align).max().unwrap_or(1);
    let mut members = packed_union(placed, size)?;
    let largest = placed
        .iter()
        .filter_map(Placed::end)
        .max()
        .unwrap_or(0)
        .div_ceil(8);
    let natural = largest.next_multiple_of(align);
    if natural > size || size % align != 0 {
        return None;
    }
    // Packed, it has the bytes that it needs; here it may have them anyway.
    if natural == size && largest < size {
        members.pop();
    }
    Some((members, align))
}

fn packed_struct(placed: &[Placed], size: u64) -> Option<Vec<Member>> {
    let mut members = Vec::new();
    let mut end = 0;
    for member in placed {
        if member.width().is_none() && member.first % 8 != 0 {
            return None;
        }
        pad(&mut members, end, member.first)?;
        members.push(member.as_member());
        end = member.end()?;
    }
    pad(&mut members, end, size.checked_mul(8)?)?;
    if members.is_empty() {
        members.push(Member::Padding(0));
    }
    Some(members)
}

fn packed_union(placed: &[Placed], size: u64) -> Option<Vec<Member>> {
    let mut members = Vec::new();
    let mut largest = 0;
    for member in placed {
        if member.first != 0 {
            return None;
        }
        members.push(member.as_member());
        largest = member.end()?.max(largest);
    }
    if largest > size.checked_mul(8)? {
        return None;
    }
    if largest.div_ceil(8) < size || members.is_empty() {
        members.push(Member::Padding(size));
    }
    Some(members)
}

/// From one bit to another: bits up to a byte, bytes, and bits.
fn pad(members: &mut Vec<Member>, from: u64, to: u64) -> Option<()> {
    let gap = to.checked_sub(from)?;
    let first = (from.next_multiple_of(8) - from).min(gap);
    let (bytes, last) = ((gap - first) / 8, (gap - first) % 8);
    if first > 0 {
        members.push(Member::PaddingBits(first));
    }
    if bytes > 0 {
        members.push(Member::Padding(bytes));
    }
    if last > 0 {
        members.push(Member::PaddingBits(last));
    }
    Some(())
}

impl Placed {
    fn width(&self) -> Option<u64> {
        match self.what {
            What::Bits { width, .. } => Some(width),
            What::Named { .. } | What::Anonymous(_) => None,
        }
    }

    /// In bits.
    fn end(&self) -> Option<u64> {
        let bits = self.width().or_else(|| self.size.checked_mul(8))?;
        self.first.checked_add(bits)
    }

    fn as_member(&self) -> Member {
        let offset = self.first / 8;
        match &self.what {
            What::Named { name, ty } => Member::Named {
                name: name.clone(),
                ty: ty.clone(),
                width: None,
                offset,
                size: self.size,
            },
            What::Bits { name, ty, width } => Member::Named {
                name: name.clone(),
                ty: ty.clone(),
                width: Some(*width),
                offset,
                size: self.size,
            },
            What::Anonymous(body) => Member::Anonymous {
                body: body.clone(),
                offset,
            },
        }
    }
}

#[cfg(test)]
mod tests;
