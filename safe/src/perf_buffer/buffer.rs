use super::cpu::CpuBuffer;
use super::event::Event;
use super::options::PerfBufferOptions;
use crate::error::{Error, ErrorKind, Result};
use crate::flow::Flow;
use crate::map::{Claim, PerfEventArray};
use crate::raw::Errno;
use crate::raw::epoll::{Epoll, Interest};
use std::collections::BTreeSet;
use std::fmt;
use std::fs;
use std::ops::ControlFlow;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, RawFd};
use std::time::Duration;

/// The reader of what BPF programs write to a map of perf events: a buffer for each CPU, and a closure.
///
/// It owns what it needs, and takes its events out of the map when it goes. There is one of a map at a time in
/// a process. It goes to another thread if its closure does.
///
/// If the closure panics, the panic goes on to the caller, and the event counts as read. The closure cannot call
/// the `PerfBuffer` that it is in, because that is borrowed meanwhile.
#[doc(alias = "perf_buffer")]
#[doc(alias = "perf_buffer__epoll_fd")]
pub struct PerfBuffer<C> {
    map: PerfEventArray,
    cpus: Vec<CpuBuffer>,
    epoll: Epoll,
    callback: C,
    _claim: Claim,
}

impl<C, R> PerfBuffer<C>
where
    C: FnMut(Event<'_>) -> R,
    R: Flow,
{
    /// Opens a buffer of so many pages (a power of two) on each CPU that is online. Since Linux 4.4.
    ///
    /// # Errors
    ///
    /// `page_count` is no power of two, this process has a reader of the map, it has too many descriptors, or
    /// may not map so much memory for perf events.
    #[doc(alias = "perf_buffer__new")]
    pub fn new(map: &PerfEventArray, page_count: usize, callback: C) -> Result<PerfBuffer<C>> {
        PerfBufferOptions::new()
            .page_count(page_count)
            .open(map, callback)
    }

    pub(super) fn open(
        map: &PerfEventArray,
        options: &PerfBufferOptions,
        callback: C,
    ) -> Result<PerfBuffer<C>> {
        let cannot = || map.as_map().cannot("make a perf buffer of");
        if !options.page_count.is_power_of_two() {
            return Err(Error::new(
                cannot(),
                ErrorKind::InvalidInput {
                    reason: format!("{} pages are no power of two", options.page_count),
                },
            ));
        }
        let claim = Claim::new(map.as_map(), "reader")?;
        let epoll = Epoll::new().map_err(|errno| Error::system(cannot(), errno))?;
        // What was put into the map is taken out by the drop, also after an error.
        let mut buffer = PerfBuffer {
            map: map.clone(),
            cpus: Vec::new(),
            epoll,
            callback,
            _claim: claim,
        };
        let cpus = match &options.cpus {
            Some(cpus) => cpus.clone(),
            None => online_cpus()?
                .into_iter()
                .filter(|&cpu| cpu < map.len())
                .collect(),
        };
        if cpus.is_empty() {
            return Err(Error::new(
                cannot(),
                ErrorKind::InvalidInput {
                    reason: "there is no CPU to read from".into(),
                },
            ));
        }
        for cpu in cpus {
            buffer.add(cpu, options)?;
        }
        Ok(buffer)
    }

    fn add(&mut self, cpu: u32, options: &PerfBufferOptions) -> Result<()> {
        let cannot = |errno| open_error(&self.map, cpu, errno);
        let buffer = CpuBuffer::open(cpu, options.page_count, &options.settings).map_err(cannot)?;
        self.epoll
            .add(buffer.as_fd(), self.cpus.len(), Interest::ToRead)
            .map_err(cannot)?;
        self.map.update(cpu, &buffer)?;
        self.cpus.push(buffer);
        Ok(())
    }

    /// Waits for events, for ever without a timeout, and calls the closure with those of the CPUs that are
    /// ready. There may be none: the time is up, or a signal was handled meanwhile. What it returns is up
    /// to the closure: see [`Flow`].
    ///
    /// # Errors
    ///
    /// The kernel has no memory left.
    #[doc(alias = "perf_buffer__poll")]
    pub fn poll(&mut self, timeout: Option<Duration>) -> Result<R::Total> {
        let is_unfinished = self.cpus.iter().any(CpuBuffer::is_unfinished);
        let timeout = if is_unfinished {
            Some(Duration::ZERO)
        } else {
            timeout
        };
        let ready = self.epoll.wait(timeout).map_err(|errno| {
            Error::system(self.map.as_map().cannot("wait for events of"), errno)
        })?;
        let mut wanted: Vec<bool> = self.cpus.iter().map(CpuBuffer::is_unfinished).collect();
        for index in ready {
            if let Some(wanted) = wanted.get_mut(index) {
                *wanted = true;
            }
        }
        let cpus = self.cpus.iter_mut().zip(wanted);
        let cpus = cpus.filter_map(|(buffer, wanted)| wanted.then_some(buffer));
        drain_all(cpus, &mut self.callback)
    }

    /// Calls the closure with all events, without waiting; also with those of CPUs that are not ready yet,
    /// because of the [`sample_period`](PerfBufferOptions::sample_period).
    ///
    /// # Errors
    ///
    /// There is a record that makes no sense.
    #[doc(alias = "perf_buffer__consume")]
    pub fn consume(&mut self) -> Result<R::Total> {
        drain_all(self.cpus.iter_mut(), &mut self.callback)
    }

    /// As [`consume`](PerfBuffer::consume), of one CPU: where the caller waits for its descriptor.
    ///
    /// # Errors
    ///
    /// There is no buffer of this CPU, or a record that makes no sense.
    #[doc(alias = "perf_buffer__consume_buffer")]
    pub fn consume_cpu(&mut self, cpu: u32) -> Result<R::Total> {
        let buffer = self.cpus.iter_mut().find(|buffer| buffer.cpu() == cpu);
        let Some(buffer) = buffer else {
            return Err(Error::new(
                format!(
                    "read events of CPU {cpu} of map `{}`",
                    self.map.as_map().name()
                ),
                ErrorKind::NotFound,
            ));
        };
        buffer.drain(&mut self.callback).map(R::total)
    }
}

impl<C> PerfBuffer<C> {
    /// The CPUs, each with a descriptor that is ready to read when its buffer is. The kernel tells of new
    /// samples once, whoever asks: who waits for it [consumes](PerfBuffer::consume_cpu), and does not poll.
    #[doc(alias = "perf_buffer__buffer_cnt")]
    #[doc(alias = "perf_buffer__buffer_fd")]
    pub fn cpus(&self) -> impl ExactSizeIterator<Item = (u32, BorrowedFd<'_>)> {
        self.cpus
            .iter()
            .map(|buffer| (buffer.cpu(), buffer.as_fd()))
    }
}

fn drain_all<'c, R: Flow>(
    buffers: impl Iterator<Item = &'c mut CpuBuffer>,
    callback: &mut impl FnMut(Event<'_>) -> R,
) -> Result<R::Total> {
    let mut count = 0;
    for buffer in buffers {
        match buffer.drain(callback)? {
            ControlFlow::Continue(more) => count += more,
            stop @ ControlFlow::Break(_) => return Ok(R::total(stop)),
        }
    }
    Ok(R::total(ControlFlow::Continue(count)))
}

fn open_error(map: &PerfEventArray, cpu: u32, errno: Errno) -> Error {
    let operation = format!(
        "open a perf buffer of CPU {cpu} for map `{}`",
        map.as_map().name()
    );
    let error = Error::system(operation, errno);
    match errno.0 {
        libc::ENODEV => error.with_hint("there is no such CPU, or it is offline"),
        libc::EPERM => error.with_hint(
            "take CAP_PERFMON; or take fewer pages, or raise kernel.perf_event_mlock_kb",
        ),
        _ => error,
    }
}

/// `0-3,6`
fn online_cpus() -> Result<BTreeSet<u32>> {
    const FILE: &str = "/sys/devices/system/cpu/online";
    let text = fs::read_to_string(FILE).map_err(|error| {
        let errno = Errno::from(&error);
        Error::system(format!("read {FILE}"), errno)
    })?;
    parse_cpus(&text).ok_or_else(|| {
        Error::new(
            format!("read {FILE}"),
            ErrorKind::InvalidInput {
                reason: format!("`{}` is no list of CPUs", text.trim()),
            },
        )
    })
}

fn parse_cpus(text: &str) -> Option<BTreeSet<u32>> {
    let mut cpus = BTreeSet::new();
    for range in text.trim().split(',') {
        let (first, last) = range.split_once('-').unwrap_or((range, range));
        cpus.extend(first.parse().ok()?..=last.parse::<u32>().ok()?);
    }
    Some(cpus)
}

impl<C> Drop for PerfBuffer<C> {
    fn drop(&mut self) {
        for buffer in &self.cpus {
            // Without a map there is nothing to take it out of.
            let _ = self.map.delete(buffer.cpu());
        }
    }
}

/// An epoll descriptor, ready to read when the buffer of one of the CPUs is.
///
/// The kernel tells of new samples once, whoever asks: who waits for this [consumes](PerfBuffer::consume) before each
/// wait, the first one too, and does not poll. See [waiting with others](super#waiting-with-others).
impl<C> AsFd for PerfBuffer<C> {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.epoll.as_fd()
    }
}

/// For `tokio::io::unix::AsyncFd`.
impl<C> AsRawFd for PerfBuffer<C> {
    fn as_raw_fd(&self) -> RawFd {
        self.as_fd().as_raw_fd()
    }
}

impl<C> fmt::Debug for PerfBuffer<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PerfBuffer")
            .field("map", &self.map.as_map().name())
            .field("cpus", &self.cpus.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::parse_cpus;

    #[test]
    fn lists_of_cpus_are_read() {
        assert_eq!(parse_cpus("0\n"), Some([0].into()));
        assert_eq!(parse_cpus("0-2,6\n"), Some([0, 1, 2, 6].into()));
        assert_eq!(parse_cpus("\n"), None);
        assert_eq!(parse_cpus("0-x"), None);
    }
}
