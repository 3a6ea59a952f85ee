//! Which types of several BTFs are kept, and how much of each.

use super::super::error::BtfError;
use super::super::file::Btf;
use super::super::kernel::KernelBtf;
use super::super::kind::{Kind, TypeId};
use super::super::record::Record;
use super::need::Need;
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// A BTF, and others that are split from it.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Sources<'b> {
    base: &'b Btf,
    splits: &'b [Btf],
}

impl<'b> From<&'b KernelBtf> for Sources<'b> {
    fn from(kernel: &'b KernelBtf) -> Self {
        Sources {
            base: kernel.vmlinux(),
            splits: kernel.modules(),
        }
    }
}

impl<'b> From<&'b Btf> for Sources<'b> {
    fn from(btf: &'b Btf) -> Self {
        match btf.base() {
            None => Sources {
                base: btf,
                splits: &[],
            },
            Some(base) => Sources {
                base,
                splits: std::slice::from_ref(btf),
            },
        }
    }
}

/// Where a type is: the base is 0, a split BTF one more than its place among them. Types of the base that are seen
/// from a split BTF are in the base.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(in super::super) struct Place {
    pub(in super::super) source: usize,
    pub(in super::super) id: TypeId,
}

impl<'b> Sources<'b> {
    pub(in super::super) fn base(self) -> &'b Btf {
        self.base
    }

    /// Every BTF with its number.
    pub(in super::super) fn all(self) -> impl Iterator<Item = (usize, &'b Btf)> {
        std::iter::once(self.base).chain(self.splits).enumerate()
    }

    pub(in super::super) fn btf(self, place: Place) -> &'b Btf {
        let split = place.source.checked_sub(1);
        split
            .and_then(|index| self.splits.get(index))
            .unwrap_or(self.base)
    }

    pub(in super::super) fn place(self, source: usize, id: TypeId) -> Place {
        let in_base = usize::try_from(id.0).is_ok_and(|id| id < self.base.len());
        Place {
            source: if in_base { 0 } else { source },
            id,
        }
    }

    /// A type as it is stored, and the BTF that its names are in.
    pub(in super::super) fn record(self, place: Place) -> Result<(&'b Btf, Record<'b>), BtfError> {
        self.btf(place).record(place.id)
    }
}

/// Which rows of a type are kept: members of a struct, values of an enum. Of other types always all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Rows {
    All,
    These(BTreeSet<u32>),
}

impl Default for Rows {
    fn default() -> Rows {
        Rows::These(BTreeSet::new())
    }
}

impl Rows {
    pub(super) fn has(&self, row: u32) -> bool {
        match self {
            Rows::All => true,
            Rows::These(rows) => rows.contains(&row),
        }
    }
}

/// Types to keep. Who asks for one gets with it what it cannot do without.
#[derive(Debug)]
pub(in super::super) struct Selection<'b> {
    pub(super) sources: Sources<'b>,
    pub(super) kept: BTreeMap<Place, Rows>,
    /// Structs and unions of which C needs a declaration, without members.
    declared: BTreeSet<Place>,
    /// Types that have to have the ids that they have in their source.
    pub(super) pinned: BTreeSet<Place>,
    seen: HashSet<(Place, Need)>,
}

impl<'b> Selection<'b> {
    pub(in super::super) fn of(sources: Sources<'b>) -> Selection<'b> {
        Selection {
            sources,
            kept: BTreeMap::new(),
            declared: BTreeSet::new(),
            pinned: BTreeSet::new(),
            seen: HashSet::new(),
        }
    }

    /// Keeps this id for the type, which is kept.
    pub(in super::super) fn pin(&mut self, place: Place) {
        self.pinned.insert(place);
    }

    /// Keeps one row of a type: a member of a struct, without its type, or a value of an enum.
    pub(in super::super) fn keep_row(&mut self, place: Place, row: u32) {
        if let Rows::These(rows) = self.kept.entry(place).or_default() {
            rows.insert(row);
        }
    }

    /// Keeps what is needed of a type.
    pub(in super::super) fn keep(&mut self, place: Place, need: Need) -> Result<(), BtfError> {
        let mut open = vec![(place, need)];
        while let Some((place, need)) = open.pop() {
            if place.id.is_void() || !self.seen.insert((place, need)) {
                continue;
            }
            let (_, record) = self.sources.record(place)?;
            let mut next = |id: u32, need: Need| {
                open.push((self.sources.place(place.source, TypeId(id)), need));
            };
            let mut all = false;
            match record.kind {
                Kind::Pointer => {
                    if let Some(need) = need.of_pointee() {
                        next(record.size_or_type, need);
                    }
                }
                Kind::Array => {
                    let [element, index, _len] = record.row();
                    next(element, need.of_elements());
                    next(index, Need::Size);
                }
                Kind::Struct | Kind::Union if need == Need::Pointee && record.name != 0 => {
                    self.declared.insert(place);
                    continue;
                }
                Kind::Forward if need.is_for_c() => {
                    self.declared.insert(place);
                    continue;
                }
                Kind::Struct | Kind::Union => {
                    // A pointer to a struct without a name has nothing but its members to declare it by.
                    let need = if need == Need::Pointee {
                        Need::Value
                    } else {
                        need
                    };
                    if let Some(need) = need.of_members() {
                        all = true;
                        for [_name, ty, _offset] in record.rows() {
                            next(ty, need);
                        }
                    }
                }
                Kind::Enum => all = need.has_enum_values(),
                Kind::FunctionProto => {
                    if let Some(need) = need.of_signature() {
                        next(record.size_or_type, need);
                        for [_name, ty] in record.rows() {
                            next(ty, need);
                        }
                    }
                }
                Kind::Typedef
                | Kind::Volatile
                | Kind::Const
                | Kind::Restrict
                | Kind::TypeTag
                | Kind::Function
                | Kind::Variable => next(record.size_or_type, need),
                Kind::DataSection => {
                    all = true;
                    for [ty, _offset, _size] in record.rows() {
                        next(ty, need);
                    }
                }
                // What is tagged need not be kept for the tag.
                Kind::DeclTag => continue,
                Kind::Void | Kind::Int | Kind::Forward | Kind::Float => {}
            }
            let rows = self.kept.entry(place).or_default();
            if all {
                *rows = Rows::All;
            }
        }
        Ok(())
    }

    /// The declarations that are to be written, and for those that are not what is in their place: in C a
    /// declaration means the struct of that name.
    ///
    /// Files of one kernel may define different structs of one name. Where one of them is kept, no other can
    /// be just declared: it is kept, too.
    pub(super) fn settle(&mut self) -> Result<Declarations<'b>, BtfError> {
        loop {
            let mut defined = BTreeMap::new();
            for &place in self.kept.keys() {
                let (layer, record) = self.sources.record(place)?;
                if matches!(record.kind, Kind::Struct | Kind::Union) && record.name != 0 {
                    let tag = (record.kind == Kind::Union, layer.name(record.name));
                    defined.entry(tag).or_insert(place);
                }
            }
            let mut declarations = Declarations::default();
            let mut others = Vec::new();
            for &place in &self.declared {
                if self.kept.contains_key(&place) {
                    continue;
                }
                let (layer, record) = self.sources.record(place)?;
                let is_forward = record.kind == Kind::Forward;
                let is_union = record.kind == Kind::Union || is_forward && record.flag;
                let tag = (is_union, layer.name(record.name));
                match defined.get(&tag) {
                    Some(&same) if is_forward => {
                        declarations.defined.insert(place, same);
                    }
                    Some(_) => others.push(place),
                    None => {
                        declarations.places.insert(place, tag);
                    }
                }
            }
            if others.is_empty() {
                return Ok(declarations);
            }
            for place in others {
                self.keep(place, Need::Value)?;
            }
        }
    }
}

/// What is only declared: by whether it is a union, and by name.
#[derive(Debug, Default)]
pub(super) struct Declarations<'b> {
    /// What is written as a declaration.
    pub(super) places: BTreeMap<Place, (bool, &'b str)>,
    /// Declarations of what is kept.
    pub(super) defined: BTreeMap<Place, Place>,
}
