//! Functions of programs, which other programs replace or trace.

use crate::{hits_of, load, open};
use libbpf_safe::Object;
use libbpf_safe::link::LinkDetails;
use libbpf_safe::program::TestRun;
use libbpf_tests::skeletons::{KERNEL_FUNCTIONS, REPLACEMENT};

/// What `decider` says of a packet: 2 is XDP_PASS, 1 XDP_DROP.
fn verdict(object: &Object) -> u32 {
    let packet = [0_u8; 64];
    let run = TestRun::new().data(&packet);
    object
        .program("decider")
        .unwrap()
        .test_run(run)
        .unwrap()
        .return_value
}

pub(crate) fn a_function_of_a_program_is_replaced() {
    let target = load(KERNEL_FUNCTIONS, &["decider"]);
    let decider = target.program("decider").unwrap();
    let kernel = decider.to_kernel_program().unwrap();
    let mut open = open(REPLACEMENT, &["replacement"]);
    let mut program = open.program_mut("replacement").unwrap();
    let error = program
        .set_attach_target(Some(&kernel), "no_such")
        .unwrap_err();
    assert!(error.to_string().contains("`no_such`"), "{error}");
    program.set_attach_target(Some(&kernel), "decide").unwrap();
    drop(kernel);
    let object = open.load().unwrap();
    let program = object.program("replacement").unwrap();
    assert_eq!(verdict(&target), 2);
    for by_section in [true, false] {
        let link = match by_section {
            true => program.attach().unwrap(),
            false => program.attach_freplace(&decider, "decide").unwrap(),
        };
        assert_eq!(
            hits_of(&object, "replacement", || assert_eq!(verdict(&target), 1)),
            1
        );
        let LinkDetails::Tracing {
            target_object_id, ..
        } = link.info().unwrap().details
        else {
            panic!("{:?}", link.info());
        };
        assert_eq!(target_object_id, decider.info().unwrap().id);
        link.detach().unwrap();
        assert_eq!(verdict(&target), 2);
    }
}

pub(crate) fn a_function_of_a_program_is_traced() {
    let target = load(KERNEL_FUNCTIONS, &["decider"]);
    let kernel = target
        .program("decider")
        .unwrap()
        .to_kernel_program()
        .unwrap();
    let mut open = open(REPLACEMENT, &["tracer"]);
    open.program_mut("tracer")
        .unwrap()
        .set_attach_target(Some(&kernel), "decide")
        .unwrap();
    let object = open.load().unwrap();
    let link = object.program("tracer").unwrap().attach().unwrap();
    assert_eq!(
        hits_of(&object, "tracer", || assert_eq!(verdict(&target), 2)),
        1
    );
    link.detach().unwrap();
    assert_eq!(
        hits_of(&object, "tracer", || assert_eq!(verdict(&target), 2)),
        0
    );
}
