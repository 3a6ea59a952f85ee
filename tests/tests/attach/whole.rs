//! A whole skeleton.

use crate::{load, system_call};
use libbpf_safe::ErrorKind;
use libbpf_safe::map::UpdateFlag;
use libbpf_tests::kernel::has_congestion_control;
use libbpf_tests::skeletons::attach::{OpenSkeleton, Skeleton};

fn runs(skeleton: &Skeleton) -> bool {
    let before = skeleton.bss.raw_hits.get();
    system_call();
    skeleton.bss.raw_hits.get() > before
}

pub(crate) fn a_skeleton_is_attached_and_detached() {
    let mut skeleton = load("t_whole");
    skeleton.attach().unwrap();
    assert!(runs(&skeleton));
    assert!(has_congestion_control("t_whole"));
    let links = &skeleton.links;
    assert!(links.raw.is_some() && links.typed.is_some());
    assert!(links.struct_ops.control.is_some());
    // Their sections name no place.
    assert!(links.at_function.is_none() && links.on_device.is_none());
    assert!(links.egress.is_none() && links.raw_elsewhere.is_none());
    let kept = skeleton.links.struct_ops.control.take();
    skeleton.detach();
    assert!(!runs(&skeleton));
    assert!(has_congestion_control("t_whole"), "its link was taken out");
    drop(kept);
    assert!(!has_congestion_control("t_whole"));
}

pub(crate) fn attaching_twice_is_harmless() {
    let mut skeleton = load("t_twice");
    skeleton.attach().unwrap();
    let id = |skeleton: &Skeleton| skeleton.links.raw.as_ref().unwrap().info().unwrap().id;
    let first = id(&skeleton);
    skeleton.attach().unwrap();
    assert_eq!(id(&skeleton), first);
    // What was detached meanwhile is attached again.
    drop(skeleton.links.raw.take());
    assert!(!runs(&skeleton));
    skeleton.attach().unwrap();
    assert!(runs(&skeleton));
    drop(skeleton);
    assert!(!has_congestion_control("t_twice"));
}

pub(crate) fn an_attachment_that_fails_half_way_leaves_nothing() {
    let first = load("t_half");
    let _first = first.struct_ops.control.attach().unwrap();
    let mut second = load("t_half");
    let typed = second.programs.typed.attach().unwrap();
    second.links.typed = Some(typed);
    let error = second.attach().unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::AlreadyExists);
    assert!(error.to_string().contains("`control`"), "{error}");
    assert!(second.links.raw.is_none());
    assert!(
        !runs(&second),
        "the program that came first is detached again"
    );
    let before = second.bss.typed_hits.get();
    system_call();
    assert!(
        second.bss.typed_hits.get() > before,
        "what was attached before stays"
    );
}

pub(crate) fn what_has_its_autoattach_off_is_left_alone() {
    let mut open = OpenSkeleton::open().unwrap();
    let parts = open.parts();
    parts.rodata.process = std::process::id();
    parts.struct_ops.control.name.set("t_autoattach").unwrap();
    let mut raw = parts.programs.raw;
    assert!(raw.autoattach());
    raw.set_autoattach(false);
    let mut skeleton = open.load().unwrap();
    assert!(!skeleton.programs.raw.autoattach());
    skeleton.attach().unwrap();
    assert!(skeleton.links.raw.is_none() && skeleton.links.typed.is_some());
    assert!(!runs(&skeleton));
    skeleton.links.raw = Some(skeleton.programs.raw.attach().unwrap());
    assert!(runs(&skeleton), "it can be attached by itself");
}

pub(crate) fn a_skeleton_is_attached_again_after_detach() {
    let mut skeleton = load("t_again");
    for _ in 0..3 {
        skeleton.attach().unwrap();
        assert!(runs(&skeleton) && has_congestion_control("t_again"));
        skeleton.detach();
        assert!(!runs(&skeleton) && !has_congestion_control("t_again"));
        // Nothing is attached, and that is no fault.
        skeleton.detach();
    }
}

/// Whole, and part by part: no part is of use to another that is gone.
pub(crate) fn skeletons_may_be_swapped() {
    let (mut one, mut other) = (load("t_swap1"), load("t_swap2"));
    one.attach().unwrap();
    std::mem::swap(&mut one, &mut other);
    assert!(!runs(&one) && runs(&other));
    std::mem::swap(&mut one.links, &mut other.links);
    std::mem::swap(&mut one.maps, &mut other.maps);
    std::mem::swap(&mut one.programs, &mut other.programs);
    std::mem::swap(&mut one.struct_ops, &mut other.struct_ops);
    // `one` now has the links, maps and programs of the object that goes, and the variables of its own.
    let hits = other.bss.clone();
    drop(other);
    let before = hits.raw_hits.get();
    system_call();
    assert!(hits.raw_hits.get() > before);
    assert!(has_congestion_control("t_swap1"));
    one.maps.numbers.update(&1, &2, UpdateFlag::Any).unwrap();
    assert_eq!(one.maps.numbers.lookup(&1).unwrap(), Some(2));
    assert_eq!(one.programs.raw.info().unwrap().name, "raw");
    one.detach();
    assert!(!has_congestion_control("t_swap1"));
    let link = one.struct_ops.control.attach().unwrap();
    assert!(has_congestion_control("t_swap1"), "it is of the other one");
    drop(one);
    assert!(has_congestion_control("t_swap1"));
    drop(link);
    assert!(!has_congestion_control("t_swap1"));
}
