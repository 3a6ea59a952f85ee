//! From a selection to bytes.

use super::super::error::BtfError;
use super::super::kind::{Kind, TypeId};
use super::super::rewrite::{Change, KIND_FLAG};
use super::super::writer::Writer;
use super::selection::{Declarations, Place, Selection};
use std::collections::{BTreeMap, HashMap};

/// As types are stored.
const VOLATILE: u32 = 9;
const FORWARD: u32 = 7;

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
    fn write(&mut self, place: Place) -> Result<(), BtfError> {
        let (sources, ids, writer) = (&self.selection.sources, &self.ids, &mut self.writer);
        let (layer, record) = sources.record(place)?;
        let kept = self.selection.kept.get(&place);
        // Only these are kept in part: a function without one of its parameters is another function.
        let in_part = matches!(record.kind, Kind::Struct | Kind::Union | Kind::Enum);
        let (head, tail) = Change {
            name: |name| writer.name(layer.name(name)),
            // `void` stands for what is not kept.
            id: |id| {
                let target = sources.place(place.source, TypeId(id));
                Ok(ids.get(&target).copied().unwrap_or(0))
            },
            keeps: |row| !in_part || kept.is_some_and(|rows| rows.has(row)),
        }
        .of(&record)?;
        self.writer.add(head, &tail);
        Ok(())
    }
}
