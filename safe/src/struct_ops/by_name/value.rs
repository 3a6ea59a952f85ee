use std::fmt;

/// The value of a member: what it is set to, or was found to be.
///
/// Numbers, `bool`, strings and [`Callback`] convert into it.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Value {
    /// A number, for an integer, an enum or a bitfield; for a data pointer, its address.
    Int(i128),
    /// A number, for a `float` or `double`.
    Float(f64),
    /// For a `bool`. One that a program set to something beside 0 and 1 is found to be true.
    Bool(bool),
    /// For a `char[N]` its string; for an enum the name of an enumerator, which it is found as where its
    /// value has one; for a callback the name of a program, which it is found as [`Callback`](Self::Callback).
    Text(String),
    /// For a callback: the name of the program.
    Callback(String),
    /// For a callback or a data pointer: there is none.
    None,
    /// For an array: each element.
    Array(Vec<Value>),
    /// For a struct: its members, by name. Members that are left out keep their value. For a union, one
    /// of its members; it is found with all of them.
    Struct(Vec<(String, Value)>),
    /// The bytes as they are: for a type that BTF does not explain, and for a `char[N]` that is no string.
    Bytes(Vec<u8>),
}

/// The name of a program, to be made a callback.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Callback<'a>(pub &'a str);

impl Value {
    /// The number, where this is one that fits.
    pub fn as_u64(&self) -> Option<u64> {
        match self {
            Value::Int(number) => u64::try_from(*number).ok(),
            _ => None,
        }
    }

    /// The number, where this is one that fits.
    pub fn as_i64(&self) -> Option<i64> {
        match self {
            Value::Int(number) => i64::try_from(*number).ok(),
            _ => None,
        }
    }

    /// The truth value, where this is one.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Value::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// The string, the enumerator or the program, where this is one of them.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Value::Text(text) | Value::Callback(text) => Some(text),
            _ => None,
        }
    }
}

macro_rules! from_integers {
    ($($int:ty),*) => {
        $(
            impl From<$int> for Value {
                fn from(value: $int) -> Value {
                    Value::Int(value.into())
                }
            }
        )*
    };
}
from_integers!(u8, i8, u16, i16, u32, i32, u64, i64, i128);

impl From<f32> for Value {
    fn from(value: f32) -> Value {
        Value::Float(value.into())
    }
}

impl From<f64> for Value {
    fn from(value: f64) -> Value {
        Value::Float(value)
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Value {
        Value::Bool(value)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Value {
        Value::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Value {
        Value::Text(text)
    }
}

impl From<Callback<'_>> for Value {
    fn from(program: Callback<'_>) -> Value {
        Value::Callback(program.0.to_owned())
    }
}

impl From<Option<Callback<'_>>> for Value {
    fn from(program: Option<Callback<'_>>) -> Value {
        program.map_or(Value::None, Value::from)
    }
}

impl<T: Into<Value>, const N: usize> From<[T; N]> for Value {
    fn from(elements: [T; N]) -> Value {
        Value::Array(elements.into_iter().map(T::into).collect())
    }
}

impl<T: Into<Value>> From<Vec<T>> for Value {
    fn from(elements: Vec<T>) -> Value {
        Value::Array(elements.into_iter().map(T::into).collect())
    }
}

/// As C would initialize it.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Int(number) => number.fmt(f),
            Value::Float(number) => write!(f, "{number:?}"),
            Value::Bool(value) => value.fmt(f),
            Value::Text(text) => write!(f, "{text:?}"),
            Value::Callback(name) => f.write_str(name),
            Value::None => f.write_str("NULL"),
            Value::Array(elements) => list(f, elements.iter(), |f, element| element.fmt(f)),
            Value::Struct(members) => list(f, members.iter(), |f, (name, value)| {
                write!(f, ".{name} = {value}")
            }),
            Value::Bytes(bytes) => list(f, bytes.iter(), |f, byte| write!(f, "{byte:#x}")),
        }
    }
}

fn list<T>(
    f: &mut fmt::Formatter<'_>,
    items: impl Iterator<Item = T>,
    mut one: impl FnMut(&mut fmt::Formatter<'_>, T) -> fmt::Result,
) -> fmt::Result {
    f.write_str("{")?;
    for (index, item) in items.enumerate() {
        f.write_str(if index == 0 { " " } else { ", " })?;
        one(f, item)?;
    }
    f.write_str(" }")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_shows_as_c_has_it() {
        let value = Value::Struct(vec![
            ("list".into(), [1u8, 2].into()),
            ("init".into(), Callback("start").into()),
            ("exit".into(), None.into()),
            ("name".into(), "a\"b".into()),
        ]);
        assert_eq!(
            value.to_string(),
            r#"{ .list = { 1, 2 }, .init = start, .exit = NULL, .name = "a\"b" }"#
        );
    }
}
