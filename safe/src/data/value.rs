//! Rust values for variables that are only known by name.

use super::{Bool, Pod, Variable, VariableKind};
use crate::error::{Error, ErrorKind, Result};
use std::any::TypeId;

/// What a variable can be set to, by name: a [`Pod`] value, or a string for an array of `char`.
///
/// The sizes must agree. An integer goes into an integer of its size, of either sign, and into an enum,
/// where its value fits; into a `bool` only 0 and 1; into nothing else. Structs, arrays and types of the
/// user's own are compared by size.
pub trait VariableValue {
    /// The bytes of the variable that hold this value; `operation` completes "cannot …".
    #[doc(hidden)]
    fn encode(&self, operation: &str, variable: &Variable) -> Result<Vec<u8>>;
}

impl<T: Pod> VariableValue for T {
    fn encode(&self, operation: &str, variable: &Variable) -> Result<Vec<u8>> {
        check_type::<T>(operation, variable)?;
        let bytes = bytemuck::bytes_of(self);
        check_range::<T>(operation, variable, bytes)?;
        Ok(bytes.to_vec())
    }
}

impl VariableValue for str {
    fn encode(&self, operation: &str, variable: &Variable) -> Result<Vec<u8>> {
        if variable.kind != VariableKind::CharArray {
            return Err(mismatch(operation, "`char[]`", variable));
        }
        let refuse = |reason| Err(Error::new(operation, ErrorKind::InvalidInput { reason }));
        if self.contains('\0') {
            return refuse(format!(
                "{self:?} has a NUL inside, where C would end the string"
            ));
        }
        if self.len() >= variable.size {
            return refuse(format!(
                "{self:?} has {} bytes; `{}` holds {} and a terminating NUL",
                self.len(),
                variable.c_type,
                variable.size.saturating_sub(1)
            ));
        }
        let mut bytes = self.as_bytes().to_vec();
        bytes.resize(variable.size, 0);
        Ok(bytes)
    }
}

/// Whether a variable can be taken for a `T`.
pub(crate) fn check_type<T: Pod>(operation: &str, variable: &Variable) -> Result<()> {
    if size_of::<T>() != variable.size {
        let expected = format!("{} bytes", size_of::<T>());
        let kind = ErrorKind::Mismatch {
            what: "size of the variable".into(),
            expected,
            found: format!("{} (`{}`)", variable.size, variable.c_type),
        };
        return Err(Error::new(operation, kind));
    }
    let fits = match scalar::<T>() {
        Scalar::Unsigned | Scalar::Signed => matches!(
            variable.kind,
            VariableKind::Int { .. } | VariableKind::Enum | VariableKind::Bool
        ),
        Scalar::Float => variable.kind == VariableKind::Float,
        Scalar::Bool => matches!(variable.kind, VariableKind::Bool | VariableKind::Int { .. }),
        // A type of the user's own, or an array: only its size is known.
        Scalar::None => true,
    };
    if fits {
        Ok(())
    } else {
        Err(mismatch(operation, std::any::type_name::<T>(), variable))
    }
}

fn mismatch(operation: &str, expected: &str, variable: &Variable) -> Error {
    let kind = ErrorKind::Mismatch {
        what: "type of the variable".into(),
        expected: expected.into(),
        found: format!("`{}`", variable.c_type),
    };
    Error::new(operation, kind)
}

/// An integer keeps its value where only the sign of the types differs.
fn check_range<T: Pod>(operation: &str, variable: &Variable, bytes: &[u8]) -> Result<()> {
    let high = if cfg!(target_endian = "little") {
        bytes.last()
    } else {
        bytes.first()
    };
    let top_bit = high.is_some_and(|byte| byte & 0x80 != 0);
    let keeps = match (scalar::<T>(), variable.kind) {
        (Scalar::Unsigned, VariableKind::Int { signed: true })
        | (Scalar::Signed, VariableKind::Int { signed: false }) => !top_bit,
        (Scalar::Unsigned | Scalar::Signed | Scalar::Bool, VariableKind::Bool) => {
            bytes.iter().all(|&byte| byte <= 1)
        }
        _ => true,
    };
    if keeps {
        return Ok(());
    }
    let reason = format!("the value does not fit into `{}`", variable.c_type);
    Err(Error::new(operation, ErrorKind::InvalidInput { reason }))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Scalar {
    Unsigned,
    Signed,
    Float,
    Bool,
    None,
}

fn scalar<T: 'static>() -> Scalar {
    let is = |types: &[TypeId]| types.contains(&TypeId::of::<T>());
    let unsigned = [
        TypeId::of::<u8>(),
        TypeId::of::<u16>(),
        TypeId::of::<u32>(),
        TypeId::of::<u64>(),
        TypeId::of::<u128>(),
        TypeId::of::<usize>(),
    ];
    let signed = [
        TypeId::of::<i8>(),
        TypeId::of::<i16>(),
        TypeId::of::<i32>(),
        TypeId::of::<i64>(),
        TypeId::of::<i128>(),
        TypeId::of::<isize>(),
    ];
    if is(&unsigned) {
        Scalar::Unsigned
    } else if is(&signed) {
        Scalar::Signed
    } else if is(&[TypeId::of::<f32>(), TypeId::of::<f64>()]) {
        Scalar::Float
    } else if is(&[TypeId::of::<Bool>()]) {
        Scalar::Bool
    } else {
        Scalar::None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variable(kind: VariableKind, size: usize) -> Variable {
        Variable {
            name: "v".into(),
            section: ".data".into(),
            offset: 0,
            size,
            c_type: "type".into(),
            kind,
            linkage: crate::btf::Linkage::Global,
            ty: crate::btf::TypeId(1),
        }
    }

    #[test]
    fn an_integer_keeps_its_value_or_is_refused() {
        let unsigned = variable(VariableKind::Int { signed: false }, 4);
        let signed = variable(VariableKind::Int { signed: true }, 4);
        assert_eq!(5i32.encode("set", &unsigned).unwrap(), 5u32.to_ne_bytes());
        assert!((-1i32).encode("set", &unsigned).is_err());
        assert_eq!(
            (-1i32).encode("set", &signed).unwrap(),
            (-1i32).to_ne_bytes()
        );
        assert!(u32::MAX.encode("set", &signed).is_err());
        assert!(5u64.encode("set", &unsigned).is_err());
    }

    #[test]
    fn a_bool_is_0_or_1() {
        let bool = variable(VariableKind::Bool, 1);
        assert!(1u8.encode("set", &bool).is_ok());
        assert!(2u8.encode("set", &bool).is_err());
        assert!(Bool::from(true).encode("set", &bool).is_ok());
    }

    #[test]
    fn a_number_is_no_struct_pointer_or_float() {
        for kind in [
            VariableKind::Struct,
            VariableKind::Pointer,
            VariableKind::Float,
            VariableKind::CharArray,
        ] {
            assert!(7u64.encode("set", &variable(kind, 8)).is_err(), "{kind:?}");
        }
        assert!(
            1.5f64
                .encode("set", &variable(VariableKind::Float, 8))
                .is_ok()
        );
        assert!(
            [1u32, 2]
                .encode("set", &variable(VariableKind::Struct, 8))
                .is_ok()
        );
    }

    #[test]
    fn a_string_fits_with_its_nul() {
        let array = variable(VariableKind::CharArray, 4);
        assert_eq!("abc".encode("set", &array).unwrap(), b"abc\0");
        assert_eq!("a".encode("set", &array).unwrap(), b"a\0\0\0");
        assert!("abcd".encode("set", &array).is_err());
        assert!("a\0b".encode("set", &array).is_err());
        assert!(
            "a".encode("set", &variable(VariableKind::Struct, 4))
                .is_err()
        );
    }
}
