//! Values that are written as C.

use super::{VOID, int};
use libbpf_safe::btf::{BtfError, Builder, DataFormat, Field, IntEncoding, Linkage, SectionEntry};

#[test]
fn values_are_written_by_their_types() {
    let mut types = Builder::new();
    let int = int(&mut types);
    let byte = types.int("char", 1, IntEncoding::Unsigned).unwrap();
    let long = types
        .int("unsigned long", 8, IntEncoding::Unsigned)
        .unwrap();
    let name = types.array(byte, int, 8).unwrap();
    let numbers = types.array(int, int, 3).unwrap();
    let color = types
        .enumeration("color", 4, true, [("RED", -1), ("BLUE", 7)])
        .unwrap();
    let pointer = types.pointer(VOID).unwrap();
    let inner = [
        Field::new("low", int, 0).bits(3),
        Field::new("high", int, 3).bits(5),
    ];
    let inner = types.structure("inner", 4, inner).unwrap();
    let double = types.float("double", 8).unwrap();
    let constant = types.constant(long).unwrap();
    let fields = [
        Field::new("id", constant, 0),
        Field::new("name", name, 64),
        Field::new("numbers", numbers, 128),
        Field::new("color", color, 224),
        Field::new("next", pointer, 256),
        Field::new("inner", inner, 320),
        Field::new("zero", int, 352),
        Field::new("ratio", double, 384),
    ];
    let value = types.structure("value", 56, fields).unwrap();
    let variable = types.variable("current", Linkage::Static, int).unwrap();
    let section = types
        .data_section(".data", 4, [SectionEntry::new(variable, 0, 4)])
        .unwrap();
    let btf = types.build().unwrap();
    let mut bytes = Vec::new();
    bytes.extend(u64::MAX.to_ne_bytes());
    bytes.extend(b"abc\0junk");
    bytes.extend([1i32, 0, -3].map(i32::to_ne_bytes).concat());
    bytes.extend((-1i32).to_ne_bytes());
    bytes.extend(0xabcdu64.to_ne_bytes());
    bytes.extend((5u32 | 17 << 3).to_ne_bytes());
    bytes.extend([0; 4]);
    bytes.extend(1.5f64.to_ne_bytes());
    let lines = [
        "(struct value){",
        "\t.id = (unsigned long)18446744073709551615,",
        "\t.name = (char[8])[",
        "\t\t'a',",
        "\t\t'b',",
        "\t\t'c',",
        "\t\t'\\0',",
        "\t],",
        "\t.numbers = (int[3])[",
        "\t\t1,",
        "\t\t0,",
        "\t\t-3,",
        "\t],",
        "\t.color = (enum color)RED,",
        "\t.next = (void *)0xabcd,",
        "\t.inner = (struct inner){",
        "\t\t.low = (int)0x5,",
        "\t\t.high = (int)0x11,",
        "\t},",
        "\t.ratio = (double)1.500000,",
        "}",
    ];
    let format = DataFormat::new();
    assert_eq!(
        btf.format_data(value, &bytes, &format).unwrap(),
        lines.join("\n")
    );
    let compact = DataFormat::new().compact().skip_names().strings().zeroes();
    assert_eq!(
        btf.format_data(value, &bytes, &compact).unwrap(),
        "{18446744073709551615,\"abc\",[1,0,-3,],RED,0xabcd,{0x5,0x11,},0,1.500000,}"
    );
    let four = 4i32.to_ne_bytes();
    assert_eq!(
        btf.format_data(section, &four, &format).unwrap(),
        "SEC(\".data\") static int current = (int)4;"
    );
    let indented = DataFormat::new().indent("  ", 1).skip_names();
    let numbers = btf.format_data(numbers, &bytes[16..28], &indented).unwrap();
    assert_eq!(numbers, "  [\n    1,\n    0,\n    -3,\n  ]");
    let error = btf.format_data(value, &bytes[..50], &format).unwrap_err();
    assert!(matches!(
        error,
        BtfError::ShortData {
            needed: 56,
            len: 50,
            ..
        }
    ));
    assert!(btf.format_data(VOID, &bytes, &format).is_err());
    assert_eq!(btf.c_declaration(pointer, "next"), "void *next");
    assert_eq!(btf.c_declaration(name, "name"), "char name[8]");
}

#[test]
fn unions_of_unions_do_not_go_on_for_ever() {
    let mut types = Builder::new();
    let mut inner = int(&mut types);
    for depth in 0..40 {
        let fields = [Field::new("a", inner, 0), Field::new("b", inner, 0)];
        inner = types.union(&format!("u{depth}"), 4, fields).unwrap();
    }
    let btf = types.build().unwrap();
    let error = btf
        .format_data(inner, &[1; 4], &DataFormat::new())
        .unwrap_err();
    assert!(matches!(error, BtfError::TooMuchText { .. }), "{error}");
}
