//! Sections whose names begin alike, and sections that are larger than a stack.

use libbpf_safe::OpenOptions;
use libbpf_safe::data::LiveCell;
use libbpf_safe::program::TestRun;
use libbpf_tests::skeletons::sections::{OBJECT, OpenSkeleton};

/// libbpf keeps 15 letters of the name of a section in `.bss`, the same of both.
pub(crate) fn sections_whose_names_begin_alike_are_told_apart() {
    let mut open = OpenSkeleton::open().unwrap();
    let parts = open.parts();
    parts.bss_counts_of_the_first.first = 3;
    parts.bss_counts_of_the_second.second = 40;
    let skeleton = open.load().unwrap();
    let run = skeleton.programs.step.test_run(TestRun::new()).unwrap();
    assert_eq!(run.return_value, 0);
    assert_eq!(skeleton.bss_counts_of_the_first.first.get(), 4);
    assert_eq!(skeleton.bss_counts_of_the_second.second.get(), 50);
    let value = |name| skeleton.object.variable::<u32>(name).unwrap().get();
    assert_eq!((value("first"), value("second")), (4, 50));
}

pub(crate) fn variables_by_name_and_sizes_are_those_of_their_section() {
    let options = OpenOptions::new()
        .name("sections")
        .resize_section(".bss.counts_of_the_second", 8);
    let mut open = options.open_bytes(&OBJECT.0).unwrap();
    open.set_variable("first", &1u32).unwrap();
    open.set_variable("second", &2u32).unwrap();
    assert_eq!(open.variable::<u32>("first").unwrap(), 1);
    assert_eq!(open.variable::<u32>("second").unwrap(), 2);
    let object = open.load().unwrap();
    let second = object.live_section::<LiveCell<[u32; 2]>>(".bss.counts_of_the_second");
    assert_eq!(second.unwrap().get(), [2, 0]);
    let first = object.live_section::<LiveCell<[u32; 2]>>(".bss.counts_of_the_first");
    assert!(first.is_err(), "that one has not been resized");
}

/// On a thread with the stack that threads have.
pub(crate) fn variables_larger_than_a_stack_are_shown_by_their_size() {
    let show = || {
        let mut open = OpenSkeleton::open().unwrap();
        let before = format!("{:?}", open.parts());
        let skeleton = open.load().unwrap();
        skeleton.programs.step.test_run(TestRun::new()).unwrap();
        let numbers = skeleton.bss.numbers.elements();
        assert_eq!(numbers.last().unwrap().get(), 100);
        (before, format!("{:?}", *skeleton.bss))
    };
    let (before, after) = std::thread::spawn(show).join().unwrap();
    for text in [before, after] {
        assert!(text.contains("large: [16777216 bytes]"), "{text}");
        assert!(text.contains("numbers: [8388608 bytes]"), "{text}");
    }
}
