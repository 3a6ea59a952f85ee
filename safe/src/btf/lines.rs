//! What types are made of, in lines that can be compared.

use super::c::most_text;
use super::error::BtfError;
use super::file::Btf;
use super::kind::TypeId;
use super::layout::MAX_DEPTH;
use super::types::Type;

impl Btf {
    /// What a value of this type is made of, in lines: itself, and each member with its place, down to integers and
    /// pointers, which are not followed. Values of two types whose lines are the same have the same members in the same
    /// places, in whatever BTFs they are; where they have not, the first line that differs says what does.
    ///
    /// Names of types are left out, names of members are not; those of an anonymous struct or union count as their
    /// parent's. Of an enum there is the size only: one that has more constants than the other, as that of a newer header
    /// has, is as good, and what its numbers mean is not compared.
    ///
    /// # Errors
    ///
    /// [`BtfError::NoSize`] for what has no values; [`BtfError::TooDeep`] and [`BtfError::TooMuchText`] for what no C
    /// program has; [`BtfError::NoSuchType`] if there is no type with this id.
    pub fn layout_lines(&self, id: TypeId) -> Result<Vec<String>, BtfError> {
        let mut walk = Walk {
            btf: self,
            root: id,
            lines: Vec::new(),
            left: most_text(self),
        };
        walk.value(id, &Place::default(), 0)?;
        Ok(walk.lines)
    }
}

struct Walk<'a> {
    btf: &'a Btf,
    root: TypeId,
    lines: Vec<String>,
    /// How many bytes may still be written.
    left: usize,
}

/// Where something is in the whole value.
#[derive(Default)]
struct Place {
    /// As C writes it; empty for the value itself.
    path: String,
    bit: u64,
    /// Of a bitfield, in bits.
    width: Option<u8>,
}

impl Walk<'_> {
    fn line(&mut self, place: &Place, what: &str) -> Result<(), BtfError> {
        let Place { path, bit, width } = place;
        let line = match width {
            _ if path.is_empty() => what.to_owned(),
            Some(width) => format!("`{path}`, {width} bits from bit {bit} on: {what}"),
            None => format!("`{path}` at byte {}: {what}", bit / 8),
        };
        self.left =
            (self.left.checked_sub(line.len())).ok_or(BtfError::TooMuchText { id: self.root })?;
        self.lines.push(line);
        Ok(())
    }

    fn value(&mut self, id: TypeId, place: &Place, depth: usize) -> Result<(), BtfError> {
        if depth > MAX_DEPTH {
            return Err(BtfError::TooDeep {
                id,
                limit: MAX_DEPTH,
            });
        }
        let id = self.btf.resolve(id)?;
        let ty = self.btf.get(id)?;
        let (composite, word) = match ty {
            Type::Int { is_bool: true, .. } => return self.line(place, "bool"),
            Type::Int { size, signed, .. } => {
                let sign = if signed { "signed" } else { "unsigned" };
                return self.line(place, &format!("{sign} integer of {}", bytes(size)));
            }
            Type::Float { size, .. } => {
                return self.line(place, &format!("float of {}", bytes(size)));
            }
            Type::Enum(values) => {
                return self.line(place, &format!("enum of {}", bytes(values.size)));
            }
            Type::Pointer { .. } => return self.line(place, "pointer"),
            Type::Array { element, len, .. } => {
                self.line(place, &format!("array of {len}"))?;
                let first = Place {
                    path: format!("{}[0]", place.path),
                    bit: place.bit,
                    width: None,
                };
                return self.value(element, &first, depth + 1);
            }
            Type::Struct(composite) => (composite, "struct"),
            Type::Union(composite) => (composite, "union"),
            ty => {
                return Err(BtfError::NoSize {
                    id,
                    kind: ty.kind(),
                });
            }
        };
        self.line(place, &format!("{word} of {}", bytes(composite.size)))?;
        for member in composite.members() {
            let path = match (place.path.as_str(), member.name) {
                (path, "") => path.to_owned(),
                ("", name) => name.to_owned(),
                (path, name) => format!("{path}.{name}"),
            };
            let inner = Place {
                path,
                bit: place.bit.saturating_add(u64::from(member.bit_offset)),
                width: member.bitfield_size,
            };
            self.value(member.ty, &inner, depth + 1)?;
        }
        Ok(())
    }
}

fn bytes(count: u32) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} byte{plural}")
}
