//! TCP over loopback with a chosen congestion control.

use nix::sys::socket::{self, sockopt};
use std::ffi::OsString;
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::thread;

/// Sends bytes over a connection whose sender uses this congestion control; how many arrived.
pub fn transfer(congestion_control: &str, bytes: usize) -> io::Result<usize> {
    let mut connection = KeptConnection::open(congestion_control)?;
    connection.send(bytes)?;
    connection.finish()
}

/// Sets `TCP_CONGESTION`, and reads back that the kernel has taken it.
pub fn select(stream: &TcpStream, congestion_control: &str) -> io::Result<()> {
    let name = OsString::from(congestion_control);
    socket::setsockopt(stream, sockopt::TcpCongestion, &name)?;
    let taken = socket::getsockopt(stream, sockopt::TcpCongestion)?;
    let taken = taken.to_string_lossy();
    if taken.trim_end_matches('\0') != congestion_control {
        return Err(io::Error::other(format!("the kernel took {taken:?}")));
    }
    Ok(())
}

/// A connection that stays open between transfers.
#[derive(Debug)]
pub struct KeptConnection {
    stream: TcpStream,
    receiver: thread::JoinHandle<io::Result<usize>>,
}

impl KeptConnection {
    /// Connects, with this congestion control on the sender's side.
    pub fn open(congestion_control: &str) -> io::Result<KeptConnection> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        let receiver = thread::spawn(move || receive(&listener));
        let stream = TcpStream::connect(address)?;
        select(&stream, congestion_control)?;
        Ok(KeptConnection { stream, receiver })
    }

    /// Sends so many bytes.
    pub fn send(&mut self, bytes: usize) -> io::Result<()> {
        let chunk = vec![0x5a; 64 * 1024];
        let mut left = bytes;
        while left > 0 {
            let size = left.min(chunk.len());
            self.stream.write_all(&chunk[..size])?;
            left -= size;
        }
        Ok(())
    }

    /// Closes; how many bytes have arrived in all.
    pub fn finish(self) -> io::Result<usize> {
        drop(self.stream);
        self.receiver.join().unwrap()
    }
}

fn receive(listener: &TcpListener) -> io::Result<usize> {
    let (mut stream, _) = listener.accept()?;
    let mut buffer = vec![0; 64 * 1024];
    let mut received = 0;
    loop {
        match stream.read(&mut buffer)? {
            0 => return Ok(received),
            more => received += more,
        }
    }
}
