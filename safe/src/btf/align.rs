//! How types are aligned.

use std::collections::HashMap;

use super::composite::Composite;
use super::error::BtfError;
use super::file::Btf;
use super::kind::TypeId;
use super::layout::{MAX_DEPTH, POINTER_SIZE};
use super::types::Type;

/// The greatest alignment that a type has by itself: that of a 128-bit integer.
const MAX_ALIGN: u64 = 16;

impl Btf {
    /// The alignment in bytes of a value of this type: what `_Alignof` gives in BPF.
    ///
    /// BTF does not store alignments, so this is the natural one: a struct is aligned as the most
    /// aligned of its members. If its size or their offsets do not fit that, it is packed, and
    /// the result is the greatest alignment that does fit (as with `#pragma pack`). An alignment
    /// greater than natural, such as that of a cache line, cannot be known. A variable is aligned
    /// as its type, a data section as its most aligned variable.
    ///
    /// # Errors
    ///
    /// As for [`size_of`](Self::size_of), and [`BtfError::TooDeep`] for a struct that contains
    /// itself, or more than 64 others within each other.
    #[doc(alias = "btf__align_of")]
    pub fn align_of(&self, id: TypeId) -> Result<u64, BtfError> {
        Aligner::new(self).of(id)
    }
}

pub(super) struct Aligner<'a> {
    btf: &'a Btf,
    asked: TypeId,
    /// What has been found, so that no struct is looked at twice.
    known: HashMap<TypeId, u64>,
}

impl<'a> Aligner<'a> {
    pub(super) fn new(btf: &'a Btf) -> Self {
        Aligner {
            btf,
            asked: TypeId::VOID,
            known: HashMap::new(),
        }
    }

    /// As [`Btf::align_of`]; what is asked of several types is remembered.
    pub(super) fn of(&mut self, id: TypeId) -> Result<u64, BtfError> {
        self.asked = id;
        self.align(id, MAX_DEPTH)
    }

    fn align(&mut self, id: TypeId, depth: usize) -> Result<u64, BtfError> {
        let Some(depth) = depth.checked_sub(1) else {
            return Err(BtfError::TooDeep {
                id: self.asked,
                limit: MAX_DEPTH,
            });
        };
        let id = self.btf.resolve(id)?;
        if let Some(align) = self.known.get(&id) {
            return Ok(*align);
        }
        let align = match self.btf.get(id)? {
            Type::Int { size, .. } | Type::Float { size, .. } => scalar(size),
            Type::Enum(list) => scalar(list.size),
            Type::Pointer { .. } => scalar(POINTER_SIZE),
            Type::Array { element, .. } => self.align(element, depth)?,
            Type::Variable { ty, .. } => self.align(ty, depth)?,
            Type::Struct(composite) | Type::Union(composite) => self.composite(composite, depth)?,
            Type::DataSection(section) => {
                let mut most = 1;
                for entry in section.entries() {
                    most = most.max(self.align(entry.ty, depth)?);
                }
                most
            }
            other => {
                return Err(BtfError::NoSize {
                    id,
                    kind: other.kind(),
                });
            }
        };
        self.known.insert(id, align);
        Ok(align)
    }

    fn composite(&mut self, composite: Composite<'_>, depth: usize) -> Result<u64, BtfError> {
        let mut natural = 1;
        // For each alignment, all the bits that are set in the offset of a member so aligned.
        // An offset is a multiple of a power of two if none of the lower bits is set.
        let mut offsets: [(u64, u64); 5] = [1, 2, 4, 8, MAX_ALIGN].map(|align| (align, 0));
        for member in composite.members() {
            let align = self.align(member.ty, depth)?;
            natural = natural.max(align);
            if member.bitfield_size.is_none() {
                for (_, bits) in offsets.iter_mut().filter(|(of, _)| *of == align) {
                    *bits |= u64::from(member.bit_offset);
                }
            }
        }
        let fits = |align: u64| {
            u64::from(composite.size) % align == 0
                && offsets
                    .iter()
                    .all(|(of, bits)| bits % (8 * align.min(*of)) == 0)
        };
        while natural > 1 && !fits(natural) {
            natural /= 2;
        }
        Ok(natural)
    }
}

/// The alignment of a number of `size` bytes: the greatest power of two that divides the size.
fn scalar(size: u32) -> u64 {
    if size == 0 {
        1
    } else {
        (1 << size.trailing_zeros()).min(MAX_ALIGN)
    }
}
