//! From values to bytes, checked against BTF.

use super::bits;
use super::near::nearest;
use super::place::{Place, find};
use super::read::beyond_the_end;
use super::refusal::Refusal;
use super::shape::{Shape, shape};
use super::value::Value;
use crate::btf::{Btf, Composite, Enum, TypeId};
use crate::data::CharArrayError;

/// A struct's bytes, to be changed. Where a value is refused they may have changed in part: the caller
/// works on a copy.
pub(super) struct Writer<'a> {
    pub(super) btf: &'a Btf,
    pub(super) bytes: &'a mut [u8],
    /// The address of a program, which is what goes into the bytes.
    pub(super) program: &'a dyn Fn(&str) -> Result<u64, Refusal>,
}

impl Writer<'_> {
    pub(super) fn set(&mut self, place: Place, value: &Value) -> Result<(), Refusal> {
        let c_type = || self.btf.c_name(place.ty);
        match (shape(self.btf, place.ty)?, value) {
            (Shape::Int { .. } | Shape::Text | Shape::Other, Value::Bytes(bytes)) => {
                self.bytes(place, bytes)
            }
            (Shape::Int { signed }, Value::Int(number)) => {
                self.number(place, *number, range(self.width(place)?, signed))
            }
            (Shape::Int { signed }, other) => {
                let (low, high) = range(self.width(place)?, signed);
                let expected = format!("a number from {low} to {high} (`{}`)", c_type());
                Err(Refusal::value(expected, other))
            }
            (Shape::Bool, Value::Bool(value)) => self.bits(place, u128::from(*value)),
            (Shape::Bool, Value::Int(number @ (0 | 1))) => self.bits(place, *number as u128),
            (Shape::Bool, other) => Err(Refusal::value("true or false", other)),
            (Shape::Float, value) => self.float(place, value),
            (Shape::Enum(definition), Value::Int(number)) => {
                self.number(place, *number, enum_range(&definition, self.width(place)?))
            }
            (Shape::Enum(definition), Value::Text(name)) => {
                let number = enumerator(&definition, name)?;
                self.number(place, number, enum_range(&definition, self.width(place)?))
            }
            (Shape::Enum(_), other) => {
                let expected = format!("a number, or the name of a constant of `{}`", c_type());
                Err(Refusal::value(expected, other))
            }
            (Shape::Text, Value::Text(text)) => self.text(place, text),
            (Shape::Text, other) => {
                let expected = format!("a string (`{}`)", c_type());
                Err(Refusal::value(expected, other))
            }
            (Shape::Callback, Value::None) => self.bits(place, 0),
            (Shape::Callback, Value::Text(name) | Value::Callback(name)) => {
                if place.depth > 1 {
                    return Err(Refusal::invalid(
                        "the kernel takes callbacks only as members of the struct_ops type itself",
                    ));
                }
                let program = (self.program)(name)?;
                self.bits(place, program.into())
            }
            (Shape::Callback, other) => Err(Refusal::value("the name of a program", other)),
            (Shape::Pointer, Value::None | Value::Int(0)) => self.bits(place, 0),
            (Shape::Pointer, other) => Err(Refusal::value(
                format!(
                    "NULL, as the kernel takes no pointer to data from user space (`{}`)",
                    c_type()
                ),
                other,
            )),
            (Shape::Array { element, len }, Value::Array(values)) => {
                self.array(place, element, len, values)
            }
            (Shape::Array { len, .. }, other) => {
                let expected = format!("an array of {len} elements (`{}`)", c_type());
                Err(Refusal::value(expected, other))
            }
            (Shape::Composite(composite), Value::Struct(members)) => {
                self.members(place, &composite, members)
            }
            (Shape::Composite(_), other) => {
                let expected = format!("members by name (`{}`)", c_type());
                Err(Refusal::value(expected, other))
            }
            (Shape::Other, other) => Err(Refusal::value(
                format!("{} bytes (`{}`)", self.width(place)? / 8, c_type()),
                other,
            )),
        }
    }

    fn number(
        &mut self,
        place: Place,
        number: i128,
        (low, high): (i128, i128),
    ) -> Result<(), Refusal> {
        if number < low || number > high {
            let c_type = self.btf.c_name(place.ty);
            let c_type = match place.bitfield {
                Some(width) => format!("{c_type} : {width}"),
                None => c_type,
            };
            return Err(Refusal::value(
                format!("a number from {low} to {high} (`{c_type}`)"),
                number,
            ));
        }
        self.bits(place, number as u128)
    }

    fn float(&mut self, place: Place, value: &Value) -> Result<(), Refusal> {
        let number = match value {
            Value::Float(number) => *number,
            // Any of these is a double.
            Value::Int(number) if number.unsigned_abs() < 1 << 53 => *number as f64,
            other => return Err(Refusal::value("a floating-point number", other)),
        };
        match self.width(place)? {
            32 => self.bytes(place, &(number as f32).to_ne_bytes()),
            _ => self.bytes(place, &number.to_ne_bytes()),
        }
    }

    fn text(&mut self, place: Place, text: &str) -> Result<(), Refusal> {
        let room = self.slice(place)?;
        let (length, size) = (text.len(), room.len());
        let error = if let Some(position) = text.bytes().position(|byte| byte == 0) {
            let text = text.to_owned();
            CharArrayError::InnerNul { text, position }
        } else if length >= size {
            let text = text.to_owned();
            CharArrayError::TooLong { text, length, size }
        } else {
            let bytes = text.bytes().chain(std::iter::repeat(0));
            room.iter_mut().zip(bytes).for_each(|(to, byte)| *to = byte);
            return Ok(());
        };
        Err(Refusal::invalid(error.to_string()))
    }

    fn array(
        &mut self,
        place: Place,
        element: TypeId,
        len: u32,
        values: &[Value],
    ) -> Result<(), Refusal> {
        if values.len() as u64 != u64::from(len) {
            return Err(Refusal::value(
                format!(
                    "an array of {len} elements (`{}`)",
                    self.btf.c_name(place.ty)
                ),
                format!("{} elements", values.len()),
            ));
        }
        for (value, index) in values.iter().zip(0..) {
            let within = |refusal: Refusal| refusal.at(format!("[{index}]"));
            let place = place.element(self.btf, element, index)?;
            self.set(place, value).map_err(within)?;
        }
        Ok(())
    }

    fn members(
        &mut self,
        place: Place,
        composite: &Composite<'_>,
        members: &[(String, Value)],
    ) -> Result<(), Refusal> {
        if composite.is_union && members.len() > 1 {
            return Err(Refusal::value(
                "one member, as those of a union overlap",
                format!("{} members", members.len()),
            ));
        }
        for (name, value) in members {
            let within = |refusal: Refusal| refusal.at(format!(".{name}"));
            let place = find(self.btf, place, name).map_err(within)?;
            self.set(place, value).map_err(within)?;
        }
        Ok(())
    }

    fn width(&self, place: Place) -> Result<u32, Refusal> {
        u32::try_from(place.width(self.btf)?).map_err(|_| beyond_the_end())
    }

    fn bits(&mut self, place: Place, bits: u128) -> Result<(), Refusal> {
        let width = self.width(place)?;
        bits::write(self.bytes, place.bit, width, bits).ok_or_else(beyond_the_end)
    }

    fn bytes(&mut self, place: Place, bytes: &[u8]) -> Result<(), Refusal> {
        let room = self.slice(place)?;
        if room.len() != bytes.len() {
            return Err(Refusal::value(
                format!("{} bytes", room.len()),
                format!("{} bytes", bytes.len()),
            ));
        }
        room.copy_from_slice(bytes);
        Ok(())
    }

    fn slice(&mut self, place: Place) -> Result<&mut [u8], Refusal> {
        place
            .bytes(self.btf)?
            .and_then(|range| self.bytes.get_mut(range))
            .ok_or_else(beyond_the_end)
    }
}

/// The least and the greatest number of so many bits, as far as an `i128` goes.
fn range(width: u32, signed: bool) -> (i128, i128) {
    let max = |bits: u32| {
        1i128
            .checked_shl(bits)
            .filter(|_| bits < 127)
            .map_or(i128::MAX, |beyond| beyond - 1)
    };
    if signed {
        let high = max(width.saturating_sub(1));
        (-high - 1, high)
    } else {
        (0, max(width))
    }
}

/// Clang before 15 does not say that an enum is signed: then -1 and 0xffffffff are the same.
fn enum_range(definition: &Enum<'_>, width: u32) -> (i128, i128) {
    let (low, high) = range(width, true);
    if definition.signed {
        (low, high)
    } else {
        (low, range(width, false).1)
    }
}

fn enumerator(definition: &Enum<'_>, name: &str) -> Result<i128, Refusal> {
    let mut values = definition.values();
    match values.clone().find(|value| value.name == name) {
        Some(_) if definition.is_truncated() => Err(Refusal::invalid(format!(
            "the compiler has left out half of the value of `{name}`: set it by number"
        ))),
        Some(value) => Ok(value.value),
        None => {
            let near = nearest(name, values.clone().map(|value| value.name));
            let known: Vec<_> = values
                .by_ref()
                .take(SHOWN)
                .map(|value| format!("`{}`", value.name))
                .collect();
            let more = if values.len() == 0 { "" } else { ", …" };
            let refusal = Refusal::value(
                format!("one of {}{more}", known.join(", ")),
                format!("`{name}`"),
            );
            Err(match near {
                Some(near) => refusal.with_hint(format!("did you mean `{near}`?")),
                None => refusal,
            })
        }
    }
}

/// How many constants an error lists.
const SHOWN: usize = 8;

#[cfg(test)]
mod tests {
    use super::range;

    #[test]
    fn ranges_are_those_of_c() {
        assert_eq!(range(8, false), (0, 255));
        assert_eq!(range(8, true), (-128, 127));
        assert_eq!(range(1, true), (-1, 0));
        assert_eq!(range(64, false), (0, u64::MAX.into()));
        assert_eq!(range(64, true), (i64::MIN.into(), i64::MAX.into()));
        assert_eq!(range(128, true), (i128::MIN, i128::MAX));
        assert_eq!(range(128, false), (0, i128::MAX));
    }
}
