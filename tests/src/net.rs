//! Network devices, packets and frames, and sockets with options that need C.

#![allow(unsafe_code)]

use std::io;
use std::net::UdpSocket;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};

/// The index of the loopback device.
pub fn loopback() -> u32 {
    index("lo").unwrap()
}

/// A packet over the loopback device, received.
pub fn packet() {
    let receiver = UdpSocket::bind("127.0.0.1:0").unwrap();
    let sender = UdpSocket::bind("127.0.0.1:0").unwrap();
    sender
        .send_to(b"packet", receiver.local_addr().unwrap())
        .unwrap();
    let mut buffer = [0; 16];
    assert_eq!(receiver.recv(&mut buffer).unwrap(), 6);
}

/// A pair of connected devices that is removed on drop; a kind may be `veth` or `netkit`.
#[derive(Debug)]
pub struct DevicePair {
    /// The index of one, which comes first in a pair that is not symmetric.
    pub first: u32,
    /// The index of the other.
    pub second: u32,
}

impl DevicePair {
    /// Makes them, and brings them up.
    pub fn new(kind: &str) -> io::Result<DevicePair> {
        let name = format!("lt{}", std::process::id());
        let netlink = Netlink::open()?;
        let info = attribute(IFLA_INFO_KIND, kind.as_bytes());
        let mut attributes = attribute(libc::IFLA_IFNAME, &[name.as_bytes(), &[0]].concat());
        attributes.extend(attribute(libc::IFLA_LINKINFO | NESTED, &info));
        let flags = libc::NLM_F_CREATE | libc::NLM_F_EXCL;
        netlink.link(libc::RTM_NEWLINK, flags, 0, false, &attributes)?;
        let first = index(&name)?;
        let pair = DevicePair {
            first,
            second: linked_to(&name)?,
        };
        for device in [pair.first, pair.second] {
            netlink.link(libc::RTM_NEWLINK, 0, device, true, &[])?;
        }
        Ok(pair)
    }

    /// Sends a frame that nobody understands from one device to the other.
    pub fn send_frame(&self, from: u32) {
        let mut frame = [0_u8; 64];
        frame[..6].fill(0xff);
        frame[12..14].copy_from_slice(&EXPERIMENTAL.to_be_bytes());
        let socket = socket(libc::AF_PACKET, libc::SOCK_RAW).unwrap();
        let address = packet_address(from, EXPERIMENTAL);
        // SAFETY: sendto reads a frame and an address of these sizes.
        let sent = unsafe {
            libc::sendto(
                socket.as_raw_fd(),
                frame.as_ptr().cast(),
                frame.len(),
                0,
                (&raw const address).cast(),
                size_of_val(&address) as libc::socklen_t,
            )
        };
        assert_eq!(sent, 64, "{}", io::Error::last_os_error());
    }
}

impl Drop for DevicePair {
    fn drop(&mut self) {
        // Nothing to be done where it fails. The other one goes with it.
        if let Ok(netlink) = Netlink::open() {
            let _ = netlink.link(libc::RTM_DELLINK, 0, self.first, false, &[]);
        }
    }
}

/// A socket that sees all packets of a device, as one of a group that shares them by their hash: so the kernel takes
/// each packet apart.
pub fn hashing_socket(device: u32) -> OwnedFd {
    let fd = packet_socket(device, libc::ETH_P_ALL as u16);
    // PACKET_FANOUT_HASH is 0, and so is the mode in the upper half.
    let group: libc::c_int = (std::process::id() & 0xffff) as libc::c_int;
    // SAFETY: setsockopt reads an int.
    let set = unsafe {
        libc::setsockopt(
            fd.as_raw_fd(),
            libc::SOL_PACKET,
            libc::PACKET_FANOUT,
            (&raw const group).cast(),
            size_of_val(&group) as libc::socklen_t,
        )
    };
    assert_eq!(set, 0, "{}", io::Error::last_os_error());
    fd
}

/// A socket that gets the frames of [`DevicePair::send_frame`] that arrive at a device.
pub(crate) fn experimental_socket(device: u32) -> OwnedFd {
    packet_socket(device, EXPERIMENTAL)
}

/// A socket for the packets of a device.
fn packet_socket(device: u32, protocol: u16) -> OwnedFd {
    let fd = socket(libc::AF_PACKET, libc::SOCK_RAW).unwrap();
    let address = packet_address(device, protocol);
    // SAFETY: bind reads an address of this size.
    let bound = unsafe {
        libc::bind(
            fd.as_raw_fd(),
            (&raw const address).cast(),
            size_of_val(&address) as libc::socklen_t,
        )
    };
    assert_eq!(bound, 0, "{}", io::Error::last_os_error());
    fd
}

/// A perf event of this process on any CPU, a tick of its CPU clock after each millisecond.
pub fn cpu_clock_event() -> OwnedFd {
    let mut attributes = libbpf_ffi::perf_event_attr {
        type_: libbpf_ffi::PERF_TYPE_SOFTWARE,
        size: size_of::<libbpf_ffi::perf_event_attr>() as u32,
        config: u64::from(libbpf_ffi::PERF_COUNT_SW_CPU_CLOCK),
        ..Default::default()
    };
    attributes.__bindgen_anon_1.sample_period = 1_000_000;
    attributes.set_disabled(1);
    // SAFETY: perf_event_open reads `size` bytes of attributes; this task, any CPU, no group.
    let fd = unsafe {
        libc::syscall(
            libc::SYS_perf_event_open,
            &raw const attributes,
            0,
            -1,
            -1,
            libc::c_ulong::from(libbpf_ffi::PERF_FLAG_FD_CLOEXEC),
        )
    };
    assert!(fd >= 0, "{}", io::Error::last_os_error());
    // SAFETY: a fresh descriptor that nobody else owns.
    unsafe { OwnedFd::from_raw_fd(fd as i32) }
}

/// Lets a socket share its port with others, before it is bound.
pub fn share_port(socket: &OwnedFd) {
    let on: libc::c_int = 1;
    // SAFETY: setsockopt reads an int.
    let set = unsafe {
        libc::setsockopt(
            socket.as_raw_fd(),
            libc::SOL_SOCKET,
            libc::SO_REUSEPORT,
            (&raw const on).cast(),
            size_of_val(&on) as libc::socklen_t,
        )
    };
    assert_eq!(set, 0, "{}", io::Error::last_os_error());
}

/// For local experiments.
const EXPERIMENTAL: u16 = 0x88b5;
const IFLA_INFO_KIND: u16 = 1;
const NESTED: u16 = 1 << 15;

fn index(name: &str) -> io::Result<u32> {
    nix::net::if_::if_nametoindex(name).map_err(io::Error::from)
}

/// The device at the other end.
fn linked_to(name: &str) -> io::Result<u32> {
    let text = std::fs::read_to_string(format!("/sys/class/net/{name}/iflink"))?;
    text.trim().parse().map_err(io::Error::other)
}

fn packet_address(device: u32, protocol: u16) -> libc::sockaddr_ll {
    libc::sockaddr_ll {
        sll_family: libc::AF_PACKET as u16,
        sll_protocol: protocol.to_be(),
        sll_ifindex: device as i32,
        sll_hatype: 0,
        sll_pkttype: 0,
        sll_halen: 6,
        sll_addr: [0xff; 8],
    }
}

fn socket(family: i32, kind: i32) -> io::Result<OwnedFd> {
    // SAFETY: socket takes numbers.
    let fd = unsafe { libc::socket(family, kind | libc::SOCK_CLOEXEC, 0) };
    if fd < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: a fresh descriptor that nobody else owns.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}

fn attribute(kind: u16, value: &[u8]) -> Vec<u8> {
    let length = 4 + value.len() as u16;
    let mut bytes = [length.to_ne_bytes(), kind.to_ne_bytes()].concat();
    bytes.extend(value);
    bytes.resize(bytes.len().next_multiple_of(4), 0);
    bytes
}

/// A connection to the kernel's routing.
struct Netlink(OwnedFd);

impl Netlink {
    fn open() -> io::Result<Netlink> {
        // Its first protocol is the one for routes and devices.
        Ok(Netlink(socket(libc::AF_NETLINK, libc::SOCK_RAW)?))
    }

    /// A message about a device, and the kernel's answer to it.
    fn link(
        &self,
        kind: u16,
        flags: i32,
        device: u32,
        up: bool,
        attributes: &[u8],
    ) -> io::Result<()> {
        let length = 16 + 16 + attributes.len() as u32;
        let flags = (flags | libc::NLM_F_REQUEST | libc::NLM_F_ACK) as u16;
        let mut message = length.to_ne_bytes().to_vec();
        message.extend(kind.to_ne_bytes());
        message.extend(flags.to_ne_bytes());
        // Sequence and port.
        message.extend([0; 8]);
        // struct ifinfomsg: family and type, the index, flags and their mask.
        message.extend([0; 4]);
        message.extend(device.to_ne_bytes());
        let is_up = if up { libc::IFF_UP as u32 } else { 0 };
        message.extend(is_up.to_ne_bytes());
        message.extend(is_up.to_ne_bytes());
        message.extend(attributes);
        // SAFETY: send reads a message of this length.
        let sent = unsafe {
            libc::send(
                self.0.as_raw_fd(),
                message.as_ptr().cast(),
                message.len(),
                0,
            )
        };
        if sent < 0 {
            return Err(io::Error::last_os_error());
        }
        let mut answer = [0_u8; 4096];
        // SAFETY: recv writes at most as many bytes as there are.
        let received = unsafe {
            libc::recv(
                self.0.as_raw_fd(),
                answer.as_mut_ptr().cast(),
                answer.len(),
                0,
            )
        };
        if received < 20 {
            return Err(io::Error::last_os_error());
        }
        // struct nlmsgerr: behind the header, the errno.
        match i32::from_ne_bytes(answer[16..20].try_into().unwrap()) {
            0 => Ok(()),
            error => Err(io::Error::from_raw_os_error(-error)),
        }
    }
}
