use super::super::Program;
use crate::error::Result;
use crate::link::Link;
use crate::raw::attach::PerfEvent;
use std::os::fd::OwnedFd;

/// How to attach to a perf event: `struct bpf_perf_event_opts`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[doc(alias = "bpf_perf_event_opts")]
pub struct PerfEventOptions {
    /// What the program gets from `bpf_get_attach_cookie`. Other than 0 since Linux 5.15, and not
    /// [by ioctl](PerfEventOptions::by_ioctl).
    pub cookie: u64,
    /// Attach as before Linux 5.15, without a link in the kernel.
    #[doc(alias = "force_ioctl_attach")]
    pub by_ioctl: bool,
    /// Leave the event disabled; whoever has another descriptor of it enables it later.
    #[doc(alias = "dont_enable")]
    pub disabled: bool,
}

/// Programs at perf events.
impl Program {
    /// Attaches to a perf event, which the link owns from then on, and enables it.
    ///
    /// Since Linux 4.9.
    ///
    /// # Errors
    ///
    /// The descriptor is of no perf event, or the program is of another type.
    #[doc(alias = "bpf_program__attach_perf_event")]
    #[doc(alias = "bpf_program__attach_perf_event_opts")]
    pub fn attach_perf_event(&self, event: OwnedFd, options: &PerfEventOptions) -> Result<Link> {
        let how = PerfEvent {
            cookie: options.cookie,
            by_ioctl: options.by_ioctl,
            disabled: options.disabled,
        };
        self.attach_with(|program| program.perf_event(event, &how))
    }
}
