//! Promises that have no other place: see `safe/src/promises.md`.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use libbpf_safe::map::{HashMap, UpdateFlag};
use libbpf_safe::{Error, ErrorKind, OpenObject};
use libbpf_tests::features::STRUCT_OPS_LINKS;
use libbpf_tests::kernel_tests;
use libbpf_tests::skeletons::{attach, map_kinds};

kernel_tests![
    all need STRUCT_OPS_LINKS;
    what_is_not_in_the_kernel_has_no_descriptor,
    error_numbers_are_positive,
    a_batch_of_another_length_is_refused,
];

fn refused(error: &Error, name: &str) {
    assert!(
        matches!(error.kind(), ErrorKind::InvalidInput { .. }),
        "{error:?}"
    );
    assert!(error.to_string().contains(name), "{error}");
}

/// libbpf answers with a negative number, which no descriptor is made of.
fn what_is_not_in_the_kernel_has_no_descriptor() {
    let mut open = OpenObject::from_bytes("attach", &attach::OBJECT.0).unwrap();
    open.program_mut("raw").unwrap().set_autoload(false);
    for map in ["control", "sockets"] {
        let mut map = open.map_mut(map).unwrap();
        map.set_autocreate(false).unwrap();
    }
    open.program_mut("on_message").unwrap().set_autoload(false);
    let object = open.load().unwrap();
    let program = object.program("raw").unwrap();
    assert!(!program.is_loaded());
    refused(&program.fd().unwrap_err(), "`raw`");
    refused(&program.attach().unwrap_err(), "`raw`");
    refused(&object.map("sockets").unwrap_err(), "`sockets`");
    let control = object.struct_ops("control").unwrap();
    refused(&control.to_map().unwrap_err(), "`control`");
    refused(&control.attach().unwrap_err(), "`control`");
    // What is there has one.
    assert!(object.program("typed").unwrap().fd().is_ok());
}

fn maps() -> map_kinds::Maps {
    let open = map_kinds::OpenSkeleton::open().unwrap();
    open.load().unwrap().maps
}

fn error_numbers_are_positive() {
    let maps = maps();
    maps.queue.push(&1).unwrap();
    maps.queue.push(&2).unwrap();
    let error = maps.queue.push(&3).unwrap_err();
    assert_eq!(error.raw_os_error(), Some(7), "E2BIG: {error}");
    let none = maps.hash.update(&1, &Default::default(), UpdateFlag::Exist);
    assert_eq!(none.unwrap_err().raw_os_error(), Some(2), "ENOENT");
    let missing = OpenObject::from_file("/nowhere/there.bpf.o").unwrap_err();
    assert_eq!(missing.raw_os_error(), Some(2), "ENOENT");
}

/// The number of elements is never taken from what was not given.
fn a_batch_of_another_length_is_refused() {
    let hash: HashMap<u8, u8> = maps().narrow;
    for (keys, values) in [(&[1, 2][..], &[1][..]), (&[], &[1]), (&[1], &[])] {
        assert!(hash.update_batch(keys, values).is_err(), "{keys:?}");
    }
    assert_eq!(hash.iter().count(), 0);
    hash.update_batch(&[], &[]).unwrap();
    assert_eq!(hash.iter().count(), 0);
}
