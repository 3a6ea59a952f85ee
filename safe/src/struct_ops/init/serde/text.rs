use super::field::Field;
use crate::data::CharArray;
use serde_core::de::{Deserializer, Error, SeqAccess, Visitor};
use serde_core::ser::Serializer;
use std::fmt;

/// A string; as bytes where it is none.
impl<const N: usize> Field for CharArray<N> {
    fn deserialize<'de, D: Deserializer<'de>>(
        member: &'static str,
        deserializer: D,
    ) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TextVisitor { member })
    }

    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.to_str() {
            Ok(text) if CharArray::new(text).as_ref() == Ok(self) => serializer.serialize_str(text),
            _ => Field::serialize(self.as_array(), serializer),
        }
    }
}

struct TextVisitor<const N: usize> {
    member: &'static str,
}

impl<'de, const N: usize> Visitor<'de> for TextVisitor<N> {
    type Value = CharArray<N>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let most = N.saturating_sub(1);
        write!(f, "a string of at most {most} bytes for `{}`", self.member)
    }

    fn visit_str<E: Error>(self, found: &str) -> Result<CharArray<N>, E> {
        CharArray::new(found).map_err(|error| E::custom(format!("`{}`: {error}", self.member)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, bytes: A) -> Result<CharArray<N>, A::Error> {
        let bytes = serde_core::de::value::SeqAccessDeserializer::new(bytes);
        let mut array = CharArray::default();
        *array.as_array_mut() = Field::deserialize(self.member, bytes)?;
        Ok(array)
    }
}
