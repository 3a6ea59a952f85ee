use super::constant::one_of;
use super::field::Field;
use crate::struct_ops::init::ProgramName;
use serde_core::de::{Deserializer, Error, Visitor};
use serde_core::ser::Serializer;
use std::fmt;
use std::marker::PhantomData;

/// A callback: the name of a program, or nothing, which is written as an empty string, because not every
/// format has a null.
impl<P: ProgramName> Field for Option<P> {
    fn deserialize<'de, D: Deserializer<'de>>(
        member: &'static str,
        deserializer: D,
    ) -> Result<Self, D::Error> {
        deserializer.deserialize_any(CallbackVisitor {
            member,
            program: PhantomData,
        })
    }

    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.map_or("", P::name))
    }
}

struct CallbackVisitor<P> {
    member: &'static str,
    program: PhantomData<P>,
}

impl<P: ProgramName> Visitor<'_> for CallbackVisitor<P> {
    type Value = Option<P>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the name of a program for `{}`", self.member)
    }

    fn visit_str<E: Error>(self, found: &str) -> Result<Option<P>, E> {
        if found.is_empty() {
            return Ok(None);
        }
        P::from_name(found).map(Some).ok_or_else(|| {
            let programs = one_of(P::ALL.iter().map(|program| program.name()));
            let member = self.member;
            E::custom(format!(
                "`{member}` is a struct_ops program ({programs}) or \"\" for none, found `{found}`"
            ))
        })
    }

    fn visit_unit<E: Error>(self) -> Result<Option<P>, E> {
        Ok(None)
    }

    fn visit_none<E: Error>(self) -> Result<Option<P>, E> {
        Ok(None)
    }
}
