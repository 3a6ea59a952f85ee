//! Devices, cgroups, network namespaces, sockets, netfilter.

use crate::{counts, load, loopback, packet};
use libbpf_safe::map::UpdateFlag;
use libbpf_safe::program::attach::{
    Anchor, CgroupOptions, MultiOptions, NetfilterOptions, Position,
};
use libbpf_tests::cgroup;
use std::fs::File;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};

pub(crate) fn cgroups_run_programs() {
    let skeleton = load("t_at_cgroup");
    let cgroup = File::open(cgroup::root()).unwrap();
    let options = CgroupOptions::default();
    let link = skeleton
        .programs
        .egress
        .attach_cgroup(&cgroup, &options)
        .unwrap();
    let before = skeleton.bss.egress_hits.get();
    packet();
    assert!(skeleton.bss.egress_hits.get() > before);
    link.detach().unwrap();

    let link = skeleton
        .programs
        .at_connect
        .attach_cgroup(&cgroup, &options)
        .unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    counts(&skeleton.bss.connect_hits, link, || {
        drop(TcpStream::connect(address).unwrap());
    });
    let file = File::open("/proc/self/stat").unwrap();
    let error = skeleton
        .programs
        .egress
        .attach_cgroup(&file, &options)
        .unwrap_err();
    assert!(error.to_string().contains("`egress`"), "{error}");
}

pub(crate) fn xdp_runs_on_a_device() {
    let skeleton = load("t_at_xdp");
    let mut link = skeleton.programs.on_device.attach_xdp(loopback()).unwrap();
    packet();
    assert!(skeleton.bss.xdp_hits.get() > 0);
    let occupied = skeleton.programs.on_device_instead.attach_xdp(loopback());
    assert!(occupied.is_err(), "the device has one");
    link.update_program(&skeleton.programs.on_device_instead)
        .unwrap();
    let before = skeleton.bss.xdp_hits.get();
    packet();
    assert!(skeleton.bss.xdp_other_hits.get() > 0);
    assert_eq!(skeleton.bss.xdp_hits.get(), before);
    let id = skeleton.programs.on_device_instead.info().unwrap().id;
    assert_eq!(link.info().unwrap().program_id, id);
    link.detach().unwrap();
}

pub(crate) fn devices_run_programs_in_order() {
    let skeleton = load("t_at_tcx");
    let programs = &skeleton.programs;
    let attach = |program: &libbpf_safe::Program, position| {
        let options = MultiOptions {
            position,
            ..MultiOptions::default()
        };
        program.attach_tcx(loopback(), &options)
    };
    let three = attach(&programs.three, Position::Last).unwrap();
    let _one = attach(&programs.one, Position::First).unwrap();
    let anchor = three.info().unwrap().id;
    let two = attach(&programs.two, Position::Before(Anchor::LinkId(anchor))).unwrap();
    let seen = || {
        skeleton.bss.order.set(0);
        packet();
        // Packets of others may pass: the last three programs are those of one packet, or the first are.
        skeleton.bss.order.get().to_string()
    };
    let order = seen();
    assert!(order.contains("123"), "{order}");
    two.detach().unwrap();
    let two = attach(
        &programs.two,
        Position::After(Anchor::Program(&programs.three)),
    )
    .unwrap();
    let order = seen();
    assert!(order.contains("132"), "{order}");
    two.detach().unwrap();
    let two = attach(&programs.two, Position::Before(Anchor::Link(&three))).unwrap();
    let order = seen();
    assert!(order.contains("123"), "{order}");
    drop(two);
    let nowhere = attach(&programs.two, Position::Before(Anchor::ProgramId(u32::MAX)));
    assert!(nowhere.is_err());
    let stale = MultiOptions {
        expected_revision: 1,
        ..MultiOptions::default()
    };
    assert!(programs.two.attach_tcx(loopback(), &stale).is_err());
}

pub(crate) fn network_namespaces_run_programs() {
    let skeleton = load("t_at_netns");
    let namespace = File::open("/proc/self/ns/net").unwrap();
    let link = skeleton
        .programs
        .at_lookup
        .attach_network_namespace(&namespace)
        .unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let before = skeleton.bss.lookup_hits.get();
    drop(TcpStream::connect(listener.local_addr().unwrap()).unwrap());
    assert!(skeleton.bss.lookup_hits.get() > before);
    link.detach().unwrap();
}

pub(crate) fn sock_maps_run_programs() {
    let skeleton = load("t_at_sockmap");
    let sockets = &skeleton.maps.sockets;
    let link = skeleton
        .programs
        .on_message
        .attach_sock_map(sockets.as_map())
        .unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut sender = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let (mut receiver, _) = listener.accept().unwrap();
    sockets.update(0, &sender, UpdateFlag::Any).unwrap();
    sender.write_all(b"message").unwrap();
    let mut buffer = [0; 7];
    receiver.read_exact(&mut buffer).unwrap();
    assert_eq!(&buffer, b"message");
    assert_eq!(skeleton.bss.message_hits.get(), 1);
    link.detach().unwrap();
    let not_of_sockets = skeleton
        .programs
        .on_message
        .attach_sock_map(skeleton.maps.numbers.as_map());
    assert!(not_of_sockets.is_err());
}

pub(crate) fn netfilter_runs_programs() {
    let skeleton = load("t_at_netfilter");
    let options = NetfilterOptions {
        family: 2,
        hook: 1,
        priority: -4321,
        defragment: false,
    };
    let program = &skeleton.programs.in_netfilter;
    let link = program.attach_netfilter(&options).unwrap();
    let before = skeleton.bss.netfilter_hits.get();
    packet();
    assert!(skeleton.bss.netfilter_hits.get() > before);
    assert!(program.attach_netfilter(&options).is_err(), "taken");
    link.detach().unwrap();
}
