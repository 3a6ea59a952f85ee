//! Finding a type by its name.

use std::hash::{BuildHasher, RandomState};

use super::file::Btf;
use super::kind::{Kind, TypeId};

/// The named types of one BTF, ordered by a hash of kind and name.
pub(super) struct NameIndex {
    /// Seeded at random, so that no input can be made whose names all collide.
    state: RandomState,
    /// The hash and the id of each type.
    rows: Vec<(u64, TypeId)>,
}

impl NameIndex {
    fn new(btf: &Btf) -> Self {
        let state = RandomState::new();
        let mut rows: Vec<_> = btf
            .ids()
            .filter_map(|id| {
                let (layer, record) = btf.record(id).ok()?;
                let name = layer.name(record.name);
                (!name.is_empty()).then(|| (state.hash_one((record.kind, name)), id))
            })
            .collect();
        rows.sort_unstable();
        NameIndex { state, rows }
    }

    /// The ids of the types that may have this name, in order.
    fn candidates(&self, name: &str, kind: Kind) -> impl Iterator<Item = TypeId> {
        let hash = self.state.hash_one((kind, name));
        let start = self.rows.partition_point(|row| row.0 < hash);
        let rows = self.rows.get(start..).unwrap_or_default();
        rows.iter()
            .take_while(move |row| row.0 == hash)
            .map(|row| row.1)
    }
}

impl Btf {
    /// The first type of this kind and name, in the base before here; `None` if there is none or
    /// the name is empty.
    ///
    /// Several types of one kind can share a name, if files of a program define it differently.
    /// The first call sorts all names, which takes some milliseconds for a kernel's BTF; the
    /// others are quick.
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
            let index = layer.names().get_or_init(|| NameIndex::new(layer));
            index.candidates(name, kind).find(|id| {
                layer.record(*id).is_ok_and(|(layer, record)| {
                    record.kind == kind && layer.name(record.name) == name
                })
            })
        })
    }
}
