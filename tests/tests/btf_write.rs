//! BTF that is written here: read by libbpf and by an older bpftool, deduplicated, permuted, distilled, relocated;
//! and values written by their types.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

#[path = "btf_write/changed.rs"]
mod changed;
#[path = "btf_write/ext.rs"]
mod ext;
#[path = "btf_write/linked.rs"]
mod linked;
#[path = "btf_write/values.rs"]
mod values;
#[path = "btf_write/written.rs"]
mod written;

use libbpf_safe::btf::{
    Btf, BtfExt, Builder, Field, IntEncoding, Linkage, SectionEntry, Type, TypeId,
};
use tempfile::TempDir;

const VOID: TypeId = TypeId::VOID;

fn int(types: &mut Builder) -> TypeId {
    types.int("int", 4, IntEncoding::Signed).unwrap()
}

/// Something of every kind.
fn all() -> Builder {
    let mut types = Builder::new();
    let int = int(&mut types);
    let boolean = types.int("_Bool", 1, IntEncoding::Bool).unwrap();
    let pointer = types.pointer(int).unwrap();
    let array = types.array(pointer, int, 3).unwrap();
    let fields = [Field::new("a", array, 0), Field::new("b", boolean, 192)];
    types.structure("s", 32, fields).unwrap();
    let bits = [
        Field::new("x", int, 0).bits(3),
        Field::new("y", int, 3).bits(5),
    ];
    types.structure("bits", 4, bits).unwrap();
    let fields = [Field::new("a", int, 0), Field::new("b", boolean, 0)];
    types.union("u", 4, fields).unwrap();
    let values = [("RED", -1), ("BLUE", 7)];
    types.enumeration("e", 4, true, values).unwrap();
    let values = [("SMALL", 1), ("LARGE", i128::from(u64::MAX))];
    types.enumeration("big", 8, false, values).unwrap();
    types.forward("later", false).unwrap();
    types.forward("later_u", true).unwrap();
    let alias = types.typedef("int_t", int).unwrap();
    let volatile = types.volatile(alias).unwrap();
    let constant = types.constant(volatile).unwrap();
    types.restrict(pointer).unwrap();
    let proto = types.function_proto(VOID, [("a", constant), ("", VOID)]);
    let function = types
        .function("f", Linkage::Global, proto.unwrap())
        .unwrap();
    let variable = types.variable("v", Linkage::Static, int).unwrap();
    let entry = SectionEntry::new(variable, 8, 4);
    types.data_section(".data", 16, [entry]).unwrap();
    types.float("double", 8).unwrap();
    types.decl_tag("whole", function, None, false).unwrap();
    types.decl_tag("part", function, Some(0), false).unwrap();
    let tag = types.type_tag("user", int, false).unwrap();
    types.pointer(tag).unwrap();
    types
}

/// All that is known of each type, with names.
fn types(btf: &Btf) -> Vec<String> {
    let of = |(id, ty): (TypeId, Type<'_>)| {
        let rows = match ty {
            Type::Struct(list) | Type::Union(list) => {
                format!("{:?}", list.members().collect::<Vec<_>>())
            }
            Type::Enum(list) => format!("{:?}", list.values().collect::<Vec<_>>()),
            Type::FunctionProto(proto) => format!("{:?}", proto.params().collect::<Vec<_>>()),
            Type::DataSection(section) => format!("{:?}", section.entries().collect::<Vec<_>>()),
            _ => String::new(),
        };
        format!("{id} {ty:?} {rows}")
    };
    btf.types().map(of).collect()
}

fn sections(object: &[u8]) -> (Btf, BtfExt) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("object.bpf.o");
    std::fs::write(&path, object).unwrap();
    BtfExt::from_file(path).unwrap()
}
