//! Ring buffers: records from BPF programs to user space, and back.
//!
//! A BPF program writes records to a map of the type `BPF_MAP_TYPE_RINGBUF`, and this process reads them in
//! place, through memory that it shares with the kernel: without a copy, and without a system call but for
//! waiting.
//!
//! | | |
//! |---|---|
//! | [`Ring`] | one ring: records one by one ([`next_record`](Ring::next_record)), in batches ([`records`](Ring::records)), or with a closure ([`consume`](Ring::consume)) |
//! | [`RingBuffer`] | several rings, each with a closure, waited for together |
//! | [`UserRingBuffer`] | the other direction: `BPF_MAP_TYPE_USER_RINGBUF` |
//!
//! ```no_run
//! use libbpf_safe::map::RingBuf;
//!
//! # fn demo(events: RingBuf) -> libbpf_safe::Result<()> {
//! let mut events = events.reader()?;              // of the skeleton's `maps.events`
//! loop {
//!     events.wait(None)?;
//!     while let Some(record) = events.next_record()? {
//!         let &[pid, signal] = record.value::<[u32; 2]>()?;
//!         println!("{pid} gets {signal}");
//!     }
//! }
//! # }
//! ```
//!
//! # Waiting with others
//!
//! [`Ring`] and [`RingBuffer`] have a descriptor ([`AsFd`](std::os::fd::AsFd)) that is ready to read as long as
//! there are records: `poll`, `epoll`, `mio` and tokio's `AsyncFd` can wait for it. Those that are told of
//! changes only (*edge-triggered*, as tokio) must read until there is no record before they wait again; no
//! record that comes meanwhile goes unnoticed.
//!
//! ```ignore
//! // SAFETY: the descriptor of a reader is the same, and open, as long as there is the reader.
//! let mut events = unsafe { AsyncFd::register_with_interest(events, Interest::READABLE) }?;
//! loop {
//!     let mut ready = events.readable_mut().await?;
//!     while let Some(record) = ready.get_inner_mut().next_record()? {
//!         println!("{:?}", &*record);
//!     }
//!     ready.clear_ready();
//! }
//! ```
//!
//! # Another process
//!
//! A ring has one reader, and a user ring one writer: that is the kernel's contract. In a process, a second
//! one is refused. Of other processes, those that were given the map's descriptor for writing (as root, or by a
//! pin with such a mode) can move the position, too. Nothing outside of the ring is ever read or written then,
//! and the next call answers with an error; but a record that is being read may have been overwritten, as
//! a file may that somebody has mapped. [`Ring::read_into`] copies, and never yields such a record.

mod buffer;
mod found;
mod passed;
mod record;
mod records;
mod ring;
mod taken;
mod user;

pub use self::buffer::RingBuffer;
pub use self::record::Record;
pub use self::records::{Records, RecordsIter};
pub use self::ring::Ring;
pub use self::taken::TakenRecord;
pub use self::user::{Sample, UserRingBuffer};
pub use crate::flow::Flow;
