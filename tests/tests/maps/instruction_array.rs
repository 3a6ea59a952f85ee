//! Maps of instructions.

use libbpf_tests::skeletons::instructions::OpenSkeleton;

pub(crate) fn instructions_are_named_until_the_map_is_frozen() {
    let skeleton = OpenSkeleton::open().unwrap().load().unwrap();
    let instructions = &skeleton.maps.instructions;
    assert_eq!(instructions.len(), 4);
    instructions.update(1, 7).unwrap();
    let found = instructions.lookup(1).unwrap().unwrap();
    assert_eq!(found.original, 7);
    assert!(instructions.lookup(4).unwrap().is_none());
    instructions.as_map().freeze().unwrap();
    assert!(instructions.update(1, 8).is_err());
    assert_eq!(instructions.lookup(1).unwrap().unwrap().original, 7);
}
