//! Where packets are redirected to.

use crate::{load, maps};
use libbpf_safe::ErrorKind;
use libbpf_safe::map::UpdateFlag;
use rustix::net::sockopt::set_xdp_rx_ring_size;
use rustix::net::{AddressFamily, SocketType, socket};
use std::net::TcpListener;
use std::os::fd::OwnedFd;

pub(crate) fn devices_and_cpus_are_held_with_their_programs() {
    let skeleton = load();
    let maps = &skeleton.maps;
    let loopback = libbpf_tests::net::loopback();
    let program = &skeleton.programs.at_device;
    let id = program.info().unwrap().id;
    maps.devices
        .update(1, loopback, Some(program), UpdateFlag::Any)
        .unwrap();
    let found = maps.devices.lookup(1).unwrap().unwrap();
    assert_eq!((found.number, found.program_id), (loopback, id));
    assert_eq!(maps.devices.lookup(0).unwrap(), None);
    assert!(maps.devices.delete(1).unwrap());
    let nowhere = maps.devices.update(1, 9999, None, UpdateFlag::Any);
    assert!(nowhere.is_err());

    maps.device_hash
        .update(77, loopback, None, UpdateFlag::Any)
        .unwrap();
    let found = maps.device_hash.lookup(77).unwrap().unwrap();
    assert_eq!((found.number, found.program_id), (loopback, 0));
    assert!(maps.device_hash.delete(77).unwrap());

    let program = &skeleton.programs.at_cpu;
    maps.cpus
        .update(0, 192, Some(program), UpdateFlag::Any)
        .unwrap();
    let found = maps.cpus.lookup(0).unwrap().unwrap();
    let id = program.info().unwrap().id;
    assert_eq!((found.number, found.program_id), (192, id));
    assert_eq!(maps.cpus.lookup(1).unwrap(), None);
    assert!(maps.cpus.delete(0).unwrap());

    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let wrong = maps.xdp_sockets.update(0, &listener, UpdateFlag::Any);
    assert!(wrong.is_err(), "of another family");
}

/// A socket of the family `AF_XDP`. The newest kernels put none into a map that has nowhere to put packets.
fn xdp_socket() -> OwnedFd {
    let socket = socket(AddressFamily::XDP, SocketType::RAW, None).unwrap();
    set_xdp_rx_ring_size(&socket, 64).unwrap();
    socket
}

/// User space cannot look sockets up: what is there is told by what may be put there.
pub(crate) fn xdp_sockets_are_held_until_they_are_removed() {
    let sockets = maps().xdp_sockets;
    let (one, other) = (xdp_socket(), xdp_socket());
    let error = sockets.update(0, &one, UpdateFlag::Exist).unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::NotFound, "{error:?}");
    sockets.update(0, &one, UpdateFlag::NoExist).unwrap();
    let error = sockets.update(0, &other, UpdateFlag::NoExist).unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::AlreadyExists);
    sockets.update(0, &other, UpdateFlag::Exist).unwrap();
    sockets.delete(0).unwrap();
    sockets.update(0, &one, UpdateFlag::NoExist).unwrap();
    // The map does not keep the socket.
    drop(one);
    sockets.update(0, &other, UpdateFlag::NoExist).unwrap();
    assert!(sockets.update(2, &other, UpdateFlag::Any).is_err());
}

/// As most objects declare them.
pub(crate) fn devices_and_cpus_are_held_in_4_bytes_too() {
    let maps = maps();
    let loopback = libbpf_tests::net::loopback();
    maps.narrow_devices
        .update(1, loopback, UpdateFlag::Any)
        .unwrap();
    assert_eq!(maps.narrow_devices.lookup(1).unwrap(), Some(loopback));
    assert_eq!(maps.narrow_devices.lookup(0).unwrap(), None);
    assert!(maps.narrow_devices.delete(1).unwrap());
    maps.narrow_cpus.update(0, 64, UpdateFlag::Any).unwrap();
    assert_eq!(maps.narrow_cpus.lookup(0).unwrap(), Some(64));
    assert_eq!(maps.narrow_cpus.lookup(1).unwrap(), None);
    assert!(maps.narrow_cpus.delete(0).unwrap());
    maps.device_hash
        .update(3, loopback, None, UpdateFlag::Any)
        .unwrap();
    let keys: Vec<u32> = maps.device_hash.keys().map(Result::unwrap).collect();
    assert_eq!(keys, [3]);
}
