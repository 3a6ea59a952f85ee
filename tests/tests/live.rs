//! Global variables after load: what BPF programs write is read, and what is written here BPF programs see.

#![forbid(unsafe_code)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

#[path = "live/ordering.rs"]
mod ordering;
#[path = "live/sections.rs"]
mod sections_by_name;

use libbpf_safe::data::{FrozenCell, LiveCell, LiveSection};
use libbpf_safe::program::TestRun;
use libbpf_safe::{ErrorKind, Program, live_member};
use libbpf_tests::kernel_tests;
use libbpf_tests::skeletons::globals::types::{phase, reading};
use libbpf_tests::skeletons::globals::{OpenSkeleton, Skeleton, live, sections};
use ordering::{
    values_of_several_words_are_released_and_acquired,
    what_was_written_before_a_release_is_read_after_the_acquire,
};
use sections_by_name::{
    sections_whose_names_begin_alike_are_told_apart,
    variables_by_name_and_sizes_are_those_of_their_section,
    variables_larger_than_a_stack_are_shown_by_their_size,
};
use std::thread;

kernel_tests![
    what_a_program_writes_is_read,
    what_is_written_here_the_program_sees,
    custom_sections_are_live,
    kconfig_is_read_after_load,
    constants_are_set_before_load_and_read_after_it,
    constants_are_mapped_for_reading_only,
    any_bits_have_a_value,
    threads_and_programs_count_together,
    a_section_outlives_its_skeleton,
    a_section_of_another_size_is_refused,
    members_of_a_struct_are_cells,
    each_load_has_its_own_variables,
    a_section_of_statics_only_is_set_before_load,
    arrays_are_shared_without_system_calls,
    an_array_that_cannot_be_mapped_says_why,
    what_was_written_before_a_release_is_read_after_the_acquire,
    values_of_several_words_are_released_and_acquired,
    sections_whose_names_begin_alike_are_told_apart,
    variables_by_name_and_sizes_are_those_of_their_section,
    variables_larger_than_a_stack_are_shown_by_their_size,
];

fn load() -> Skeleton {
    OpenSkeleton::open().unwrap().load().unwrap()
}

fn run(program: &Program) -> u32 {
    program.test_run(TestRun::new()).unwrap().return_value
}

fn what_a_program_writes_is_read() {
    let skeleton = load();
    assert_eq!(skeleton.bss.runs.get(), 0);
    assert_eq!(skeleton.data.level.get(), -5);
    for _ in 0..2 {
        run(&skeleton.programs.tick);
    }
    let bss = &skeleton.bss;
    assert_eq!(bss.runs.get(), 2);
    assert_eq!(bss.last.get().time, 2);
    assert_eq!(bss.last.get().value, (-6i32) as u32);
    assert_eq!(bss.last.get().parts, [0, 4]);
    assert_eq!(bss.histogram.get(), [0, 0, 0, 0, 0, 0, 0, 2]);
    assert_eq!(bss.histogram.element(7).unwrap().get(), 2);
    assert!(bss.histogram.element(8).is_none());
    assert_eq!(bss.lowest.get(), -1);
    assert_eq!(bss.narrow.get(), 5 + 6);
    assert_eq!(bss.wide.get(), 2 << 64);
    assert_eq!(bss.message.get().to_str().unwrap(), "seen by BPF");
    assert_eq!(skeleton.data.level.get(), -7);
    assert!(format!("{:?}", **bss).contains("lowest: -1"));
}

fn what_is_written_here_the_program_sees() {
    let skeleton = load();
    skeleton.bss.request.set(1000);
    skeleton.bss.runs.set(41);
    skeleton.data.level.set(12);
    skeleton.bss.histogram.elements()[7].set(99);
    run(&skeleton.programs.tick);
    assert_eq!(skeleton.bss.answer.get(), 2000 + 3 + 9 + 20);
    assert_eq!(skeleton.bss.runs.get(), 42);
    assert_eq!(skeleton.bss.last.get().value, 12);
    assert_eq!(skeleton.data.level.get(), 11);
    assert_eq!(skeleton.bss.histogram.get()[7], 100);
    assert_eq!(skeleton.bss.wide.get(), 42 << 64 | 1000);
}

fn custom_sections_are_live() {
    let mut open = OpenSkeleton::open().unwrap();
    let parts = open.parts();
    assert_eq!(parts.data_tuning.tuning, 3);
    parts.data_tuning.tuning = 10;
    parts.rodata_table.table[1] = 500;
    parts.bss_late.late = 6;
    let skeleton = open.load().unwrap();
    assert_eq!(skeleton.bss_late.late.get(), 6);
    run(&skeleton.programs.tick);
    assert_eq!(skeleton.bss.answer.get(), 10 + 9 + 500);
    skeleton.data_tuning.tuning.set(20);
    run(&skeleton.programs.tick);
    assert_eq!(skeleton.bss.answer.get(), 20 + 9 + 500);
    assert_eq!(skeleton.bss_late.late.get(), 1 << 40);
    assert_eq!(skeleton.rodata_table.table.get(), [10, 500, 30, 40]);
    assert_eq!(skeleton.rodata_table.table.element(1).unwrap().get(), 500);
}

fn kconfig_is_read_after_load() {
    let skeleton = load();
    let version = u32::try_from(skeleton.kconfig.LINUX_KERNEL_VERSION.get()).unwrap();
    assert!(skeleton.kconfig.CONFIG_BPF.get().get());
    assert!(!skeleton.kconfig.CONFIG_THERE_IS_NO_SUCH_OPTION.get().get());
    let release = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap();
    let numbers: Vec<u32> = release
        .split('.')
        .take(2)
        .map(|n| n.parse().unwrap())
        .collect();
    assert_eq!([version >> 16, version >> 8 & 0xff], numbers[..]);
    assert_eq!(run(&skeleton.programs.tick), numbers[0]);
}

fn constants_are_set_before_load_and_read_after_it() {
    let mut open = OpenSkeleton::open().unwrap();
    let rodata = open.parts().rodata;
    rodata.step = 5;
    rodata.limits.parts[1] = 40;
    let skeleton = open.load().unwrap();
    assert_eq!(skeleton.rodata.step.get(), 5);
    assert_eq!(skeleton.rodata.greeting.get().to_str().unwrap(), "hello");
    assert_eq!(skeleton.rodata.limits.get().parts, [3, 40]);
    run(&skeleton.programs.tick);
    assert_eq!(skeleton.bss.runs.get(), 5);
}

fn constants_are_mapped_for_reading_only() {
    let skeleton = load();
    let error = skeleton
        .object
        .live_section::<LiveCell<u32>>(".rodata")
        .unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::PermissionDenied);
    assert!(error.to_string().contains("section `.rodata`"), "{error}");
    assert!(error.hint().unwrap().contains("load froze it"), "{error}");
    let first: LiveSection<FrozenCell<u32>> = skeleton.object.live_section(".rodata").unwrap();
    assert_eq!(first.get(), skeleton.rodata.step.get());
}

fn any_bits_have_a_value() {
    let skeleton = load();
    run(&skeleton.programs.odd_values);
    assert!(skeleton.bss.flag.get().get());
    assert_eq!(skeleton.bss.phase.get(), phase(77));
    assert_eq!(format!("{:?}", skeleton.bss.phase), "phase(77)");
    assert_eq!(
        skeleton
            .bss
            .phase
            .compare_exchange(phase(77), phase::PHASE_BUSY),
        Ok(phase(77))
    );
    assert_eq!(
        skeleton.bss.phase.swap(phase::PHASE_IDLE),
        phase::PHASE_BUSY
    );
}

fn threads_and_programs_count_together() {
    const TIMES: u64 = 50;
    const BY_PROGRAM: u64 = 1000;
    let skeleton = load();
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                for _ in 0..TIMES {
                    run(&skeleton.programs.hammer);
                }
            });
            scope.spawn(|| {
                for _ in 0..TIMES * BY_PROGRAM {
                    skeleton.bss.hammered.fetch_add(1);
                    skeleton.bss.histogram.elements()[3].fetch_add(1);
                }
            });
        }
    });
    assert_eq!(skeleton.bss.hammered.get(), 4 * TIMES * BY_PROGRAM);
    assert_eq!(
        u64::from(skeleton.bss.histogram.get()[3]),
        4 * TIMES * BY_PROGRAM
    );
    assert_eq!(skeleton.bss.histogram.get()[2], 0);
}

fn a_section_outlives_its_skeleton() {
    let skeleton = load();
    let (bss, tick) = (skeleton.bss.clone(), skeleton.programs.tick.clone());
    drop(skeleton);
    run(&tick);
    assert_eq!(bss.runs.get(), 1);
    drop(tick);
    // Nothing else keeps the map now.
    let thread = thread::spawn(move || {
        bss.runs.fetch_add(1);
        bss.runs.get()
    });
    assert_eq!(thread.join().unwrap(), 2);
}

fn a_section_of_another_size_is_refused() {
    let object = load().object;
    let error = object
        .live_section::<LiveCell<[u64; 4096]>>(".bss")
        .unwrap_err();
    assert!(
        matches!(error.kind(), ErrorKind::Mismatch { .. }),
        "{error}"
    );
    assert!(error.to_string().contains("32768 bytes"), "{error}");
    let error = object.live_section::<LiveCell<u32>>(".none").unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::NotFound);
    assert!(
        error
            .to_string()
            .contains("section `.none` in object `globals`"),
        "{error}"
    );
    // A map that is no section.
    object.live_section::<LiveCell<u32>>("samples").unwrap_err();
}

fn members_of_a_struct_are_cells() {
    let skeleton = load();
    let last = &skeleton.bss.last;
    live_member!(last, reading, time).set(7);
    live_member!(skeleton.bss.last, reading, parts).elements()[0].fetch_or(0x8001);
    assert_eq!(last.get().time, 7);
    run(&skeleton.programs.tick);
    assert_eq!(live_member!(last, reading, time).get(), 1);
    assert_eq!(live_member!(last, reading, parts).get(), [0x8001, 4]);
    let whole = &*skeleton
        .object
        .live_section::<LiveCell<sections::bss>>(".bss")
        .unwrap();
    assert_eq!(
        live_member!(*whole, sections::bss, last.parts).get(),
        [0x8001, 4]
    );
}

fn each_load_has_its_own_variables() {
    let (first, second) = (load(), load());
    let bss: LiveSection<live::bss> = first.bss.clone();
    run(&first.programs.tick);
    bss.request.set(3);
    assert_eq!((bss.runs.get(), second.bss.runs.get()), (1, 0));
    assert_eq!(second.bss.request.get(), 0);
}

fn arrays_are_shared_without_system_calls() {
    let skeleton = load();
    let samples = skeleton.maps.samples.mapped().unwrap();
    let small = skeleton.maps.small.mapped().unwrap();
    assert_eq!((samples.len(), small.len()), (3, 5));
    live_member!(samples.get(2).unwrap(), reading, value).set(8);
    // Elements of 4 bytes are 8 bytes apart.
    for (index, cell) in small.iter().enumerate() {
        cell.set(u32::try_from(index).unwrap());
    }
    run(&skeleton.programs.tick);
    assert_eq!(samples.get(2).unwrap().get().value, 9);
    assert_eq!(samples.get(2).unwrap().get().parts, [6, 0]);
    assert_eq!(skeleton.maps.samples.lookup(2).unwrap().unwrap().value, 9);
    let numbers: Vec<u32> = small.iter().map(LiveCell::get).collect();
    assert_eq!(numbers, [0, 1, 102, 3, 4]);
    skeleton.maps.small.update(4, &40).unwrap();
    assert_eq!(small.get(4).unwrap().fetch_sub(1), 40);
    assert_eq!(skeleton.maps.small.lookup(4).unwrap(), Some(39));
    assert!(small.get(5).is_none() && samples.get(usize::MAX).is_none());
    drop(skeleton);
    assert_eq!(samples.clone().get(2).unwrap().get().value, 9);
}

fn an_array_that_cannot_be_mapped_says_why() {
    let error = load().maps.unmapped.mapped().unwrap_err();
    assert!(error.to_string().contains("map `unmapped`"), "{error}");
    assert!(error.to_string().contains("BPF_F_MMAPABLE"), "{error}");
    assert!(error.hint().unwrap().contains("map_flags"), "{error}");
}

fn a_section_of_statics_only_is_set_before_load() {
    let mut open = OpenSkeleton::open().unwrap();
    let parts = open.parts();
    assert_eq!(
        (parts.data_secret.secret, parts.data_secret.also_secret),
        (5, 6)
    );
    parts.data_secret.secret = 100;
    let skeleton = open.load().unwrap();
    run(&skeleton.programs.tick);
    assert_eq!(skeleton.bss.narrow.get(), 106);
    // libbpf does not share it after load, so that the skeleton has no field for it.
    let error = skeleton.object.variable::<u32>("secret").unwrap_err();
    assert!(error.to_string().contains("`.data.secret`"), "{error}");
    assert!(error.hint().unwrap().contains("static"), "{error}");
}
