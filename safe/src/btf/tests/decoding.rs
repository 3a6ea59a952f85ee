//! Every kind decodes to what was written.

use super::super::{Btf, Kind, Linkage, Type, TypeId};
use super::builder::*;

fn check_filled(btf: &Btf) {
    let get = |id| btf.get(TypeId(id)).unwrap();
    assert_eq!(btf.len(), 25);
    assert!(matches!(get(0), Type::Void));
    assert!(matches!(
        get(1),
        Type::Int {
            name: "int",
            size: 4,
            bits: 32,
            offset: 0,
            signed: true,
            is_bool: false,
            ..
        }
    ));
    assert!(matches!(
        get(2),
        Type::Int {
            name: "_Bool",
            signed: false,
            is_bool: true,
            ..
        }
    ));
    assert!(matches!(get(3), Type::Pointer { target: TypeId(1) }));
    assert!(matches!(
        get(4),
        Type::Array {
            element: TypeId(3),
            len: 3,
            ..
        }
    ));
    let Type::Struct(s) = get(5) else { panic!() };
    assert_eq!((s.name, s.size, s.is_union, s.len()), ("s", 32, false, 2));
    let member = s.member("é").unwrap();
    assert_eq!((member.ty, member.byte_offset()), (TypeId(2), Some(24)));
    let Type::Struct(s) = get(6) else { panic!() };
    let bits: Vec<_> = s
        .members()
        .map(|m| (m.name, m.bit_offset, m.bitfield_size))
        .collect();
    assert_eq!(bits, [("x", 0, Some(3)), ("y", 3, Some(5))]);
    assert!(s.members().all(|m| m.byte_offset().is_none()));
    let Type::Union(u) = get(7) else { panic!() };
    assert!(u.is_union && u.members().len() == 2);
    let values = |id| {
        let Type::Enum(e) = get(id) else { panic!() };
        (
            e.name,
            e.size,
            e.values().map(|v| (v.name, v.value)).collect::<Vec<_>>(),
        )
    };
    assert_eq!(values(8), ("e", 4, vec![("RED", -1), ("BLUE", 7)]));
    let wide = vec![("RED", 0x2_0000_0001), ("BLUE", i128::from(u64::MAX))];
    assert_eq!(values(9), ("big", 8, wide));
    assert!(matches!(
        get(10),
        Type::Forward {
            name: "later",
            is_union: false
        }
    ));
    assert!(matches!(
        get(11),
        Type::Forward {
            name: "later_u",
            is_union: true
        }
    ));
    assert!(matches!(
        get(12),
        Type::Typedef {
            name: "int_t",
            target: TypeId(1)
        }
    ));
    assert!(matches!(get(13), Type::Volatile { target: TypeId(12) }));
    assert!(matches!(get(14), Type::Const { target: TypeId(13) }));
    assert!(matches!(get(15), Type::Restrict { target: TypeId(3) }));
    let Type::FunctionProto(proto) = get(16) else {
        panic!()
    };
    assert_eq!(proto.return_type, VOID);
    let params: Vec<_> = proto.params().map(|p| (p.name, p.ty)).collect();
    assert_eq!(params, [("a", TypeId(14)), ("", VOID)]);
    let Type::Function {
        name: "f",
        proto: TypeId(16),
        linkage,
    } = get(17)
    else {
        panic!()
    };
    assert_eq!(linkage, Linkage::Global);
    let Type::Variable {
        name: "v",
        ty: TypeId(1),
        linkage,
    } = get(18)
    else {
        panic!()
    };
    assert_eq!(linkage, Linkage::Global);
    let Type::DataSection(section) = get(19) else {
        panic!()
    };
    let entries: Vec<_> = section
        .entries()
        .map(|e| (e.ty, e.offset, e.size))
        .collect();
    assert_eq!((section.name, section.size), (".data", 16));
    assert_eq!(entries, [(TypeId(18), 8, 4)]);
    assert!(matches!(
        get(20),
        Type::Float {
            name: "double",
            size: 8
        }
    ));
    assert!(matches!(
        get(21),
        Type::DeclTag {
            name: "whole",
            component_index: None,
            is_attribute: false,
            ..
        }
    ));
    assert!(matches!(
        get(22),
        Type::DeclTag {
            name: "part",
            component_index: Some(1),
            is_attribute: true,
            ..
        }
    ));
    assert!(matches!(
        get(23),
        Type::TypeTag {
            name: "user",
            target: TypeId(1),
            ..
        }
    ));
    for (id, ty) in btf.types() {
        assert_eq!(ty.kind(), get(id.0).kind());
        assert_eq!(
            ty.name().is_empty(),
            btf.find(ty.name(), ty.kind()).is_none()
        );
    }
    assert_eq!(btf.types().count(), 24);
}

#[test]
fn both_byte_orders() {
    for mut builder in [Builder::new(), Builder::big()] {
        fill(&mut builder);
        check_filled(&builder.build());
    }
}

#[test]
fn finds_the_first_of_a_name() {
    let mut builder = Builder::new();
    fill(&mut builder);
    let btf = builder.build();
    assert_eq!(btf.find("s", Kind::Struct), Some(TypeId(5)));
    assert_eq!(btf.find("s", Kind::Union), None);
    assert_eq!(btf.find("big", Kind::Enum), Some(TypeId(9)));
    assert_eq!(btf.find("", Kind::Pointer), None);
}

#[test]
fn split_continues_its_base() {
    let mut builder = Builder::new();
    let int = builder.int("int", 4);
    let mut split = Builder::split(&builder);
    let s = split.composite("mine", STRUCT, 4, &[("a", int, 0)]);
    let base = builder.build();
    let btf = Btf::parse_split(split.bytes(), &base).unwrap();
    assert_eq!((s, btf.len(), base.len()), (TypeId(2), 3, 2));
    assert_eq!(btf.types().map(|(id, _)| id).collect::<Vec<_>>(), [s]);
    assert_eq!(btf.find("int", Kind::Int), Some(int));
    assert_eq!(btf.find("mine", Kind::Struct), Some(s));
    assert_eq!(base.find("mine", Kind::Struct), None);
    assert_eq!(
        (btf.c_name(int), btf.c_name(s)),
        ("int".into(), "struct mine".into())
    );
    let Type::Struct(mine) = btf.get(s).unwrap() else {
        panic!()
    };
    assert_eq!(mine.member("a").map(|m| m.ty), Some(int));
    assert!(btf.get(TypeId(3)).is_err() && base.get(s).is_err());
    assert!(
        Btf::parse(split.bytes()).is_err(),
        "a split BTF does not stand by itself"
    );
    // One more level.
    let mut third = Builder::split(&split);
    let pointer = third.pointer(s);
    let third = Btf::parse_split(third.bytes(), &btf).unwrap();
    assert_eq!(third.c_name(pointer), "struct mine *");
    assert_eq!(third.find("int", Kind::Int), Some(int));
}

#[test]
fn bitfields_of_old_compilers() {
    let mut b = Builder::new();
    let whole = b.int("int", 4);
    let narrow = b.add("int", INT, 0, 4, &[5]);
    let shifted = b.add("int", INT, 0, 4, &[3 << 16 | 4]);
    let alias = b.refer("t", TYPEDEF, narrow);
    let members = [("a", whole, 0), ("b", alias, 32), ("c", shifted, 32)];
    let s = b.composite("s", STRUCT, 8, &members);
    let btf = b.build();
    let Type::Struct(s) = btf.get(s).unwrap() else {
        panic!()
    };
    let bits: Vec<_> = s
        .members()
        .map(|m| (m.bit_offset, m.bitfield_size))
        .collect();
    assert_eq!(bits, [(0, None), (32, Some(5)), (35, Some(4))]);
}

#[test]
fn shared_between_threads() {
    fn check<T: Send + Sync + Clone>(_: &T) {}
    let btf = Builder::new().build();
    check(&btf);
    assert!(btf.is_empty() && btf.raw().len() == 25);
}
