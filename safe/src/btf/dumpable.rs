//! What has to hold before libbpf writes types as C: its `btf_dump` divides by alignments, and fills gaps between
//! members a word at a time, wherever a broken BTF says that they are.

use super::align::Aligner;
use super::composite::{Composite, Member};
use super::error::BtfError;
use super::expanse::Expanse;
use super::file::Btf;
use super::types::Type;

impl Btf {
    /// That each member has an alignment and lies within its struct, and that the text is in proportion to the bytes.
    pub(super) fn check_dumpable(&self) -> Result<(), BtfError> {
        /// Text by bytes; the kernel's has 2. Every name may be used many times, and longer than it is declared.
        const MOST: u64 = 64;
        let mut aligner = Aligner::new(self);
        let mut expanse = Expanse::new(self);
        for (id, ty) in self.types() {
            if let Type::Struct(composite) | Type::Union(composite) = ty {
                let padding = self
                    .padding(&mut aligner, composite)
                    .map_err(|member| BtfError::BadMember { id, member })?;
                expanse.add_padding(id, padding);
            }
        }
        let limit = (self.raw().len() as u64).saturating_mul(MOST);
        let mut sum = 0u64;
        for (id, ty) in self.types() {
            sum = sum.saturating_add(expanse.declaration(id, ty)?);
            if sum > limit {
                return Err(BtfError::TooMuchText { id });
            }
        }
        Ok(())
    }

    /// How many bits are between members and behind the last, or the number of the member that is wrong.
    fn padding(&self, aligner: &mut Aligner<'_>, composite: Composite<'_>) -> Result<u64, usize> {
        let end = u64::from(composite.size) * 8;
        let (mut at, mut padding) = (0u64, 0u64);
        for (index, member) in composite.members().enumerate() {
            let size = self.member_bits(aligner, &member).ok_or(index)?;
            let start = u64::from(member.bit_offset);
            let last = start.checked_add(size).filter(|&last| last <= end);
            let last = last.ok_or(index)?;
            padding = padding.saturating_add(start.saturating_sub(at));
            at = last;
        }
        Ok(match composite.is_union {
            true => 0,
            false => padding.saturating_add(end.saturating_sub(at)),
        })
    }

    /// The size of a member in bits, where it has one, and an alignment.
    fn member_bits(&self, aligner: &mut Aligner<'_>, member: &Member<'_>) -> Option<u64> {
        aligner.of(member.ty).ok()?;
        let size = self.size_of(member.ty).ok()?;
        if self.is_empty_scalar(member.ty) {
            return None;
        }
        match member.bitfield_size {
            Some(bits) => Some(u64::from(bits)),
            None => size.checked_mul(8),
        }
    }

    /// Whether it is a number of no bytes, or an array of such: the alignment of those is zero for libbpf.
    fn is_empty_scalar(&self, mut id: super::TypeId) -> bool {
        loop {
            let ty = self.resolve(id).and_then(|id| self.get(id));
            match ty {
                Ok(Type::Array { element, .. }) => id = element,
                Ok(Type::Int { size, .. } | Type::Float { size, .. }) => return size == 0,
                Ok(Type::Enum(list)) => return list.size == 0,
                _ => return false,
            }
        }
    }
}
