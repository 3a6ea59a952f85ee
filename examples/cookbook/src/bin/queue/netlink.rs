//! What `tc qdisc add` and `tc qdisc del` ask the kernel for.

use nix::sys::socket::{
    AddressFamily, MsgFlags, SockFlag, SockProtocol, SockType, recv, send, socket,
};
use std::io;
use std::os::fd::AsRawFd;

const NEW_QDISC: u16 = 36;
const DELETE_QDISC: u16 = 37;
/// `NLM_F_REQUEST | NLM_F_ACK`.
const ACKNOWLEDGED: u16 = 5;
/// `NLM_F_CREATE | NLM_F_REPLACE`.
const CREATE: u16 = 0x400 | 0x100;
/// `TC_H_ROOT`.
const ROOT: u32 = u32::MAX;
/// `TCA_KIND`.
const KIND: u16 = 1;

/// Makes the device queue with the discipline of this name.
pub(crate) fn set_root_queue(device: u32, name: &str) -> io::Result<()> {
    let mut kind = name.as_bytes().to_vec();
    kind.push(0);
    let mut attribute = Vec::new();
    attribute.extend((4 + kind.len() as u16).to_ne_bytes());
    attribute.extend(KIND.to_ne_bytes());
    attribute.extend(&kind);
    attribute.resize(attribute.len().next_multiple_of(4), 0);
    request(NEW_QDISC, ACKNOWLEDGED | CREATE, device, &attribute)
}

/// Gives the device the queue back that it had.
pub(crate) fn remove_root_queue(device: u32) -> io::Result<()> {
    request(DELETE_QDISC, ACKNOWLEDGED, device, &[])
}

/// A `nlmsghdr`, a `tcmsg` and attributes; then the kernel's answer.
fn request(kind: u16, flags: u16, device: u32, attributes: &[u8]) -> io::Result<()> {
    let mut message = Vec::new();
    message.extend((36 + attributes.len() as u32).to_ne_bytes());
    message.extend(kind.to_ne_bytes());
    message.extend(flags.to_ne_bytes());
    message.extend([0; 8]); // its number, and who asks
    message.extend([0; 4]); // any family
    message.extend(device.to_ne_bytes());
    message.extend([0; 4]); // a handle of the kernel's choice
    message.extend(ROOT.to_ne_bytes());
    message.extend([0; 4]);
    message.extend(attributes);

    let route = SockProtocol::NetlinkRoute;
    let socket = socket(
        AddressFamily::Netlink,
        SockType::Raw,
        SockFlag::SOCK_CLOEXEC,
        route,
    )?;
    send(socket.as_raw_fd(), &message, MsgFlags::empty())?;
    let mut answer = [0; 256];
    let length = recv(socket.as_raw_fd(), &mut answer, MsgFlags::empty())?;
    // The header is followed by an errno, negated.
    let errno = answer.get(..length).and_then(|answer| answer.get(16..20));
    match errno
        .and_then(|bytes| bytes.try_into().ok())
        .map(i32::from_ne_bytes)
    {
        Some(0) => Ok(()),
        Some(errno) => Err(io::Error::from_raw_os_error(-errno)),
        None => Err(io::ErrorKind::UnexpectedEof.into()),
    }
}
