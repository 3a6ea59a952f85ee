//! From a type as it is stored to a [`Type`].

use super::composite::Composite;
use super::file::Btf;
use super::kind::{Kind, Linkage, TypeId};
use super::record::Record;
use super::rows::{DataSection, Enum, FunctionProto};
use super::types::Type;

/// Decodes a type whose names are those of `btf`.
pub(super) fn decode<'a>(btf: &'a Btf, record: &Record<'a>) -> Type<'a> {
    let name = btf.name(record.name);
    let size = record.size_or_type;
    let target = TypeId(record.size_or_type);
    match record.kind {
        Kind::Void => Type::Void,
        Kind::Int => {
            let IntBits {
                bits,
                offset,
                encoding,
            } = IntBits::of(record);
            Type::Int {
                name,
                size,
                bits,
                offset,
                signed: encoding & 1 != 0,
                is_char: encoding & 2 != 0,
                is_bool: encoding & 4 != 0,
            }
        }
        Kind::Pointer => Type::Pointer { target },
        Kind::Array => {
            let [element, index, len] = record.row();
            Type::Array {
                element: TypeId(element),
                index: TypeId(index),
                len,
            }
        }
        Kind::Struct => Type::Struct(Composite::new(btf, record)),
        Kind::Union => Type::Union(Composite::new(btf, record)),
        Kind::Enum => Type::Enum(Enum::new(btf, record)),
        Kind::Forward => Type::Forward {
            name,
            is_union: record.flag,
        },
        Kind::Typedef => Type::Typedef { name, target },
        Kind::Volatile => Type::Volatile { target },
        Kind::Const => Type::Const { target },
        Kind::Restrict => Type::Restrict { target },
        Kind::Function => Type::Function {
            name,
            proto: target,
            linkage: Linkage::from(record.vlen),
        },
        Kind::FunctionProto => Type::FunctionProto(FunctionProto::new(btf, record)),
        Kind::Variable => {
            let [linkage] = record.row();
            Type::Variable {
                name,
                ty: target,
                linkage: Linkage::from(linkage),
            }
        }
        Kind::DataSection => Type::DataSection(DataSection::new(btf, record)),
        Kind::Float => Type::Float { name, size },
        Kind::DeclTag => {
            let [component] = record.row().map(|word| word as i32);
            Type::DeclTag {
                name,
                target,
                component_index: u32::try_from(component).ok(),
                is_attribute: record.flag,
            }
        }
        Kind::TypeTag => Type::TypeTag {
            name,
            target,
            is_attribute: record.flag,
        },
    }
}

/// The word that an integer adds.
pub(super) struct IntBits {
    pub(super) bits: u8,
    pub(super) offset: u8,
    pub(super) encoding: u8,
}

impl IntBits {
    pub(super) fn of(record: &Record<'_>) -> IntBits {
        let [word] = record.row();
        let [encoding, offset, _, bits] = word.to_be_bytes();
        IntBits {
            bits,
            offset,
            encoding: encoding & 0xf,
        }
    }
}
