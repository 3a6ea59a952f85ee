//! Finding types by name.

use std::hash::{BuildHasher, RandomState};

use super::file::Btf;
use super::kind::{Kind, TypeId};

/// The end of a list.
const NONE: u32 = u32::MAX;

/// The named types of one layer of a BTF: lists of those whose names have the same hash.
pub(super) struct NameIndex {
    /// At random, so that no input can be made whose names all collide.
    seed: u64,
    /// The first type of each list. There are a power of two of them.
    heads: Box<[u32]>,
    /// What follows each type in its list. Lists are in order of ids.
    next: Box<[u32]>,
    /// The id of the first type here.
    first: u32,
}

impl NameIndex {
    fn new(btf: &Btf) -> Self {
        let ids: Vec<_> = btf.ids().collect();
        let mut index = NameIndex {
            seed: RandomState::new().hash_one(0),
            heads: vec![NONE; ids.len().next_power_of_two()].into(),
            next: vec![NONE; ids.len()].into(),
            first: ids.first().map_or(0, |id| id.0),
        };
        // Each becomes the first of its list: so the last comes first.
        for (at, id) in ids.into_iter().enumerate().rev() {
            let Ok((layer, record)) = btf.record(id) else {
                continue;
            };
            let name = layer.name_onward(record.name);
            if name.first().is_none_or(|&byte| byte == 0) {
                continue;
            }
            let place = index.place(name);
            let (head, next) = (index.heads.get_mut(place), index.next.get_mut(at));
            if let (Some(head), Some(next)) = (head, next) {
                *next = std::mem::replace(head, id.0);
            }
        }
        index
    }

    /// The list that a name is in, which ends at a zero byte. It depends on what is before the first possible
    /// flavour only, so that names with and without flavours are in the same.
    fn place(&self, name: &[u8]) -> usize {
        let mut hash = self.seed;
        let mut rest = name;
        while let [byte, after @ ..] = rest {
            if *byte == 0 || rest.starts_with(b"___") {
                break;
            }
            hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
            rest = after;
        }
        let mask = self.heads.len().saturating_sub(1);
        usize::try_from(hash ^ hash >> 32).unwrap_or_default() & mask
    }

    /// The ids of the types that may have this name, with or without a flavour, in order.
    fn candidates(&self, name: &str) -> impl Iterator<Item = TypeId> + use<'_> {
        let known = |id: u32| (id != NONE).then_some(id);
        let head = self.heads.get(self.place(name.as_bytes())).copied();
        std::iter::successors(head.and_then(known), move |id| {
            let at = usize::try_from(id.checked_sub(self.first)?).ok()?;
            self.next.get(at).copied().and_then(known)
        })
        .map(TypeId)
    }
}

impl Btf {
    /// The first type of this kind and name, in the base before here; `None` if there is none or
    /// the name is empty.
    ///
    /// Several types of one kind can share a name, if files of a program define it differently.
    /// The first call looks at all names, which takes some milliseconds for a kernel's BTF; the
    /// others are quick.
    #[doc(alias = "btf__find_by_name_kind")]
    pub fn find(&self, name: &str, kind: Kind) -> Option<TypeId> {
        if name.is_empty() {
            return None;
        }
        let mut layers = vec![self];
        let mut layer = self;
        while let Some(base) = layer.base() {
            layers.push(base);
            layer = base;
        }
        layers.into_iter().rev().find_map(|layer| {
            layer.candidates(name).find(|id| {
                layer.record(*id).is_ok_and(|(layer, record)| {
                    record.kind == kind && layer.name(record.name) == name
                })
            })
        })
    }

    /// The types here, and not in the base, that may have this name, with or without a flavour, in order.
    pub(super) fn candidates(&self, name: &str) -> impl Iterator<Item = TypeId> + use<'_> {
        let index = self.names().get_or_init(|| NameIndex::new(self));
        index.candidates(name)
    }
}
