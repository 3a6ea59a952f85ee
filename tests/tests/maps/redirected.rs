//! Frames that maps send elsewhere: they are sent over a pair of devices, and read where they arrive.

use libbpf_safe::link::Link;
use libbpf_safe::map::UpdateFlag;
use libbpf_safe::program::attach::XdpMode;
use libbpf_tests::frames::{Frames, XdpSocket};
use libbpf_tests::net::DevicePair;
use libbpf_tests::rings::wait_until;
use libbpf_tests::skeletons::redirects::{OpenSkeleton, Skeleton, types};

/// What arrives at the second device of a pair is redirected.
struct Redirection {
    skeleton: Skeleton,
    pair: DevicePair,
    _links: [Link; 2],
}

impl Redirection {
    fn new() -> Redirection {
        let pair = DevicePair::new("veth").unwrap();
        let skeleton = OpenSkeleton::open().unwrap().load().unwrap();
        let programs = &skeleton.programs;
        let places = [
            (&programs.redirect, pair.second),
            (&programs.let_in, pair.first),
        ];
        let links = places
            .map(|(program, device)| program.attach_xdp_in_mode(device, XdpMode::Native).unwrap());
        Redirection {
            skeleton,
            pair,
            _links: links,
        }
    }

    /// Sends a frame, which is taken by this way before this returns.
    fn send(&self, way: types::way, key: u32) {
        let bss = &self.skeleton.bss;
        bss.way.set(way);
        bss.key.set(key);
        let before = bss.taken.get();
        self.pair.send_frame(self.pair.first);
        wait_until(|| bss.taken.get() > before);
    }
}

/// Begins with the protocol, and goes on as programs of maps change it.
fn letter(frame: &[u8]) -> &[u8] {
    assert_eq!(frame.len(), 64);
    assert_eq!(frame[12..14], [0x88, 0xb5]);
    &frame[14..16]
}

pub(crate) fn frames_go_to_the_device_that_the_map_names() {
    let redirection = Redirection::new();
    let (skeleton, pair) = (&redirection.skeleton, &redirection.pair);
    let maps = &skeleton.maps;
    // They go back over the pair, so that they arrive at its other end.
    let frames = Frames::at(pair.first);
    let program = Some(&skeleton.programs.at_device);
    let device = pair.second;
    maps.devices
        .update(1, device, program, UpdateFlag::Any)
        .unwrap();
    maps.device_hash
        .update(2, device, program, UpdateFlag::Any)
        .unwrap();
    maps.narrow_devices
        .update(3, device, UpdateFlag::Any)
        .unwrap();
    for (way, key) in [(types::way::DEVICES, 1), (types::way::DEVICE_HASH, 2)] {
        redirection.send(way, 0);
        redirection.send(way, key);
        assert_eq!(
            letter(&frames.next_frame()),
            [b'd', device.to_le_bytes()[0]]
        );
        assert!(frames.are_all_read(), "there is no device under 0");
    }
    redirection.send(types::way::NARROW_DEVICES, 0);
    redirection.send(types::way::NARROW_DEVICES, 3);
    assert_eq!(letter(&frames.next_frame()), [0, 0]);
    assert!(frames.are_all_read());

    // As it is changed, so they go.
    maps.devices
        .update(1, device, None, UpdateFlag::Exist)
        .unwrap();
    assert!(maps.device_hash.delete(2).unwrap());
    redirection.send(types::way::DEVICE_HASH, 2);
    redirection.send(types::way::DEVICES, 1);
    assert_eq!(letter(&frames.next_frame()), [0, 0]);
    assert!(frames.are_all_read());
}

pub(crate) fn frames_go_to_the_cpu_that_the_map_names() {
    let redirection = Redirection::new();
    let maps = &redirection.skeleton.maps;
    let frames = Frames::at(redirection.pair.second);
    let program = Some(&redirection.skeleton.programs.at_cpu);
    let number = std::thread::available_parallelism().unwrap().get().min(4);
    for cpu in 0..u32::try_from(number).unwrap() {
        redirection.send(types::way::CPUS, cpu);
        maps.cpus
            .update(cpu, 192, program, UpdateFlag::Any)
            .unwrap();
        redirection.send(types::way::CPUS, cpu);
        assert_eq!(letter(&frames.next_frame()), [b'c', cpu.to_le_bytes()[0]]);
        assert!(frames.are_all_read(), "there was no such CPU before");
        maps.narrow_cpus.update(cpu, 64, UpdateFlag::Any).unwrap();
        redirection.send(types::way::NARROW_CPUS, cpu);
        assert_eq!(letter(&frames.next_frame()), [0, 0]);
        assert!(maps.cpus.delete(cpu).unwrap());
        redirection.send(types::way::CPUS, cpu);
        redirection.send(types::way::NARROW_CPUS, cpu);
        assert_eq!(letter(&frames.next_frame()), [0, 0]);
        assert!(frames.are_all_read(), "it was deleted");
    }
}

pub(crate) fn frames_go_to_the_xdp_socket_that_the_map_holds() {
    let redirection = Redirection::new();
    let sockets = &redirection.skeleton.maps.sockets;
    let mut socket = XdpSocket::bind(redirection.pair.second).unwrap();
    redirection.send(types::way::SOCKETS, 2);
    sockets.update(2, &socket, UpdateFlag::Any).unwrap();
    for _ in 0..2 {
        redirection.send(types::way::SOCKETS, 2);
        assert_eq!(letter(&socket.next_frame()), [0, 0]);
    }
    assert!(socket.is_empty(), "the first one came too early");
    sockets.delete(2).unwrap();
    redirection.send(types::way::SOCKETS, 2);
    sockets.update(2, &socket, UpdateFlag::Any).unwrap();
    redirection.send(types::way::SOCKETS, 2);
    socket.next_frame();
    assert!(socket.is_empty());
}
