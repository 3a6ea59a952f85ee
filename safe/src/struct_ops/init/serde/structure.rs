use super::field::{Field, Written};
use serde_core::de::{DeserializeSeed, Deserializer, Error, MapAccess, Visitor};
use serde_core::ser::{SerializeMap, Serializer};
use std::fmt;
use std::marker::PhantomData;

/// An init, field by field. The macros implement it.
pub trait Structure: Default {
    /// The name of the Rust struct.
    const NAME: &'static str;
    /// The keys: names in C.
    const KEYS: &'static [&'static str];

    /// Reads the value that follows the key with this index.
    fn read<'de, A: MapAccess<'de>>(&mut self, index: usize, map: &mut A) -> Result<(), A::Error>;

    /// Writes all keys and values that are there.
    fn write<S: SerializeMap>(&self, map: &mut Entries<S>) -> Result<(), S::Error>;
}

/// Where keys and values are written to.
#[derive(Debug)]
pub struct Entries<S>(S);

impl<S: SerializeMap> Entries<S> {
    /// One key with its value.
    pub fn entry<T: Field>(&mut self, key: &'static str, value: &T) -> Result<(), S::Error> {
        self.0.serialize_entry(key, &Written(value))
    }
}

/// Reads an init. Keys that are left out are `None`.
pub fn deserialize_structure<'de, T, D>(deserializer: D) -> Result<T, D::Error>
where
    T: Structure,
    D: Deserializer<'de>,
{
    deserializer.deserialize_struct(T::NAME, T::KEYS, StructureVisitor(PhantomData))
}

/// Writes what is `Some`.
pub fn serialize_structure<T, S>(value: &T, serializer: S) -> Result<S::Ok, S::Error>
where
    T: Structure,
    S: Serializer,
{
    let mut map = Entries(serializer.serialize_map(None)?);
    value.write(&mut map)?;
    map.0.end()
}

struct StructureVisitor<T>(PhantomData<T>);

impl<'de, T: Structure> Visitor<'de> for StructureVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(T::NAME)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<T, A::Error> {
        let mut value = T::default();
        let mut seen = vec![false; T::KEYS.len()];
        while let Some(index) = map.next_key_seed(KeySeed(T::KEYS))? {
            if let (Some(seen), Some(key)) = (seen.get_mut(index), T::KEYS.get(index)) {
                if std::mem::replace(seen, true) {
                    return Err(A::Error::duplicate_field(key));
                }
            }
            value.read(index, &mut map)?;
        }
        Ok(value)
    }
}

/// Reads a key, and answers its index.
struct KeySeed(&'static [&'static str]);

impl<'de> DeserializeSeed<'de> for KeySeed {
    type Value = usize;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<usize, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl Visitor<'_> for KeySeed {
    type Value = usize;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a member")
    }

    fn visit_str<E: Error>(self, found: &str) -> Result<usize, E> {
        let mut keys = self.0.iter();
        keys.position(|key| *key == found)
            .ok_or_else(|| E::unknown_field(found, self.0))
    }
}
