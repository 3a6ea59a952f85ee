//! BTF that is written here and loaded into the kernel; distilled bases of the kernel's own.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use libbpf_safe::ErrorKind;
use libbpf_safe::btf::{
    Btf, Builder, DataFormat, Field, IntEncoding, KernelBtf, Kind, Linkage, Type, TypeId,
};
use libbpf_tests::kernel::in_guest;
use libbpf_tests::kernel_tests;
use libbpf_tests::libbpf_values::LibbpfValues;

kernel_tests![
    what_is_written_is_read_back_from_the_kernel_by_its_id,
    what_the_kernel_refuses_is_told,
    a_split_btf_is_not_loaded,
    a_distilled_base_of_the_kernels_is_replaced_by_the_kernels,
    a_module_that_is_not_loaded_is_told,
    values_of_the_kernels_structs_are_written_as_libbpf_writes_them,
];

fn what_is_written_is_read_back_from_the_kernel_by_its_id() {
    let mut types = Builder::new();
    let int = types.int("int", 4, IntEncoding::Signed).unwrap();
    let fields = [Field::new("a", int, 0), Field::new("b", int, 32)];
    let written = types.structure("written_here", 8, fields).unwrap();
    let proto = types.function_proto(int, [("a", int)]).unwrap();
    types.function("f", Linkage::Static, proto).unwrap();
    let btf = types.build().unwrap();
    let loaded = btf.load().unwrap();
    let id = loaded.info().unwrap().id;
    assert!(id > 0);
    let read = Btf::from_id(id, None).unwrap();
    assert_eq!(read.raw(), btf.raw());
    assert_eq!(read.find("written_here", Kind::Struct), Some(written));
    drop(loaded);
    let error = Btf::from_id(id, None).unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::NotFound);
}

fn what_the_kernel_refuses_is_told() {
    let mut types = Builder::new();
    let int = types.int("int", 4, IntEncoding::Signed).unwrap();
    // Its member is larger than the struct.
    types.structure("s", 2, [Field::new("a", int, 0)]).unwrap();
    let error = types.build().unwrap().load().unwrap_err();
    assert!(
        matches!(error.kind(), ErrorKind::InvalidBtf { .. }),
        "{error}"
    );
    assert!(
        error
            .messages()
            .iter()
            .any(|it| it.contains("exceeds struct_size")),
        "{error:?}"
    );
}

fn a_split_btf_is_not_loaded() {
    let kernel = Btf::from_kernel().unwrap();
    let split = Builder::split(&kernel).unwrap().build().unwrap();
    let error = split.load().unwrap_err();
    assert!(
        matches!(error.kind(), ErrorKind::InvalidInput { .. }),
        "{error}"
    );
}

fn a_distilled_base_of_the_kernels_is_replaced_by_the_kernels() {
    let kernel = Btf::from_kernel().unwrap();
    let find = |name| kernel.find(name, Kind::Struct).unwrap();
    let mut types = Builder::split(&kernel).unwrap();
    let task = types.pointer(find("task_struct")).unwrap();
    let fields = [
        Field::new("task", task, 0),
        Field::new("list", find("list_head"), 64),
    ];
    types.structure("made_by_a_module", 24, fields).unwrap();
    let module = types.build().unwrap();
    let (base, distilled) = module.distill().unwrap();
    assert!(base.raw().len() < 1000, "{} bytes", base.raw().len());
    let again = distilled.relocate(&kernel).unwrap();
    let id = again.find("made_by_a_module", Kind::Struct).unwrap();
    let Type::Struct(made) = again.get(id).unwrap() else {
        panic!("it is no struct");
    };
    assert_eq!(made.member("list").unwrap().ty, find("list_head"));
    let Type::Pointer { target } = again.get(made.member("task").unwrap().ty).unwrap() else {
        panic!("it is no pointer");
    };
    assert_eq!(target, find("task_struct"));
}

fn a_module_that_is_not_loaded_is_told() {
    let kernel = KernelBtf::from(Btf::from_kernel().unwrap());
    let error = kernel
        .clone()
        .with_loaded_module("no_such_module")
        .unwrap_err();
    assert!(error.to_string().contains("no_such_module"), "{error}");
    for name in ["", "..", "a/b"] {
        let error = kernel.clone().with_loaded_module(name).unwrap_err();
        assert!(
            matches!(error.kind(), ErrorKind::InvalidInput { .. }),
            "{error}"
        );
    }
}

/// All members, since libbpf looks at the first one only to see whether a struct is zero. Bytes are neither letters nor
/// zeroes: it takes what follows an array of characters for one of them, or leaves it out. Where it sets spaces, and that it
/// has no comma behind a value that its enum does not name, is not compared.
fn values_of_the_kernels_structs_are_written_as_libbpf_writes_them() {
    let kernel = Btf::from_kernel().unwrap();
    let mut libbpf = LibbpfValues::of(kernel.raw());
    let mut state = 1_u64;
    let byte = || {
        state = state.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(1);
        0x80 | (state >> 32) as u8
    };
    let bytes: Vec<u8> = std::iter::repeat_with(byte).take(1 << 14).collect();
    let compared = |text: &str| text.replace([' ', ','], "");
    let format = DataFormat::new().compact().zeroes();
    let (mut same, mut refused, mut different) = (0, 0, Vec::new());
    let step = if in_guest() { 97 } else { 23 };
    for number in (1..u32::try_from(kernel.len()).unwrap()).step_by(step) {
        let id = TypeId(number);
        let (Type::Struct(composite) | Type::Union(composite)) = kernel.get(id).unwrap() else {
            continue;
        };
        let Some(data) = bytes.get(..usize::try_from(composite.size).unwrap()) else {
            continue;
        };
        let ours = kernel.format_data(id, data, &format).unwrap();
        match libbpf.text(number, data) {
            // Arrays of empty structs, such as keys of locks.
            None => refused += 1,
            Some(text) if compared(&text) == compared(&ours) => same += 1,
            Some(text) => different.push((text, ours)),
        }
    }
    assert!(different.is_empty(), "{different:#?}");
    assert!(same > 50 && refused < same / 10, "{same}, {refused}");
}
