//! Memory that BPF programs and user space share.

#![forbid(unsafe_code)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use libbpf_safe::data::Pointer;
use libbpf_safe::map::Arena;
use libbpf_safe::program::TestRun;
use libbpf_safe::{ErrorKind, Program, live_member};
use libbpf_tests::features::Feature;
use libbpf_tests::kernel_tests;
use libbpf_tests::skeletons::arena::types::listed;
use libbpf_tests::skeletons::arena::{OpenSkeleton, Skeleton};
use std::thread;

kernel_tests![
    all need Feature::Linux(6, 9);
    variables_in_an_arena_are_live,
    variables_in_an_arena_are_set_before_load,
    a_list_that_a_program_built_is_read,
    a_list_that_is_changed_here_the_program_reads,
    a_page_that_nobody_touched_is_zero,
    a_page_that_was_freed_is_made_anew,
    what_is_beyond_an_arena_is_refused,
    an_arena_outlives_its_skeleton,
    an_arena_has_room_for_its_variables,
];

fn load() -> Skeleton {
    OpenSkeleton::open().unwrap().load().unwrap()
}

fn run(program: &Program) -> u32 {
    program.test_run(TestRun::new()).unwrap().return_value
}

fn variables_in_an_arena_are_live() {
    let skeleton = load();
    assert_eq!(skeleton.arena.calls.get(), 5);
    assert_eq!(skeleton.arena.weights.get(), [1, 2, 3]);
    run(&skeleton.programs.tick);
    assert_eq!(skeleton.arena.calls.get(), 7);
    assert_eq!(skeleton.arena.last.get(), 10);
    skeleton.arena.weights.elements()[1].set(100);
    run(&skeleton.programs.tick);
    assert_eq!(skeleton.arena.calls.get(), 107);
}

fn variables_in_an_arena_are_set_before_load() {
    let mut open = OpenSkeleton::open().unwrap();
    let mut parts = open.parts();
    assert_eq!((parts.arena.calls, parts.arena.last), (5, 9));
    parts.arena.calls = 1000;
    parts.arena.last = 200;
    // The map itself is another part.
    parts.maps.arena.set_max_entries(20).unwrap();
    let skeleton = open.load().unwrap();
    assert_eq!(skeleton.maps.arena.len(), 20 * 4096);
    run(&skeleton.programs.tick);
    assert_eq!(skeleton.arena.calls.get(), 1002);
    assert_eq!(skeleton.arena.last.get(), 201);
}

/// The values of the nodes from a pointer on.
fn values(arena: &Arena, mut pointer: Pointer) -> Vec<u64> {
    let mut values = Vec::new();
    while let Some(offset) = arena.offset_of(pointer) {
        let node = arena.cell::<listed>(offset).unwrap().get();
        values.push(node.value);
        pointer = node.next;
    }
    assert!(pointer.is_null(), "{pointer:?}");
    values
}

fn a_list_that_a_program_built_is_read() {
    let skeleton = load();
    assert_eq!(run(&skeleton.programs.build), 0);
    assert_eq!(
        values(&skeleton.maps.arena, skeleton.bss.head.get()),
        [10, 20, 30]
    );
}

fn a_list_that_is_changed_here_the_program_reads() {
    let skeleton = load();
    let arena = &skeleton.maps.arena;
    run(&skeleton.programs.build);
    let first = arena.offset_of(skeleton.bss.head.get()).unwrap();
    live_member!(arena.cell::<listed>(first).unwrap(), listed, value).fetch_add(1);
    // A node in a page that the program did not allocate, in front of the others.
    let place = 15 * 4096;
    arena.cell::<listed>(place).unwrap().set(listed {
        next: skeleton.bss.head.get(),
        value: 1000,
    });
    skeleton.bss.head.set(arena.pointer_to(place).unwrap());
    assert_eq!(run(&skeleton.programs.add_up), 4);
    assert_eq!(skeleton.bss.total.get(), 1000 + 11 + 20 + 30);
}

fn a_page_that_nobody_touched_is_zero() {
    let arena = load().maps.arena;
    let page = arena.cells::<u64>(10 * 4096, 512).unwrap();
    assert!(page.iter().all(|word| word.get() == 0));
    page[511].set(3);
    assert_eq!(arena.cell::<u64>(11 * 4096 - 8).unwrap().get(), 3);
}

fn a_page_that_was_freed_is_made_anew() {
    let skeleton = load();
    let arena = &skeleton.maps.arena;
    run(&skeleton.programs.build);
    let first = arena.offset_of(skeleton.bss.head.get()).unwrap();
    let value = live_member!(arena.cell::<listed>(first).unwrap(), listed, value);
    assert_eq!(value.get(), 10);
    run(&skeleton.programs.free_page);
    assert_eq!(value.get(), 0);
    value.set(4);
    assert_eq!(value.get(), 4);
}

fn what_is_beyond_an_arena_is_refused() {
    let arena = load().maps.arena;
    let len = arena.len();
    assert_eq!(len, 16 * 4096);
    assert!(arena.cell::<u64>(len - 8).is_some());
    for offset in [len - 7, len - 4, len, usize::MAX, usize::MAX - 7, 4, 1] {
        assert!(arena.cell::<u64>(offset).is_none(), "{offset}");
    }
    assert!(arena.cells::<u8>(0, len).is_some());
    assert!(arena.cells::<u8>(0, len + 1).is_none());
    assert!(arena.cells::<u64>(0, usize::MAX / 2).is_none());
    assert!(arena.pointer_to(len).is_none());
    let start = arena.pointer_to(0).unwrap().address();
    assert_eq!(arena.offset_of(Pointer::from_address(start + 9)), Some(9));
    for elsewhere in [start - 1, start + len as u64, 0] {
        assert!(arena.offset_of(Pointer::from_address(elsewhere)).is_none());
    }
}

fn an_arena_outlives_its_skeleton() {
    let skeleton = load();
    let (arena, variables) = (skeleton.maps.arena.clone(), skeleton.arena.clone());
    drop(skeleton);
    let thread = thread::spawn(move || {
        arena.cell::<u32>(8 * 4096).unwrap().set(77);
        let again = arena.clone();
        drop(arena);
        again.cell::<u32>(8 * 4096).unwrap().get()
    });
    assert_eq!(thread.join().unwrap(), 77);
    variables.calls.fetch_add(1);
    assert_eq!(variables.calls.get(), 6);
}

fn an_arena_has_room_for_its_variables() {
    let mut open = OpenSkeleton::open().unwrap();
    let error = open.parts().maps.arena.set_max_entries(0).unwrap_err();
    assert!(
        matches!(error.kind(), ErrorKind::InvalidInput { .. }),
        "{error}"
    );
    assert!(error.to_string().contains("map `arena`"), "{error}");
    open.parts().maps.arena.set_max_entries(1).unwrap();
    let skeleton = open.load().unwrap();
    run(&skeleton.programs.tick);
    assert_eq!(skeleton.arena.calls.get(), 7);
    let error = skeleton.object.arena("missing").unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::NotFound);
}
