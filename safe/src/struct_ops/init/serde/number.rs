use super::field::Field;
use crate::data::{Bool, Pointer};
use serde_core::de::{Deserializer, Error, Visitor};
use serde_core::ser::Serializer;
use std::fmt;
use std::marker::PhantomData;

/// An integer type with its range.
pub trait Number: TryFrom<u64> + TryFrom<i64> + TryFrom<u128> + TryFrom<i128> {
    /// The least and the greatest.
    const RANGE: (i128, u128);
}

pub(super) struct NumberVisitor<T> {
    pub(super) member: &'static str,
    pub(super) number: PhantomData<T>,
}

impl<T: Number> NumberVisitor<T> {
    pub(super) fn check<E: Error>(
        &self,
        found: impl fmt::Display + Copy + TryInto<T>,
    ) -> Result<T, E> {
        let (low, high) = T::RANGE;
        let error = |_| {
            let member = self.member;
            E::custom(format!(
                "`{member}` takes a number from {low} to {high}, found {found}"
            ))
        };
        found.try_into().map_err(|_| ()).map_err(error)
    }
}

impl<T: Number> Visitor<'_> for NumberVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (low, high) = T::RANGE;
        write!(f, "a number from {low} to {high} for `{}`", self.member)
    }

    fn visit_u64<E: Error>(self, found: u64) -> Result<T, E> {
        self.check(found)
    }

    fn visit_i64<E: Error>(self, found: i64) -> Result<T, E> {
        self.check(found)
    }

    fn visit_u128<E: Error>(self, found: u128) -> Result<T, E> {
        self.check(found)
    }

    fn visit_i128<E: Error>(self, found: i128) -> Result<T, E> {
        self.check(found)
    }
}

macro_rules! integers {
    ($($int:ident $serialize:ident $deserialize:ident),* $(,)?) => {
        $(
            impl Number for $int {
                const RANGE: (i128, u128) = ($int::MIN as i128, $int::MAX as u128);
            }

            impl Field for $int {
                fn deserialize<'de, D: Deserializer<'de>>(
                    member: &'static str,
                    deserializer: D,
                ) -> Result<Self, D::Error> {
                    let number = PhantomData;
                    deserializer.$deserialize(NumberVisitor { member, number })
                }

                fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                    serializer.$serialize(*self)
                }
            }
        )*
    };
}
integers!(
    u8 serialize_u8 deserialize_any,
    i8 serialize_i8 deserialize_any,
    u16 serialize_u16 deserialize_any,
    i16 serialize_i16 deserialize_any,
    u32 serialize_u32 deserialize_any,
    i32 serialize_i32 deserialize_any,
    u64 serialize_u64 deserialize_any,
    i64 serialize_i64 deserialize_any,
    u128 serialize_u128 deserialize_u128,
    i128 serialize_i128 deserialize_i128,
);

macro_rules! floats {
    ($($float:ident $serialize:ident),*) => {
        $(
            impl Field for $float {
                fn deserialize<'de, D: Deserializer<'de>>(
                    member: &'static str,
                    deserializer: D,
                ) -> Result<Self, D::Error> {
                    let number = deserializer.deserialize_any(FloatVisitor { member })?;
                    Ok(number as $float)
                }

                fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                    serializer.$serialize(*self)
                }
            }
        )*
    };
}
floats!(f32 serialize_f32, f64 serialize_f64);

struct FloatVisitor {
    member: &'static str,
}

impl Visitor<'_> for FloatVisitor {
    type Value = f64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a floating-point number for `{}`", self.member)
    }

    fn visit_f64<E: Error>(self, found: f64) -> Result<f64, E> {
        Ok(found)
    }

    fn visit_u64<E: Error>(self, found: u64) -> Result<f64, E> {
        Ok(found as f64)
    }

    fn visit_i64<E: Error>(self, found: i64) -> Result<f64, E> {
        Ok(found as f64)
    }
}

impl Field for Bool {
    fn deserialize<'de, D: Deserializer<'de>>(
        member: &'static str,
        deserializer: D,
    ) -> Result<Self, D::Error> {
        deserializer.deserialize_any(BoolVisitor { member })
    }

    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bool(self.get())
    }
}

/// A bitfield.
impl Field for bool {
    fn deserialize<'de, D: Deserializer<'de>>(
        member: &'static str,
        deserializer: D,
    ) -> Result<Self, D::Error> {
        deserializer
            .deserialize_any(BoolVisitor { member })
            .map(Bool::get)
    }

    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bool(*self)
    }
}

struct BoolVisitor {
    member: &'static str,
}

impl Visitor<'_> for BoolVisitor {
    type Value = Bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "true or false for `{}`", self.member)
    }

    fn visit_bool<E: Error>(self, found: bool) -> Result<Bool, E> {
        Ok(found.into())
    }
}

/// The kernel takes only null, so this is 0 wherever it matters.
impl Field for Pointer {
    fn deserialize<'de, D: Deserializer<'de>>(
        member: &'static str,
        deserializer: D,
    ) -> Result<Self, D::Error> {
        u64::deserialize(member, deserializer).map(Pointer::from_address)
    }

    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(self.address())
    }
}
