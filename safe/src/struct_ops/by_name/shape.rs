use super::refusal::Refusal;
use crate::btf::{Btf, Composite, Enum, Type, TypeId};
use std::fmt;

/// What sort of member it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum MemberKind {
    /// An integer, also a single `char`.
    Int,
    /// A `bool`.
    Bool,
    /// A `float` or `double`.
    Float,
    /// An enum.
    Enum,
    /// A `char[N]`.
    Text,
    /// A pointer to a function: a program goes here.
    Callback,
    /// A pointer to data, which the kernel takes only when it is null.
    Pointer,
    /// An array of anything but `char`.
    Array,
    /// A struct.
    Struct,
    /// A union.
    Union,
    /// What BTF does not explain.
    Other,
}

/// The same, with what is needed to read and write it.
#[derive(Debug, Clone, Copy)]
pub(super) enum Shape<'a> {
    Int { signed: bool },
    Bool,
    Float,
    Enum(Enum<'a>),
    Text,
    Callback,
    Pointer,
    Array { element: TypeId, len: u32 },
    Composite(Composite<'a>),
    Other,
}

impl Shape<'_> {
    pub(super) fn kind(&self) -> MemberKind {
        match self {
            Shape::Int { .. } => MemberKind::Int,
            Shape::Bool => MemberKind::Bool,
            Shape::Float => MemberKind::Float,
            Shape::Enum(_) => MemberKind::Enum,
            Shape::Text => MemberKind::Text,
            Shape::Callback => MemberKind::Callback,
            Shape::Pointer => MemberKind::Pointer,
            Shape::Array { .. } => MemberKind::Array,
            Shape::Composite(composite) if composite.is_union => MemberKind::Union,
            Shape::Composite(_) => MemberKind::Struct,
            Shape::Other => MemberKind::Other,
        }
    }
}

pub(super) fn shape(btf: &Btf, id: TypeId) -> Result<Shape<'_>, Refusal> {
    Ok(match btf.get(btf.resolve(id)?)? {
        Type::Int { is_bool: true, .. } => Shape::Bool,
        Type::Int { signed, .. } => Shape::Int { signed },
        Type::Float { size: 4 | 8, .. } => Shape::Float,
        Type::Enum(definition) => Shape::Enum(definition),
        Type::Pointer { target } => match btf.get(btf.resolve(target)?)? {
            Type::FunctionProto(_) => Shape::Callback,
            _ => Shape::Pointer,
        },
        Type::Array { element, .. } if is_char(btf, element)? => Shape::Text,
        Type::Array { element, len, .. } => Shape::Array { element, len },
        Type::Struct(composite) | Type::Union(composite) => Shape::Composite(composite),
        _ => Shape::Other,
    })
}

fn is_char(btf: &Btf, id: TypeId) -> Result<bool, Refusal> {
    Ok(match btf.get(btf.resolve(id)?)? {
        Type::Int {
            name,
            size: 1,
            is_char,
            ..
        } => is_char || name == "char",
        _ => false,
    })
}

impl fmt::Display for MemberKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            MemberKind::Int => "integer",
            MemberKind::Bool => "bool",
            MemberKind::Float => "float",
            MemberKind::Enum => "enum",
            MemberKind::Text => "string",
            MemberKind::Callback => "callback",
            MemberKind::Pointer => "pointer",
            MemberKind::Array => "array",
            MemberKind::Struct => "struct",
            MemberKind::Union => "union",
            MemberKind::Other => "other",
        })
    }
}
