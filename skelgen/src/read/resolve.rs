//! What is behind a type's name.

use crate::error::Result;
use libbpf_safe::btf::{Btf, Type, TypeId};

/// Without qualifiers and typedefs; with the last typedef's name, which an anonymous type takes.
pub(super) fn strip(btf: &Btf, id: TypeId) -> Result<(TypeId, Option<String>)> {
    // Ends: the typedefs do not go round.
    let resolved = btf.resolve(id)?;
    let mut name = None;
    let mut id = btf.resolve_qualifiers(id)?;
    while let Type::Typedef {
        name: typedef,
        target,
    } = btf.get(id)?
    {
        name = Some(typedef.to_owned());
        id = btf.resolve_qualifiers(target)?;
    }
    Ok((resolved, name))
}

/// Whether it is a pointer to a function.
pub(super) fn is_callback(btf: &Btf, id: TypeId) -> Result<bool> {
    let Type::Pointer { target } = btf.get(btf.resolve(id)?)? else {
        return Ok(false);
    };
    let target = btf.resolve(target)?;
    Ok(matches!(btf.get(target)?, Type::FunctionProto(_)))
}
