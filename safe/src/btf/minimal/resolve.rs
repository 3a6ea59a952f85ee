//! From what is asked to what is kept of the kernel's types.
//!
//! A type that libbpf takes into account (a *candidate*: one of the kind and, but for its flavour, of the name)
//! is kept so far that libbpf comes to the same result. Whether a field or type is compatible with the
//! object's is left to libbpf: what is not compatible with the whole is not with the part.

use super::super::kernel::KernelBtf;
use super::super::kind::{Kind, TypeId};
use super::super::part::{Need, Place, Selection, Sources};
use super::super::{Btf, BtfError, Type};
use super::request::{About, Request, Step};
use crate::struct_ops::essential_name;
use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap, HashSet};

/// How deep libbpf looks into anonymous members.
const MAX_DEPTH: usize = 64;

/// Keeps what the requests need.
pub(super) fn select<'k>(
    kernel: &'k KernelBtf,
    requests: &BTreeSet<Request>,
) -> Result<Selection<'k>, BtfError> {
    let sources = Sources::from(kernel);
    let candidates = Candidates::find(sources, requests)?;
    let mut selection = Selection::of(sources);
    for request in requests {
        for &place in candidates.of(request) {
            match &request.about {
                About::Field(steps) => keep_field(&mut selection, sources, place, steps)?,
                About::Type => selection.keep(place, Need::Outline)?,
                About::Id => {
                    selection.keep(place, Need::Outline)?;
                    selection.pin(place);
                }
                About::Match => selection.keep(place, Need::Match)?,
                About::Value(name) => keep_value(&mut selection, sources, place, name)?,
            }
        }
    }
    Ok(selection)
}

/// The types that may be meant, by kind and name.
struct Candidates<'r>(HashMap<(Kind, &'r str), Vec<Place>>);

impl<'r> Candidates<'r> {
    fn find(
        sources: Sources<'_>,
        requests: &'r BTreeSet<Request>,
    ) -> Result<Candidates<'r>, BtfError> {
        let mut found = HashMap::new();
        for Request { kind, name, .. } in requests {
            if let Entry::Vacant(entry) = found.entry((*kind, name.as_str())) {
                entry.insert(places(sources, *kind, name)?);
            }
        }
        Ok(Candidates(found))
    }

    fn of(&self, request: &'r Request) -> &[Place] {
        let found = self.0.get(&(request.kind, request.name.as_str()));
        found.map(Vec::as_slice).unwrap_or_default()
    }
}

/// Where the types of this kind and name are, flavours aside. libbpf looks into modules only for what the kernel
/// itself does not have.
fn places(sources: Sources<'_>, kind: Kind, name: &str) -> Result<Vec<Place>, BtfError> {
    let mut places = Vec::new();
    for (source, btf) in sources.all() {
        if source > 0
            && places
                .first()
                .is_some_and(|first: &Place| first.source == 0)
        {
            break;
        }
        for id in btf.candidates(name) {
            let (layer, record) = btf.record(id)?;
            if record.kind == kind && essential_name(layer.name(record.name)) == name {
                places.push(sources.place(source, id));
            }
        }
    }
    Ok(places)
}

/// Whether some type that is asked for is not in this BTF: modules may have it.
pub(super) fn is_lacking(btf: &Btf, requests: &BTreeSet<Request>) -> Result<bool, BtfError> {
    for Request { kind, name, .. } in requests {
        if places(Sources::from(btf), *kind, name)?.is_empty() {
            return Ok(true);
        }
    }
    Ok(false)
}

fn keep_value(
    selection: &mut Selection<'_>,
    sources: Sources<'_>,
    root: Place,
    name: &str,
) -> Result<(), BtfError> {
    let btf = sources.btf(root);
    let id = btf.resolve(root.id)?;
    if let Type::Enum(list) = btf.get(id)? {
        // The first of the name, as libbpf takes it.
        let row = (0..).zip(list.values());
        let row = row
            .filter(|(_, value)| essential_name(value.name) == name)
            .map(|(row, _)| row)
            .next();
        if let Some(row) = row {
            selection.keep(root, Need::Size)?;
            selection.keep_row(sources.place(root.source, id), row);
        }
    }
    Ok(())
}

/// A member on the way to a field.
struct Found {
    composite: TypeId,
    row: u32,
    ty: TypeId,
}

/// Keeps what is on the way to a field; nothing where the way does not lead there.
fn keep_field(
    selection: &mut Selection<'_>,
    sources: Sources<'_>,
    root: Place,
    steps: &[Step],
) -> Result<(), BtfError> {
    let btf = sources.btf(root);
    let mut way = Vec::new();
    let mut at = root.id;
    for step in steps {
        at = btf.resolve(at)?;
        match (step, btf.get(at)?) {
            (Step::Member(name), Type::Struct(_) | Type::Union(_)) => {
                let mut search = Search {
                    sources,
                    source: root.source,
                    name,
                    seen: HashSet::new(),
                    way: &mut way,
                };
                match search.member(at, MAX_DEPTH)? {
                    Some(ty) => at = ty,
                    None => return Ok(()),
                }
            }
            (Step::Element, Type::Array { element, .. }) => at = element,
            _ => return Ok(()),
        }
    }
    selection.keep(root, Need::Size)?;
    for Found { composite, row, ty } in way {
        selection.keep_row(sources.place(root.source, composite), row);
        selection.keep(sources.place(root.source, ty), Need::Size)?;
    }
    Ok(())
}

/// The search for a member by name.
struct Search<'s, 'b> {
    sources: Sources<'b>,
    source: usize,
    name: &'s str,
    /// What was looked through in vain.
    seen: HashSet<TypeId>,
    way: &'s mut Vec<Found>,
}

impl Search<'_, '_> {
    /// The type of the member; what leads there, anonymous members too, is added to the way.
    fn member(&mut self, composite: TypeId, depth: usize) -> Result<Option<TypeId>, BtfError> {
        let place = self.sources.place(self.source, composite);
        let btf = self.sources.btf(place);
        let (Type::Struct(list) | Type::Union(list)) = btf.get(composite)? else {
            return Ok(None);
        };
        if depth == 0 || !self.seen.insert(composite) {
            return Ok(None);
        }
        for (row, member) in (0..).zip(list.members()) {
            let ty = member.ty;
            let last = || Found { composite, row, ty };
            if member.name == self.name {
                self.way.push(last());
                // An array without a length is open-ended where it is the last member, and only there.
                let is_open = matches!(btf.get(btf.resolve(ty)?)?, Type::Array { len: 0, .. });
                if let (true, Some((row, member))) = (is_open, (0..).zip(list.members()).last()) {
                    let ty = member.ty;
                    self.way.push(Found { composite, row, ty });
                }
                return Ok(Some(ty));
            }
            if member.name.is_empty() {
                let len = self.way.len();
                self.way.push(last());
                let inner = btf.resolve(ty)?;
                if let Some(found) = self.member(inner, depth - 1)? {
                    return Ok(Some(found));
                }
                self.way.truncate(len);
            }
        }
        Ok(None)
    }
}
