//! Frames that arrive at a device: at an ordinary socket, and at one of the family `AF_XDP`.

#![allow(unsafe_code)]

use crate::net;
use crate::rings::wait_until;
use rustix::net::sockopt::{
    Timeout, set_socket_timeout, set_xdp_rx_ring_size, set_xdp_umem_completion_ring_size,
    set_xdp_umem_fill_ring_size, set_xdp_umem_reg, xdp_mmap_offsets,
};
use rustix::net::xdp::{SocketAddrXdp, SocketAddrXdpFlags, XdpUmemReg, XdpUmemRegFlags};
use rustix::net::{AddressFamily, RecvFlags, SocketType, bind, recv, socket};
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::ptr::NonNull;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// The tests' frames that a device hands to the kernel's network.
#[derive(Debug)]
pub struct Frames(OwnedFd);

impl Frames {
    /// Those that come from now on.
    pub fn at(device: u32) -> Frames {
        let socket = net::experimental_socket(device);
        set_socket_timeout(&socket, Timeout::Recv, Some(Duration::from_secs(5))).unwrap();
        Frames(socket)
    }

    /// The next one, within 5 seconds.
    pub fn next_frame(&self) -> Vec<u8> {
        self.receive(RecvFlags::empty()).unwrap()
    }

    /// There is none now.
    pub fn are_all_read(&self) -> bool {
        self.receive(RecvFlags::DONTWAIT).is_err()
    }

    fn receive(&self, flags: RecvFlags) -> io::Result<Vec<u8>> {
        let mut frame = vec![0; 2048];
        let (length, _) = recv(&self.0, frame.as_mut_slice(), flags)?;
        frame.truncate(length);
        Ok(frame)
    }
}

const CHUNK: usize = 4096;
const CHUNKS: usize = 4;
/// `XDP_PGOFF_RX_RING`
const RECEIVED: i64 = 0;
/// `XDP_UMEM_PGOFF_FILL_RING`
const TO_FILL: i64 = 0x1_0000_0000;

/// A socket that takes up to four frames from the first queue of a device, where an XDP program sends them.
#[derive(Debug)]
pub struct XdpSocket {
    socket: OwnedFd,
    memory: Mapping,
    received: Mapping,
    /// Where in the mapping there is the number of frames that came, and where their places are.
    producer: usize,
    places: usize,
    taken: usize,
}

impl XdpSocket {
    /// Ready to receive.
    pub fn bind(device: u32) -> io::Result<XdpSocket> {
        let socket = socket(AddressFamily::XDP, SocketType::RAW, None)?;
        let memory = Mapping::new(CHUNKS * CHUNK, None)?;
        let what = XdpUmemReg {
            addr: memory.at.as_ptr().addr() as u64,
            len: (CHUNKS * CHUNK) as u64,
            chunk_size: CHUNK as u32,
            headroom: 0,
            flags: XdpUmemRegFlags::empty(),
            tx_metadata_len: 0,
        };
        set_xdp_umem_reg(&socket, what)?;
        set_xdp_umem_fill_ring_size(&socket, CHUNKS as u32)?;
        set_xdp_umem_completion_ring_size(&socket, CHUNKS as u32)?;
        set_xdp_rx_ring_size(&socket, CHUNKS as u32)?;
        let offsets = xdp_mmap_offsets(&socket)?;
        let (rx, fill) = (offsets.rx, offsets.fr);
        let received = Mapping::new(
            rx.desc as usize + 16 * CHUNKS,
            Some((socket.as_fd(), RECEIVED)),
        )?;
        let to_fill = Mapping::new(
            fill.desc as usize + 8 * CHUNKS,
            Some((socket.as_fd(), TO_FILL)),
        )?;
        for index in 0..CHUNKS {
            to_fill.write_u64(fill.desc as usize + 8 * index, (index * CHUNK) as u64);
        }
        to_fill
            .counter(fill.producer as usize)
            .store(CHUNKS as u32, Ordering::Release);
        let address = SocketAddrXdp::new(SocketAddrXdpFlags::XDP_COPY, device, 0);
        bind(&socket, &address)?;
        Ok(XdpSocket {
            socket,
            memory,
            received,
            producer: rx.producer as usize,
            places: rx.desc as usize,
            taken: 0,
        })
    }

    /// The next frame, within 5 seconds.
    pub fn next_frame(&mut self) -> Vec<u8> {
        let came = || self.received.counter(self.producer).load(Ordering::Acquire);
        wait_until(|| came() as usize > self.taken);
        let place = self.places + 16 * self.taken;
        self.taken += 1;
        let start = self.received.read_u64(place) as usize;
        let length = self.received.read_u64(place + 8) as u32 as usize;
        (start..start + length)
            .map(|byte| self.memory.read_u8(byte))
            .collect()
    }

    /// There is none now.
    pub fn is_empty(&self) -> bool {
        let came = self.received.counter(self.producer).load(Ordering::Acquire);
        came as usize == self.taken
    }
}

impl AsFd for XdpSocket {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}

/// Memory that is shared with the kernel.
#[derive(Debug)]
struct Mapping {
    at: NonNull<u8>,
    size: usize,
}

impl Mapping {
    fn new(size: usize, of: Option<(BorrowedFd<'_>, i64)>) -> io::Result<Mapping> {
        let (flags, fd, offset) = match of {
            Some((fd, offset)) => (libc::MAP_SHARED, fd.as_raw_fd(), offset),
            None => (libc::MAP_PRIVATE | libc::MAP_ANONYMOUS, -1, 0),
        };
        let access = libc::PROT_READ | libc::PROT_WRITE;
        // SAFETY: mmap chooses the place.
        let at = unsafe { libc::mmap(std::ptr::null_mut(), size, access, flags, fd, offset) };
        match NonNull::new(at.cast::<u8>()) {
            Some(start) if at != libc::MAP_FAILED => Ok(Mapping { at: start, size }),
            _ => Err(io::Error::last_os_error()),
        }
    }

    fn place<T>(&self, offset: usize) -> *mut T {
        assert!(offset % align_of::<T>() == 0 && offset + size_of::<T>() <= self.size);
        // SAFETY: as was asserted, it is within the mapping.
        unsafe { self.at.as_ptr().add(offset).cast() }
    }

    fn counter(&self, offset: usize) -> &AtomicU32 {
        // SAFETY: an aligned place in the mapping, which lives as long as `self`; the kernel accesses it atomically.
        unsafe { AtomicU32::from_ptr(self.place(offset)) }
    }

    fn write_u64(&self, offset: usize, value: u64) {
        // SAFETY: an aligned place in the mapping, which the kernel reads after the counter was changed.
        unsafe { self.place::<u64>(offset).write_volatile(value) }
    }

    fn read_u64(&self, offset: usize) -> u64 {
        // SAFETY: an aligned place in the mapping, which the kernel wrote before it changed the counter.
        unsafe { self.place::<u64>(offset).read_volatile() }
    }

    fn read_u8(&self, offset: usize) -> u8 {
        // SAFETY: as `read_u64`.
        unsafe { self.place::<u8>(offset).read_volatile() }
    }
}

impl Drop for Mapping {
    fn drop(&mut self) {
        // SAFETY: mmap gave this, and what lends it out borrows `self`.
        unsafe { libc::munmap(self.at.as_ptr().cast(), self.size) };
    }
}
