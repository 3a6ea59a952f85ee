//! Objects that are linked in memory.

use libbpf_safe::ErrorKind;
use libbpf_tests::skeletons::{CORE, READS};
use std::path::Path;
use tempfile::TempDir;

#[test]
fn objects_are_linked_in_memory_as_in_files() {
    let folder = TempDir::new().unwrap();
    let place = |name: &str| folder.path().join(name);
    for (name, bytes) in [("core.bpf.o", CORE), ("reads.bpf.o", READS)] {
        std::fs::write(place(name), bytes).unwrap();
    }
    let output = place("linked.bpf.o");
    libbpf_safe::Linker::new(&output)
        .file(place("core.bpf.o"))
        .file(place("reads.bpf.o"))
        .link()
        .unwrap();
    let linked = libbpf_safe::Linker::new("memory")
        .bytes("core", CORE)
        .bytes("reads", READS)
        .link_bytes()
        .unwrap();
    assert_eq!(linked, std::fs::read(output).unwrap());
    assert!(!Path::new("memory").exists());
    // Twice the same: names that both define.
    let error = libbpf_safe::Linker::new("memory")
        .bytes("first", READS)
        .bytes("second", READS)
        .link_bytes()
        .unwrap_err();
    assert!(error.to_string().contains("`second`"), "{error}");
    match error.kind() {
        ErrorKind::LinkConflict { other, .. } => {
            assert_eq!(other.as_deref(), Some(Path::new("first")))
        }
        other => panic!("{other:?}"),
    }
    let error = libbpf_safe::Linker::new("memory").link_bytes().unwrap_err();
    assert!(error.to_string().contains("no objects"), "{error}");
}
