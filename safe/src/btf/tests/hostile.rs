//! Broken and malicious input: an error at most, and soon.

use std::time::{Duration, Instant};

use super::super::{Btf, BtfError, Kind, Type, TypeId};
use super::builder::*;

/// Asks everything there is to ask.
fn exercise(btf: &Btf) {
    for (id, ty) in btf.types() {
        drop(format!("{ty:?} {:?}", btf.find(ty.name(), ty.kind())));
        drop((btf.resolve(id), btf.resolve_qualifiers(id)));
        drop((btf.size_of(id), btf.align_of(id), btf.c_name(id)));
        match ty {
            Type::Struct(c) | Type::Union(c) => assert_eq!(c.members().count(), c.len()),
            Type::Enum(e) => assert_eq!(e.values().count(), e.values().len()),
            Type::FunctionProto(p) => assert_eq!(p.params().count(), p.params().len()),
            Type::DataSection(s) => assert_eq!(s.entries().count(), s.entries().len()),
            _ => {}
        }
    }
    assert_eq!(btf.types().count() + 1, btf.len(), "every type decodes");
}

fn filled() -> Vec<u8> {
    let mut builder = Builder::new();
    fill(&mut builder);
    builder.bytes()
}

#[test]
fn truncated_anywhere() {
    let bytes = filled();
    for len in 0..bytes.len() {
        let error = Btf::parse(&bytes[..len]).expect_err("incomplete");
        assert!(!error.to_string().is_empty());
    }
}

#[test]
fn any_bit_flipped() {
    let bytes = filled();
    let base = Btf::parse(bytes.clone()).unwrap();
    for bit in 0..bytes.len() * 8 {
        let mut bytes = bytes.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        for result in [Btf::parse(bytes.clone()), Btf::parse_split(bytes, &base)] {
            match result {
                Ok(btf) if btf.base().is_none() => exercise(&btf),
                Ok(btf) => drop(format!("{:?}", btf.types().map(|t| t.1.kind()).max())),
                Err(error) => assert!(!error.to_string().is_empty()),
            }
        }
    }
}

#[test]
fn random_bytes_overwritten() {
    let bytes = filled();
    let mut seed = 0x9e37_79b9_7f4a_7c15u64;
    let mut random = |below: usize| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        (seed % below as u64) as usize
    };
    for _ in 0..20_000 {
        let mut bytes = bytes.clone();
        for _ in 0..=random(6) {
            let at = random(bytes.len());
            bytes[at] = [0, 1, 2, 3, 0x80, 0xff, random(256) as u8, random(25) as u8][random(8)];
        }
        if let Ok(btf) = Btf::parse(bytes) {
            exercise(&btf);
        }
    }
}

#[test]
fn precise_errors() {
    let good = filled();
    let with = |at: usize, new: &[u8]| {
        let mut bytes = good.clone();
        bytes[at..at + new.len()].copy_from_slice(new);
        Btf::parse(bytes).unwrap_err()
    };
    assert_eq!(
        Btf::parse(vec![]).unwrap_err(),
        BtfError::ShortHeader { len: 0 }
    );
    assert_eq!(with(0, &[1]), BtfError::BadMagic { found: [1, 0xeb] });
    assert_eq!(with(2, &[2]), BtfError::UnknownVersion { version: 2 });
    assert!(matches!(
        with(4, &[23]),
        BtfError::BadHeaderLength { header_len: 23, .. }
    ));
    assert_eq!(with(8, &[2]), BtfError::UnalignedTypes { offset: 2 });
    let section = |e| {
        matches!(
            e,
            BtfError::SectionOutOfBounds {
                section: "string",
                ..
            }
        )
    };
    assert!(section(with(16, &[0xff; 4])));
    // The first type, an int: its name, its kind.
    let id = TypeId(1);
    assert_eq!(
        with(24, &[0xff; 4]),
        BtfError::BadName {
            id,
            offset: u32::MAX
        }
    );
    assert_eq!(
        with(31, &[99]),
        BtfError::UnknownKind {
            id,
            kind: 99,
            offset: 0
        }
    );
    assert_eq!(with(good.len() - 1, b"x"), BtfError::UnterminatedStrings);
    assert!(matches!(
        with(good.len() - 2, &[0xff]),
        BtfError::NotUtf8 { .. }
    ));
    let mut b = Builder::new();
    let id = b.pointer(TypeId(7));
    assert_eq!(
        b.try_build().unwrap_err(),
        BtfError::BadReference {
            id,
            target: TypeId(7),
            len: 2
        }
    );
    let mut b = Builder::new();
    let id = b.add("x", DECL_TAG, 0, 0, &[-2i32 as u32]);
    assert_eq!(
        b.try_build().unwrap_err(),
        BtfError::BadComponent { id, component: -2 }
    );
    // Within the two bytes of a character.
    let mut b = Builder::new();
    b.name("é");
    b.add("", INT, 0, 4, &[32]);
    let mut bytes = b.bytes();
    bytes[24] = 2;
    assert_eq!(
        Btf::parse(bytes).unwrap_err(),
        BtfError::BadName {
            id: TypeId(1),
            offset: 2
        }
    );
}

#[test]
fn cycles_end() {
    let start = Instant::now();
    let mut b = Builder::new();
    let typedef = b.refer("t", TYPEDEF, TypeId(1));
    let ping = b.refer("", CONST, TypeId(3));
    b.refer("", VOLATILE, ping);
    let array = b.array(TypeId(4), 2);
    let pointer = b.pointer(TypeId(5));
    let proto = b.proto(TypeId(7), &[("", TypeId(7)), ("", TypeId(7))]);
    b.pointer(proto);
    let itself = b.composite("s", STRUCT, 8, &[("a", TypeId(8), 0), ("b", TypeId(8), 0)]);
    let variable = b.add("v", VAR, 0, 9, &[0]);
    let section = b.add("d", DATASEC, 1, 4, &[10, 0, 4]);
    let btf = b.build();
    exercise(&btf);
    let too_deep = |id| BtfError::TooDeep { id, limit: 64 };
    assert_eq!(btf.resolve(typedef), Err(too_deep(typedef)));
    assert_eq!(btf.resolve_qualifiers(ping), Err(too_deep(ping)));
    assert_eq!(btf.resolve_qualifiers(typedef), Ok(typedef));
    for id in [array, variable] {
        assert_eq!(btf.size_of(id), Err(too_deep(id)));
    }
    for id in [array, itself, variable, section] {
        assert_eq!(btf.align_of(id), Err(too_deep(id)));
    }
    assert_eq!(btf.size_of(pointer), Ok(8));
    assert!(btf.c_name(proto).len() < 100_000);
    assert!(start.elapsed() < Duration::from_secs(5));
}

#[test]
fn doubling_ends() {
    let start = Instant::now();
    let mut b = Builder::new();
    let mut ty = b.int("int", 4);
    for _ in 0..60 {
        ty = b.composite("", STRUCT, 4, &[("a", ty, 0), ("b", ty, 0), ("c", ty, 0)]);
    }
    let deep = ty;
    for _ in 0..60 {
        ty = b.proto(ty, &[("", ty), ("", ty), ("", ty)]);
        ty = b.pointer(ty);
    }
    let btf = b.build();
    assert_eq!(btf.align_of(deep), Ok(4));
    assert!(btf.c_name(ty).len() < 100_000);
    assert_eq!(btf.find("", Kind::Struct), None);
    assert!(start.elapsed() < Duration::from_secs(5));
}

#[test]
fn what_libbpf_cannot_write_as_c_is_refused() {
    type Fill = fn(&mut Builder, TypeId) -> (&'static str, TypeId, u32);
    let members: [Fill; 6] = [
        // No alignment: it would be divided by.
        |b, _| ("number", b.int("nothing", 0), 0),
        |b, _| {
            let nothing = b.int("nothing", 0);
            ("numbers", b.array(nothing, 0), 0)
        },
        |_, _| ("void", TypeId::VOID, 0),
        |_, this| ("itself", this, 0),
        // Beyond the struct.
        |b, _| ("far", b.int("int", 4), 8 * 62),
        // Within it, and behind more padding than fits into memory as text.
        |b, _| ("far", b.int("int", 4), 0xffff_ff00),
    ];
    for (number, member) in members.into_iter().enumerate() {
        let mut b = Builder::new();
        // Types are numbered from 1; the struct is the third at most.
        let this = TypeId(if number == 1 { 3 } else { 2 });
        if matches!(number, 2 | 3) {
            b.int("int", 4);
        }
        let member = member(&mut b, this);
        let size = if number == 5 { 0x2000_0000 } else { 64 };
        b.composite("s", STRUCT, size, &[member]);
        let error = b.build().to_c().expect_err("no C").to_string();
        let expected = match number {
            5 => "too much text",
            _ => "has a member, number 0",
        };
        assert!(error.contains(expected), "{number}: {error}");
    }
    let mut b = Builder::new();
    b.composite("huge", STRUCT, u32::MAX, &[]);
    let error = b.build().to_c().expect_err("no C").to_string();
    assert!(error.contains("too much text"), "{error}");
    // Twice as much with each.
    let mut b = Builder::new();
    let mut inner = b.int("int", 4);
    for level in 1..26 {
        let half = 4 << (level - 1);
        inner = b.composite(
            "",
            STRUCT,
            2 * half,
            &[("a", inner, 0), ("b", inner, 8 * half)],
        );
    }
    b.composite("s", STRUCT, 4 << 25, &[("all", inner, 0)]);
    let error = b.build().to_c().expect_err("no C").to_string();
    assert!(error.contains("too much text"), "{error}");
}
