//! Sockets, maps of sockets, network namespaces, netfilter.

use crate::{hits_of, load, loopback, packet};
use libbpf_safe::Object;
use libbpf_safe::link::LinkDetails;
use libbpf_safe::map::{SockMap, UpdateFlag};
use libbpf_safe::program::attach::{
    AttachType, Hook, HookOptions, NetfilterOptions, Place, detach_from_reuseport,
    detach_from_socket,
};
use libbpf_tests::kernel::in_guest;
use libbpf_tests::net::{hashing_socket, share_port};
use libbpf_tests::skeletons::HOOKS;
use nix::sys::socket::{AddressFamily, SockFlag, SockType, SockaddrIn, bind, socket};
use std::fs::File;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::MetadataExt;

pub(crate) fn a_socket_filters_what_it_receives() {
    let object = load(HOOKS, &["filter", "on_xdp"]);
    let program = object.program("filter").unwrap();
    let receiver = UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = receiver.local_addr().unwrap();
    program.attach_to_socket(&receiver).unwrap();
    let received = || {
        let sender = UdpSocket::bind("127.0.0.1:0").unwrap();
        sender.send_to(b"packet", address).unwrap();
        receiver.recv(&mut [0; 16]).unwrap()
    };
    // The filter keeps three bytes, which are the header's: the kernel leaves that whole.
    assert_eq!(hits_of(&object, "filter", || assert_eq!(received(), 0)), 1);
    detach_from_socket(&receiver).unwrap();
    assert_eq!(hits_of(&object, "filter", || assert_eq!(received(), 6)), 0);
    assert!(detach_from_socket(&receiver).is_err(), "there is none");
    let wrong = object.program("on_xdp").unwrap();
    let error = wrong.attach_to_socket(&receiver).unwrap_err();
    assert!(error.to_string().contains("`on_xdp`"), "{error}");
    assert!(
        program
            .attach_to_socket(File::open("/dev/null").unwrap())
            .is_err()
    );
}

pub(crate) fn a_program_chooses_among_sockets() {
    let object = load(HOOKS, &["reuseport"]);
    let program = object.program("reuseport").unwrap();
    let fd: OwnedFd = socket(
        AddressFamily::Inet,
        SockType::Datagram,
        SockFlag::SOCK_CLOEXEC,
        None,
    )
    .unwrap();
    let alone = UdpSocket::bind("127.0.0.1:0").unwrap();
    assert!(
        program.attach_to_reuseport(&alone).is_err(),
        "it shares nothing"
    );
    share_port(&fd);
    bind(
        std::os::fd::AsRawFd::as_raw_fd(&fd),
        &SockaddrIn::new(127, 0, 0, 1, 0),
    )
    .unwrap();
    program.attach_to_reuseport(&fd).unwrap();
    let receiver = UdpSocket::from(fd);
    let send = || {
        let sender = UdpSocket::bind("127.0.0.1:0").unwrap();
        sender
            .send_to(b"packet", receiver.local_addr().unwrap())
            .unwrap();
        assert_eq!(receiver.recv(&mut [0; 16]).unwrap(), 6);
    };
    assert_eq!(hits_of(&object, "reuseport", send), 1);
    detach_from_reuseport(&receiver).unwrap();
    assert_eq!(hits_of(&object, "reuseport", send), 0);
    assert!(detach_from_reuseport(&receiver).is_err(), "there is none");
}

/// Two ends of a connection; what is written to the first is seen by programs on messages, what the second receives by
/// those on streams.
fn connection() -> (TcpStream, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let sender = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let (receiver, _) = listener.accept().unwrap();
    (sender, receiver)
}

fn transfer(sender: &mut TcpStream, receiver: &mut TcpStream) {
    sender.write_all(b"message").unwrap();
    let mut buffer = [0; 7];
    receiver.read_exact(&mut buffer).unwrap();
    assert_eq!(&buffer, b"message");
}

/// Programs, with their hooks and whether the sockets in the map send or receive.
const STREAMS: &[(&[&str], &[AttachType], bool)] = &[
    (&["message"], &[AttachType::SK_MSG_VERDICT], true),
    (&["verdict"], &[AttachType::SK_SKB_VERDICT], false),
    (
        &["parser", "stream_verdict"],
        &[
            AttachType::SK_SKB_STREAM_PARSER,
            AttachType::SK_SKB_STREAM_VERDICT,
        ],
        false,
    ),
];

/// Puts a connection under the programs of the map, and lets a message pass.
fn pass(object: &Object, programs: &[&str], sends: bool) {
    let sockets = SockMap::<u64>::try_from(object.map("sockets").unwrap()).unwrap();
    let (mut sender, mut receiver) = connection();
    let watched = if sends { &sender } else { &receiver };
    sockets.update(0, watched, UpdateFlag::Any).unwrap();
    let before: Vec<u64> = programs
        .iter()
        .map(|name| crate::hits(object, name))
        .collect();
    transfer(&mut sender, &mut receiver);
    for (name, before) in programs.iter().zip(before) {
        assert!(crate::hits(object, name) > before, "{name} did not run");
    }
    sockets.delete(0).unwrap();
}

pub(crate) fn sockets_in_maps_run_programs_without_links() {
    for &(programs, hooks, sends) in STREAMS {
        let object = load(HOOKS, programs);
        let map = object.map("sockets").unwrap();
        let hook = |attach_type| Hook::new(Place::Sockets(&map), attach_type);
        let mut attachments = Vec::new();
        for (name, &attach_type) in programs.iter().zip(hooks) {
            let program = object.program(name).unwrap().to_kernel_program().unwrap();
            let hook = hook(attach_type);
            attachments.push(hook.attach(&program, &HookOptions::default()).unwrap());
            let attached = hook.attached().unwrap().programs;
            assert_eq!(attached.len(), 1);
            assert_eq!(attached[0].program_id, program.info().unwrap().id);
        }
        pass(&object, programs, sends);
        for attachment in attachments {
            attachment.detach().unwrap();
        }
        for &attach_type in hooks {
            assert!(hook(attach_type).attached().unwrap().programs.is_empty());
        }
    }
}

pub(crate) fn sockets_in_maps_run_programs_by_links() {
    for &(programs, hooks, sends) in STREAMS {
        let object = load(HOOKS, programs);
        let map = object.map("sockets").unwrap();
        let mut links = Vec::new();
        for (name, &attach_type) in programs.iter().zip(hooks) {
            let link = object.program(name).unwrap().attach_sock_map(&map).unwrap();
            let expected = LinkDetails::SockMap {
                map_id: map.info().id,
                attach_type,
            };
            assert_eq!(link.info().unwrap().details, expected);
            links.push(link);
        }
        pass(&object, programs, sends);
        drop(links);
        for &attach_type in hooks {
            let hook = Hook::new(Place::Sockets(&map), attach_type);
            assert!(hook.attached().unwrap().programs.is_empty());
        }
    }
}

pub(crate) fn a_network_namespace_is_asked_for_its_programs() {
    let object = load(HOOKS, &["lookup"]);
    let program = object.program("lookup").unwrap();
    let namespace = File::open("/proc/self/ns/net").unwrap();
    let hook = Hook::new(
        Place::NetworkNamespace(namespace.as_fd()),
        AttachType::SK_LOOKUP,
    );
    let link = program.attach_network_namespace(&namespace).unwrap();
    let ids = || -> Vec<u32> {
        let programs = hook.attached().unwrap().programs;
        programs.iter().map(|found| found.program_id).collect()
    };
    assert!(ids().contains(&program.info().unwrap().id));
    let inode = u32::try_from(namespace.metadata().unwrap().ino()).unwrap();
    let expected = LinkDetails::NetworkNamespace {
        inode,
        attach_type: AttachType::SK_LOOKUP,
    };
    assert_eq!(link.info().unwrap().details, expected);
    assert!(hits_of(&object, "lookup", || drop(connection())) > 0);
    link.detach().unwrap();
    assert!(!ids().contains(&program.info().unwrap().id));
    assert_eq!(hits_of(&object, "lookup", || drop(connection())), 0);
}

pub(crate) fn packets_are_taken_apart_by_a_dissector() {
    let object = load(HOOKS, &["dissector"]);
    let program = object.program("dissector").unwrap();
    let namespace = File::open("/proc/self/ns/net").unwrap();
    let hook = Hook::new(
        Place::NetworkNamespace(namespace.as_fd()),
        AttachType::FLOW_DISSECTOR,
    );
    let watcher = hashing_socket(loopback());
    let link = program.attach_network_namespace(&namespace).unwrap();
    let LinkDetails::NetworkNamespace { attach_type, .. } = link.info().unwrap().details else {
        panic!("{:?}", link.info());
    };
    assert_eq!(attach_type, AttachType::FLOW_DISSECTOR);
    assert_eq!(hook.attached().unwrap().programs.len(), 1);
    assert!(hits_of(&object, "dissector", packet) > 0);
    link.detach().unwrap();
    assert_eq!(hits_of(&object, "dissector", packet), 0);
    // As before there were links.
    let kernel = program.to_kernel_program().unwrap();
    let attachment = hook.attach(&kernel, &HookOptions::default()).unwrap();
    assert!(hits_of(&object, "dissector", packet) > 0);
    attachment.detach().unwrap();
    assert_eq!(hits_of(&object, "dissector", packet), 0);
    // Without a link, only in the namespace of who attaches.
    let file = File::open("/dev/null").unwrap();
    let elsewhere = Hook::new(
        Place::NetworkNamespace(file.as_fd()),
        AttachType::FLOW_DISSECTOR,
    );
    let refused = elsewhere
        .attach(&kernel, &HookOptions::default())
        .unwrap_err();
    assert!(refused.to_string().contains("`dissector`"), "{refused}");
    drop(watcher);
}

pub(crate) fn netfilter_links_tell_where_they_are() {
    let object = load(HOOKS, &["on_netfilter"]);
    let program = object.program("on_netfilter").unwrap();
    // What defragments is a module in the kernels of guests.
    let may_defragment = !in_guest();
    for (family, defragment, address) in
        [(2, may_defragment, "127.0.0.1:0"), (10, false, "[::1]:0")]
    {
        let options = NetfilterOptions {
            family,
            hook: 1,
            priority: -123,
            defragment,
        };
        let link = program.attach_netfilter(&options).unwrap();
        let expected = LinkDetails::Netfilter {
            family,
            hook: 1,
            priority: -123,
            defragment,
        };
        assert_eq!(link.info().unwrap().details, expected);
        let send = || {
            let receiver = UdpSocket::bind(address).unwrap();
            let sender = UdpSocket::bind(address).unwrap();
            sender
                .send_to(b"packet", receiver.local_addr().unwrap())
                .unwrap();
            assert_eq!(receiver.recv(&mut [0; 16]).unwrap(), 6);
        };
        assert!(hits_of(&object, "on_netfilter", send) > 0);
        link.detach().unwrap();
        assert_eq!(hits_of(&object, "on_netfilter", send), 0);
    }
}
