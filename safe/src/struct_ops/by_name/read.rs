//! From bytes to values.

use super::bits;
use super::place::Place;
use super::refusal::Refusal;
use super::shape::{Shape, shape};
use super::value::Value;
use crate::btf::{Btf, Composite, Enum};

/// How many values one reading may find. A broken BTF can describe arrays without end, of elements
/// without size.
const MAX_VALUES: usize = 1 << 20;

/// A struct's bytes, and how to read them.
pub(super) struct Reader<'a> {
    btf: &'a Btf,
    bytes: &'a [u8],
    /// What the 8 bytes of a callback stand for; not asked for 0.
    callback: &'a dyn Fn(u64) -> Value,
    left: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn new(
        btf: &'a Btf,
        bytes: &'a [u8],
        callback: &'a dyn Fn(u64) -> Value,
    ) -> Reader<'a> {
        Reader {
            btf,
            bytes,
            callback,
            left: MAX_VALUES,
        }
    }

    pub(super) fn value(&mut self, place: Place) -> Result<Value, Refusal> {
        self.left = self
            .left
            .checked_sub(1)
            .ok_or_else(|| Refusal::broken("a member has parts without end"))?;
        Ok(match shape(self.btf, place.ty)? {
            Shape::Int { signed } => {
                let (bits, width) = self.bits(place)?;
                if signed {
                    Value::Int(bits::signed(bits, width))
                } else {
                    match i128::try_from(bits) {
                        Ok(number) => Value::Int(number),
                        Err(_) => Value::Bytes(self.slice(place)?.to_vec()),
                    }
                }
            }
            Shape::Bool => Value::Bool(self.bits(place)?.0 != 0),
            Shape::Float => match *self.slice(place)? {
                [a, b, c, d] => Value::Float(f32::from_ne_bytes([a, b, c, d]).into()),
                [a, b, c, d, e, f, g, h] => {
                    Value::Float(f64::from_ne_bytes([a, b, c, d, e, f, g, h]))
                }
                _ => return Err(beyond_the_end()),
            },
            Shape::Enum(definition) => {
                let (bits, width) = self.bits(place)?;
                enumerator(&definition, bits, width)
            }
            Shape::Text => text(self.slice(place)?),
            Shape::Callback => match self.bits(place)?.0 {
                0 => Value::None,
                program => (self.callback)(program as u64),
            },
            Shape::Pointer => match self.bits(place)?.0 {
                0 => Value::None,
                address => Value::Int(address as i128),
            },
            Shape::Array { element, len } => {
                let mut elements = Vec::new();
                for index in 0..u64::from(len) {
                    elements.push(self.value(place.element(self.btf, element, index)?)?);
                }
                Value::Array(elements)
            }
            Shape::Composite(composite) => {
                let mut members = Vec::new();
                self.members(&composite, place, &mut members)?;
                Value::Struct(members)
            }
            Shape::Other => Value::Bytes(self.slice(place)?.to_vec()),
        })
    }

    /// The members as C finds them: those of an anonymous member are its parent's.
    fn members(
        &mut self,
        composite: &Composite<'_>,
        place: Place,
        found: &mut Vec<(String, Value)>,
    ) -> Result<(), Refusal> {
        for member in composite.members() {
            let here = place.member(&member);
            match (member.name, shape(self.btf, member.ty)?) {
                ("", Shape::Composite(inner)) => {
                    self.left = self
                        .left
                        .checked_sub(1)
                        .filter(|_| here.depth < MAX_NESTING)
                        .ok_or_else(|| Refusal::broken("its members nest without end"))?;
                    self.members(&inner, here, found)?;
                }
                // Bits to fill a gap.
                ("", _) => {}
                (name, _) => {
                    if here.depth >= MAX_NESTING {
                        return Err(Refusal::broken("its members nest without end"));
                    }
                    found.push((name.to_owned(), self.value(here)?));
                }
            }
        }
        Ok(())
    }

    fn bits(&self, place: Place) -> Result<(u128, u32), Refusal> {
        let width = place.width(self.btf)?;
        let width = u32::try_from(width).map_err(|_| beyond_the_end())?;
        let bits = bits::read(self.bytes, place.bit, width).ok_or_else(beyond_the_end)?;
        Ok((bits, width))
    }

    fn slice(&self, place: Place) -> Result<&'a [u8], Refusal> {
        place
            .bytes(self.btf)?
            .and_then(|range| self.bytes.get(range))
            .ok_or_else(beyond_the_end)
    }
}

/// How deep structs may nest in each other.
pub(super) const MAX_NESTING: u32 = 64;

pub(super) fn beyond_the_end() -> Refusal {
    Refusal::broken("BTF puts it beyond the end of its struct")
}

/// By name where the value has one.
fn enumerator(definition: &Enum<'_>, bits: u128, width: u32) -> Value {
    let low_bits = |number: i128| bits::signed(number as u128, width);
    // A narrow bitfield cannot hold every constant.
    let narrow = width < definition.size.saturating_mul(8);
    let mut values = definition.values().filter(|value| {
        !narrow || low_bits(value.value) == value.value || value.value.checked_shr(width) == Some(0)
    });
    // Compared without the sign, which clang before 15 does not write, and in the width of a bitfield.
    match values.find(|value| low_bits(value.value) == low_bits(bits as i128)) {
        Some(value) if !definition.is_truncated() => Value::Text(value.name.to_owned()),
        _ if definition.signed => Value::Int(low_bits(bits as i128)),
        _ => Value::Int(bits as i128),
    }
}

/// A string where it is one, up to a NUL that is followed by nothing else.
fn text(bytes: &[u8]) -> Value {
    let end = bytes.iter().position(|&byte| byte == 0);
    let (string, rest) = bytes.split_at(end.unwrap_or(bytes.len()));
    match std::str::from_utf8(string) {
        Ok(string) if end.is_some() && rest.iter().all(|&byte| byte == 0) => {
            Value::Text(string.to_owned())
        }
        _ => Value::Bytes(bytes.to_vec()),
    }
}
