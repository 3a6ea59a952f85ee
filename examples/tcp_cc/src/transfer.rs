//! A transfer over loopback, on a socket that has selected the congestion control.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use nix::sys::socket::{self, sockopt};
use std::error::Error;
use std::ffi::OsString;
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// What went over the connection.
pub(crate) struct Transfer {
    /// Bytes that the receiver read.
    pub(crate) received: u64,
    pub(crate) elapsed: Duration,
}

/// Sends bytes to a receiver in this process, until all are sent or somebody stops it.
pub(crate) fn run(
    congestion_control: &str,
    bytes: u64,
    stop: &AtomicBool,
) -> Result<Transfer, Box<dyn Error>> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let address = listener.local_addr()?;
    let receiver = thread::spawn(move || receive(&listener));

    let mut stream = TcpStream::connect(address)?;
    socket::setsockopt(
        &stream,
        sockopt::TcpCongestion,
        &OsString::from(congestion_control),
    )?;

    let start = Instant::now();
    send(&mut stream, bytes, stop)?;
    drop(stream);
    let received = receiver.join().map_err(|_| "the receiver panicked")??;
    Ok(Transfer {
        received,
        elapsed: start.elapsed(),
    })
}

fn send(stream: &mut TcpStream, bytes: u64, stop: &AtomicBool) -> Result<(), Box<dyn Error>> {
    let style = "sending {bar:30} {bytes}/{total_bytes} {bytes_per_sec}";
    let progress = ProgressBar::new(bytes).with_style(ProgressStyle::with_template(style)?);
    progress.set_draw_target(ProgressDrawTarget::stderr_with_hz(4));
    let chunk = [0x5a; 128 * 1024];
    let mut sent = 0;
    while sent < bytes && !stop.load(Ordering::Relaxed) {
        let left = usize::try_from(bytes - sent).unwrap_or(usize::MAX);
        let size = left.min(chunk.len());
        stream.write_all(chunk.get(..size).unwrap_or(&chunk))?;
        sent += size as u64;
        progress.set_position(sent);
    }
    progress.finish();
    if !progress.is_hidden() {
        // What follows starts on a line of its own.
        eprintln!();
    }
    Ok(())
}

fn receive(listener: &TcpListener) -> io::Result<u64> {
    let (mut stream, _) = listener.accept()?;
    let mut buffer = vec![0; 128 * 1024];
    let mut received = 0;
    loop {
        match stream.read(&mut buffer)? {
            0 => return Ok(received),
            more => received += more as u64,
        }
    }
}
