//! Resolving, sizes, alignment, and the words of C.

use super::super::{BtfError, Kind, TypeId};
use super::builder::*;

#[test]
fn resolves() {
    let mut b = Builder::new();
    let int = b.int("int", 4);
    let constant = b.refer("", CONST, int);
    let alias = b.refer("t", TYPEDEF, constant);
    let tag = b.refer("user", TYPE_TAG, alias);
    let volatile = b.refer("", VOLATILE, tag);
    let btf = b.build();
    assert_eq!(btf.resolve(volatile), Ok(int));
    assert_eq!(btf.resolve_qualifiers(volatile), Ok(alias));
    assert_eq!(btf.resolve(VOID), Ok(VOID));
    let id = TypeId(6);
    assert_eq!(btf.resolve(id), Err(BtfError::NoSuchType { id, len: 6 }));
}

#[test]
fn sizes() {
    let mut b = Builder::new();
    let int = b.int("int", 4);
    let rows = b.array(int, 3);
    let table = b.array(rows, 5);
    let var = b.add("v", VAR, 0, table.0, &[0]);
    let forward = b.add("f", FWD, 0, 0, &[]);
    let pointer = b.pointer(forward);
    let (huge, large) = (b.array(table, u32::MAX), TypeId(8));
    let large_is = b.array(huge, u32::MAX);
    let btf = b.build();
    assert_eq!(btf.size_of(table), Ok(60));
    assert_eq!(btf.size_of(var), Ok(60));
    assert_eq!(btf.size_of(pointer), Ok(8));
    assert_eq!(btf.size_of(huge), Ok(60 * u64::from(u32::MAX)));
    assert_eq!(
        (large_is, btf.size_of(large)),
        (large, Err(BtfError::SizeOverflow { id: large }))
    );
    let kind = Kind::Forward;
    assert_eq!(
        btf.size_of(forward),
        Err(BtfError::NoSize { id: forward, kind })
    );
    assert!(btf.size_of(VOID).is_err());
    assert_eq!(btf.align_of(var), Ok(4));
}

#[test]
fn alignment() {
    let mut b = Builder::new();
    let char = b.int("char", 1);
    let int = b.int("int", 4);
    let long = b.int("long", 8);
    let huge = b.int("__int128", 16);
    let mut align = |kind, size, members: &[(&str, TypeId, u32)]| {
        let id = b.composite("", kind, size, members);
        b.build().align_of(id).unwrap()
    };
    assert_eq!(align(STRUCT, 0, &[]), 1);
    assert_eq!(align(STRUCT, 8, &[("", char, 0), ("", int, 32)]), 4);
    assert_eq!(align(STRUCT, 16, &[("", char, 0), ("", long, 64)]), 8);
    assert_eq!(align(UNION, 16, &[("", char, 0), ("", huge, 0)]), 16);
    // Packed: at an odd offset, of an odd size, at a half of the natural alignment.
    assert_eq!(align(STRUCT, 8, &[("", char, 0), ("", int, 8)]), 1);
    assert_eq!(align(STRUCT, 5, &[("", int, 0), ("", char, 32)]), 1);
    assert_eq!(align(STRUCT, 12, &[("", int, 0), ("", long, 32)]), 4);
    // Bitfields count by their type, wherever they are.
    assert_eq!(align(STRUCT | FLAG, 4, &[("", int, 3 << 24 | 5)]), 4);
    assert_eq!(align(STRUCT | FLAG, 1, &[("", int, 3 << 24 | 5)]), 1);
}

#[test]
fn in_the_words_of_c() {
    let mut b = Builder::new();
    let int = b.int("unsigned int", 4);
    let char = b.int("char", 1);
    let sock = b.add("sock", FWD, 0, 0, &[]);
    let sock_ptr = b.pointer(sock);
    let chars = b.array(char, 16);
    let proto = b.proto(VOID, &[("", sock_ptr), ("", int)]);
    let hook = b.pointer(proto);
    let hooks = b.array(hook, 2);
    let const_char = b.refer("", CONST, char);
    let text = b.pointer(const_char);
    let const_text = b.refer("", CONST, text);
    let texts = b.pointer(const_text);
    let rows = b.array(chars, 4);
    let to_rows = b.pointer(rows);
    let getter = b.proto(hook, &[]);
    let printf = b.proto(int, &[("format", text), ("", VOID)]);
    let printf = b.add("printf", FUNC, 1, printf.0, &[]);
    let var = b.add("hooks", VAR, 0, hooks.0, &[0]);
    let union = b.composite("", UNION, 0, &[]);
    let tag = b.refer("user", TYPE_TAG, int);
    let user = b.pointer(tag);
    let restrict = b.refer("", RESTRICT, user);
    let btf = b.build();
    for (id, name) in [
        (VOID, "void"),
        (int, "unsigned int"),
        (sock_ptr, "struct sock *"),
        (chars, "char[16]"),
        (proto, "void (struct sock *, unsigned int)"),
        (hook, "void (*)(struct sock *, unsigned int)"),
        (hooks, "void (*[2])(struct sock *, unsigned int)"),
        (text, "const char *"),
        (const_text, "const char *const"),
        (texts, "const char *const *"),
        (rows, "char[4][16]"),
        (to_rows, "char (*)[4][16]"),
        (getter, "void (*(void))(struct sock *, unsigned int)"),
        (printf, "unsigned int printf(const char *, ...)"),
        (var, "void (*hooks[2])(struct sock *, unsigned int)"),
        (union, "union {...}"),
        (user, "unsigned int *"),
        (restrict, "unsigned int *restrict"),
        (TypeId(999), "<no type 999>"),
    ] {
        assert_eq!(btf.c_name(id), name);
    }
}
