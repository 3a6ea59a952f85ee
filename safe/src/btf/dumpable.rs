//! What has to hold before libbpf writes types as C: its `btf_dump` divides by alignments, and fills gaps between
//! members a word at a time, wherever a broken BTF says that they are.

use super::align::Aligner;
use super::composite::{Composite, Member};
use super::error::BtfError;
use super::file::Btf;
use super::types::Type;

impl Btf {
    /// That each member has an alignment, begins no earlier than the one before it, and lies within its struct, and
    /// that no struct has more padding than a real one.
    pub(super) fn check_dumpable(&self) -> Result<(), BtfError> {
        let mut aligner = Aligner::new(self);
        for (id, ty) in self.types() {
            let (Type::Struct(composite) | Type::Union(composite)) = ty else {
                continue;
            };
            self.check_composite(&mut aligner, composite)
                .map_err(|member| BtfError::BadMember { id, member })?;
        }
        Ok(())
    }

    /// The number of the member that is wrong; that of the first beyond them for what is after the last.
    fn check_composite(
        &self,
        aligner: &mut Aligner<'_>,
        composite: Composite<'_>,
    ) -> Result<(), usize> {
        /// In bits: 1 MiB.
        const MAX_PADDING: u64 = 8 << 20;
        let end = u64::from(composite.size) * 8;
        let (mut at, mut padding) = (0u64, 0u64);
        for (index, member) in composite.members().enumerate() {
            let size = self.member_bits(aligner, &member).ok_or(index)?;
            let start = u64::from(member.bit_offset);
            if start.checked_add(size).is_none_or(|last| last > end) {
                return Err(index);
            }
            padding = padding.saturating_add(start.saturating_sub(at));
            at = start.saturating_add(size);
            if padding > MAX_PADDING {
                return Err(index);
            }
        }
        if !composite.is_union && padding.saturating_add(end.saturating_sub(at)) > MAX_PADDING {
            return Err(composite.len());
        }
        Ok(())
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
