//! Enums: by name or by number.

use super::number::{Number, NumberVisitor};
use serde_core::de::{Deserializer, Error, Visitor};
use serde_core::ser::Serializer;
use std::fmt;
use std::marker::PhantomData;

/// A C enum's integer, and its constants.
pub trait Constants: Copy + From<Self::Int> + Into<Self::Int> {
    /// The integer that it is.
    type Int: Copy + PartialEq + 'static;
    /// The constants, in C's order.
    const CONSTANTS: &'static [(&'static str, Self::Int)];
}

/// Reads the name of a constant, or a number.
pub fn deserialize_constant<'de, T, D>(member: &'static str, deserializer: D) -> Result<T, D::Error>
where
    T: Constants<Int: Number>,
    D: Deserializer<'de>,
{
    deserializer.deserialize_any(ConstantVisitor {
        member,
        constant: PhantomData,
    })
}

/// Writes the name of a constant, or the number where there is none.
pub fn serialize_constant<T, S>(value: T, serializer: S) -> Result<S::Ok, S::Error>
where
    T: Constants<Int: super::Field>,
    S: Serializer,
{
    let number = value.into();
    let mut constants = T::CONSTANTS.iter();
    match constants.find(|(_, constant)| *constant == number) {
        Some((name, _)) => serializer.serialize_str(plain_name(name)),
        None => super::Field::serialize(&number, serializer),
    }
}

/// The name in C.
fn plain_name(name: &str) -> &str {
    name.strip_prefix("r#").unwrap_or(name)
}

struct ConstantVisitor<T> {
    member: &'static str,
    constant: PhantomData<T>,
}

impl<T: Constants<Int: Number>> ConstantVisitor<T> {
    fn number(&self) -> NumberVisitor<T::Int> {
        NumberVisitor {
            member: self.member,
            number: PhantomData,
        }
    }
}

impl<T: Constants<Int: Number>> Visitor<'_> for ConstantVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "a number or the name of a constant for `{}`",
            self.member
        )
    }

    fn visit_str<E: Error>(self, found: &str) -> Result<T, E> {
        let mut constants = T::CONSTANTS.iter();
        match constants.find(|(name, _)| plain_name(name) == found) {
            Some((_, value)) => Ok(T::from(*value)),
            None => Err(E::custom(format!(
                "`{}` is {}, found `{found}`",
                self.member,
                one_of(T::CONSTANTS.iter().map(|(name, _)| plain_name(name)))
            ))),
        }
    }

    fn visit_u64<E: Error>(self, found: u64) -> Result<T, E> {
        self.number().check(found).map(T::from)
    }

    fn visit_i64<E: Error>(self, found: i64) -> Result<T, E> {
        self.number().check(found).map(T::from)
    }
}

/// "one of `a`, `b`"
pub(super) fn one_of<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<_> = names.map(|name| format!("`{name}`")).collect();
    match names.as_slice() {
        [] => "nothing, as there is none".to_owned(),
        [only] => only.clone(),
        _ => format!("one of {}", names.join(", ")),
    }
}
