//! Whether a program can be what a callback of the kernel's wants, as far as BTF can tell.

use crate::btf::{Btf, BtfError, FunctionProto, Kind, Type, TypeId, pointed_function};
use crate::struct_ops::flavour::essential_name;

/// A callback in the object, and the program that it is set to.
pub(super) struct Callback<'a> {
    pub(super) btf: &'a Btf,
    /// The pointer's type in the object.
    pub(super) ty: TypeId,
    pub(super) program: &'a str,
    pub(super) kernel: &'a Btf,
    /// The pointer's type in the kernel.
    pub(super) kernel_type: TypeId,
}

/// What does not fit, with both sides.
pub(super) struct Misfit {
    pub(super) what: String,
    pub(super) found: String,
    pub(super) expected: String,
    pub(super) hint: &'static str,
}

fn resolved(btf: &Btf, id: TypeId) -> Result<Type<'_>, BtfError> {
    btf.get(btf.resolve(id)?)
}

/// Only sure mismatches; what BTF does not tell fits.
pub(super) fn misfits(callback: &Callback<'_>) -> Vec<Misfit> {
    let (Some(found), Some(expected)) = (
        pointed_function(callback.btf, callback.ty),
        pointed_function(callback.kernel, callback.kernel_type),
    ) else {
        return Vec::new();
    };
    let mut misfits: Vec<Misfit> = parameters(callback, &found, &expected)
        .into_iter()
        .collect();
    misfits.extend(program(callback, &expected));
    misfits
}

/// The declaration that the program was written against, and the kernel's.
fn parameters(
    callback: &Callback<'_>,
    found: &FunctionProto<'_>,
    expected: &FunctionProto<'_>,
) -> Option<Misfit> {
    let misfit = |what| Misfit {
        what,
        found: callback.btf.c_name(callback.ty),
        expected: callback.kernel.c_name(callback.kernel_type),
        hint: "compile against this kernel's types, or write a program for each of the two",
    };
    let (count, kernel_count) = (found.params().len(), expected.params().len());
    if count > kernel_count {
        return Some(misfit(format!(
            "it is declared with {count} parameters, and the kernel passes {kernel_count}"
        )));
    }
    let differing = found
        .params()
        .zip(expected.params())
        .position(|(a, b)| !fits(callback.btf, a.ty, callback.kernel, b.ty));
    differing.map(|index| misfit(format!("its parameter {} is of another type", index + 1)))
}

/// Pointers to structs of other names, or a pointer where there is a number.
fn fits(btf: &Btf, id: TypeId, kernel: &Btf, kernel_id: TypeId) -> bool {
    let (Ok(a), Ok(b)) = (resolved(btf, id), resolved(kernel, kernel_id)) else {
        return true;
    };
    match (a, b) {
        (Type::Pointer { target: a }, Type::Pointer { target: b }) => {
            let (Ok(a), Ok(b)) = (resolved(btf, a), resolved(kernel, b)) else {
                return true;
            };
            match (struct_name(&a), struct_name(&b)) {
                (Some(a), Some(b)) => essential_name(a) == essential_name(b),
                _ => true,
            }
        }
        (Type::Pointer { .. }, Type::Int { .. } | Type::Enum(_))
        | (Type::Int { .. } | Type::Enum(_), Type::Pointer { .. }) => false,
        _ => true,
    }
}

fn struct_name<'a>(ty: &Type<'a>) -> Option<&'a str> {
    let name = match ty {
        Type::Struct(_) | Type::Union(_) | Type::Forward { .. } => ty.name(),
        _ => "",
    };
    (!name.is_empty()).then_some(name)
}

/// The C function itself: it gets one argument, its context, and returns what the callback does.
fn program(callback: &Callback<'_>, expected: &FunctionProto<'_>) -> Option<Misfit> {
    let function = callback.btf.find(callback.program, Kind::Function)?;
    let Ok(Type::Function { proto, .. }) = callback.btf.get(function) else {
        return None;
    };
    let Ok(Type::FunctionProto(proto)) = callback.btf.get(proto) else {
        return None;
    };
    let returns = |btf: &Btf, id: TypeId| !matches!(resolved(btf, id), Ok(Type::Void));
    let misfit = |what: String, hint| Misfit {
        what,
        found: callback.btf.c_name(function),
        expected: callback.kernel.c_name(callback.kernel_type),
        hint,
    };
    if proto.params().len() > 1 {
        return Some(misfit(
            format!(
                "the program has {} parameters, and gets one, its context",
                proto.params().len()
            ),
            "declare it with BPF_PROG()",
        ));
    }
    if returns(callback.kernel, expected.return_type) && !returns(callback.btf, proto.return_type) {
        return Some(misfit(
            "the program returns nothing, and the kernel takes its result".to_owned(),
            "let it return a value",
        ));
    }
    None
}
