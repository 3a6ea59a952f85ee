//! Arrays that are sized at run time, as long as their sections.

#![forbid(unsafe_code)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use libbpf_safe::data::LiveCell;
use libbpf_safe::program::TestRun;
use libbpf_safe::{ErrorKind, OpenOptions};
use libbpf_tests::kernel_tests;
use libbpf_tests::skeletons::globals::OpenSkeleton;

kernel_tests![
    an_array_is_as_long_as_it_was_made,
    without_resizing_an_array_is_as_declared,
    variables_before_a_resized_array_stay,
    a_section_is_not_made_smaller,
    an_unknown_section_is_named,
    an_array_of_another_section_is_none,
];

const ELEMENTS: usize = 1000;

fn options() -> OpenOptions {
    let factors: Vec<u8> = (1..=ELEMENTS as u32).flat_map(u32::to_ne_bytes).collect();
    OpenOptions::new()
        .resize_section(".bss.counts", 8 * ELEMENTS)
        .section_contents(".rodata.factors", factors)
}

fn an_array_is_as_long_as_it_was_made() {
    let mut open = OpenSkeleton::open_with(&options()).unwrap();
    let parts = open.parts();
    parts.rodata.elements = ELEMENTS as u32;
    assert_eq!(parts.rodata_factors.factors, [1]);
    parts.rodata_factors.factors = [50];
    parts.bss_counts.counts = [3];
    let skeleton = open.load().unwrap();
    let counts = skeleton.bss_counts.whole_array(&skeleton.bss_counts.counts);
    assert_eq!(counts.len(), ELEMENTS);
    counts[ELEMENTS - 1].set(10_000);
    let run = skeleton.programs.scale.test_run(TestRun::new()).unwrap();
    assert_eq!(run.return_value as usize, ELEMENTS);
    let values: Vec<u64> = counts.iter().map(LiveCell::get).collect();
    assert_eq!(values[..3], [53, 2, 3]);
    assert_eq!(
        values[ELEMENTS - 2..],
        [ELEMENTS as u64 - 1, 10_000 + ELEMENTS as u64]
    );
    let factors = skeleton
        .rodata_factors
        .whole_array(&skeleton.rodata_factors.factors);
    assert_eq!(factors.len(), ELEMENTS);
    assert_eq!((factors[0].get(), factors[999].get()), (50, 1000));
    // BTF has it in its new length, too.
    let by_name = skeleton
        .object
        .variable::<[u64; ELEMENTS]>("counts")
        .unwrap();
    assert_eq!(by_name.element(1).unwrap().get(), 2);
}

fn without_resizing_an_array_is_as_declared() {
    let skeleton = OpenSkeleton::open().unwrap().load().unwrap();
    let counts = skeleton.bss_counts.whole_array(&skeleton.bss_counts.counts);
    assert_eq!(counts.len(), 1);
    skeleton.programs.scale.test_run(TestRun::new()).unwrap();
    assert_eq!(counts[0].get(), 7);
}

fn variables_before_a_resized_array_stay() {
    // The same size: only the contents are new.
    let options = OpenOptions::new().section_contents(".data.tuning", 77u32.to_ne_bytes());
    let mut open = OpenSkeleton::open_with(&options).unwrap();
    assert_eq!(open.parts().data_tuning.tuning, 77);
    let skeleton = open.load().unwrap();
    assert_eq!(skeleton.data_tuning.tuning.get(), 77);
    assert_eq!(skeleton.data.level.get(), -5);
}

fn a_section_is_not_made_smaller() {
    let options = OpenOptions::new().resize_section(".rodata.table", 2);
    let error = OpenSkeleton::open_with(&options).unwrap_err();
    assert!(
        matches!(error.kind(), ErrorKind::InvalidInput { .. }),
        "{error}"
    );
    assert!(
        error
            .to_string()
            .contains("section `.rodata.table` of object `globals`"),
        "{error}"
    );
    assert!(error.to_string().contains("8 bytes"), "{error}");
    let options = OpenOptions::new().resize_section(".bss.counts", usize::MAX);
    let error = OpenSkeleton::open_with(&options).unwrap_err();
    assert!(error.to_string().contains("4 GiB"), "{error}");
}

fn an_unknown_section_is_named() {
    let options = OpenOptions::new().resize_section(".bss.none", 100);
    let error = OpenSkeleton::open_with(&options).unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::NotFound);
    assert!(error.to_string().contains("`.bss.none`"), "{error}");
    let options = OpenOptions::new().resize_section(".kconfig", 4096);
    let error = OpenSkeleton::open_with(&options).unwrap_err();
    assert!(error.to_string().contains("extern"), "{error}");
}

fn an_array_of_another_section_is_none() {
    let skeleton = OpenSkeleton::open().unwrap().load().unwrap();
    let elsewhere = LiveCell::new([0u64; 1]);
    assert!(skeleton.bss_counts.whole_array(&elsewhere).is_empty());
    assert!(
        skeleton
            .bss_counts
            .whole_array(&skeleton.bss.histogram)
            .is_empty()
    );
    assert!(
        skeleton
            .rodata
            .whole_array(&skeleton.bss_counts.counts)
            .is_empty()
    );
}
