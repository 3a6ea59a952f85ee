//! From a selection to bytes.

use super::super::error::BtfError;
use super::super::kind::{Kind, TypeId};
use super::super::record::Record;
use super::super::writer::Writer;
use super::selection::{Declarations, Place, Selection};
use std::collections::{BTreeMap, HashMap};

/// As types are stored.
const VOLATILE: u32 = 9;
const FORWARD: u32 = 7;
const KIND_FLAG: u32 = 1 << 31;

impl Selection<'_> {
    /// The selection as a BTF that stands by itself. Its bytes depend on nothing else.
    pub(in super::super) fn assemble(mut self) -> Result<Vec<u8>, BtfError> {
        let declarations = self.settle()?;
        let order = self.order()?;
        let mut ids = HashMap::new();
        for (index, place) in order.iter().enumerate() {
            let id = u32::try_from(index + 1).map_err(|_| BtfError::TooLarge)?;
            if let Some(place) = place {
                ids.insert(*place, id);
            }
        }
        let tags = declare(&declarations, order.len(), &mut ids)?;
        let mut assembly = Assembly {
            selection: &self,
            ids,
            writer: Writer::new(self.sources.base().endian()),
        };
        for place in order {
            match place {
                Some(place) => assembly.write(place)?,
                // Says nothing: `volatile void`, without a name.
                None => assembly.writer.add([0, VOLATILE << 24, 0], &[]),
            }
        }
        for (is_union, name) in tags {
            let name = assembly.writer.name(name)?;
            let flag = if is_union { KIND_FLAG } else { 0 };
            assembly.writer.add([name, FORWARD << 24 | flag, 0], &[]);
        }
        assembly.writer.finish()
    }

    /// What has which id, from 1 on. Pinned types have theirs, the others are in between; where there are too
    /// few, nothing is.
    fn order(&self) -> Result<Vec<Option<Place>>, BtfError> {
        let mut pinned = BTreeMap::new();
        for &place in &self.pinned {
            if pinned.insert(place.id, place).is_some() {
                return Err(BtfError::SameId { id: place.id });
            }
        }
        let is_pinned = |place: &Place| self.pinned.contains(place);
        let mut others = self.kept.keys().filter(|place| !is_pinned(place));
        let last_pinned = pinned.keys().next_back().copied();
        let mut order = Vec::new();
        for next in 1.. {
            let id = TypeId(next);
            let place = pinned.get(&id).or_else(|| others.next()).copied();
            if place.is_none() && last_pinned.is_none_or(|last| last < id) {
                break;
            }
            order.push(place);
        }
        Ok(order)
    }
}

/// Gives ids to declarations, one for a name. They follow the `written` types.
fn declare<'b>(
    declarations: &Declarations<'b>,
    written: usize,
    ids: &mut HashMap<Place, u32>,
) -> Result<Vec<(bool, &'b str)>, BtfError> {
    let mut tags = Vec::new();
    let mut known = HashMap::new();
    for (&place, &tag) in &declarations.places {
        let id = *known.entry(tag).or_insert_with(|| {
            tags.push(tag);
            written + tags.len()
        });
        ids.insert(place, u32::try_from(id).map_err(|_| BtfError::TooLarge)?);
    }
    for (place, defined) in &declarations.defined {
        if let Some(&id) = ids.get(defined) {
            ids.insert(*place, id);
        }
    }
    Ok(tags)
}

struct Assembly<'s, 'b> {
    selection: &'s Selection<'b>,
    ids: HashMap<Place, u32>,
    writer: Writer,
}

impl Assembly<'_, '_> {
    /// The new id of a type that `place` refers to; `void` stands for what is not kept.
    fn id(&self, place: Place, id: u32) -> u32 {
        let target = self.selection.sources.place(place.source, TypeId(id));
        self.ids.get(&target).copied().unwrap_or(0)
    }

    fn write(&mut self, place: Place) -> Result<(), BtfError> {
        let (layer, record) = self.selection.sources.record(place)?;
        let name = self.writer.name(layer.name(record.name))?;
        let size_or_type = match record.kind {
            Kind::Pointer
            | Kind::Typedef
            | Kind::Volatile
            | Kind::Const
            | Kind::Restrict
            | Kind::TypeTag
            | Kind::Function
            | Kind::FunctionProto
            | Kind::Variable
            | Kind::DeclTag => self.id(place, record.size_or_type),
            _ => record.size_or_type,
        };
        let tail = match record.kind {
            Kind::Array => {
                let [element, index, len] = record.row();
                vec![self.id(place, element), self.id(place, index), len]
            }
            Kind::Struct | Kind::Union => {
                self.rows(place, &record, |this, [name, ty, offset]| {
                    let name = this.writer.name(layer.name(name))?;
                    Ok([name, this.id(place, ty), offset])
                })?
            }
            Kind::Enum if record.wide => self.rows(place, &record, |this, [name, low, high]| {
                Ok([this.writer.name(layer.name(name))?, low, high])
            })?,
            Kind::Enum => self.rows(place, &record, |this, [name, value]| {
                Ok([this.writer.name(layer.name(name))?, value])
            })?,
            Kind::FunctionProto => {
                let mut tail = Vec::new();
                for [name, ty] in record.rows() {
                    let name = self.writer.name(layer.name(name))?;
                    tail.extend([name, self.id(place, ty)]);
                }
                tail
            }
            Kind::DataSection => {
                let rows = record.rows();
                rows.flat_map(|[ty, offset, size]| [self.id(place, ty), offset, size])
                    .collect()
            }
            _ => record.rows::<1>().flatten().collect(),
        };
        let vlen = match record.kind {
            Kind::Struct | Kind::Union => tail.len() / 3,
            Kind::Enum if record.wide => tail.len() / 3,
            Kind::Enum => tail.len() / 2,
            _ => usize::try_from(record.vlen).unwrap_or_default(),
        };
        let vlen = u32::try_from(vlen).map_err(|_| BtfError::TooLarge)?;
        let flag = if record.flag { KIND_FLAG } else { 0 };
        let info = record.number() << 24 | flag | vlen;
        self.writer.add([name, info, size_or_type], &tail);
        Ok(())
    }

    /// The rows that are kept, changed.
    fn rows<const N: usize>(
        &mut self,
        place: Place,
        record: &Record<'_>,
        mut change: impl FnMut(&mut Self, [u32; N]) -> Result<[u32; N], BtfError>,
    ) -> Result<Vec<u32>, BtfError> {
        let selection = self.selection;
        let kept = selection.kept.get(&place);
        let mut tail = Vec::new();
        for (index, row) in (0..).zip(record.rows::<N>()) {
            if kept.is_some_and(|rows| rows.has(index)) {
                tail.extend(change(self, row)?);
            }
        }
        Ok(tail)
    }
}
