//! Traffic control: classic filters, and tcx.

use crate::{hits_of, load, loopback, packet};
use libbpf_safe::link::LinkDetails;
use libbpf_safe::program::attach::{
    Anchor, AttachType, Hook, HookOptions, MultiOptions, Place, Position, QueueingDiscipline,
    TcHook, TcOptions, TcPoint,
};
use libbpf_safe::{ErrorKind, Object};
use libbpf_tests::skeletons::HOOKS;

fn kernel(object: &Object, name: &str) -> libbpf_safe::program::KernelProgram {
    object.program(name).unwrap().to_kernel_program().unwrap()
}

/// The qdisc of the loopback device, which goes with it.
struct Clsact(TcHook);

impl Drop for Clsact {
    fn drop(&mut self) {
        self.0.destroy().unwrap();
    }
}

pub(crate) fn filters_of_traffic_control_run_programs() {
    let object = load(HOOKS, &["on_tc", "tc_other"]);
    let (one, other) = (kernel(&object, "on_tc"), kernel(&object, "tc_other"));
    let hook = TcHook::new(loopback(), TcPoint::Ingress);
    let error = hook.attach(&one, &TcOptions::default()).unwrap_err();
    assert!(
        error.to_string().contains("ingress of the network device"),
        "{error}"
    );
    hook.create().unwrap();
    let clsact = Clsact(hook);
    let again = hook.create().unwrap_err();
    assert_eq!(*again.kind(), ErrorKind::AlreadyExists);

    // The kernel chooses handle and priority, and tells.
    let (filter, attachment) = hook.attach(&one, &TcOptions::default()).unwrap();
    assert!(filter.handle != 0 && filter.priority != 0, "{filter:?}");
    assert_eq!(filter.program_id, one.info().unwrap().id);
    assert_eq!(hook.query(filter.handle, filter.priority).unwrap(), filter);
    assert!(hits_of(&object, "on_tc", packet) > 0);
    attachment.detach().unwrap();
    assert_eq!(hits_of(&object, "on_tc", packet), 0);
    assert!(hook.query(filter.handle, filter.priority).is_err());

    // Chosen ones; what replaces is not detached by who was replaced.
    let options = TcOptions {
        handle: 7,
        priority: 9,
        replace: false,
    };
    let (_, first) = hook.attach(&one, &options).unwrap();
    assert!(hook.attach(&other, &options).is_err(), "it is taken");
    let replace = TcOptions {
        replace: true,
        ..options
    };
    let (filter, second) = hook.attach(&other, &replace).unwrap();
    assert_eq!((filter.handle, filter.priority), (7, 9));
    assert!(hits_of(&object, "tc_other", packet) > 0);
    assert_eq!(hits_of(&object, "on_tc", packet), 0);
    drop(first);
    assert!(hits_of(&object, "tc_other", packet) > 0);
    second.keep();
    hook.detach(7, 9).unwrap();
    assert_eq!(hits_of(&object, "tc_other", packet), 0);

    // Egress, and the same by the number of its parent; all filters of a point go at once.
    let egress = TcHook::new(loopback(), TcPoint::Egress);
    let parent = TcHook::new(loopback(), TcPoint::Parent(0xffff_fff3));
    let (filter, kept) = parent.attach(&one, &options).unwrap();
    assert_eq!(egress.query(7, 9).unwrap(), filter);
    assert!(hits_of(&object, "on_tc", packet) > 0);
    kept.keep();
    assert!(parent.create().is_err(), "a parent is made otherwise");
    egress.clear().unwrap();
    assert_eq!(hits_of(&object, "on_tc", packet), 0);
    drop(clsact);
    assert!(hook.clear().is_err(), "the qdisc is gone");
}

pub(crate) fn queueing_disciplines_are_created_by_name() {
    let root = |name| QueueingDiscipline::root(loopback(), name, 0x7_0000);
    let own = root("pfifo");
    own.create().unwrap();
    let packets_pass = packet;
    packets_pass();
    own.destroy().unwrap();
    assert!(own.destroy().is_err(), "it is gone");
    let error = root("no_such_qdisc").create().unwrap_err();
    assert!(error.to_string().contains("`no_such_qdisc`"), "{error}");
    assert!(root("a\0b").create().is_err());
    assert!(
        QueueingDiscipline::root(u32::MAX, "pfifo", 0)
            .create()
            .is_err()
    );
}

pub(crate) fn tcx_links_tell_where_they_are() {
    let object = load(HOOKS, &["tcx_ingress", "tcx_egress"]);
    let device = loopback();
    let directions = [
        ("tcx_ingress", AttachType::TCX_INGRESS),
        ("tcx_egress", AttachType::TCX_EGRESS),
    ];
    for (name, attach_type) in directions {
        let program = object.program(name).unwrap();
        let link = program
            .attach_tcx(device, &MultiOptions::default())
            .unwrap();
        assert!(hits_of(&object, name, packet) > 0);
        let expected = LinkDetails::Tcx {
            device,
            attach_type,
        };
        assert_eq!(link.info().unwrap().details, expected);
        link.detach().unwrap();
        assert_eq!(hits_of(&object, name, packet), 0);
    }
}

pub(crate) fn tcx_without_a_link_is_asked_and_changed() {
    let object = load(HOOKS, &["tcx_ingress", "tcx_ingress_other"]);
    let program = object.program("tcx_ingress").unwrap();
    let (one, other) = (
        kernel(&object, "tcx_ingress"),
        kernel(&object, "tcx_ingress_other"),
    );
    let (one_id, other_id) = (one.info().unwrap().id, other.info().unwrap().id);
    let hook = Hook::new(Place::Device(loopback()), AttachType::TCX_INGRESS);
    let link = program
        .attach_tcx(loopback(), &MultiOptions::default())
        .unwrap();
    let before = HookOptions {
        order: MultiOptions {
            position: Position::Before(Anchor::Link(&link)),
            expected_revision: hook.attached().unwrap().revision.unwrap(),
        },
        ..HookOptions::default()
    };
    let attachment = hook.attach(&other, &before).unwrap();
    let attached = hook.attached().unwrap();
    let found: Vec<_> = attached
        .programs
        .iter()
        .map(|found| (found.program_id, found.link_id))
        .collect();
    let link_id = link.info().unwrap().id;
    assert_eq!(found, [(other_id, None), (one_id, Some(link_id))]);
    assert!(hits_of(&object, "tcx_ingress_other", packet) > 0);
    let error = hook.attach(&other, &before).unwrap_err();
    assert!(error.to_string().contains("tcx_ingress"), "{error}");
    assert!(
        hook.detach_at(&other, 1).is_err(),
        "the list has changed since"
    );
    assert!(hook.detach(&one).is_err(), "it is attached by a link");
    drop(link);
    let replace = HookOptions {
        replace: Some(&other),
        ..HookOptions::default()
    };
    let second = hook.attach(&one, &replace).unwrap();
    assert!(attachment.detach().is_err(), "it was replaced");
    assert!(hits_of(&object, "tcx_ingress", packet) > 0);
    let revision = hook.attached().unwrap().revision.unwrap();
    second.keep();
    hook.detach_at(&one, revision).unwrap();
    assert_eq!(hits_of(&object, "tcx_ingress", packet), 0);
    assert!(hook.attached().unwrap().programs.is_empty());
    let nowhere = Hook::new(Place::Device(u32::MAX), AttachType::TCX_INGRESS);
    assert!(nowhere.attached().is_err());
    assert!(nowhere.attach(&one, &HookOptions::default()).is_err());
    assert!(nowhere.detach(&one).is_err());
}
