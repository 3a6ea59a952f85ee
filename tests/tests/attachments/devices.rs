//! XDP and netkit.

use crate::{hits, hits_of, load, loopback, packet};
use libbpf_safe::link::LinkDetails;
use libbpf_safe::program::attach::{
    Anchor, AttachType, Hook, HookOptions, MultiOptions, Place, Position, XdpHook, XdpMode,
    XdpReplace,
};
use libbpf_safe::{ErrorKind, Object};
use libbpf_tests::net::DevicePair;
use libbpf_tests::skeletons::HOOKS;
use std::thread::sleep;
use std::time::{Duration, Instant};

fn id(object: &Object, name: &str) -> u32 {
    object.program(name).unwrap().info().unwrap().id
}

pub(crate) fn xdp_runs_in_the_mode_that_it_is_told() {
    let object = load(HOOKS, &["on_xdp", "xdp_frags"]);
    let device = loopback();
    let hook = XdpHook::new(device);
    assert_eq!(hook.query().unwrap().program_id, None);
    for name in ["on_xdp", "xdp_frags"] {
        let program = object.program(name).unwrap();
        let link = program
            .attach_xdp_in_mode(device, XdpMode::Generic)
            .unwrap();
        let expected = LinkDetails::Xdp { device };
        assert_eq!(link.info().unwrap().details, expected);
        let state = hook.query().unwrap();
        assert_eq!(state.mode, Some(XdpMode::Generic));
        assert_eq!(state.program_id, Some(id(&object, name)));
        assert_eq!(state.generic_program_id, state.program_id);
        assert_eq!(state.native_program_id, None);
        assert!(hits_of(&object, name, packet) > 0);
        link.detach().unwrap();
        assert_eq!(hits_of(&object, name, packet), 0);
    }
    // The loopback device has no other mode.
    let program = object.program("on_xdp").unwrap();
    for mode in [XdpMode::Native, XdpMode::Offloaded] {
        let error = program.attach_xdp_in_mode(device, mode).unwrap_err();
        assert!(error.to_string().contains("`on_xdp`"), "{error}");
    }
    assert!(program.attach_xdp_in_mode(u32::MAX, XdpMode::Any).is_err());
}

pub(crate) fn xdp_without_a_link_replaces_what_it_is_told() {
    let object = load(HOOKS, &["on_xdp", "xdp_other"]);
    let kernel = |name: &str| object.program(name).unwrap().to_kernel_program().unwrap();
    let (one, other) = (kernel("on_xdp"), kernel("xdp_other"));
    let hook = XdpHook::new(loopback());
    let mode = XdpMode::Generic;
    let attached = hook.attach(&one, mode, XdpReplace::Nothing).unwrap();
    assert!(hits_of(&object, "on_xdp", packet) > 0);
    let error = hook.attach(&other, mode, XdpReplace::Nothing).unwrap_err();
    assert!(error.to_string().contains("`xdp_other`"), "{error}");
    assert!(
        hook.attach(&other, mode, XdpReplace::Program(&other))
            .is_err()
    );
    let second = hook
        .attach(&other, mode, XdpReplace::Program(&one))
        .unwrap();
    assert!(hits_of(&object, "xdp_other", packet) > 0);
    assert_eq!(hits_of(&object, "on_xdp", packet), 0);
    assert!(
        attached.detach().is_err(),
        "what took its place is not touched"
    );
    assert_eq!(
        hook.query().unwrap().program_id,
        Some(id(&object, "xdp_other"))
    );
    let third = hook.attach(&one, mode, XdpReplace::Anything).unwrap();
    drop(second);
    assert_eq!(
        hook.query().unwrap().program_id,
        Some(id(&object, "on_xdp"))
    );
    third.keep();
    assert!(
        hook.detach(mode, Some(&other)).is_err(),
        "another is expected"
    );
    assert!(hits_of(&object, "on_xdp", packet) > 0, "it was kept");
    hook.detach(mode, None).unwrap();
    assert_eq!(hook.query().unwrap().program_id, None);
    assert_eq!(hits_of(&object, "on_xdp", packet), 0);
    for wrong in [0, u32::MAX] {
        let error = XdpHook::new(wrong).query().unwrap_err();
        assert!(
            matches!(error.kind(), ErrorKind::InvalidInput { .. }),
            "{error}"
        );
    }
}

pub(crate) fn xdp_runs_in_the_driver() {
    let object = load(HOOKS, &["on_xdp"]);
    let pair = DevicePair::new("veth").unwrap();
    let program = object.program("on_xdp").unwrap();
    let hook = XdpHook::new(pair.second);
    let link = program
        .attach_xdp_in_mode(pair.second, XdpMode::Native)
        .unwrap();
    let state = hook.query().unwrap();
    assert_eq!(state.mode, Some(XdpMode::Native));
    assert_eq!(state.native_program_id, Some(id(&object, "on_xdp")));
    assert_ne!(state.features, 0, "a driver with XDP");
    pair.send_frame(pair.first);
    // The driver takes it in when the kernel gets round to it.
    let start = Instant::now();
    while hits(&object, "on_xdp") == 0 && start.elapsed() < Duration::from_secs(5) {
        sleep(Duration::from_millis(5));
    }
    assert!(hits(&object, "on_xdp") > 0);
    let device = pair.second;
    assert_eq!(link.info().unwrap().details, LinkDetails::Xdp { device });
    drop(pair);
    let gone = LinkDetails::Xdp { device: 0 };
    assert_eq!(link.info().unwrap().details, gone);
}

pub(crate) fn netkit_devices_run_programs() {
    let pair = DevicePair::new("netkit").unwrap();
    let object = load(HOOKS, &["netkit_primary", "netkit_peer"]);
    let programs = [
        ("netkit_primary", AttachType::NETKIT_PRIMARY, pair.first),
        ("netkit_peer", AttachType::NETKIT_PEER, pair.second),
    ];
    for (name, attach_type, sender) in programs {
        let program = object.program(name).unwrap();
        // Both by the index of the primary device.
        let link = program
            .attach_netkit(pair.first, &MultiOptions::default())
            .unwrap();
        let frame = || pair.send_frame(sender);
        assert!(hits_of(&object, name, frame) > 0, "{name}");
        let LinkDetails::Netkit {
            device,
            attach_type: found,
        } = link.info().unwrap().details
        else {
            panic!("{:?}", link.info());
        };
        assert_eq!(found, attach_type);
        assert!([pair.first, pair.second].contains(&device));
        let hook = Hook::new(Place::Device(pair.first), attach_type);
        let attached = hook.attached().unwrap();
        assert_eq!(attached.programs[0].link_id, Some(link.info().unwrap().id));
        assert_eq!(attached.programs[0].program_id, id(&object, name));
        // Another one before it, without a link.
        let kernel = program.to_kernel_program().unwrap();
        let before = HookOptions {
            order: MultiOptions {
                position: Position::Before(Anchor::Link(&link)),
                expected_revision: attached.revision.unwrap(),
            },
            ..HookOptions::default()
        };
        let refused = hook.attach(&kernel, &before);
        assert_eq!(
            refused.unwrap_err().raw_os_error(),
            Some(libc::EEXIST),
            "a program is attached once"
        );
        link.detach().unwrap();
        assert_eq!(hits_of(&object, name, frame), 0, "{name}");
        let alone = hook.attach(&kernel, &HookOptions::default()).unwrap();
        assert!(hits_of(&object, name, frame) > 0, "{name}");
        alone.detach().unwrap();
    }
    let program = object.program("netkit_primary").unwrap();
    let error = program
        .attach_netkit(loopback(), &MultiOptions::default())
        .unwrap_err();
    assert!(error.to_string().contains("`netkit_primary`"), "{error}");
}
