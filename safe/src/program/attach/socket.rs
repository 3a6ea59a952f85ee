use super::super::Program;
use crate::error::{Error, Result};
use crate::raw::hook::set_socket_option;
use std::os::fd::AsFd;

/// Programs of single sockets. They go with the socket; libbpf has no functions for them.
impl Program {
    /// Lets a `SEC("socket")` program decide how much of each packet the socket gets; it takes the place of the one that
    /// the socket has.
    ///
    /// Since Linux 3.19.
    ///
    /// # Errors
    ///
    /// The descriptor is of no socket, its filter is locked, or the program is of another type.
    #[doc(alias = "SO_ATTACH_BPF")]
    pub fn attach_to_socket(&self, socket: impl AsFd) -> Result<()> {
        self.set_socket_option(socket, libc::SO_ATTACH_BPF)
    }

    /// Lets a `SEC("sk_reuseport")` program, or a `SEC("socket")` one, choose among the sockets that share a port: those of
    /// the group of this socket.
    ///
    /// Since Linux 4.5; `sk_reuseport` since 4.19.
    ///
    /// # Errors
    ///
    /// The socket has no `SO_REUSEPORT`, or the program is of another type.
    #[doc(alias = "SO_ATTACH_REUSEPORT_EBPF")]
    pub fn attach_to_reuseport(&self, socket: impl AsFd) -> Result<()> {
        self.set_socket_option(socket, libc::SO_ATTACH_REUSEPORT_EBPF)
    }

    fn set_socket_option(&self, socket: impl AsFd, option: libc::c_int) -> Result<()> {
        let program = self.fd_for("attach")?;
        set_socket_option(socket.as_fd(), option, Some(program))
            .map_err(|errno| Error::system(self.cannot("attach"), errno).with_privileges())
    }
}

/// Takes the program from a socket that [`attach_to_socket`](Program::attach_to_socket) gave it.
///
/// # Errors
///
/// The socket has none, or it is locked.
#[doc(alias = "SO_DETACH_BPF")]
pub fn detach_from_socket(socket: impl AsFd) -> Result<()> {
    set_socket_option(socket.as_fd(), libc::SO_DETACH_FILTER, None)
        .map_err(|errno| Error::system("detach the program from a socket", errno))
}

/// Takes the program from a group of sockets that [`attach_to_reuseport`](Program::attach_to_reuseport) gave it.
///
/// Since Linux 5.3.
///
/// # Errors
///
/// The group has none.
#[doc(alias = "SO_DETACH_REUSEPORT_BPF")]
pub fn detach_from_reuseport(socket: impl AsFd) -> Result<()> {
    set_socket_option(socket.as_fd(), libc::SO_DETACH_REUSEPORT_BPF, None)
        .map_err(|errno| Error::system("detach the program from a group of sockets", errno))
}
