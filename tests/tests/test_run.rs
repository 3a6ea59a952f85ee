//! Programs run by user space, with what they take and what they leave.

#![forbid(unsafe_code)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use libbpf_safe::ErrorKind;
use libbpf_safe::program::TestRun;
use libbpf_tests::features::STRUCT_OPS_LINKS;
use libbpf_tests::kernel_tests;
use libbpf_tests::skeletons::globals::{OpenSkeleton, Skeleton};
use libbpf_tests::skeletons::tcp_shadow;

kernel_tests![
    a_syscall_program_changes_its_context,
    a_program_changes_its_packet,
    a_program_runs_as_often_as_told,
    too_little_room_is_an_error_that_says_how_much,
    what_a_program_does_not_take_is_an_error,
    a_program_that_is_not_loaded_is_not_run,
    a_struct_ops_program_is_not_run needs STRUCT_OPS_LINKS,
];

fn load() -> Skeleton {
    OpenSkeleton::open().unwrap().load().unwrap()
}

fn a_syscall_program_changes_its_context() {
    let skeleton = load();
    let mut context = [0u8; 16];
    context[0] = 40;
    context[4] = 2;
    let result = skeleton
        .programs
        .add
        .test_run(TestRun::new().context(&context))
        .unwrap();
    assert_eq!(result.return_value, 7);
    assert_eq!(result.context[8..], 42u64.to_ne_bytes());
    assert_eq!(context[8..], [0; 8], "what was given stays as it was");
    assert!(result.data.is_empty());
    let result = skeleton
        .programs
        .add
        .test_run(TestRun::new().context(&[0; 16]))
        .unwrap();
    assert_eq!(result.return_value, u32::MAX);
}

fn a_program_changes_its_packet() {
    let skeleton = load();
    let packet = [1; 64];
    let result = skeleton
        .programs
        .shorten
        .test_run(TestRun::new().data(&packet).data_out(100))
        .unwrap();
    assert_eq!(result.return_value, 2, "XDP_PASS");
    assert_eq!(result.data.len(), 60);
    assert_eq!((result.data[0], result.data[1]), (0xab, 1));
    assert_eq!(skeleton.bss.runs.get(), 1);
}

fn a_program_runs_as_often_as_told() {
    let skeleton = load();
    let packet = [1; 64];
    let result = skeleton
        .programs
        .shorten
        .test_run(TestRun::new().data(&packet).repeat(10))
        .unwrap();
    assert_eq!(skeleton.bss.runs.get(), 10);
    assert!(result.duration.as_secs() < 1);
    assert!(result.data.is_empty(), "it was not asked for");
    let error = skeleton
        .programs
        .shorten
        .test_run(TestRun::new().data(&packet).repeat(u32::MAX))
        .unwrap_err();
    assert!(error.to_string().contains("2147483647 times"), "{error}");
}

fn too_little_room_is_an_error_that_says_how_much() {
    let error = load()
        .programs
        .shorten
        .test_run(TestRun::new().data(&[1; 64]).data_out(20))
        .unwrap_err();
    assert!(error.hint().unwrap().contains("60 bytes"), "{error}");
    assert!(error.to_string().contains("program `shorten`"), "{error}");
}

fn what_a_program_does_not_take_is_an_error() {
    let skeleton = load();
    let error = skeleton
        .programs
        .tick
        .test_run(TestRun::new().repeat(2))
        .unwrap_err();
    assert_eq!(error.raw_os_error(), Some(22), "{error}");
    assert!(
        error.hint().unwrap().contains("cannot be repeated"),
        "{error}"
    );
    assert_eq!(skeleton.bss.runs.get(), 0);
}

fn a_program_that_is_not_loaded_is_not_run() {
    let mut open = OpenSkeleton::open().unwrap();
    open.parts().programs.tick.set_autoload(false);
    let error = open
        .load()
        .unwrap()
        .programs
        .tick
        .test_run(TestRun::new())
        .unwrap_err();
    assert!(error.to_string().contains("autoload was off"), "{error}");
}

fn a_struct_ops_program_is_not_run() {
    let object = tcp_shadow::OpenSkeleton::open()
        .unwrap()
        .load()
        .unwrap()
        .object;
    let program = object.program("original").unwrap();
    let error = program
        .test_run(TestRun::new().context(&[0xff; 64]))
        .unwrap_err();
    assert!(
        matches!(error.kind(), ErrorKind::InvalidInput { .. }),
        "{error}"
    );
    assert!(error.to_string().contains("by its map only"), "{error}");
}
