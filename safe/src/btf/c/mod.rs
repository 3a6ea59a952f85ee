//! Types written as C, in an order that compiles.
//!
//! For each type two passes. The first finds what has to be complete before it, by value or without a name of its own
//! ([`order`]). The second declares what is only pointed to ([`forward`]) and writes definitions ([`body`],
//! [`declaration`]). Layouts, order and names are those of libbpf's `btf_dump`, so that headers compare.
//!
//! A broken BTF costs no more than a whole one: steps and text are bounded by its size, recursion by a depth.

mod body;
mod declaration;
mod forward;
mod names;
mod order;
mod packing;
mod padding;

use super::composite::Composite;
use super::error::BtfError;
use super::file::Btf;
use super::kind::{Kind, TypeId};
use super::record::Record;
use super::rows::Enum;
use names::Names;

/// Text by bytes of BTF; the kernel's has less than one. Every name may be used many times, and longer than it is
/// declared.
const MOST_TEXT: usize = 64;
/// A few types may be mostly padding.
const LEAST_TEXT: usize = 1 << 16;
/// Steps by bytes of BTF; the kernel's takes less than one.
const MOST_STEPS: usize = 16;
/// How many types may lead from one to the next. In the kernel it is a tenth.
const MAX_STEPS_DEEP: usize = 512;

/// Those of the base included.
fn bytes(btf: &Btf) -> usize {
    let layers = std::iter::successors(Some(btf), |btf| btf.base());
    layers.map(|btf| btf.raw().len()).sum()
}

/// How much text the types of a BTF and its base may be.
pub(super) fn most_text(btf: &Btf) -> usize {
    bytes(btf)
        .saturating_mul(MOST_TEXT)
        .saturating_add(LEAST_TEXT)
}

/// The declarations of all types, those of the base included.
pub(super) fn write(btf: &Btf) -> Result<String, BtfError> {
    let bytes = bytes(btf);
    let mut writer = Writer {
        btf,
        notes: vec![Note::default(); btf.len()],
        nowhere: Note::default(),
        queue: Vec::new(),
        links: Vec::new(),
        names: Names::default(),
        text: String::with_capacity(bytes / 2),
        limit: most_text(btf),
        steps: bytes.saturating_mul(MOST_STEPS).saturating_add(LEAST_TEXT),
    };
    writer.mark_referenced();
    for id in (1..btf.len()).filter_map(|id| u32::try_from(id).ok()) {
        writer.order(TypeId(id), false, 0)?;
        for id in std::mem::take(&mut writer.queue) {
            writer.forward(id, TypeId::VOID, 0)?;
        }
    }
    Ok(writer.text)
}

struct Writer<'a> {
    btf: &'a Btf,
    /// What is known of each type, by id.
    notes: Vec<Note>,
    /// Of a type that there is not.
    nowhere: Note,
    /// What is to be defined next, in order.
    queue: Vec<TypeId>,
    /// What leads from names to types, of all declarations that are being written.
    links: Vec<declaration::Link<'a>>,
    names: Names<'a>,
    text: String,
    /// How long the text may become.
    limit: usize,
    /// How many steps may still be taken.
    steps: usize,
}

/// How far something has come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Stage {
    #[default]
    New,
    UnderWay,
    Done,
}

#[derive(Debug, Clone, Copy, Default)]
struct Note {
    ordered: Stage,
    written: Stage,
    /// It is declared; a typedef is defined.
    declared: bool,
    /// Another type refers to it.
    referenced: bool,
    /// In bytes; 0 where it was not asked for yet.
    align: u8,
    packed: bool,
}

impl<'a> Writer<'a> {
    fn note(&mut self, id: TypeId) -> &mut Note {
        let index = usize::try_from(id.0).unwrap_or(usize::MAX);
        self.notes.get_mut(index).unwrap_or(&mut self.nowhere)
    }

    /// A type as it is stored, and its own name; counts as a step.
    fn look(&mut self, id: TypeId) -> Result<Looked<'a>, BtfError> {
        self.steps = match self.steps.checked_sub(1) {
            Some(steps) if self.text.len() <= self.limit => steps,
            _ => return Err(BtfError::TooMuchText { id }),
        };
        let (layer, record) = self.btf.record(id)?;
        Ok(Looked { layer, record })
    }

    fn deeper(id: TypeId, depth: usize) -> Result<usize, BtfError> {
        let limit = MAX_STEPS_DEEP;
        match depth < limit {
            true => Ok(depth + 1),
            false => Err(BtfError::TooDeep { id, limit }),
        }
    }
}

/// A type as it is stored, and the BTF that its names are in.
#[derive(Clone, Copy)]
struct Looked<'a> {
    layer: &'a Btf,
    record: Record<'a>,
}

impl<'a> Looked<'a> {
    fn name(&self) -> &'a str {
        match self.record.name {
            0 => "",
            offset => self.layer.name(offset),
        }
    }

    fn is_named(&self) -> bool {
        !self.name().is_empty()
    }

    fn is_composite(&self) -> bool {
        matches!(self.record.kind, Kind::Struct | Kind::Union)
    }

    /// The type that its only reference is to.
    fn target(&self) -> TypeId {
        TypeId(self.record.size_or_type)
    }

    /// The type of an array's elements.
    fn element(&self) -> TypeId {
        let [element, _index, _len] = self.record.row();
        TypeId(element)
    }

    fn composite(&self) -> Composite<'a> {
        Composite::new(self.layer, &self.record)
    }

    fn enumeration(&self) -> Enum<'a> {
        Enum::new(self.layer, &self.record)
    }

    /// The types of the members of a struct or union.
    fn members(&self) -> impl Iterator<Item = TypeId> + use<'a> {
        self.record.rows().map(|[_name, ty, _offset]| TypeId(ty))
    }

    /// The types of the parameters of a function.
    fn params(&self) -> impl Iterator<Item = TypeId> + use<'a> {
        self.record.rows().map(|[_name, ty]| TypeId(ty))
    }
}
