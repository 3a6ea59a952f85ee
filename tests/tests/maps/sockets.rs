//! Maps of sockets.

use crate::maps;
use libbpf_safe::ErrorKind;
use libbpf_safe::map::UpdateFlag;
use rustix::net::{AddressFamily, SocketType, bind, listen, socket, sockopt};
use std::net::{Ipv4Addr, SocketAddrV4, TcpListener, TcpStream};
use std::os::fd::OwnedFd;

pub(crate) fn maps_hold_sockets() {
    let maps = maps();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let stream = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let cookie = sockopt::socket_cookie(&stream).unwrap();

    maps.sockets
        .update(1, &stream, UpdateFlag::NoExist)
        .unwrap();
    assert_eq!(maps.sockets.lookup(1).unwrap(), Some(cookie));
    assert_eq!(maps.sockets.lookup(0).unwrap(), None);
    assert!(maps.sockets.delete(1).unwrap());
    assert_eq!(maps.sockets.lookup(1).unwrap(), None);

    maps.socket_hash
        .update(&50, &stream, UpdateFlag::Any)
        .unwrap();
    assert_eq!(maps.socket_hash.lookup(&50).unwrap(), Some(cookie));
    let keys: Vec<u32> = maps.socket_hash.keys().map(Result::unwrap).collect();
    assert_eq!(keys, [50]);
    assert!(maps.socket_hash.delete(&50).unwrap());

    let group = reuseport_listener();
    let cookie = sockopt::socket_cookie(&group).unwrap();
    maps.reuseport.update(0, &group, UpdateFlag::Any).unwrap();
    assert_eq!(maps.reuseport.lookup(0).unwrap(), Some(cookie));
    assert!(maps.reuseport.delete(0).unwrap());
    let alone = maps.reuseport.update(0, &listener, UpdateFlag::Any);
    assert!(alone.is_err(), "of no reuseport group");
}

/// `SO_REUSEPORT` must be set before the socket is bound.
fn reuseport_listener() -> OwnedFd {
    let socket = socket(AddressFamily::INET, SocketType::STREAM, None).unwrap();
    sockopt::set_socket_reuseport(&socket, true).unwrap();
    bind(&socket, &SocketAddrV4::new(Ipv4Addr::LOCALHOST, 0)).unwrap();
    listen(&socket, 1).unwrap();
    socket
}

/// As most objects declare them.
pub(crate) fn sockets_are_held_in_4_bytes_too() {
    let maps = maps();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let stream = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    maps.narrow_sockets
        .update(0, &stream, UpdateFlag::NoExist)
        .unwrap();
    let again = maps
        .narrow_sockets
        .update(0, &stream, UpdateFlag::NoExist)
        .unwrap_err();
    assert_eq!(*again.kind(), ErrorKind::AlreadyExists);
    assert!(maps.narrow_sockets.delete(0).unwrap());
    maps.narrow_sockets
        .update(0, &stream, UpdateFlag::NoExist)
        .unwrap();
    let hash = &maps.narrow_socket_hash;
    hash.update(&5, &stream, UpdateFlag::Any).unwrap();
    assert_eq!(hash.keys().map(Result::unwrap).collect::<Vec<_>>(), [5]);
    assert!(hash.delete(&5).unwrap());
    assert_eq!(hash.keys().count(), 0);
}
