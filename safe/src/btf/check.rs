//! The one pass over a new BTF: notes where each type begins and checks what it refers to.

use super::error::BtfError;
use super::kind::{Kind, TypeId};
use super::record::Record;
use super::strings::Strings;
use super::words::Endian;

/// The offset of each type in `types`, whose first has id `first`.
pub(super) fn index(
    types: &[u8],
    endian: Endian,
    first: u32,
    strings: &Strings<'_>,
) -> Result<Vec<u32>, BtfError> {
    // A kernel's types take about 24 bytes each.
    let mut offsets = Vec::with_capacity(types.len() / 24);
    let mut checker = Checker {
        strings,
        highest: (TypeId::VOID, TypeId::VOID),
    };
    let mut offset = 0;
    let mut next = first;
    while offset < types.len() {
        let id = TypeId(next);
        next = next.checked_add(1).ok_or(BtfError::TooLarge)?;
        let record = Record::read(types, offset, endian, id)?;
        checker.record(id, &record)?;
        offsets.push(u32::try_from(offset).map_err(|_| BtfError::TooLarge)?);
        // `Record::read` has seen that many bytes.
        offset += record.len();
    }
    let (target, id) = checker.highest;
    if target.0 >= next {
        let len = usize::try_from(next).unwrap_or(usize::MAX);
        return Err(BtfError::BadReference { id, target, len });
    }
    Ok(offsets)
}

struct Checker<'a> {
    strings: &'a Strings<'a>,
    /// The highest type referred to, and by which. How many types there are is known at the end.
    highest: (TypeId, TypeId),
}

impl Checker<'_> {
    fn record(&mut self, id: TypeId, record: &Record<'_>) -> Result<(), BtfError> {
        self.name(id, record.name)?;
        match record.kind {
            Kind::Pointer
            | Kind::Typedef
            | Kind::Volatile
            | Kind::Const
            | Kind::Restrict
            | Kind::Function
            | Kind::Variable
            | Kind::TypeTag => self.reference(id, record.size_or_type),
            Kind::DeclTag => {
                self.reference(id, record.size_or_type);
                let [component] = record.row().map(|word| word as i32);
                if component < -1 {
                    return Err(BtfError::BadComponent { id, component });
                }
            }
            Kind::Array => {
                let [element, index, _len] = record.row();
                self.reference(id, element);
                self.reference(id, index);
            }
            Kind::Struct | Kind::Union => {
                for [name, ty, _offset] in record.rows() {
                    self.name(id, name)?;
                    self.reference(id, ty);
                }
            }
            Kind::FunctionProto => {
                self.reference(id, record.size_or_type);
                for [name, ty] in record.rows() {
                    self.name(id, name)?;
                    self.reference(id, ty);
                }
            }
            Kind::DataSection => {
                for [ty, _offset, _size] in record.rows() {
                    self.reference(id, ty);
                }
            }
            Kind::Enum if record.wide => {
                for [name, _low, _high] in record.rows() {
                    self.name(id, name)?;
                }
            }
            Kind::Enum => {
                for [name, _value] in record.rows() {
                    self.name(id, name)?;
                }
            }
            Kind::Void | Kind::Int | Kind::Forward | Kind::Float => {}
        }
        Ok(())
    }

    fn name(&self, id: TypeId, offset: u32) -> Result<(), BtfError> {
        if self.strings.begins_at(offset) {
            Ok(())
        } else {
            Err(BtfError::BadName { id, offset })
        }
    }

    fn reference(&mut self, id: TypeId, target: u32) {
        if target > self.highest.0.0 {
            self.highest = (TypeId(target), id);
        }
    }
}
