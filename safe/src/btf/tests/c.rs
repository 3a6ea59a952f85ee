//! Types written as C.

use super::super::{Btf, TypeId};
use super::builder::*;

fn text(b: &Builder) -> String {
    b.build().to_c().unwrap()
}

/// What the BTF becomes is exactly these declarations, with an empty line behind each.
fn is(b: &Builder, declarations: &[&str]) {
    let expected: String = declarations.iter().map(|it| format!("{it};\n\n")).collect();
    assert_eq!(text(b), expected);
}

#[test]
fn declarations_wind_around_their_names() {
    let mut b = Builder::new();
    let int = b.int("int", 4);
    let constant = b.refer("", CONST, int);
    let to_constant = b.pointer(constant);
    let fixed = b.refer("", CONST, to_constant);
    b.refer("fixed", TYPEDEF, fixed);
    let row = b.array(int, 3);
    let rows = b.array(row, 2);
    b.refer("rows", TYPEDEF, rows);
    let to_row = b.pointer(row);
    b.refer("to_row", TYPEDEF, to_row);
    let call = b.proto(to_row, &[("x", int), ("", VOID)]);
    let to_call = b.pointer(call);
    let calls = b.array(to_call, 4);
    b.refer("calls", TYPEDEF, calls);
    let nothing = b.proto(VOID, &[]);
    let to_nothing = b.pointer(nothing);
    b.refer("nothing", TYPEDEF, to_nothing);
    let tag = b.refer("user", TYPE_TAG, constant);
    let tagged = b.pointer(tag);
    b.refer("tagged", TYPEDEF, tagged);
    is(
        &b,
        &[
            "typedef const int * const fixed",
            "typedef int rows[2][3]",
            "typedef int (*to_row)[3]",
            "typedef int (* (*calls[4])(int x, ...))[3]",
            "typedef void (*nothing)(void)",
            "typedef const int __attribute__((btf_type_tag(\"user\"))) *tagged",
        ],
    );
}

#[test]
fn what_is_contained_comes_first_and_what_is_pointed_to_is_declared() {
    let mut b = Builder::new();
    let int = b.int("int", 4);
    // Numbered from 1: outer is 4, inner is 6.
    let to_itself = b.pointer(TypeId(4));
    let to_later = b.pointer(TypeId(7));
    let inner = TypeId(6);
    b.composite(
        "outer",
        STRUCT,
        24,
        &[
            ("inner", inner, 0),
            ("itself", to_itself, 64),
            ("later", to_later, 128),
        ],
    );
    b.int("unused", 1);
    b.composite("inner", STRUCT, 8, &[("a", int, 0), ("b", int, 32)]);
    b.composite("later", UNION, 4, &[("a", int, 0)]);
    is(
        &b,
        &[
            "struct inner {\n\tint a;\n\tint b;\n}",
            "union later",
            "struct outer {\n\tstruct inner inner;\n\tstruct outer *itself;\n\tunion later *later;\n}",
            "union later {\n\tint a;\n}",
        ],
    );
}

#[test]
fn gaps_are_written_and_packed_structs_are_packed() {
    let mut b = Builder::new();
    let (char, int) = (b.int("char", 1), b.int("int", 4));
    // Aligned by the compiler, and a gap that it would not leave.
    b.composite(
        "gaps",
        STRUCT,
        16,
        &[("a", char, 0), ("b", int, 32), ("c", int, 96)],
    );
    b.composite("packed", STRUCT, 5, &[("a", char, 0), ("b", int, 8)]);
    b.composite("odd", UNION, 5, &[("a", int, 0), ("b", char, 0)]);
    b.composite(
        "bits",
        STRUCT | FLAG,
        4,
        &[("a", int, 3 << 24), ("b", int, 5 << 24 | 16)],
    );
    is(
        &b,
        &[
            "struct gaps {\n\tchar a;\n\tint b;\n\tint: 32;\n\tint c;\n}",
            "struct packed {\n\tchar a;\n\tint b;\n} __attribute__((packed))",
            "union odd {\n\tint a;\n\tchar b;\n} __attribute__((packed))",
            "struct bits {\n\tint a: 3;\n\tshort: 13;\n\tint b: 5;\n}",
        ],
    );
}

#[test]
fn a_name_is_given_away_once() {
    let mut b = Builder::new();
    let int = b.int("int", 4);
    let value = b.name("same");
    b.composite("same", STRUCT, 4, &[("a", int, 0)]);
    let second = b.composite("same", STRUCT, 4, &[("b", int, 0)]);
    b.add("", ENUM, 1, 4, &[value, 7]);
    b.refer("same", TYPEDEF, second);
    is(
        &b,
        &[
            "struct same {\n\tint a;\n}",
            "struct same___2 {\n\tint b;\n}",
            "enum {\n\tsame = 7,\n}",
            "typedef struct same___2 same___2",
        ],
    );
}

#[test]
fn enums_keep_their_sizes_and_signs() {
    let mut b = Builder::new();
    let value = b.name("V");
    for (size, kind, row) in [
        (4, ENUM | FLAG, vec![value, u32::MAX]),
        (1, ENUM, vec![value, 255]),
        (2, ENUM, vec![value, 256]),
        (8, ENUM64, vec![value, 1, 1]),
        (8, ENUM64 | FLAG, vec![value, 1, 0]),
    ] {
        b.add("", kind, 1, size, &row);
    }
    is(
        &b,
        &[
            "enum {\n\tV = -1,\n}",
            "enum {\n\tV___2 = 255,\n} __attribute__((mode(byte)))",
            "enum {\n\tV___3 = 256,\n} __attribute__((mode(HI)))",
            "enum {\n\tV___4 = 4294967297ULL,\n}",
            "enum {\n\tV___5 = 1LL,\n} __attribute__((mode(word)))",
        ],
    );
}

#[test]
fn what_the_compiler_has_itself_is_not_defined() {
    let mut b = Builder::new();
    let int = b.int("int", 4);
    let list = b.refer("__builtin_va_list", TYPEDEF, int);
    b.refer("va_list", TYPEDEF, list);
    b.refer("__gnuc_va_list", TYPEDEF, VOID);
    b.int("__Poly8_t", 1);
    let poly = TypeId(5);
    b.refer("poly", TYPEDEF, poly);
    is(
        &b,
        &[
            "typedef __builtin_va_list va_list",
            "typedef __builtin_va_list __gnuc_va_list",
            "typedef unsigned char __Poly8_t",
            "typedef __Poly8_t poly",
        ],
    );
}

#[test]
fn a_split_btf_is_written_with_its_base() {
    let mut base = Builder::new();
    let int = base.int("int", 4);
    let inner = base.composite("inner", STRUCT, 4, &[("a", int, 0)]);
    let mut split = Builder::split(&base);
    split.composite("outer", STRUCT, 4, &[("inner", inner, 0)]);
    let split = Btf::parse_split(split.bytes(), &base.build()).unwrap();
    let expected = "struct inner {\n\tint a;\n};\n\nstruct outer {\n\tstruct inner inner;\n};\n\n";
    assert_eq!(split.to_c().unwrap(), expected);
}

#[test]
fn the_order_of_bytes_makes_no_difference() {
    let (mut little, mut big) = (Builder::new(), Builder::big());
    fill(&mut little);
    fill(&mut big);
    assert_eq!(text(&little), text(&big));
}

#[test]
fn types_that_lead_back_to_themselves_are_refused() {
    // A typedef of itself, a pointer to itself, a function that takes itself, an anonymous struct within itself.
    let typedef = |b: &mut Builder| b.refer("a", TYPEDEF, TypeId(1));
    let pointer = |b: &mut Builder| b.pointer(TypeId(1));
    let function = |b: &mut Builder| b.proto(VOID, &[("again", TypeId(1))]);
    let through_pointer = |b: &mut Builder| {
        b.pointer(TypeId(2));
        b.composite("", STRUCT, 8, &[("again", TypeId(1), 0)])
    };
    let cases: [&dyn Fn(&mut Builder) -> TypeId; 4] =
        [&typedef, &pointer, &function, &through_pointer];
    for (number, fill) in cases.into_iter().enumerate() {
        let mut b = Builder::new();
        fill(&mut b);
        let error = b.build().to_c().expect_err("no C").to_string();
        let known = ["or back to itself", "has a member, number 0"];
        assert!(
            known.iter().any(|it| error.contains(it)),
            "{number}: {error}"
        );
    }
}
