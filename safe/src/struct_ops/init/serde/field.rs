use serde_core::de::{DeserializeSeed, Deserializer, Error, SeqAccess, Visitor};
use serde_core::ser::{SerializeTuple, Serializer};
use std::fmt;
use std::marker::PhantomData;

/// What a field of an init holds. Unlike serde's traits it knows the member's name, for errors.
pub trait Field: Sized {
    /// Reads the value of `member`.
    fn deserialize<'de, D: Deserializer<'de>>(
        member: &'static str,
        deserializer: D,
    ) -> Result<Self, D::Error>;

    /// Writes it.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error>;
}

/// Reads a field where serde wants a seed.
#[derive(Debug)]
pub struct FieldSeed<T> {
    member: &'static str,
    field: PhantomData<T>,
}

impl<T> FieldSeed<T> {
    /// For the field of this member.
    pub fn new(member: &'static str) -> Self {
        FieldSeed {
            member,
            field: PhantomData,
        }
    }
}

impl<'de, T: Field> DeserializeSeed<'de> for FieldSeed<T> {
    type Value = T;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        T::deserialize(self.member, deserializer)
    }
}

/// Writes a field where serde wants its own trait.
pub(super) struct Written<'a, T>(pub(super) &'a T);

impl<T: Field> serde_core::Serialize for Written<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<T: Field, const N: usize> Field for [T; N] {
    fn deserialize<'de, D: Deserializer<'de>>(
        member: &'static str,
        deserializer: D,
    ) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ArrayVisitor::<T, N> {
            member,
            element: PhantomData,
        })
    }

    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut tuple = serializer.serialize_tuple(N)?;
        for element in self {
            tuple.serialize_element(&Written(element))?;
        }
        tuple.end()
    }
}

struct ArrayVisitor<T, const N: usize> {
    member: &'static str,
    element: PhantomData<T>,
}

impl<'de, T: Field, const N: usize> Visitor<'de> for ArrayVisitor<T, N> {
    type Value = [T; N];

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{N} elements for `{}`", self.member)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<[T; N], A::Error> {
        let mut found = Vec::with_capacity(N.min(MAX_RESERVED));
        while let Some(element) = elements.next_element_seed(FieldSeed::new(self.member))? {
            found.push(element);
            if found.len() > N {
                break;
            }
        }
        let count = found.len();
        found.try_into().map_err(|_| {
            let more = if count > N { "more" } else { "fewer" };
            A::Error::custom(format!("`{}` has {N} elements, found {more}", self.member))
        })
    }
}

/// A file may be long; an array of a struct_ops type is not.
const MAX_RESERVED: usize = 1024;
