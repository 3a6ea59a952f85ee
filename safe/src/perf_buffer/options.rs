use super::buffer::PerfBuffer;
use super::event::Event;
use crate::error::Result;
use crate::flow::Flow;
use crate::map::PerfEventArray;
use crate::raw::perf::Settings;
use libbpf_ffi as ffi;
use std::collections::BTreeSet;

/// How a [`PerfBuffer`] is made.
///
/// ```no_run
/// use libbpf_safe::perf_buffer::PerfBufferOptions;
///
/// # fn demo(events: libbpf_safe::map::PerfEventArray) -> libbpf_safe::Result<()> {
/// let mut buffer = PerfBufferOptions::new()
///     .page_count(256)
///     .sample_period(32)
///     .cpus([0])
///     .open(&events, |event| println!("{event:?}"))?;
/// buffer.poll(None)?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
#[doc(alias = "perf_buffer_opts")]
#[doc(alias = "perf_buffer_raw_opts")]
pub struct PerfBufferOptions {
    pub(super) page_count: usize,
    pub(super) settings: Settings,
    pub(super) cpus: Option<BTreeSet<u32>>,
}

impl PerfBufferOptions {
    /// 64 pages for each CPU that is online, ready after each sample.
    pub fn new() -> PerfBufferOptions {
        PerfBufferOptions {
            page_count: 64,
            settings: Settings {
                sample_type: u64::from(ffi::PERF_SAMPLE_RAW),
                sample_period: 1,
            },
            cpus: None,
        }
    }

    /// How many pages of memory each CPU has: a power of two.
    pub fn page_count(mut self, page_count: usize) -> PerfBufferOptions {
        self.page_count = page_count;
        self
    }

    /// After how many samples of a CPU there is something to [`poll`](PerfBuffer::poll) for, or to wait for
    /// with the descriptor: fewer wake-ups, and samples that wait for others.
    #[doc(alias = "wakeup_events")]
    pub fn sample_period(mut self, samples: u32) -> PerfBufferOptions {
        self.settings.sample_period = samples.max(1);
        self
    }

    /// The CPUs to read from, in the place of all that are online. The index of each in the map is its number.
    pub fn cpus(mut self, cpus: impl IntoIterator<Item = u32>) -> PerfBufferOptions {
        self.cpus = Some(cpus.into_iter().collect());
        self
    }

    /// What the kernel writes for a sample: `PERF_SAMPLE_…`, in the place of `PERF_SAMPLE_RAW`. Such samples
    /// come as [`EventKind::Other`](super::EventKind::Other).
    #[doc(alias = "perf_buffer__new_raw")]
    pub fn sample_type(mut self, bits: u64) -> PerfBufferOptions {
        self.settings.sample_type = bits;
        self
    }

    /// Makes the buffer.
    ///
    /// # Errors
    ///
    /// As [`PerfBuffer::new`]; or there is no such CPU.
    #[doc(alias = "perf_buffer__new")]
    pub fn open<C, R>(&self, map: &PerfEventArray, callback: C) -> Result<PerfBuffer<C>>
    where
        C: FnMut(Event<'_>) -> R,
        R: Flow,
    {
        PerfBuffer::open(map, self, callback)
    }
}

impl Default for PerfBufferOptions {
    fn default() -> Self {
        PerfBufferOptions::new()
    }
}
