//! Parts of BTFs, and what relocations ask.

use super::super::minimal::requests;
use super::super::{Btf, KernelBtf, Kind, Minimal, Type, TypeId};
use super::builder::*;

fn all(btf: &Btf) -> Vec<TypeId> {
    btf.types().map(|(id, _)| id).collect()
}

fn find(btf: &Btf, name: &str, kind: Kind) -> TypeId {
    btf.find(name, kind).unwrap()
}

/// Names of what is there, with their kinds.
fn names(btf: &Btf) -> Vec<(Kind, &str)> {
    let named = btf.types().map(|(_, ty)| (ty.kind(), ty.name()));
    named.filter(|(_, name)| !name.is_empty()).collect()
}

#[test]
fn a_struct_comes_with_what_its_members_need() {
    let mut b = Builder::new();
    let int = b.int("int", 4);
    let far = b.composite("far", STRUCT, 4, &[("x", int, 0)]);
    let near = b.composite("near", STRUCT, 4, &[("x", int, 0)]);
    let alias = b.refer("near_t", TYPEDEF, near);
    let nameless = b.composite("", STRUCT, 4, &[("x", int, 0)]);
    let unused = b.composite("unused", UNION, 4, &[("x", int, 0)]);
    let proto = b.proto(unused, &[("far", far)]);
    let pointers = [far, nameless, proto].map(|target| b.pointer(target));
    let [to_far, to_nameless, to_proto] = pointers;
    let members = [
        ("far", to_far, 0),
        ("near", alias, 64),
        ("nameless", to_nameless, 128),
        ("call", to_proto, 192),
    ];
    let whole = b.composite("whole", STRUCT, 32, &members);
    b.composite("other", STRUCT, 32, &members);
    let btf = b.build();
    let part = btf.subset([whole]).unwrap();
    let expected = [
        (Kind::Int, "int"),
        (Kind::Struct, "near"),
        (Kind::Typedef, "near_t"),
        (Kind::Struct, "whole"),
        (Kind::Forward, "far"),
        (Kind::Forward, "unused"),
    ];
    assert_eq!(names(&part), expected);
    let Type::Struct(whole) = part.get(find(&part, "whole", Kind::Struct)).unwrap() else {
        panic!("no struct");
    };
    let declared: Vec<_> = whole.members().map(|it| part.c_name(it.ty)).collect();
    assert_eq!(declared[0], "struct far *");
    assert_eq!(declared[1], "near_t");
    assert_eq!(declared[3], "union unused (*)(struct far)");
    // Behind the pointer is a struct, with its member.
    let target = whole.members().nth(2).unwrap().ty;
    assert_eq!(part.size_of(target).unwrap(), 8);
    let Type::Pointer { target } = part.get(target).unwrap() else {
        panic!("no pointer");
    };
    assert_eq!(part.size_of(target).unwrap(), 4);
}

#[test]
fn a_name_that_is_defined_means_no_other_struct() {
    let mut b = Builder::new();
    let int = b.int("int", 4);
    let one = b.composite("same", STRUCT, 4, &[("one", int, 0)]);
    let two = b.composite("same", STRUCT, 8, &[("two", int, 0)]);
    let forward = b.add("same", FWD, 0, 0, &[]);
    let pointers = [two, forward].map(|target| b.pointer(target));
    let members = [
        ("one", one, 0),
        ("two", pointers[0], 64),
        ("three", pointers[1], 128),
    ];
    let whole = b.composite("whole", STRUCT, 24, &members);
    let part = b.build().subset([whole]).unwrap();
    let sizes: Vec<_> = part
        .types()
        .filter(|(_, ty)| ty.name() == "same")
        .map(|(id, _)| part.size_of(id).unwrap())
        .collect();
    assert_eq!(sizes, [4, 8]);
}

#[test]
fn everything_is_a_part_in_either_order_of_bytes() {
    for mut b in [Builder::new(), Builder::big()] {
        fill(&mut b);
        let btf = b.build();
        let part = btf.subset(all(&btf)).unwrap();
        assert_eq!(part.is_native(), btf.is_native());
        // Tags of declarations are nothing to C.
        let kept = |ty: &Type<'_>| ty.kind() != Kind::DeclTag;
        let shapes = |btf: &Btf| -> Vec<_> {
            let kept = btf.types().filter(|(_, ty)| kept(ty));
            kept.map(|(id, ty)| (ty.kind(), btf.c_name(id), btf.size_of(id).ok()))
                .collect()
        };
        let (mut before, mut after) = (shapes(&btf), shapes(&part));
        before.sort();
        after.sort();
        assert_eq!(before, after);
    }
}

#[test]
fn a_broken_btf_has_parts_or_an_error() {
    let mut b = Builder::new();
    fill(&mut b);
    let bytes = b.bytes();
    let mut parts = 0;
    for bit in 0..bytes.len() * 8 {
        let mut bytes = bytes.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        if let Ok(btf) = Btf::parse(bytes) {
            parts += usize::from(btf.subset(all(&btf)).is_ok());
        }
    }
    assert!(parts > 100, "{parts}");
}

/// The content of `.BTF.ext` with these relocations: type, access string, kind.
fn ext(relocations: &[(TypeId, u32, u32)]) -> Vec<u8> {
    let mut words = vec![32, 0, 0, 0, 0, 0];
    let count = relocations.len() as u32;
    words.extend([12 + 16 * count, 16, 0, count]);
    for &(ty, access, kind) in relocations {
        words.extend([0, ty.0, access, kind]);
    }
    let bytes = words.iter().flat_map(|word: &u32| word.to_le_bytes());
    [0x9f, 0xeb, 1, 0].into_iter().chain(bytes).collect()
}

#[test]
fn relocations_that_make_no_sense_are_told() {
    let mut b = Builder::new();
    let int = b.int("int", 4);
    let list = b.composite("list", STRUCT, 4, &[("x", int, 0)]);
    let (good, far, text) = (b.name("0:0"), b.name("0:7"), b.name("first"));
    let btf = b.build();
    assert_eq!(requests(&ext(&[(list, good, 0)]), &btf).unwrap().len(), 1);
    for (relocation, wanted) in [
        ((list, far, 0), "`0:7` of `struct list`"),
        ((list, text, 0), "`first` of `struct list`"),
        ((int, good, 0), "`0:0` of `int`"),
        ((list, good, 10), "`0:0` of `struct list`"),
        ((list, good, 13), "unknown kind 13"),
        ((TypeId(99), good, 0), "type 99"),
    ] {
        let error = requests(&ext(&[relocation]), &btf).unwrap_err();
        assert!(error.contains(wanted), "{error}");
    }
    let bytes = ext(&[(list, good, 0)]);
    for len in 0..bytes.len() {
        assert!(requests(&bytes[..len], &btf).is_err(), "{len} bytes");
    }
    for bit in 0..bytes.len() * 8 {
        let mut bytes = bytes.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        let _ = requests(&bytes, &btf);
    }
}

#[test]
fn a_kernels_anonymous_members_may_go_round_in_circles() {
    let mut b = Builder::new();
    let int = b.int("int", 4);
    let task = b.composite("task", STRUCT, 4, &[("x", int, 0)]);
    let access = b.name("0:0");
    let object = b.build();
    let asked = requests(&ext(&[(task, access, 0)]), &object).unwrap();
    let mut b = Builder::new();
    // Each has itself, and twice the next.
    let members: Vec<_> = (0..100)
        .map(|at| {
            [
                ("", TypeId(at + 1), 0),
                ("", TypeId(at + 2), 0),
                ("", TypeId(at + 2), 0),
            ]
        })
        .collect();
    for members in &members {
        b.composite("task", STRUCT, 4, members);
    }
    b.int("int", 4);
    let kernel = KernelBtf::from(b.build());
    let mut minimal = Minimal::of(&kernel);
    minimal.requests.extend(asked);
    assert!(minimal.build().unwrap().is_empty());
}
