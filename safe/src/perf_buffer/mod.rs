//! Perf buffers: samples from BPF programs to user space, in a buffer for each CPU.
//!
//! A BPF program writes a sample to the buffer of the CPU that it runs on (`bpf_perf_event_output` with
//! `BPF_F_CURRENT_CPU`). From Linux 5.8 on a [ring buffer](crate::ring_buffer) is better in most cases: it has
//! one order for all CPUs, and memory that they share.
//!
//! ```no_run
//! use libbpf_safe::map::PerfEventArray;
//! use libbpf_safe::perf_buffer::{Event, EventKind, PerfBuffer};
//!
//! # fn demo(events: PerfEventArray) -> libbpf_safe::Result<()> {
//! let mut buffer = PerfBuffer::new(&events, 64, |event: Event<'_>| match event.kind() {
//!     EventKind::Sample(sample) => println!("CPU {}: {:?}", event.cpu(), sample.value::<u64>()),
//!     EventKind::Lost(count) => eprintln!("CPU {}: {count} samples lost", event.cpu()),
//!     _ => {}
//! })?;
//! loop {
//!     buffer.poll(None)?;
//! }
//! # }
//! ```
//!
//! # Waiting with others
//!
//! A [`PerfBuffer`] has a descriptor ([`AsFd`](std::os::fd::AsFd)) that becomes ready to read with new samples. The kernel
//! tells of them once, whoever asks. An event loop asks when it begins to watch the descriptor, and forgets the
//! answer; so samples from before that moment wake nobody. Consume first, then wait:
//!
//! ```ignore
//! // SAFETY: the descriptor of a reader is the same, and open, as long as there is the reader.
//! let mut events = unsafe { AsyncFd::register_with_interest(events, Interest::READABLE) }?;
//! loop {
//!     events.get_mut().consume()?;
//!     events.readable_mut().await?.clear_ready();
//! }
//! ```

mod buffer;
mod cpu;
mod event;
mod options;

pub use self::buffer::PerfBuffer;
pub use self::event::{Event, EventKind, Sample};
pub use self::options::PerfBufferOptions;
pub use crate::flow::Flow;
